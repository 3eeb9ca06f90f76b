import Checkpoints
import Foundation
import HookedModels
import ServiceTesting
import Tensors
import TextNumbers

/// Analyses of a reference library, in float64, and the model that they are of.
struct AnalysisReference: CustomStringConvertible, Sendable {
    let model: String
    let root: URL

    var description: String { model }

    /// Those of the golden set; none where it is not there.
    static let golden: [AnalysisReference] =
        Golden.shared.map { root in
            ["timm_vit", "hf_clip_vision_proj"].map { AnalysisReference(model: $0, root: root) }
        } ?? []

    func load() throws -> HookedModel {
        try HookedModel(Checkpoint(path: root.appending(path: "models/\(model)/checkpoint").path))
    }

    /// All tensors of one of the files.
    func tensors(_ file: String) throws -> [String: Tensor] {
        let source = try SafetensorsFile(path: root.appending(path: "analyses/\(model)/\(file).safetensors").path)
        return try Dictionary(uniqueKeysWithValues: source.entries.map { ($0.name, try source.tensor($0)) })
    }

    func meta() throws -> JSONValue {
        try JSONValue.parse([UInt8](Data(contentsOf: root.appending(path: "analyses/\(model)/meta.json"))))
    }

    func pixels() throws -> Tensor {
        guard let pixels = try tensors("input")["pixel_values"] else { throw ReferenceError.missing("pixel_values") }
        return pixels
    }

    /// The model's activations of the reference's pictures, captured by name.
    func activations(_ hooks: [String], of model: HookedModel) throws -> [String: Tensor] {
        let plan = try HookPlan([CaptureRequest(hooks: hooks)], for: model.architecture)
        guard let result = model.run([ForwardRequest(pixels: try pixels(), plan: plan)]).first else { return [:] }
        return Dictionary(uniqueKeysWithValues: result.captures.map { ($0.name, $0.values.joined) })
    }
}

enum ReferenceError: Error {
    case missing(String)
}

/// The largest difference of two tensors as a share of the largest magnitude of `truth`; infinite for other shapes.
func relativeDifference(_ ours: Tensor, _ truth: Tensor) -> Double {
    guard ours.shape == truth.shape else { return .infinity }
    let largest = truth.elements.reduce(0.0) { max($0, Double(abs($1))) }
    let difference = zip(ours.elements, truth.elements).reduce(0.0) {
        $1.0.isNaN || $1.1.isNaN ? .infinity : max($0, Double(abs($1.0 - $1.1)))
    }
    return largest > 0 ? difference / largest : difference
}

/// What float32 may be off by, as a share of the largest value: the libraries' own float32 runs of these models are off
/// by 8e-7 in the median and 9e-6 at worst.
let float32Tolerance = 9e-6
