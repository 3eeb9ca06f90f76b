internal import Tensors

/// One change at one hook, compiled: which elements of which inputs, and what becomes of them.
struct Rewrite: Sendable {
    let point: HookPoint
    /// Which of the request's interventions it is part of.
    let intervention: Int
    /// Inputs of the request; `nil` for all.
    let inputs: [Int]?
    let region: Region
    let action: Action

    enum Action: Sendable {
        case set(Source)
        case add(Source)
        case multiply(Values)
        /// A unit vector along the last axis.
        case projectOut([Float])
    }

    /// Numbers for the region.
    enum Values: Sendable {
        case uniform(Float)
        /// [1 or inputs, element of the region], flat.
        case each([Float], inputs: Int)
    }

    enum Source: Sendable {
        case values(Values)
        case input(Int)
        /// - Parameter axis: the activation's axis of positions where they are averaged over, counted with the first.
        case mean(overInputs: Bool, axis: Int?)
    }

    /// Whether all of a request's inputs must be in one pass: some read others.
    var readsInputs: Bool {
        switch action {
        case .set(.input), .set(.mean(true, _)), .add(.input), .add(.mean(true, _)): true
        default: false
        }
    }

    /// Changes the rows of a request within an activation [row, ...].
    /// - Parameters:
    ///   - rows: of the activation, the request's.
    ///   - firstInput: which of its inputs the first of them is.
    func apply(to activation: inout Tensor, rows: Range<Int>, firstInput: Int) {
        let chosen = chosen(of: rows, firstInput: firstInput)
        guard !chosen.isEmpty else { return }
        switch action {
        case .projectOut(let unit):
            for (row, _) in chosen { projectOut(unit, row, &activation) }
        case .multiply(let values):
            for (row, value) in chosen { change(&activation, row, values, input: value) { $0 * $1 } }
        case .set(let source):
            for (row, values, value) in self.values(of: source, in: activation, rows, chosen) {
                change(&activation, row, values, input: value) { $1 }
            }
        case .add(let source):
            for (row, values, value) in self.values(of: source, in: activation, rows, chosen) {
                change(&activation, row, values, input: value) { $0 + $1 }
            }
        }
    }

    /// Which rows change, and which of the values is each one's.
    func chosen(of rows: Range<Int>, firstInput: Int) -> [(row: Int, value: Int)] {
        rows.compactMap { row in
            let input = row - rows.lowerBound + firstInput
            guard let inputs else { return (row, input) }
            return inputs.firstIndex(of: input).map { (row, $0) }
        }
    }

    private func change(
        _ activation: inout Tensor, _ row: Int, _ values: Values, input: Int, _ operation: (Float, Float) -> Float
    ) {
        let base = row * region.stride
        activation.withMutableSpan { span in
            switch values {
            case .uniform(let value):
                for run in region.runs {
                    for index in (base + run.start)..<(base + run.start + run.length) {
                        span[index] = operation(span[index], value)
                    }
                }
            case .each(let elements, let inputs):
                var next = inputs == 1 ? 0 : input * region.count
                for run in region.runs {
                    for index in (base + run.start)..<(base + run.start + run.length) {
                        span[index] = operation(span[index], elements[next])
                        next += 1
                    }
                }
            }
        }
    }

    private func projectOut(_ unit: [Float], _ row: Int, _ activation: inout Tensor) {
        let base = row * region.stride
        activation.withMutableSpan { span in
            for run in region.runs {
                for start in Swift.stride(
                    from: base + run.start, to: base + run.start + run.length, by: unit.count)
                {
                    var along = 0.0
                    for index in unit.indices { along += Double(span[start + index]) * Double(unit[index]) }
                    for index in unit.indices { span[start + index] -= Float(along) * unit[index] }
                }
            }
        }
    }

    /// What each chosen row is given, worked out before any of them changes.
    private func values(
        of source: Source, in activation: Tensor, _ rows: Range<Int>, _ chosen: [(row: Int, value: Int)]
    ) -> [(row: Int, values: Values, input: Int)] {
        let all = { (values: Values) in chosen.map { ($0.row, values, $0.value) } }
        let part = { (tensor: Tensor, base: Int) in
            Values.each(tensor.withSpan { region.read($0, from: base) }, inputs: 1)
        }
        switch source {
        case .values(let values): return all(values)
        case .input(let input): return all(part(activation, (rows.lowerBound + input) * region.stride))
        case .mean(true, let axis): return all(part(mean(of: activation.rows(rows), axis), 0))
        case .mean(false, let axis):
            return chosen.map { row, _ in (row, part(mean(of: activation.rows(row..<(row + 1)), axis), 0), 0) }
        }
    }

    /// The mean over the inputs and along another axis, at every place of one input.
    private func mean(of rows: Tensor, _ axis: Int?) -> Tensor {
        let mean = rows.mean(over: Set([0] + (axis.map { [$0] } ?? [])))
        return mean.repeated(to: [1] + rows.shape.dropFirst()) ?? mean
    }
}
