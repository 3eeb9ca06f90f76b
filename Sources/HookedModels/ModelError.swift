/// Why a checkpoint does not become a model. Descriptions are fit for whoever configured it; they name no path.
public enum ModelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A field that must be there is not.
    case configurationLacks(file: String, field: String)
    /// A field has a value that it cannot have.
    case configurationField(file: String, field: String, expected: String)
    /// Two fields contradict each other.
    case configurationContradicts(file: String, reason: String)
    /// No family recognises the checkpoint.
    case unknownArchitecture(found: String, known: [String])
    /// The checkpoint is known for something, of which not enough is known to read it.
    case recognisedInPart(what: String, by: [String], missing: String)
    /// The family is served, but not with this part.
    case unserved(String)
    /// The checkpoint has no configuration, and none can be derived.
    case noConfiguration
    /// A tensor from which a size is taken has another number of axes.
    case wrongRank(tensor: String, found: [Int], expected: Int)
    /// The one tensor that could tell a size contradicts what the others tell of another.
    case sizesDisagree(tensor: String, shape: [Int], dimension: String, known: Int)
    /// A tensor tells a size that no model has.
    case sizeOutOfRange(tensor: String, dimension: String, value: Int, range: ClosedRange<Int>)
    /// The size of a picture is nowhere said, and the patches do not make a square.
    case noSquare(positions: Int, before: Int, field: String)
    /// Tensors that belong to no part of the model.
    case unexpectedTensors([String])
    /// A transform was asked for that would not leave the output as it is.
    case transformChangesOutput(WeightTransform, reason: String)
    /// The matrices of a layer have no singular values.
    case layerCannotBeFactored(layer: Int, reason: String)

    /// One sentence that names the file, the field or the tensor.
    public var description: String {
        switch self {
        case .configurationLacks(let file, let field): "\(file) has no field '\(field)'"
        case .configurationField(let file, let field, let expected): "'\(field)' in \(file) must be \(expected)"
        case .configurationContradicts(let file, let reason): "\(file) contradicts itself: \(reason)"
        case .unknownArchitecture(let found, let known):
            "\(found) is not a family that is served; known are \(known.joined(separator: ", "))"
        case .recognisedInPart(let what, let tensors, let missing):
            "this is \(what), by its tensors \(tensors.map { "'\($0)'" }.joined(separator: " and ")); it is not read: "
                + missing
        case .unserved(let part): "the model has \(part), which is not served"
        case .noConfiguration: "the checkpoint has no config.json, which says what its tensors are"
        case .wrongRank(let tensor, let found, let expected):
            "tensor '\(tensor)' has shape \(found), expected \(expected) axes"
        case .sizesDisagree(let tensor, let shape, let dimension, let known):
            "tensor '\(tensor)' has shape \(shape), which does not fit a \(dimension) of \(known), as other tensors have it"
        case .sizeOutOfRange(let tensor, let dimension, let value, let range):
            "tensor '\(tensor)' makes \(dimension) \(value), expected \(range.lowerBound) to \(range.upperBound)"
        case .noSquare(let positions, let before, let field):
            "the size of a picture is not known: the configuration has no '\(field)', and the \(positions) positions are "
                + "not \(before) and a square of patches"
        case .transformChangesOutput(let transform, let reason):
            "processing '\(transform.rawValue)' would change what the model gives: \(reason)"
        case .layerCannotBeFactored(let layer, let reason):
            "the attention of layer \(layer) cannot be factored: \(reason)"
        case .unexpectedTensors(let names):
            "the checkpoint has tensors that the model has no place for: "
                + names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
        }
    }
}
