import Foundation
import ServiceTesting
import Testing
import TextNumbers

@testable import prisma

/// `prisma pull` as its users start it, from a hub on this machine.
@Suite(.serialized, .enabled(if: Program.path != nil)) struct PullCommandTests {
    /// A hub with a tiny model in it.
    private func state() throws -> FakeHub.State {
        let folder = try TemporaryFolder()
        let checkpoint = try TinyModel().checkpoint.write(to: folder)
        var state = FakeHub.State()
        for name in try FileManager.default.contentsOfDirectory(atPath: checkpoint.path) {
            state.files[name] = [UInt8](try Data(contentsOf: checkpoint.appending(path: name)))
        }
        state.large = ["model.safetensors"]
        state.token = "hf_test"
        return state
    }

    private func pull(_ hub: FakeHub, _ cache: URL, _ more: String...) async throws -> Program.End {
        let arguments = ["pull", "org/model", "--endpoint", hub.endpoint, "--cache", cache.path, "--token", "hf_test"]
        return await (try Program(arguments + more)).end()
    }

    @Test func whatIsFetchedCanBeServed() async throws {
        let cache = try TemporaryFolder()
        try await FakeHub.with(try state()) { hub in
            let first = try await pull(hub, cache.url)
            #expect(first.status == 0 && first.errors.contains("model.safetensors: complete and verified"), "\(first)")
            #expect(!first.errors.contains("\u{1B}"), "no terminal, no cursor")
            let again = try await pull(hub, cache.url)
            #expect(again.output == first.output && again.errors.contains("model.safetensors: in the cache"))
            let path = first.output.trimmingCharacters(in: .newlines)
            #expect(path.hasSuffix("/models--org--model/snapshots/\(FakeHub.commit)"))
            let models = try await Program.run("models", "--models", path, "--json")
            let items = try JSONValue.parse(Array(models.output.utf8))["models"]?.array
            #expect(
                items?.map { $0["id"]?.string } == ["org--model"] && items?.first?["state"] == "loaded", "\(models)")
            let text = Array("models: [{id: vit, path: \(path)}]\n".utf8)
            let program = try Program(
                ["serve", "--config", try cache.write(text, to: "prisma.yaml").path, "--port", "0"])
            let line = await program.says("listening on http://127.0.0.1:")
            let digits = line.components(separatedBy: "127.0.0.1:").last?.prefix { $0.isNumber } ?? ""
            let client = try RawClient(port: try #require(Int(digits)))
            while try await client.request("GET", "/readyz").status != 200 {}
            let model = try JSONValue.parse(try await client.request("GET", "/v1/models/vit").body)
            #expect(model["state"] == "loaded", "\(model)")
            program.kill(SIGTERM)
            #expect(await program.end().status == 0)
        }
    }

    @Test func globsChooseTheFiles() async throws {
        let cache = try TemporaryFolder()
        try await FakeHub.with(try state()) { hub in
            let end = try await pull(hub, cache.url, "--include", "*.json", "--revision", FakeHub.commit)
            let names = try FileManager.default.contentsOfDirectory(
                atPath: end.output.trimmingCharacters(in: .newlines))
            #expect(end.status == 0 && !names.isEmpty && names.allSatisfy { $0.hasSuffix(".json") }, "\(end)")
            #expect(try await pull(hub, cache.url, "--include", "[").status == 64)
            let none = try await pull(hub, cache.url, "--include", "*.zip")
            #expect(none.status == 1 && none.output.isEmpty && none.errors.contains("--include GLOB"))
        }
    }

    @Test func whatIsRefusedIsSaidWithoutTheToken() async throws {
        let cache = try TemporaryFolder()
        var state = try state()
        state.token = "hf_other"
        try await FakeHub.with(state) { hub in
            let end = try await pull(hub, cache.url)
            #expect(end.status == 1 && end.errors.contains("it needs a token") && !end.errors.contains("hf_test"))
        }
        let name = try await Program.run("pull", "../../etc", "--cache", cache.url.path)
        #expect(name.status == 1 && name.errors.contains("'../../etc' is not the name of a model"))
    }

    @Test(arguments: [
        ("open-clip:laion/CLIP-ViT-B-32-DataComp.XL-s13B-b90K", "laion/CLIP-ViT-B-32-DataComp.XL-s13B-b90K"),
        ("vit_base_patch32_224", "timm/vit_base_patch32_224.augreg_in21k_ft_in1k"), ("org/model", "org/model"),
    ])
    func namesOfViTPrismaStandForRepositories(_ name: String, _ repository: String) {
        #expect(PullCommand.repository(of: name) == repository)
    }

    @Test(
        arguments: [
            (0, 2_000_000, "m  ░░░░░░░░░░░░░░░░░░░░ 0 %  0.0 of 2.0 MB"),
            (1_000_000, 2_000_000, "m  ██████████░░░░░░░░░░ 50 %  1.0 of 2.0 MB"),
            (3_000_000, 2_000_000, "m  ████████████████████ 100 %  3.0 of 2.0 MB"), (1_500_000, nil, "m  1.5 MB"),
        ] as [(Int, Int?, String)])
    func theBarShowsThePart(_ have: Int, _ size: Int?, _ bar: String) {
        #expect(PullProgress.bar("m", have: have, of: size) == bar)
    }
}
