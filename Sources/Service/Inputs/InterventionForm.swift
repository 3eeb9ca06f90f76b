internal import Checkpoints
internal import HookedModels
internal import Tensors
internal import TextNumbers
internal import Web

/// One entry of `interventions`, as a request writes it.
struct InterventionWish: Sendable {
    let hook: String
    let place: Place
    let operation: Operation
    let value: Value?
    let direction: Tensor?
    let over: Intervention.Averaging?

    /// What is done to the part.
    enum Operation: String, CaseIterable, Sendable {
        case zero, mean, set, add, scale
        case projectOut = "project_out"
        case copy
    }

    /// Which part.
    struct Place: Sendable {
        let inputs: [Int]?
        let selection: Selection
    }

    enum Value: Sendable {
        case tensor(Tensor)
        case input(Int)
        /// What a stored cache holds of the hook, or of the one named.
        case cache(String, hook: String?)
        /// Its mean.
        case meanOf(String)
    }

    /// Finds a stored cache by its id, which stands at that place.
    typealias Finding = (_ id: String, _ place: JSONPointer) throws -> CachedValues

    /// - Parameters:
    ///   - pointer: where it stands in the document.
    ///   - caches: finds stored caches.
    /// - Throws: the field's error for what the operation lacks or has no use for; what `caches` throws.
    func intervention(at pointer: JSONPointer, caches: Finding) throws -> Intervention {
        if operation != .mean, !isMean { try refuse(over == nil, pointer["over"], "means are taken over something") }
        if ![.add, .projectOut].contains(operation) {
            try refuse(direction == nil, pointer["direction"], "add and project_out have directions")
        }
        if [.zero, .projectOut].contains(operation) || (operation == .mean && !isMean) {
            try refuse(value == nil, pointer["value"], "\(operation.rawValue) takes none")
        }
        return Intervention(hook, try change(pointer, caches), at: place.selection, inputs: place.inputs)
    }

    private var isMean: Bool { if case .meanOf = value { true } else { false } }

    private func change(_ pointer: JSONPointer, _ caches: Finding) throws -> Intervention.Change {
        switch operation {
        case .zero: return .set(.constant(Tensor(shape: [], elements: [0])))
        case .mean: return .set(isMean ? try needed(pointer, caches) : .mean(over: over ?? .inputs))
        case .set: return .set(try needed(pointer, caches))
        case .add:
            if let direction { return .add(try steering(direction, pointer)) }
            return .add(try needed(pointer, caches))
        case .scale:
            guard case .tensor(let factors) = value else {
                throw FieldError(.pointer(pointer["value"]), "expected what to multiply with: a number or a tensor")
            }
            return .multiply(factors)
        case .projectOut:
            guard let direction else {
                throw FieldError(.pointer(pointer["direction"]), "expected the direction that is taken out")
            }
            return .projectOut(direction)
        case .copy:
            guard case .input(let input) = value else {
                throw FieldError(.pointer(pointer["value"]), "expected {\"from_input\": …}")
            }
            return .set(.input(input))
        }
    }

    private func needed(_ pointer: JSONPointer, _ caches: Finding) throws -> Intervention.Value {
        let place = pointer["value"]
        switch value {
        case .tensor(let tensor): return .constant(tensor)
        case .input(let input): return .input(input)
        case .cache(let id, nil): return .stored(try caches(id, place["cache"]).activations(hook, at: place["cache"]))
        case .cache(let id, let hook?):
            return .constant(try caches(id, place["cache"]).cache.tensor(hook).joined)
        case .meanOf(let id):
            let values = try caches(id, place["mean_of"])
            return .stored(try values.means(hook, over: over ?? .inputs, at: place["mean_of"]))
        case nil:
            throw FieldError(
                .pointer(place),
                "\(operation.rawValue) needs a value: a number, a tensor, {\"from_input\": …}, {\"cache\": …} or "
                    + "{\"mean_of\": …}")
        }
    }

    /// value · direction, the value being 1 unless given.
    private func steering(_ direction: Tensor, _ pointer: JSONPointer) throws(FieldError) -> Intervention.Value {
        var strength: Float = 1
        if let value {
            guard case .tensor(let tensor) = value, tensor.count == 1 else {
                throw FieldError(.pointer(pointer["value"]), "along a direction the value is one number")
            }
            strength = tensor.elements[0]
        }
        return .constant(Tensor(shape: direction.shape, elements: direction.elements.map { $0 * strength }))
    }

    private func refuse(_ isFine: Bool, _ pointer: JSONPointer, _ reason: String) throws(FieldError) {
        if !isFine { throw FieldError(.pointer(pointer), "not for op \"\(operation.rawValue)\": \(reason)") }
    }
}

