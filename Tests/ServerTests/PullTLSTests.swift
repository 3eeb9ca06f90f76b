import Foundation
import ServiceTesting
import Synchronization
import Testing

/// `prisma pull` from a hub that speaks TLS.
@Suite(.serialized, .enabled(if: Program.path != nil && TLSFront.isPossible)) struct PullTLSTests {
    private var state: FakeHub.State {
        var state = FakeHub.State()
        state.files = ["config.json": Array("{}".utf8), "model.safetensors": [UInt8](repeating: 7, count: 100_000)]
        return state
    }

    private func front(_ hub: FakeHub) throws -> TLSFront {
        try TLSFront(port: try #require(URL(string: hub.endpoint)?.port))
    }

    /// Said at once, for trying again changes nothing; and nothing of the model is written.
    @Test func aCertificateThatNobodyVouchesForIsRefused() async throws {
        let cache = try TemporaryFolder()
        try await FakeHub.with(state) { hub in
            let front = try front(hub)
            let started = ContinuousClock.now
            let end = try await Program.run(
                "pull", "org/model", "--endpoint", front.endpoint, "--cache", cache.url.path, "--token", "hf_test")
            #expect(end.status == 1 && end.output.isEmpty)
            #expect(
                end.errors.contains("the hub's certificate is not trusted (self-signed certificate)"), "\(end.errors)")
            #expect(
                end.errors.contains("update-ca-certificates") && !end.errors.contains("trying again"), "\(end.errors)")
            #expect(ContinuousClock.now - started < .seconds(20))
            #expect(hub.state.withLock { $0.seen.isEmpty }, "the token is shown to nobody")
            #expect(try FileManager.default.contentsOfDirectory(atPath: cache.url.path).isEmpty)
        }
    }

    /// Foundation's libcurl reads the system's list and no variable of the environment: the program is given another list.
    @Test(.enabled(if: TLSFront.canChangeAuthorities))
    func anAuthorityOfTheSystemsListIsBelieved() async throws {
        let cache = try TemporaryFolder()
        try await FakeHub.with(state) { hub in
            let front = try front(hub)
            let program = try #require(Program.path)
            let command = [
                "mount --bind '\(front.certificate.path)' \(TLSFront.authorities)",
                "exec '\(program.path)' pull org/model --endpoint \(front.endpoint) --cache '\(cache.url.path)'",
            ].joined(separator: " && ")
            let end = await (try Program(["-rm", "sh", "-c", command], of: URL(filePath: "/usr/bin/unshare"))).end()
            #expect(end.status == 0, "\(end.errors)")
            let snapshot = URL(filePath: end.output.trimmingCharacters(in: .newlines))
            let weights = try Data(contentsOf: snapshot.appending(path: "model.safetensors"))
            #expect(weights == Data(repeating: 7, count: 100_000))
        }
    }
}
