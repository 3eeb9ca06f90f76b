internal import HookedModels
internal import TextNumbers
internal import Web

extension HookPlanError {
    /// Where in the request the error is: `place` gives the pointer of a capture and of one of its hooks.
    func fieldError(_ place: (_ capture: Int, _ hook: Int?) -> JSONPointer) -> FieldError {
        let hook = capture.map { place($0, self.hook) } ?? JSONPointer()
        switch reason {
        case .unknownHook(let name, let known):
            let hint = Suggestions.sentence(for: name, in: known) ?? "names are as in blocks.0.attn.hook_pattern"
            return FieldError(.pointer(hook), "the model has no hook '\(name)'; \(hint)")
        case .noMatch(let pattern): return FieldError(.pointer(hook), "'\(pattern)' matches no hook of the model")
        case .flagIsOff(let name, let flag):
            return FieldError(.pointer(hook), "'\(name)' exists only with the flag '\(flag)'")
        case .notReached(let name, let stop):
            return FieldError(.pointer(hook), "'\(name)' is not reached when the model stops at layer \(stop)")
        case .badPattern(let pattern, let reason):
            return FieldError(.pointer(hook), "'\(pattern)' is no pattern: \(reason)")
        case .layerOutOfRange(let layer, let layers):
            return FieldError(
                .pointer(JSONPointer()["stop_at_layer"]), "\(layer) is outside −\(layers) … \(layers)")
        case .noSuchAxis(let field):
            return FieldError(.pointer(selection(field, place)), "none of the hooks named beside it has such an axis")
        case .noClassToken:
            return FieldError(.pointer(selection("positions", place)), "the model has no class token")
        case .outOfRange(let field, let index, let name, let count):
            return FieldError(
                .pointer(selection(field, place)), "\(index) is outside '\(name)', which has \(count) of them")
        case .twoSelections(let name):
            return FieldError(.pointer(hook), "'\(name)' is already captured with another selection")
        }
    }

    private func selection(_ field: String, _ place: (Int, Int?) -> JSONPointer) -> JSONPointer {
        var pointer = place(capture ?? 0, nil)
        if pointer.tokens.last == "hooks" { pointer.tokens.removeLast() }
        return pointer[field]
    }
}
