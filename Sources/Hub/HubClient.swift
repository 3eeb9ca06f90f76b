internal import Foundation
internal import FoundationNetworking
internal import Synchronization

/// Speaks to a hub: asks for lists and files, follows redirects, and shows the token to the hub alone.
public struct HubClient: Sendable {
    private let endpoint: URL
    private let token: String?
    private let agent: String
    let retrying: Retrying
    /// Bytes that are asked for at once. Foundation holds what has arrived and is not yet written, without a bound of
    /// its own, so this is what a fast hub and a slow disk cost in memory.
    let piece: Int

    private static let mostRedirects = 10
    /// Without a byte, in seconds.
    private static let patience: TimeInterval = 30

    /// - Parameters:
    ///   - endpoint: `https://huggingface.co`, or where a mirror is.
    ///   - agent: `User-Agent`.
    ///   - piece: bytes of a large file that are asked for at once, at least one.
    public init(
        endpoint: String, token: String?, agent: String, retrying: Retrying = Retrying(),
        piece: Int = 128 << 20
    ) throws(HubError) {
        let address = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        guard let url = URL(string: address), ["http", "https"].contains(url.scheme), url.host != nil,
            url.user == nil, url.query == nil, url.fragment == nil
        else { throw .badEndpoint(endpoint) }
        guard token?.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) ?? true else { throw .badToken }
        self.endpoint = url
        self.token = token
        self.agent = agent
        self.retrying = retrying
        self.piece = max(piece, 1)
    }

    /// What the hub says of a file before it is fetched.
    struct FileHead: Equatable {
        /// The name of its contents: SHA-256 of large files, git's SHA-1 of small ones.
        let etag: String
        /// In bytes; `nil` where the hub does not say.
        let size: Int?
    }

    /// `GET /api/models/{id}/revision/{revision}`.
    func listing(of model: HubModel, _ notify: (String) -> Void) async throws -> HubListing {
        let url = try address("/api/models/\(model.id)/revision/\(Self.quoted(model.revision))")
        let what = "model '\(model.id)' at revision '\(model.revision)'"
        let body = Mutex<[UInt8]>([])
        try await retrying.run(what, notify) {
            body.withLock { $0 = [] }
            let sink = Transfer.Sink(
                accept: { $0.statusCode == 200 },
                receive: { data in
                    try body.withLock { bytes in
                        guard bytes.count + data.count <= HubListing.maximumBytes else {
                            throw HubError.malformed("the list of files has no end")
                        }
                        bytes += data
                    }
                })
            let response = try await follow(url, "GET", into: sink)
            try check(response, 200...200, what)
        }
        return try HubListing(body.withLock { $0 })
    }

    /// `HEAD /{id}/resolve/{commit}/{file}`: the hub's own answer, before it points to where the bytes are.
    func head(of file: String, _ model: HubModel, at commit: String, _ notify: (String) -> Void) async throws
        -> FileHead
    {
        let url = try address(of: file, model, at: commit)
        let ignore = Transfer.Sink(accept: { _ in false }, receive: { _ in })
        var found: HTTPURLResponse?
        try await retrying.run(file, notify) {
            let response = try await follow(url, "HEAD", into: ignore) { Self.field("X-Linked-Etag", $0) != nil }
            try check(response, 200...399, file)
            found = response
        }
        guard let found, let tag = Self.field("X-Linked-Etag", found) ?? Self.field("ETag", found) else {
            throw HubError.malformed("\(file) has no ETag")
        }
        let etag = tag.replacing("W/", with: "").trimmingCharacters(in: CharacterSet(charactersIn: "\""))
        guard etag.utf8.count <= 128, HubModel.isComponent(etag[...]) else {
            throw HubError.malformed("the ETag of \(file) is no name")
        }
        if let other = Self.field("X-Repo-Commit", found), other != commit {
            throw HubError.malformed("\(file) is of another commit than the list")
        }
        let length = found.statusCode == 200 ? Self.field("Content-Length", found) : nil
        let size = (Self.field("X-Linked-Size", found) ?? length).flatMap { Int($0) }
        guard (size ?? 0) >= 0 else { throw HubError.malformed("\(file) has no size") }
        return FileHead(etag: etag, size: size)
    }

    /// `GET /{id}/resolve/{commit}/{file}`, once.
    /// - Parameter range: from a byte on, up to another or to the end; `nil` for all of it.
    func fetch(
        _ file: String, _ model: HubModel, at commit: String, range: (from: Int, to: Int?)?, into sink: Transfer.Sink
    ) async throws -> HTTPURLResponse {
        let field = range.map { range in "bytes=\(range.from)-" + (range.to.map { String($0 - 1) } ?? "") }
        return try await follow(try address(of: file, model, at: commit), "GET", range: field, into: sink)
    }

    /// - Throws: where the status is another; one that may pass as a fault that is tried again.
    func check(_ response: HTTPURLResponse, _ statuses: ClosedRange<Int>, _ what: String) throws {
        let status = response.statusCode
        if statuses.contains(status) { return }
        switch status {
        case 401, 403: throw HubError.refused(what, status: status)
        case 404, 410: throw HubError.notFound(what)
        case 408, 429, 500...599:
            throw Retrying.Fault(
                reason: "the hub answers \(status)", wait: Self.field("Retry-After", response).flatMap { Int($0) })
        default: throw HubError.unexpected(what, status: status)
        }
    }

    // MARK: Addresses

    private func address(of file: String, _ model: HubModel, at commit: String) throws(HubError) -> URL {
        let path = file.split(separator: "/").map { Self.quoted(String($0)) }.joined(separator: "/")
        return try address("/\(model.id)/resolve/\(commit)/\(path)")
    }

    private func address(_ path: String) throws(HubError) -> URL {
        guard let url = URL(string: endpoint.absoluteString + path) else { throw .badName(path) }
        return url
    }

    /// Everything but letters, digits, `-`, `.`, `_` and `~` as `%` and two digits.
    private static func quoted(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }

    // MARK: Requests

    /// Goes where redirects lead, unless `ends` says that the answer with the redirect is the one that is wanted.
    private func follow(
        _ start: URL, _ method: String, range: String? = nil, into sink: Transfer.Sink,
        ends: (HTTPURLResponse) -> Bool = { _ in false }
    ) async throws -> HTTPURLResponse {
        var url = start
        for _ in 0...Self.mostRedirects {
            let response = try await Transfer.run(request(url, method, range), into: sink)
            guard (300...399).contains(response.statusCode), response.statusCode != 304, !ends(response) else {
                return response
            }
            guard let location = Self.field("Location", response),
                let next = URL(string: location, relativeTo: url)?.absoluteURL,
                next.scheme == "https" || next.scheme == "http" && url.scheme == "http", next.host != nil
            else { throw HubError.malformed("a redirect leads nowhere") }
            url = next
        }
        throw HubError.malformed("more than \(Self.mostRedirects) redirects")
    }

    private func request(_ url: URL, _ method: String, _ range: String?) -> URLRequest {
        var request = URLRequest(url: url, timeoutInterval: Self.patience)
        request.httpMethod = method
        request.setValue(agent, forHTTPHeaderField: "User-Agent")
        // A size that is told must be that of the file.
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        if let range { request.setValue(range, forHTTPHeaderField: "Range") }
        if let token, isHub(url) { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        return request
    }

    /// The same scheme, host and port: nobody else is shown the token.
    private func isHub(_ url: URL) -> Bool {
        url.scheme == endpoint.scheme && url.host?.lowercased() == endpoint.host?.lowercased()
            && url.port == endpoint.port
    }

    static func field(_ name: String, _ response: HTTPURLResponse) -> String? {
        response.value(forHTTPHeaderField: name)
    }
}
