import Tensors
import Testing

@testable import Checkpoints

struct ShardIndexTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("part-1.safetensors", Self.weights(["a", "b"], 1))
        try folder.write("part-2.safetensors", Self.weights(["c"], 2))
    }

    private static func weights(_ names: [String], _ value: Float) -> [UInt8] {
        SafetensorsWriter(names.map { ($0, ArrayValue(Tensor(repeating: value, shape: [2]))) }).encoded
    }

    private func open(_ map: String) throws -> Checkpoint {
        try folder.write("model.safetensors.index.json", #"{"metadata": {}, "weight_map": {\#(map)}}"#)
        return try Checkpoint(path: folder.path)
    }

    private static let good = #""a": "part-1.safetensors", "b": "part-1.safetensors", "c": "part-2.safetensors""#

    @Test func partsAreReadAsOne() throws {
        let checkpoint = try open(Self.good)
        #expect(checkpoint.entries.map(\.name).sorted() == ["a", "b", "c"])
        #expect(try checkpoint.tensor(#require(checkpoint.entry(named: "c"))).elements == [2, 2])
        #expect(checkpoint.files.count == 2)
    }

    @Test(
        arguments: [
            (#""a": "part-1.safetensors", "b": "part-1.safetensors""#, "tensor 'c'", false),
            (#""a": "part-1.safetensors", "c": "part-2.safetensors""#, "tensor 'b' is in no line of the index", true),
            (good + #", "d": "part-2.safetensors""#, "tensor 'd' should be in 'part-2.safetensors' and is not", true),
            (good + #", "d": "part-3.safetensors""#, "names 'part-3.safetensors', which is not there", true),
            (
                #""a": "part-2.safetensors", "b": "part-1.safetensors", "c": "part-2.safetensors""#,
                "'a' should be in 'part-2.safetensors'", true
            ),
            (#""a": "../part-1.safetensors""#, "not a file of its own folder", true),
            (#""a": "/etc/part.safetensors""#, "not a file of its own folder", true),
            (#""a": "sub/part.safetensors""#, "not a file of its own folder", true),
            (#""a": "..""#, "not a file of its own folder", true), (#""a": """#, "not a file of its own folder", true),
            (#""a": ".hidden.safetensors""#, "not a file of its own folder", true),
            (#""a": "part-1.bin""#, "not a file of its own folder", true),
            (#""a": "part\u0000.safetensors""#, "not a file of its own folder", true),
            (#""a": 5"#, "names no file for tensor 'a'", true), ("", "names no tensors", true),
        ])
    func anIndexThatDoesNotFitItsFilesIsRefused(map: String, sentence: String, isRefused: Bool) throws {
        guard isRefused else {
            // A file that no line names is no part of the checkpoint.
            #expect(try open(map).entries.map(\.name).sorted() == ["a", "b"])
            return
        }
        let error = #expect(throws: CheckpointError.self) { try open(map) }
        #expect(try #require(error).description.contains(sentence), "\(error?.description ?? "")")
    }

    @Test func aTensorInTwoPartsIsRefused() throws {
        try folder.write("part-2.safetensors", Self.weights(["c", "a"], 2))
        let error = #expect(throws: CheckpointError.self) { try open(Self.good) }
        #expect(
            error?.reason
                == .tensorInTwoShards(tensor: "a", first: "part-1.safetensors", second: "part-2.safetensors"))
    }

    @Test(arguments: ["[]", "{}", #"{"weight_map": []}"#, #"{"weight_map": null}"#, "{"])
    func anIndexOfAnotherFormIsRefused(text: String) throws {
        try folder.write("model.safetensors.index.json", text)
        let error = #expect(throws: CheckpointError.self) { try Checkpoint(path: folder.path) }
        #expect(error?.file == "model.safetensors.index.json")
    }
}
