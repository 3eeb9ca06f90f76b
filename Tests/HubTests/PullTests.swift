import Foundation
import Hub
import ServiceTesting
import Synchronization
import Testing

@Suite struct PullTests {
    private let folder: TemporaryFolder
    private let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
    private let small = Array("{\"model_type\": \"vit\"}".utf8)

    init() throws { folder = try TemporaryFolder() }

    private var state: FakeHub.State {
        var state = FakeHub.State()
        state.files = ["config.json": small, "model.safetensors": large, "README.md": [1], "a b/ü.json": small]
        state.large = ["model.safetensors"]
        return state
    }

    private var root: URL { folder.url.appending(path: "cache") }
    private var model: URL { root.appending(path: "models--org--model") }

    /// What happened, and where the model is.
    private func pull(
        _ hub: FakeHub, revision: String = "main", token: String? = nil, attempts: Int = 3, piece: Int = 1 << 30,
        selection: @escaping ([String]) -> [String] = HubSelection.standard
    ) async throws -> (snapshot: URL, events: [PullEvent]) {
        let events = Mutex<[PullEvent]>([])
        let client = try HubClient(
            endpoint: hub.endpoint, token: token, agent: "test", retrying: Retrying(attempts: attempts) { _ in },
            piece: piece)
        let pull = Pull(client, into: root) { event in events.withLock { $0.append(event) } }
        let snapshot = try await pull.run(HubModel("org/model", revision: revision), selection: selection)
        return (snapshot, events.withLock { $0 })
    }

    private func contents(_ url: URL) -> [UInt8]? { (try? Data(contentsOf: url)).map { [UInt8]($0) } }

