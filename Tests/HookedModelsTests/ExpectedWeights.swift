import HookedModels
import Tensors
import Testing

/// What a model's parameters must be, element by element, with the axes of a library's tensors taken apart by hand:
/// `y = x · W`, so PyTorch's weights [output, input] are read across.
struct ExpectedWeights {
    /// One parameter: its element at an index, and whether the checkpoint has it at all or it is zeros.
    struct Parameter {
        let isThere: Bool
        let element: ([Int]) -> Float
    }

    let source: [String: Tensor]
    let architecture: Architecture
    let family: String
    let names: LibraryNames

    init(_ source: [String: Tensor], _ model: HookedModel) {
        self.source = source
        (architecture, family) = (model.architecture, model.family)
        names = LibraryNames(model.family, holding: Set(source.keys))
    }

    /// Elements of the checkpoint that are a model's parameters as they are.
    var countOfParameters: Int {
        let prismas = (architecture.hasClassToken ? [] : ["cls_token"]) + (architecture.classes == nil ? ["head."] : [])
        let unread = family == "prisma" ? prismas : names.unread
        let folded = ["gamma", "lambda1", "head_dist.bias"]
        return source.reduce(0) { sum, tensor in
            let isLeftOut =
                unread.contains { tensor.key.hasPrefix($0) } || folded.contains { tensor.key.hasSuffix($0) }
            return isLeftOut ? sum : sum + tensor.value.count
        }
    }

    func parameter(_ name: String) throws -> Parameter {
        if family == "prisma" { return stored(try tensor(name), as: name) }
        let parts = name.split(separator: ".").map(String.init)
        if parts[0] == "blocks", let layer = Int(parts[1]) {
            return try inLayer(names.block(layer), Array(parts.dropFirst(2)))
        }
        if let same = names.same[name] { return stored(try tensor(same), as: name) }
        if parts[0] == "embed" {
            let own = try #require(names.same["embed.proj"]) + "." + parts[2]
            return source[own].map { stored($0, as: name) } ?? Parameter(isThere: false) { _ in 0 }
        }
        if let norm = names.norms[parts[0]] { return stored(try tensor(norm + suffix(parts[1])), as: name) }
        if name == "head.W_H" { return try headWeight() }
        if name == "head.b_H" { return try headBias() }
        return try inLayer(try #require(names.pooling, "\(name)"), Array(parts.dropFirst()))
    }

    private func tensor(_ name: String) throws -> Tensor { try #require(source[name], "\(name)") }

    private func suffix(_ letter: String) -> String { letter == "w" ? ".weight" : ".bias" }

    /// The same elements in the same order, whatever axes of one are in front.
    private func stored(_ tensor: Tensor, as name: String) -> Parameter {
        let elements = tensor.elements
        let shape = tensor.shape.filter { $0 != 1 }
        return Parameter(isThere: true) { index in
            // Axes of one carry an index of zero, so that skipping them changes nothing.
            let own = index.count == tensor.shape.count ? zip(index, tensor.shape).filter { $1 != 1 }.map(\.0) : index
            return elements[zip(own.suffix(shape.count), shape).reduce(0) { $0 * $1.1 + $1.0 }]
        }
    }

    private func inLayer(_ layer: LibraryNames.Layer, _ path: [String]) throws -> Parameter {
        if let norm = layer.norms[path[0]] { return stored(try tensor(layer.prefix + norm + suffix(path[1])), as: "") }
        switch path[1] {
        case "W_in", "b_in": return try linear(layer.prefix + layer.up, path[1])
        case "W_out", "b_out": return try linear(layer.prefix + layer.down, path[1], scale(layer, layer.scales?.mlp))
        case "W_O", "b_O":
            return try linear(layer.prefix + layer.output, path[1], scale(layer, layer.scales?.attention))
        default: return try projected(layer, path[1])
        }
    }

    private func scale(_ layer: LibraryNames.Layer, _ name: String?) -> Tensor? {
        name.flatMap { source[layer.prefix + $0] }
    }

    /// [input, output] or [head, d_head, output], and [output].
    private func linear(_ library: String, _ name: String, _ scale: Tensor? = nil) throws -> Parameter {
        let values = try tensor(library + (name.hasPrefix("W") ? ".weight" : ".bias"))
        let headWidth = architecture.headWidth
        return Parameter(isThere: true) { index in
            let output = index[index.count - 1]
            let factor = scale?[output] ?? 1
            switch index.count {
            case 1: return values[output] * factor
            case 2: return values[output, index[0]] * factor
            default: return values[output, index[0] * headWidth + index[1]] * factor
            }
        }
    }

    /// [head, d_model, d_head] and [head, d_head].
    private func projected(_ layer: LibraryNames.Layer, _ name: String) throws -> Parameter {
        let part = try #require(["Q": 0, "K": 1, "V": 2][name.suffix(1)], "\(name)")
        let kind = name.hasPrefix("W") ? ".weight" : ".bias"
        let width = architecture.headWidth
        let inner = architecture.heads * width
        let (library, first): (String, Int)
        switch layer.projection {
        case .separate(let parts): (library, first) = (parts[part] + kind, 0)
        case .fused(let weight, let bias): (library, first) = (name.hasPrefix("W") ? weight : bias, part * inner)
        case .paired(let query, let pairs):
            (library, first) = part == 0 ? (query + kind, 0) : (pairs + kind, (part - 1) * inner)
        }
        let values = try tensor(layer.prefix + library)
        return Parameter(isThere: true) { index in
            index.count == 3
                ? values[first + index[0] * width + index[2], index[1]] : values[first + index[0] * width + index[1]]
        }
    }

    private func headWeight() throws -> Parameter {
        if names.headMultipliesFromTheRight {
            let values = try tensor(names.head)
            return Parameter(isThere: true) { values[$0[0], $0[1]] }
        }
        let weight = try tensor(names.head + ".weight")
        guard let other = source["head_dist.weight"] else { return Parameter(isThere: true) { weight[$0[1], $0[0]] } }
        let width = architecture.width
        return Parameter(isThere: true) { 0.5 * ($0[0] < width ? weight[$0[1], $0[0]] : other[$0[1], $0[0] - width]) }
    }

    private func headBias() throws -> Parameter {
        guard let bias = source[names.head + ".bias"] else { return Parameter(isThere: false) { _ in 0 } }
        guard let other = source["head_dist.bias"] else { return Parameter(isThere: true) { bias[$0[0]] } }
        return Parameter(isThere: true) { 0.5 * (bias[$0[0]] + other[$0[0]]) }
    }
}
