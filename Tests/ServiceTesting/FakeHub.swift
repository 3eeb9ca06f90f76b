import Checkpoints
import Foundation
import HTTP
import HTTPTypes
import Logging
public import Synchronization
import TextNumbers
import Transport

/// A hub with one model and a second server for large files, both on loopback. It can be told to misbehave.
public final class FakeHub: Sendable {
    /// How one request for bytes goes wrong.
    public enum Fault: Sendable, Equatable {
        case status(Int)
        /// The connection ends after so many bytes.
        case cut(after: Int)
        /// The range is not heeded: all of it comes.
        case ignoresRange
        /// One bit is another.
        case wrongByte
        /// More comes than was announced.
        case tooMuch
    }

    /// A request that came.
    public struct Seen: Sendable, Equatable {
        /// `hub` or `store`.
        public let server: String
        /// As it came.
        public let method: String
        /// As it came.
        public let path: String
        /// As it came.
        public let range: String?
        /// As it came.
        public let token: String?
    }

    /// What it holds, and how it behaves.
    public struct State: Sendable {
        /// By their names.
        public var files: [String: [UInt8]] = [:]
        /// Those that lie on the second server.
        public var large: Set<String> = []
        /// In the list beside the files.
        public var listed: [String] = []
        /// Taken in order, by any request for bytes.
        public var faults: [Fault] = []
        /// Answers to requests for the list, in order, before it is given.
        public var listFaults: [Int] = []
        /// The header of the token that the hub wants.
        public var token: String?
        /// Whether the files are found under another name, as those of a renamed model are.
        public var isRenamed = false
        /// In place of the right ones.
        public var etags: [String: String] = [:]
        /// In order.
        public var seen: [Seen] = []

        /// Nothing, and no fault.
        public init() {}
    }

    /// The only one it has.
    public static let commit = "0123456789abcdef0123456789abcdef01234567"
    /// May be changed while it runs.
    public let state: Mutex<State>
    private let hub: Server
    private let store: Server
    /// The hub's address.
    public let endpoint: String

    private init(_ state: State, _ hub: Server, _ store: Server, _ endpoint: String, _ handlers: [Handler]) {
        self.state = Mutex(state)
        self.hub = hub
        self.store = store
        self.endpoint = endpoint
        for handler in handlers { handler.owner.withLock { $0 = self } }
    }

