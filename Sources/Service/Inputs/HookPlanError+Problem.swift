internal import HookedModels
internal import TextNumbers
internal import Web

extension HookPlanError {
    /// Where in the request the error is: `place` gives the pointer of a capture and of one of its hooks.
    func fieldError(_ place: (_ capture: Int, _ hook: Int?) -> JSONPointer) -> FieldError {
        switch subject {
        case .stop: FieldError(.pointer(JSONPointer()["stop_at_layer"]), reason.sentence)
        case .capture(let capture, let hook):
            switch reason.field {
            case .none: FieldError(.pointer(place(capture, hook)), reason.sentence)
            case .some(let field):
                FieldError(.pointer(Self.beside(place(capture, nil))[field]), reason.sentence)
            }
        case .intervention(let index):
            FieldError(
                .pointer(JSONPointer(["interventions", String(index)] + reason.placeInIntervention)), reason.sentence)
        }
    }

    /// Where the selection stands that belongs to hooks.
    private static func beside(_ pointer: JSONPointer) -> JSONPointer {
        var pointer = pointer
        if pointer.tokens.last == "hooks" { pointer.tokens.removeLast() }
        return pointer
    }
}

extension HookPlanError.Reason {
    /// The field of a selection that is at fault.
    fileprivate var field: String? {
        switch self {
        case .noSuchAxis(let field), .outOfRange(let field, _, _, _), .repeatedIndex(let field, _): field
        case .noClassToken: "positions"
        default: nil
        }
    }

    fileprivate var placeInIntervention: [String] {
        switch self {
        case .valueShape, .notStored: ["value"]
        case .directionIsZero, .directionWithFeatures, .directionShape: ["direction"]
        case .noSuchInput: ["where", "inputs"]
        case .noSuchSource: ["value", "from_input"]
        default: field.map { ["where", $0] } ?? ["hook"]
        }
    }

    fileprivate var sentence: String {
        switch self {
        case .unknownHook(let name, let known):
            let hint = Suggestions.sentence(for: name, in: known) ?? "names are as in blocks.0.attn.hook_pattern"
            return "the model has no hook '\(name)'; \(hint)"
        case .noMatch(let pattern): return "'\(pattern)' matches no hook of the model"
        case .flagIsOff(let name, let flag): return "'\(name)' exists only with the flag '\(flag)'"
        case .notReached(let name, let stop): return "'\(name)' is not reached when the model stops at layer \(stop)"
        case .badPattern(let pattern, let reason): return "'\(pattern)' is no pattern: \(reason)"
        case .layerOutOfRange(let layer, let layers): return "\(layer) is outside −\(layers) … \(layers)"
        case .noSuchAxis: return "none of the hooks named beside it has such an axis"
        case .noClassToken: return "the model has no class token"
        case .outOfRange(_, let index, let name, let count):
            return "\(index) is outside '\(name)', which has \(count) of them"
        case .twoSelections(let name): return "'\(name)' is already captured with another selection"
        case .repeatedIndex(_, let index): return "\(index) is named twice"
        case .valueShape(let name, let shape, let expected):
            return "a value of \(shape) does not fill what is chosen of '\(name)', which is \(expected)"
        case .directionWithFeatures: return "a direction runs along all features; leave \"features\" out"
        case .directionIsZero: return "a direction has a finite length above 0"
        case .notStored(let name): return "the stored activations have no '\(name)'"
        case .directionShape(let name, let shape, let expected):
            return "a direction of \(shape) does not run along the features of '\(name)', which are \(expected)"
        case .noSuchInput(let index, let count), .noSuchSource(let index, let count):
            return "there is no input \(index): the request has \(count)"
        }
    }
}
