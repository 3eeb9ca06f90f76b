import Glibc
import Tensors
import Testing

@testable import Checkpoints

struct SafetensorsFileTests {
    private static let fixtures = Golden.names(in: "checkpoints").filter { $0.hasPrefix("st_") }

    @Test(.enabled(if: Golden.isPresent), arguments: fixtures)
    func everyFixtureIsReadOrRefusedAsExpected(name: String) throws {
        let all = try #require(try Golden.json("checkpoints/expected.json")["files"] as? [String: Any])
        let expected = try #require(all[name] as? [String: Any])
        let opened = Result { () throws(CheckpointError) in
            try SafetensorsFile(path: "\(Golden.folder)/checkpoints/\(name)").summaries(checksums: true)
        }
        switch try #require(expected["outcome"] as? String) {
        case "ok":
            let tensors = try #require(expected["tensors"] as? [String: [String: Any]])
            let summaries = try opened.get()
            #expect(Set(summaries.map(\.name)) == Set(tensors.keys))
            for summary in summaries { try compare(summary, try #require(tensors[summary.name])) }
        case "reject":
            #expect(throws: CheckpointError.self) { try opened.get() }
        default:
            break
        }
    }

    private func compare(_ summary: TensorSummary, _ truth: [String: Any]) throws {
        #expect(summary.datatype == truth["dtype"] as? String)
        #expect(summary.shape == truth["shape"] as? [Int])
        let absolute = truth["abs_sum"] as? Double
        #expect((summary.absSum == nil) == (absolute == nil))
        guard let absolute else { return }
        #expect(abs(try #require(summary.absSum) - absolute) <= 1e-12 * absolute)
        #expect(abs(try #require(summary.sum) - (try #require(truth["sum"] as? Double))) <= 1e-12 * absolute)
    }

    @Test(.enabled(if: Golden.isPresent)) func float8IsConverted() throws {
        let file = try SafetensorsFile(path: "\(Golden.folder)/checkpoints/st_float8.safetensors")
        #expect(try file.tensor(named: "f8").elements == [1.875, 1.125, -0.875, -0.109375])
    }

    @Test func whatIsWrittenIsReadBackAtAnyAlignment() throws {
        let folder = try TemporaryFolder()
        let json =
            "{" + SafetensorsBytes.entry("byte", "U8", "[1]", "[0,1]") + ","
            + SafetensorsBytes.entry("a", "F32", "[2]", "[1,9]") + "}"
        var bytes = SafetensorsBytes.file(json, data: 1)
        for value in [Float(1.5), -2] { withUnsafeBytes(of: value) { bytes += Array($0) } }
        let file = try SafetensorsFile(path: try folder.write("odd.safetensors", bytes))
        #expect(try file.tensor(named: "a").elements == [1.5, -2])
        file.releasePages()
        #expect(try file.tensor(named: "a").elements == [1.5, -2])
    }

    @Test func aRemovedFileStaysReadable() throws {
        let folder = try TemporaryFolder()
        let writer = SafetensorsWriter([("a", ArrayValue(Tensor(shape: [2], elements: [3, 4])))])
        let file = try SafetensorsFile(path: try folder.write("a.safetensors", writer.encoded))
        let replaced = try folder.write("a.safetensors.new", SafetensorsBytes.file("{}", data: 0))
        #expect(rename(replaced, "\(folder.path)/a.safetensors") == 0)
        #expect(try file.tensor(named: "a").elements == [3, 4])
    }

    @Test func whatIsNoFileIsNamed() throws {
        let folder = try TemporaryFolder()
        #expect(throws: CheckpointError("none.safetensors", .notFound)) {
            try SafetensorsFile(path: "\(folder.path)/none.safetensors")
        }
        #expect(throws: CheckpointError("x", .notFound)) { try SafetensorsFile(path: "/dev/null/x") }
        #expect(throws: CheckpointError("null", .notAFile)) { try SafetensorsFile(path: "/dev/null") }
        let pipe = "\(folder.path)/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(throws: CheckpointError("pipe", .notAFile)) { try SafetensorsFile(path: pipe) }
    }

    @Test func aMissingTensorNamesTheNearest() throws {
        let folder = try TemporaryFolder()
        let one = ArrayValue(Tensor(shape: [1], elements: [0]))
        let writer = SafetensorsWriter([("layer.0.weight", one), ("layer.1.weight", one), ("head.bias", one)])
        let file = try SafetensorsFile(path: try folder.write("m.safetensors", writer.encoded))
        let nearest = ["layer.0.weight", "layer.1.weight"]
        #expect(throws: CheckpointError("m.safetensors", .missingTensor(name: "layers.0.weight", nearest: nearest))) {
            try file.tensor(named: "layers.0.weight")
        }
    }
}
