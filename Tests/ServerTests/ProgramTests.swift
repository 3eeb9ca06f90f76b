import Checkpoints
import Foundation
import ServiceTesting
import Tensors
import Testing
import TextNumbers

@testable import prisma

/// The program as its users start it: exit codes, signals, memory.
@Suite(.serialized, .enabled(if: Program.path != nil)) struct ProgramTests {
    private static let png = "Content-Type: image/png"
    private static let picture = SmallPNG(noise: 1).bytes

    @Test(arguments: [SIGTERM, SIGINT])
    func aSignalEndsItWithZero(_ signal: Int32) async throws {
        let server = try await ServingProgram()
        try await server.untilReady()
        let client = try server.client()
        #expect(
            try await client.request("POST", "/v1/models/vit/predict", [Self.png], body: Self.picture).status == 200)
        server.program.kill(signal)
        let end = await server.program.end()
        #expect(end.status == 0)
        #expect(end.errors.contains("stopping") && end.errors.contains("stopped"), "\(end.errors)")
        #expect(try await client.isClosed())
    }

    /// A request whose body has been sent is answered before the program ends.
    @Test func aRequestThatRunsIsFinishedBeforeTheEnd() async throws {
        let server = try await ServingProgram(LiveServer.slow)
        try await server.untilReady()
        let client = try server.client()
        let body = RunningServerTests.batch(48)
        let head =
            "POST /v1/models/vit/predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + "Expect: 100-continue\r\nContent-Length: \(body.count)\r\n\r\n"
        try await client.send(head)
        try await client.untilContinued()
        try await client.send(body)
        server.program.kill(SIGTERM)
        let answer = try await client.reply()
        #expect(answer.status == 200)
        #expect(try JSONValue.parse(answer.body)["results"]?.count == 48)
        #expect(await server.program.end().status == 0)
    }

    @Test(
        .disabled(if: ProcessInfo.processInfo.environment["PRISMA_SANITIZER"] != nil, "sanitizers keep what is freed"),
        .timeLimit(.minutes(5)))
    func memoryStaysFlat() async throws {
        let server = try await ServingProgram()
        try await server.untilReady()
        let client = try server.client()
        let round = { (healthz: Int, predicts: Int) in
            for _ in 0..<healthz {
                let answer = try await client.request("GET", "/healthz")
                #expect(answer.status == 200)
            }
            for _ in 0..<predicts {
                let answer = try await client.request("POST", "/v1/models/vit/predict", [Self.png], body: Self.picture)
                #expect(answer.status == 200)
            }
        }
        try await round(2_000, 100)
        let before = try server.program.residentBytes()
        try await round(20_000, 200)
        let growth = try server.program.residentBytes() - before
        print("memory: \(growth / 1_024) KiB more after 20,000 /healthz and 200 /predict, \(before >> 20) MiB before")
        #expect(growth < 16 << 20)
        server.program.kill(SIGTERM)
        #expect(await server.program.end().status == 0)
    }

    /// The weights' memory goes back to the system, and comes again with the model.
    @Test(
        .disabled(if: ProcessInfo.processInfo.environment["PRISMA_SANITIZER"] != nil, "sanitizers keep what is freed"))
    func unloadingGivesTheMemoryBack() async throws {
        let server = try await ServingProgram(TinyModel(layers: 2, width: 512, heads: 8, neurons: 2_048))
        try await server.untilReady()
        let client = try server.client()
        let document = try JSONValue.parse(try await client.request("GET", "/v1/models/vit").body)
        let bytes = try #require(document["bytes"]?.int)
        let loaded = try server.program.residentBytes()
        #expect(try await client.request("POST", "/v1/models/vit/unload").status == 200)
        let unloaded = try server.program.residentBytes()
        print("memory: \(bytes >> 20) MiB of weights, \((loaded - unloaded) >> 20) MiB given back")
        #expect(loaded - unloaded > bytes * 3 / 4)
        #expect(try await client.request("POST", "/v1/models/vit/load").status == 200)
        #expect(
            try await client.request("POST", "/v1/models/vit/predict", [Self.png], body: Self.picture).status == 200)
        server.program.kill(SIGTERM)
        #expect(await server.program.end().status == 0)
    }

    @Test func aConfigurationThatCannotBeUsedEndsItWithTwo() async throws {
        let folder = try TemporaryFolder()
        let slip = try folder.write(Array("server: {prot: 1}".utf8), to: "slip.yaml")
        let slipped = try await Program.run("serve", "--config", slip.path)
        #expect(slipped.status == 2)
        #expect(
            slipped.errors
                == "prisma serve: slip.yaml: /server/prot: unknown field \"prot\"; did you mean \"port\"?\n")
        #expect(try await Program.run("serve", "--config", folder.url.path + "/none.yaml").status == 2)
        let open = try folder.write([], to: "open.yaml")
        let refused = try await Program.run("serve", "--config", open.path, "--host", "0.0.0.0", "--port", "0")
        #expect(refused.status == 2)
        #expect(refused.errors.contains("can be reached from other machines"))
    }

    @Test func aPortInUseEndsItWithOne() async throws {
        let server = try await ServingProgram()
        let folder = try TemporaryFolder()
        let file = try folder.write([], to: "prisma.yaml")
        let second = try await Program.run("serve", "--config", file.path, "--port", "\(server.port)")
        #expect(second.status == 1)
        #expect(second.errors.contains("\(server.port)"))
        server.program.kill(SIGTERM)
        #expect(await server.program.end().status == 0)
    }

    @Test func aWrongCommandLineEndsItWith64() async throws {
        for arguments in [
            ["serve"], ["serve", "--config", "a", "--port", "65536"], ["nonsense"], ["inspect"], ["models"], ["run"],
            ["run", "m"],
            ["run", "m", "a.png", "--capture", "*"], ["run", "m", "a.png", "--out", "a.npz"], ["run", "m", "-", "-"],
            ["run", "m", "a.png", "--capture", "*", "--out", "a.csv"], ["run", "m", "a.png", "--top-k", "0"],
        ] {
            #expect(await (try Program(arguments)).end().status == 64, "\(arguments)")
        }
        let version = try await Program.run("--version")
        #expect(version.status == 0 && version.output.contains("."))
    }

    @Test func inspectListsTensorsAndRefusesWhatIsNone() async throws {
        let folder = try TemporaryFolder()
        let checkpoint = TinyModel().checkpoint
        let place = try checkpoint.write(to: folder, named: "vit")
        let listed = try await Program.run("inspect", place.path, "--json")
        #expect(listed.status == 0)
        let tensors = try #require(try JSONValue.parse(Array(listed.output.utf8))["tensors"]?.array)
        #expect(tensors.map { $0["name"]?.string } == checkpoint.tensors.map(\.name))
        for (shown, (_, value)) in zip(tensors, checkpoint.tensors) {
            #expect(shown["shape"]?.array?.compactMap(\.int) == value.shape)
            let elements = value.tensor.elements.map { Double($0) }
            #expect(abs((shown["sum"]?.double ?? .nan) - elements.reduce(0, +)) < 1e-9)
            #expect(abs((shown["abs_sum"]?.double ?? .nan) - elements.reduce(0) { $0 + abs($1) }) < 1e-9)
        }
        let cut = try folder.write([255, 0, 0, 0, 0, 0, 0, 0, 123], to: "cut.safetensors")
        let refused = try await Program.run("inspect", cut.path)
        #expect(refused.status == 1 && refused.output.isEmpty)
        #expect(refused.errors.contains("cut.safetensors: the header claims 255 bytes, but only 1 follow"))
    }
}
