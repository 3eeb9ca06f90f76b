import Checkpoints
import Foundation
import ServiceTesting
import Tensors
import Testing
import TextNumbers

/// Analyses of a reference library, and how a client asks for the same.
struct GoldenAnalysis {
    let model: String
    let meta: JSONValue
    private let root: URL
    private let pixels: Tensor

    init(_ model: String) throws {
        self.model = model
        root = try #require(Golden.shared)
        meta = try JSONValue.parse([UInt8](Data(contentsOf: root.appending(path: "analyses/\(model)/meta.json"))))
        pixels = try Self.file(root, model, "input").tensor("pixel_values")
    }

    /// The model, served under its own name.
    func service() async throws -> TestService {
        try await TestService(paths: [model: root.appending(path: "models/\(model)/checkpoint")])
    }

    /// A picture as an input: 0 is clean, 1 corrupt.
    func tensor(_ picture: Int) throws -> JSONValue {
        let pixels = pixels.row(picture)
        return [
            "tensor": [
                "datatype": "FP32", "shape": .integers(pixels.shape),
                "data": .numbers(pixels.elements.map(Double.init)),
            ]
        ]
    }

    /// The logit difference that all of them measure.
    var metric: JSONValue { ["kind": "logit_difference", "classes": [meta["c1"] ?? 0, meta["c2"] ?? 0]] }

    /// What is in one of the files.
    func names(in file: String) throws -> [String] { try Self.file(root, model, file).entries.map(\.name) }

    func tensor(of file: String, _ name: String) throws -> Tensor { try Self.file(root, model, file).tensor(name) }

    private static func file(_ root: URL, _ model: String, _ name: String) throws -> SafetensorsFile {
        try SafetensorsFile(path: root.appending(path: "analyses/\(model)/\(name).safetensors").path)
    }
}

extension SafetensorsFile {
    fileprivate func tensor(_ name: String) throws -> Tensor {
        try tensor(#require(entries.first { $0.name == name }, "\(name)"))
    }
}