extension InterventionWish {
    static let form = Form.object(
        "Intervention",
        "A change on the way: of the part `where` of every hook that `hook` matches. They act in the order given, and "
            + "captures show what they left.",
        fields: Field("hook", .string(length: 1...Glob.maximumLength), "A name or a pattern."),
        Field("where", Place.form, default: [:], "Which part; all of it unless something is chosen."),
        Field(
            "op", .choice(of: Operation.self),
            "zero; mean (of the request's inputs, or of a cache); set; add (a value, or value · direction); scale (by a number or a "
                + "tensor); project_out (what lies along a direction); copy (from another input)."),
        Field(
            optional: "value", Value.form,
            "A number; a tensor that is repeated, as numpy does, to the part's shape, with one more axis in front for the "
                + "inputs if each has its own; {\"from_input\": i}; {\"cache\": id}, what a stored cache holds of the hook; or "
                + "{\"mean_of\": id}, its mean."),
        Field(optional: "direction", TensorForm.form, "[features]: of project_out, and of add."),
        Field(
            optional: "over", .choice(of: Intervention.Averaging.self), "What mean is taken over: inputs unless given."),
        make: InterventionWish.init(hook:place:operation:value:direction:over:))

    /// As it stands in the provenance: tensors by their digests.
    var document: JSONValue {
        let digest = { (tensor: Tensor) -> JSONValue in
            .string(Digest.sha256(of: Array("\(tensor.shape) \(tensor.elements.map(\.bitPattern))".utf8)))
        }
        let value: JSONValue =
            switch self.value {
            case .tensor(let tensor): digest(tensor)
            case .input(let input): ["from_input": .integer(Int64(input))]
            case .cache(let id, let hook): ["cache": .string(id), "hook": JSONValue(orNull: hook)]
            case .meanOf(let id): ["mean_of": .string(id)]
            case nil: .null
            }
        return [
            "hook": .string(hook), "op": .string(operation.rawValue), "value": value,
            "direction": direction.map(digest) ?? .null, "over": JSONValue(orNull: over?.rawValue),
            "where": place.document,
        ]
    }
}

extension InterventionWish.Value {
    private static let number = Form<Double>.number(
        -Double(Float.greatestFiniteMagnitude)...Double(Float.greatestFiniteMagnitude)
    )
    .map { InterventionWish.Value.tensor(Tensor(shape: [], elements: [Float($0)])) }
    private static let source = Form<InterventionWish.Value>.oneKey(
        "InterventionSource", "",
        Variant("from_input", Form<Int>.integer(0...65_535), "Another input of the request, as it is then.") {
            InterventionWish.Value.input($0)
        },
        Variant("mean_of", Form<String>.string(length: 1...128), "A stored cache, whose mean is meant.") {
            InterventionWish.Value.meanOf($0)
        })
    private static let cache = Form.object(
        "CachedActivation", "What a stored cache holds.",
        fields: Field("cache", .string(length: 1...128), "Its id."),
        Field(
            optional: "hook", .string(length: 1...Glob.maximumLength),
            "Another hook than the one that is changed; it must fill the part."),
        make: { InterventionWish.Value.cache($0, hook: $1) })
    private static let tensor = TensorForm.form.map { InterventionWish.Value.tensor($0) }

    /// What is written tells which of them is meant, so that an error is told of that one.
    fileprivate static let form = Form<InterventionWish.Value>(
        .either(number.schema, source.schema, cache.schema, tensor.schema)
    ) {
        value, place, errors in
        let isSource = value["from_input"] != nil || value["mean_of"] != nil
        let meant = value.double != nil ? number : isSource ? source : value["cache"] != nil ? cache : tensor
        return meant.read(value, at: place, &errors)
    }
}

extension InterventionWish.Place {
    fileprivate static let form = Form.object(
        "InterventionPlace", "Which part is changed.",
        fields: Field(
            optional: "inputs", .list(of: .integer(0...65_535), count: 1...65_536), "Of the request, from 0."),
        CaptureForm.positions(), CaptureForm.heads(), CaptureForm.keys(), CaptureForm.features(),
        make: { inputs, positions, heads, keys, features in
            InterventionWish.Place(
                inputs: inputs,
                selection: Selection(positions: positions, heads: heads, keys: keys, features: features))
        })

    fileprivate var document: JSONValue {
        let positions: JSONValue =
            switch selection.positions {
            case .all: "all"
            case .cls: "cls"
            case .patches: "patches"
            case .indices(let indices): .integers(indices)
            }
        let list = { (indices: [Int]?) in indices.map { JSONValue.integers($0) } ?? .null }
        return [
            "inputs": list(inputs), "positions": positions, "heads": list(selection.heads),
            "keys": list(selection.keys), "features": list(selection.features),
        ]
    }
}
