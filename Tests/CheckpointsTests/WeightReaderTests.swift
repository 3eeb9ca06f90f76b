import Tensors
import Testing

@testable import Checkpoints

struct WeightReaderTests {
    private let reader: WeightReader

    init() throws {
        let names = [
            "vit.encoder.layer.0.query.weight", "vit.encoder.layer.1.query.weight", "vit.norm.bias", "head.weight",
        ]
        let writer = SafetensorsWriter(
            names.enumerated().map { ($0.element, ArrayValue(Tensor(repeating: Float($0.offset), shape: [2, 3]))) })
        reader = WeightReader(try Checkpoint.opening(writer.encoded))
    }

    @Test func aDottedPathLeadsToTheTensor() throws {
        let layer = reader["vit"]["encoder"]["layer", 1]
        #expect(try layer.tensor("query.weight", [2, 3]).elements == [1, 1, 1, 1, 1, 1])
        #expect(try reader["vit.encoder.layer.0"].tensor("query.weight", [2, 3])[0, 0] == 0)
        #expect(layer.key("query.weight") == "vit.encoder.layer.1.query.weight")
        #expect(try layer.shape(of: "query.weight") == [2, 3])
    }

    @Test func errorsNameTheWholeKey() {
        #expect(
            throws: CheckpointError(
                "m.safetensors", .wrongShape(name: "head.weight", expected: [3, 2], found: [2, 3]))
        ) { try reader.tensor("head.weight", [3, 2]) }
        let nearest = ["vit.encoder.layer.1.query.weight", "vit.encoder.layer.0.query.weight"]
        #expect(
            throws: CheckpointError(
                "m.safetensors", .missingTensor(name: "vit.encoder.layer.1.key.weight", nearest: nearest))
        ) { try reader["vit.encoder.layer", 1].tensor("key.weight", [2, 3]) }
    }

    @Test func sentencesAreForPeople() throws {
        let error = #expect(throws: CheckpointError.self) { try reader.tensor("head.weights", [2, 3]) }
        #expect(error?.description == "m.safetensors: tensor 'head.weights' is missing; nearest are 'head.weight'")
    }

    @Test func whatNobodyReadIsNamed() throws {
        _ = try reader.tensor("head.weight", [2, 3])
        #expect(throws: CheckpointError.self) { try reader["vit.norm"].tensor("bias", [9]) }
        #expect(
            reader.unused == ["vit.encoder.layer.0.query.weight", "vit.encoder.layer.1.query.weight", "vit.norm.bias"])
        reader["vit"].ignore("norm.bias")
        _ = try reader["vit"]["encoder.layer", 0].tensorIfPresent("query.weight", [2, 3])
        #expect(reader.unused == ["vit.encoder.layer.1.query.weight"])
        #expect(reader["head"].unused == [])
    }

    @Test func alternativePrefixesAreTried() throws {
        #expect(reader.under(["deit", "vit", ""], having: "norm.bias").key("x") == "vit.x")
        #expect(reader.under(["deit", ""], having: "head.weight").key("x") == "x")
        #expect(reader.under(["deit"], having: "head.weight").key("x") == "x")
        #expect(try reader.tensorIfPresent("none", [1])?.count == nil)
        #expect(reader.contains("head.weight") && !reader["vit"].contains("head.weight"))
    }
}