    /// Runs `body` against a hub of its own.
    public static func with(_ state: State, _ body: (FakeHub) async throws -> Void) async throws {
        let (hubHandler, storeHandler) = (Handler(name: "hub"), Handler(name: "store"))
        let (hub, store) = (server(hubHandler), server(storeHandler))
        let (address, other) = (try await hub.start(), try await store.start())
        hubHandler.store.withLock { $0 = "http://127.0.0.1:\(other.port)" }
        let fake = FakeHub(state, hub, store, "http://127.0.0.1:\(address.port)", [hubHandler, storeHandler])
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(fake))
        } catch {
            result = .failure(error)
        }
        await hub.stop(grace: .zero)
        await store.stop(grace: .zero)
        for handler in [hubHandler, storeHandler] { handler.owner.withLock { $0 = nil } }
        try result.get()
    }

    private static func server(_ handler: Handler) -> Server {
        var configuration = ServerConfiguration()
        configuration.port = 0
        return Server(
            configuration: configuration, handler: handler,
            log: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Requests so far for a file's bytes.
    public var gets: [Seen] { state.withLock { $0.seen.filter { $0.method == "GET" && !$0.path.contains("/api/") } } }

    /// What names a file's contents.
    public static func etag(_ bytes: [UInt8], isLarge: Bool) throws -> String {
        let folder = try TemporaryFolder()
        let file = try folder.write(bytes, to: "it")
        return try isLarge ? FileDigest.sha256(of: file.path) : FileDigest.gitBlob(of: file.path)
    }

    // MARK: Answers

    private final class Handler: RequestHandler {
        let name: String
        let owner = Mutex<FakeHub?>(nil)
        let store = Mutex("")

        init(name: String) { self.name = name }

        func respond(to request: Request) async -> Response {
            guard let hub = owner.withLock({ $0 }), let path = request.head.path else {
                return Response(status: .internalServerError)
            }
            let fields = request.head.headerFields
            let seen = Seen(
                server: name, method: request.head.method.rawValue, path: path, range: fields[.range],
                token: fields[.authorization])
            let state = hub.state.withLock { state in
                state.seen.append(seen)
                return state
            }
            do {
                return try name == "hub"
                    ? answer(seen, state, hub) : hub.bytes(of: String(path.dropFirst()), seen, state)
            } catch {
                return Response(status: .internalServerError)
            }
        }

        private func answer(_ seen: Seen, _ state: State, _ hub: FakeHub) throws -> Response {
            if let token = state.token, seen.token != "Bearer \(token)" { return Response(status: .unauthorized) }
            if seen.path.hasPrefix("/api/") { return hub.list(seen.path) }
            if state.isRenamed, seen.path.hasPrefix("/org/model/") {
                let place = seen.path.replacing("/org/model/", with: "/org/renamed/")
                return Response(status: .temporaryRedirect, headerFields: [.location: place])
            }
            let parts = seen.path.split(separator: "/resolve/\(FakeHub.commit)/").map { String($0) }
            guard parts.count == 2, let file = parts[1].removingPercentEncoding, let bytes = state.files[file] else {
                return Response(status: .notFound)
            }
            let isLarge = state.large.contains(file)
            let etag = try state.etags[file] ?? FakeHub.etag(bytes, isLarge: isLarge)
            guard isLarge else {
                var response = try hub.bytes(of: parts[1], seen, state)
                response.head.headerFields[.eTag] = "\"\(etag)\""
                response.head.headerFields[FakeHub.field("X-Repo-Commit")] = FakeHub.commit
                return response
            }
            return Response(
                status: .found,
                headerFields: [
                    .location: "\(store.withLock { $0 })/\(parts[1])", FakeHub.field("X-Linked-Etag"): "\"\(etag)\"",
                    FakeHub.field("X-Linked-Size"): String(bytes.count), FakeHub.field("X-Repo-Commit"): FakeHub.commit,
                ])
        }
    }

    private static func field(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .eTag }

    private func list(_ path: String) -> Response {
        let (status, names) = state.withLock { state in
            (state.listFaults.isEmpty ? 200 : state.listFaults.removeFirst(), state.files.keys.sorted() + state.listed)
        }
        guard status == 200, ["/revision/main", "/revision/\(Self.commit)"].contains(where: path.hasSuffix) else {
            return Response(status: .init(code: status == 200 ? 404 : status))
        }
        let document: JSONValue = [
            "sha": .string(Self.commit), "siblings": .list(names.map { ["rfilename": .string($0)] }),
        ]
        return Response(
            status: .ok, headerFields: [.contentType: "application/json"], body: .bytes(document.serialized))
    }

    private func bytes(of path: String, _ seen: Seen, _ state: State) throws -> Response {
        guard let name = path.removingPercentEncoding, var bytes = state.files[name] else {
            return Response(status: .notFound)
        }
        if seen.method == "HEAD" { return Response(status: .ok, body: .bytes(bytes)) }
        let fault = self.state.withLock { $0.faults.isEmpty ? nil : $0.faults.removeFirst() }
        if case .status(let code) = fault { return Response(status: .init(code: code)) }
        if fault == .wrongByte { bytes[bytes.count / 2] ^= 1 }
        if fault == .tooMuch { bytes += bytes }
        var status = HTTPResponse.Status.ok
        var fields: HTTPFields = [:]
        let ends = (seen.range ?? "").dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        let start = ends.first.flatMap { Int($0) } ?? 0
        if seen.range != nil, fault != .ignoresRange {
            guard start < bytes.count else { return Response(status: .rangeNotSatisfiable) }
            status = .partialContent
            let end = min(ends.dropFirst().first.flatMap { Int($0) } ?? .max, bytes.count - 1)
            guard start <= end else { return Response(status: .rangeNotSatisfiable) }
            fields[.contentRange] = "bytes \(start)-\(end)/\(bytes.count)"
            bytes = Array(bytes[start...end])
        }
        guard case .cut(let count) = fault else {
            return Response(status: status, headerFields: fields, body: .bytes(bytes))
        }
        let (sent, length) = (Array(bytes.prefix(count)), bytes.count)
        return Response(
            status: status, headerFields: fields,
            body: .stream(contentLength: length) { writer in
                try await writer.write(sent)
                throw CancellationError()
            })
    }
}
