internal import Tensors

/// Turns one intervention into rewrites of the hooks it matches.
struct InterventionCompiler {
    private let intervention: Intervention
    private let number: Int
    private let architecture: Architecture

    init(_ intervention: Intervention, number: Int, architecture: Architecture) {
        self.intervention = intervention
        self.number = number
        self.architecture = architecture
    }

    func rewrites(_ entries: [HookTable.Entry]) throws(HookPlanError) -> [Rewrite] {
        var selection = intervention.selection
        selection.reduction = nil
        var resolver = SelectionResolver(selection, of: .intervention(number), architecture: architecture)
        var rewrites: [Rewrite] = []
        for entry in entries {
            let kept = try resolver.resolve(entry).kept
            try refuseRepetitions(kept, entry)
            let region = Region(kept, of: entry.shape)
            rewrites.append(
                Rewrite(
                    point: entry.point, intervention: number, inputs: intervention.inputs, region: region,
                    action: try action(entry, kept, region)))
        }
        try resolver.checkUse(in: entries)
        if let inputs = intervention.inputs, let twice = repetition(in: inputs) {
            throw failure(.repeatedIndex(field: "inputs", index: twice))
        }
        return rewrites
    }

    private func action(
        _ entry: HookTable.Entry, _ kept: [[Int]?], _ region: Region
    ) throws(HookPlanError) -> Rewrite.Action {
        switch intervention.change {
        case .set(let value): return .set(try source(value, entry, kept, region))
        case .add(let value): return .add(try source(value, entry, kept, region))
        case .multiply(let factors): return .multiply(try values(factors, entry, to: region.shape))
        case .projectOut(let direction): return .projectOut(try unit(direction, entry, kept))
        }
    }

    private func source(
        _ value: Intervention.Value, _ entry: HookTable.Entry, _ kept: [[Int]?], _ region: Region
    ) throws(HookPlanError) -> Rewrite.Source {
        switch value {
        case .constant(let tensor): return .values(try values(tensor, entry, to: region.shape))
        case .stored(let activations):
            guard let stored = activations[entry.point.name] else { throw failure(.notStored(hook: entry.point.name)) }
            guard let whole = stored.broadcast(to: entry.shape) else {
                throw failure(.valueShape(hook: entry.point.name, stored.shape, expected: entry.shape))
            }
            let elements = whole.withSpan { span in
                (0..<whole.shape[0]).flatMap { region.read(span, from: $0 * region.stride) }
            }
            return .values(.each(elements, inputs: whole.shape[0]))
        case .input(let input): return .input(input)
        case .mean(let over):
            let axis = entry.axes.firstIndex { $0 == .position || $0 == .query }
            return .mean(overInputs: over != .positions, axis: over == .inputs ? nil : axis.map { $0 + 1 })
        }
    }

    private func values(
        _ tensor: Tensor, _ entry: HookTable.Entry, to shape: [Int]
    ) throws(HookPlanError) -> Rewrite.Values {
        if tensor.count == 1 { return .uniform(tensor.elements[0]) }
        guard let whole = tensor.broadcast(to: shape) else {
            throw failure(.valueShape(hook: entry.point.name, tensor.shape, expected: shape))
        }
        return .each(whole.elements, inputs: whole.shape[0])
    }

    private func unit(
        _ direction: Tensor, _ entry: HookTable.Entry, _ kept: [[Int]?]
    ) throws(HookPlanError) -> [Float] {
        guard kept.last == .some(nil) else { throw failure(.directionWithFeatures) }
        let width = entry.shape.last ?? 1
        guard direction.shape == [width] else {
            throw failure(.directionShape(hook: entry.point.name, direction.shape, expected: [width]))
        }
        let elements = direction.elements.map(Double.init)
        let length = elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0, length.isFinite else { throw failure(.directionIsZero) }
        return elements.map { Float($0 / length) }
    }

    private func refuseRepetitions(_ kept: [[Int]?], _ entry: HookTable.Entry) throws(HookPlanError) {
        for (axis, indices) in zip(entry.axes, kept) {
            guard let twice = indices.flatMap(repetition) else { continue }
            let field = axis == .head ? "heads" : axis == .key ? "keys" : axis == .feature ? "features" : "positions"
            throw failure(.repeatedIndex(field: field, index: twice))
        }
    }

    private func repetition(in indices: [Int]) -> Int? {
        var seen: Set<Int> = []
        return indices.first { !seen.insert($0).inserted }
    }

    private func failure(_ reason: HookPlanError.Reason) -> HookPlanError {
        HookPlanError(subject: .intervention(number), reason: reason)
    }
}

extension Tensor {
    /// Repeated along axes of length one, as numpy does, to [n] + `shape`; `nil` where it does not fit.
    /// - Returns: n is this tensor's extent in front of `shape`, or 1.
    fileprivate func broadcast(to shape: [Int]) -> Tensor? {
        guard rank <= shape.count + 1 else { return nil }
        let inputs = rank == shape.count + 1 ? self.shape[0] : 1
        let target = [inputs] + shape
        let own = Array(repeating: 1, count: target.count - rank) + self.shape
        return inputs > 0 ? reshaped(own).repeated(to: target) : nil
    }
}
