internal import HookedModels
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// Ablation of one place of the network after the other, for every input.
struct AblationReading: SweepReading {
    /// What takes the place of activations.
    enum Value: String, CaseIterable, Sendable {
        case zero
        /// A mean.
        case mean
        /// Those of another input.
        case resample
    }

    /// What takes the place of the activations of each input.
    enum Source: Sendable {
        case zero
        /// Of each input its own replacement, [1, ...] by hook.
        case stored([[String: Tensor]])
    }

    let sweep: Sweep
    let metric: Metric
    let engine: SweepEngine
    let baselines: [SweepOutcome]
    private let source: Source
    private let names: MetricNames

    init(_ sweep: Sweep, _ metric: Metric, _ source: Source, _ engine: SweepEngine) {
        self.sweep = sweep
        self.metric = metric
        self.source = source
        self.engine = engine
        names = MetricNames(metric: metric, model: engine.run.tower.model)
        baselines = engine.base.outputs.map {
            SweepOutcome(metric: metric($0, reference: $0), answer: metric.answer($0))
        }
    }

    /// [input] + the sweep's shape.
    var shape: [Int] { [baselines.count] + sweep.shape }

    var count: Int { shape.reduce(1, *) }

    func row(_ place: Int) -> SweepEngine.Row {
        let (input, cell) = split(place)
        return SweepEngine.Row(input: input, layer: sweep.layers(of: cell).first ?? 0) { row in
            let change: Intervention.Change =
                switch source {
                case .zero: .set(.constant(Tensor(shape: [], elements: [0])))
                case .stored(let replacements): .set(.stored(replacements[input]))
                }
            return sweep.interventions(cell, input: row, change)
        }
    }

    func outcome(_ output: Tensor, at place: Int) -> SweepOutcome {
        let reference = engine.base.outputs[split(place).input]
        return SweepOutcome(metric: metric(output, reference: reference), answer: metric.answer(output))
    }

    private func split(_ place: Int) -> (input: Int, cell: Sweep.Cell) {
        (place / sweep.count, sweep.cell(place % sweep.count))
    }
}

// MARK: As answers show it

extension AblationReading {
    /// What does not depend on the cells.
    var members: [JSONMember] {
        [
            JSONMember("axes", sweep.axesDocument), JSONMember("metric", metric.document(names)),
            JSONMember("baseline", .list(baselines.map { .float($0.metric) })),
            JSONMember("predictions", .list(baselines.map { ClassScores.document($0.answer, names) })),
        ]
    }

    /// Of the last of several lines.
    var lastMembers: [JSONMember] {
        [
            JSONMember("inputs", .integer(Int64(baselines.count))),
            JSONMember("cells", .integer(Int64(sweep.count))),
        ] + members
    }

    func members(_ place: Int, _ outcome: SweepOutcome) -> [JSONMember] {
        let (input, cell) = split(place)
        return [JSONMember("input", .integer(Int64(input)))] + sweep.members(of: cell) + [
            JSONMember("metric", .float(outcome.metric)),
            JSONMember("change", .float(outcome.metric - baselines[input].metric)),
            JSONMember("prediction", ClassScores.document(outcome.answer, names)),
        ]
    }

    /// The whole result.
    func answer(_ outcomes: [SweepOutcome]) -> TensorAnswer {
        let flips = outcomes.enumerated().filter { $1.answer != baselines[$0 / sweep.count].answer }
        return TensorAnswer(
            members: members + [
                JSONMember("flips", .list(flips.map { .object(members($0.offset, $0.element)) }))
            ],
            tensors: [
                ("metric", RowPieces([Tensor(shape: shape, elements: outcomes.map { Float($0.metric) })]))
            ])
    }

    /// How far the metric moves, of one input.
    func picture(_ outcomes: [SweepOutcome]) -> TensorAnswer.Picture {
        guard baselines.count == 1 else {
            return .none("a picture shows one input, and the request has \(baselines.count)")
        }
        let changes = outcomes.map { Float($0.metric - baselines[0].metric) }
        return SweepFigure(sweep: sweep, values: changes, unit: "change of \(metric.kind.rawValue)")
            .picture(title: "\(sweep.site.rawValue) ablated")
    }
}