    @Test func theCacheIsLaidOutAsPythonLaysItOut() async throws {
        try await FakeHub.with(state) { hub in
            let (snapshot, events) = try await pull(hub)
            #expect(snapshot.path == model.appending(path: "snapshots/\(FakeHub.commit)").path)
            let reference = contents(model.appending(path: "refs/main"))
            #expect(reference == Array(FakeHub.commit.utf8))
            for (name, bytes, isLarge) in [("config.json", small, false), ("model.safetensors", large, true)] {
                let etag = try FakeHub.etag(bytes, isLarge: isLarge)
                let link = snapshot.appending(path: name).path
                #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "../../blobs/\(etag)")
                #expect(contents(URL(filePath: link)) == bytes)
                #expect(contents(model.appending(path: "blobs/\(etag)")) == bytes)
                #expect(events.contains(.finished(file: name)))
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: snapshot.path)
            #expect(
                names.sorted() == ["config.json", "model.safetensors"], "nothing that is not wanted, nothing left over")
            #expect(try FileManager.default.contentsOfDirectory(atPath: model.appending(path: "blobs").path).count == 2)
        }
    }

    @Test func whatIsThereIsNotFetchedAgain() async throws {
        try await FakeHub.with(state) { hub in
            let snapshot = try await pull(hub).snapshot
            let gets = hub.gets.count
            let again = try await pull(hub)
            #expect(again.snapshot == snapshot && hub.gets.count == gets)
            #expect(again.events == [.present(file: "config.json"), .present(file: "model.safetensors")])
            // Another commit of Python's has the same contents: a link is enough.
            try FileManager.default.removeItem(at: snapshot)
            _ = try await pull(hub)
            #expect(
                hub.gets.count { $0.server == "store" } == 1
                    && contents(snapshot.appending(path: "config.json")) == small)
        }
    }

    @Test func namesWithSpacesAndLettersOfAllKindsAreFetchedIntoFolders() async throws {
        try await FakeHub.with(state) { hub in
            let snapshot = try await pull(hub, selection: { $0.filter { $0.hasPrefix("a b") } }).snapshot
            #expect(contents(snapshot.appending(path: "a b/ü.json")) == small)
        }
    }

    /// The bytes that arrived are not asked for again.
    @Test func aConnectionThatIsCutGoesOnWhereItBroke() async throws {
        var state = state
        state.faults = [.cut(after: 100_000), .cut(after: 50_000), .status(503)]
        state.files["config.json"] = nil
        try await FakeHub.with(state) { hub in
            let snapshot = try await pull(hub).snapshot
            #expect(contents(snapshot.appending(path: "model.safetensors")) == large)
            let ranges = hub.gets.filter { $0.server == "store" }.map(\.range)
            #expect(ranges.count == 4 && ranges[0] == nil)
            #expect(
                ranges[1] == "bytes=100000-299999" && ranges[2] == "bytes=150000-299999"
                    && ranges[3] == "bytes=150000-299999")
        }
    }

    /// What has arrived waits in memory to be written: a large file is asked for in pieces.
    @Test func aLargeFileIsFetchedInPieces() async throws {
        var state = state
        state.files["config.json"] = nil
        state.faults = [.status(503), .cut(after: 40_000)]
        try await FakeHub.with(state) { hub in
            let snapshot = try await pull(hub, piece: 100_000).snapshot
            #expect(contents(snapshot.appending(path: "model.safetensors")) == large)
            #expect(
                hub.gets.filter { $0.server == "store" }.map(\.range) == [
                    "bytes=0-99999", "bytes=0-99999", "bytes=40000-139999", "bytes=140000-239999",
                    "bytes=240000-299999",
                ])
        }
    }

    @Test func aTransferThatWasGivenUpGoesOnTheNextTime() async throws {
        var state = state
        state.files["config.json"] = nil
        state.faults = [.cut(after: 200_000), .status(500), .status(502), .status(503)]
        try await FakeHub.with(state) { hub in
            await #expect(throws: HubError.self) { try await pull(hub) }
            #expect(contents(model.appending(path: "refs/main")) == nil, "half a model has no reference")
            let events = try await pull(hub).events
            let etag = try FakeHub.etag(large, isLarge: true)
            #expect(events.first == .started(file: "model.safetensors", size: 300_000, have: 200_000))
            #expect(contents(model.appending(path: "blobs/\(etag)")) == large)
            #expect(contents(model.appending(path: "blobs/\(etag).incomplete")) == nil)
        }
    }

    @Test(arguments: [[.cut(after: 1_000), .ignoresRange], [.wrongByte], [.tooMuch]] as [[FakeHub.Fault]])
    func whatArrivesWrongIsFetchedAnew(_ faults: [FakeHub.Fault]) async throws {
        var state = state
        state.files["config.json"] = nil
        state.faults = faults
        try await FakeHub.with(state) { hub in
            let snapshot = try await pull(hub).snapshot
            #expect(contents(snapshot.appending(path: "model.safetensors")) == large)
        }
    }

    @Test(arguments: ["model.safetensors", "config.json"])
    func whatIsWrongTwiceIsRefused(_ file: String) async throws {
        var state = state
        state.files = [file: try #require(state.files[file])]
        state.faults = [.wrongByte, .wrongByte]
        try await FakeHub.with(state) { hub in
            let error = await #expect(throws: HubError.self) { try await pull(hub) }
            guard case .corrupt(file, _, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            let blobs = try FileManager.default.contentsOfDirectory(atPath: model.appending(path: "blobs").path)
            #expect(blobs.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: model.appending(path: "snapshots").path))
        }
    }

    @Test(arguments: [[500], [429, 503]])
    func aHubThatIsBusyIsAskedAgain(_ statuses: [Int]) async throws {
        var state = state
        state.listFaults = statuses
        try await FakeHub.with(state) { hub in
            let events = try await pull(hub).events
            let notes = events.count { if case .note = $0 { true } else { false } }
            #expect(notes == statuses.count)
        }
        state.listFaults = [500, 500, 500]
        try await FakeHub.with(state) { hub in
            await #expect(throws: HubError.self) { try await pull(hub) }
            #expect(hub.state.withLock { $0.seen.count } == 3)
        }
    }

    /// The token is the hub's; who keeps its large files is not shown it.
    @Test func theTokenStaysWithTheHub() async throws {
        var state = state
        state.token = "hf_secret"
        try await FakeHub.with(state) { hub in
            let refused = await #expect(throws: HubError.self) { try await pull(hub) }
            #expect(refused?.description.contains("401") == true)
            _ = try await pull(hub, token: "hf_secret")
            let seen = hub.state.withLock { $0.seen }
            #expect(seen.filter { $0.server == "store" }.map(\.token) == [nil])
            #expect(seen.dropFirst().filter { $0.server == "hub" }.allSatisfy { $0.token == "Bearer hf_secret" })
            let wrong = await #expect(throws: HubError.self) { try await pull(hub, token: "hf_wrong") }
            #expect(wrong?.description.contains("hf_wrong") == false)
        }
    }

    @Test func aModelThatWasRenamedIsFollowed() async throws {
        var state = state
        state.isRenamed = true
        try await FakeHub.with(state) { hub in
            let snapshot = try await pull(hub).snapshot
            #expect(contents(snapshot.appending(path: "config.json")) == small)
            #expect(contents(snapshot.appending(path: "model.safetensors")) == large)
        }
    }

    @Test(arguments: ["../evil", "/etc/evil", "a/../../evil", "a//b", "", ".", "a/./b", "a\u{0}b", "a\nb", "..\\evil"])
    func aNameThatLeadsOutOfTheFolderIsRefused(_ name: String) async throws {
        var state = state
        state.listed = [name]
        try await FakeHub.with(state) { hub in
            let error = await #expect(throws: HubError.self) { try await pull(hub, selection: { $0 }) }
            guard case .unsafeFileName = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(hub.gets.isEmpty && !FileManager.default.fileExists(atPath: root.path))
        }
    }

    @Test(arguments: ["../../../evil", "a/b", "", ".hidden", "x y"])
    func anETagThatIsNoNameIsRefused(_ etag: String) async throws {
        var state = state
        state.etags["config.json"] = etag
        try await FakeHub.with(state) { hub in
            await #expect(throws: HubError.self) { try await pull(hub) }
            #expect(hub.gets.isEmpty)
        }
    }

    @Test func whatTheHubDoesNotHaveIsSaid() async throws {
        try await FakeHub.with(state) { hub in
            let error = await #expect(throws: HubError.self) { try await pull(hub, revision: "v2") }
            #expect(error?.description == "the hub has no model 'org/model' at revision 'v2'")
            await #expect(throws: HubError.nothingSelected("org/model")) { try await pull(hub, selection: { _ in [] }) }
            let file = await #expect(throws: HubError.self) { try await pull(hub, selection: { _ in ["no.json"] }) }
            #expect(file == .notFound("no.json"))
        }
        let nobody = try HubClient(
            endpoint: "http://127.0.0.1:1", token: nil, agent: "test", retrying: Retrying(attempts: 2) { _ in })
        let error = await #expect(throws: HubError.self) {
            try await Pull(nobody, into: root) { _ in }.run(HubModel("org/model"), selection: { $0 })
        }
        #expect(error?.description.contains("cannot be reached") == true, "\(String(describing: error))")
    }
}
