extension HookPlan {
    /// Whether anything is changed on the way.
    public var hasInterventions: Bool { !rewrites.isEmpty }

    /// Whether some of the request's inputs are changed by what others are, so that one pass must hold all of them.
    var readsInputs: Bool { rewrites.contains(where: \.readsInputs) }

    /// Whether an intervention tells the request's inputs apart.
    public var namesInputs: Bool {
        rewrites.contains { $0.readsInputs || $0.inputs != nil || $0.valuesPerInput != nil }
    }

    /// Holds what interventions say of inputs against how many there are.
    public func check(inputs count: Int) throws(HookPlanError) {
        for rewrite in rewrites {
            let failure = { reason in HookPlanError(subject: .intervention(rewrite.intervention), reason: reason) }
            if let stranger = rewrite.inputs?.first(where: { $0 < 0 || $0 >= count }) {
                throw failure(.noSuchInput(stranger, count: count))
            }
            if let source = rewrite.sourceInput, source < 0 || source >= count {
                throw failure(.noSuchSource(source, count: count))
            }
            let changed = rewrite.inputs?.count ?? count
            if let values = rewrite.valuesPerInput, values != changed {
                let shape = rewrite.region.shape
                throw failure(
                    .valueShape(hook: rewrite.point.name, [values] + shape, expected: [changed] + shape))
            }
        }
    }
}

extension Rewrite {
    /// How many inputs there are values for, where each has its own.
    fileprivate var valuesPerInput: Int? {
        switch action {
        case .set(.values(.each(_, let inputs))), .add(.values(.each(_, let inputs))), .multiply(.each(_, let inputs)):
            inputs == 1 ? nil : inputs
        default: nil
        }
    }

    fileprivate var sourceInput: Int? {
        switch action {
        case .set(.input(let input)), .add(.input(let input)): input
        default: nil
        }
    }
}
