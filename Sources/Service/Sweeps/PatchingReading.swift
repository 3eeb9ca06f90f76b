internal import HTTPTypes
internal import HookedModels
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// Activation patching between two runs of one model (Vig et al. 2020, arXiv:2004.12265; Meng et al. 2022,
/// arXiv:2202.05262): the activations of one are put into the other, cell by cell.
struct PatchingReading: SweepReading {
    /// Which run is changed.
    enum Direction: String, CaseIterable, Sendable {
        /// Clean into corrupt.
        case denoise
        /// Corrupt into clean.
        case noise
    }

    let sweep: Sweep
    let metric: Metric
    let direction: Direction
    let baselines: SweepBaselines
    let engine: SweepEngine
    private let names: MetricNames
    private let reference: Tensor

    /// The two runs' places among the inputs.
    private static let (clean, corrupt) = (0, 1)

    /// - Parameter metric: `nil` for the usual one: the logit of what the clean run says, less that of what the other says.
    init(_ sweep: Sweep, _ metric: Metric?, _ direction: Direction, _ engine: SweepEngine) {
        let outputs = engine.base.outputs
        let model = engine.run.tower.model
        let metric = metric ?? Self.usualMetric(outputs, of: model)
        let outcome = { (place: Int) in
            SweepOutcome(
                metric: metric(outputs[place], reference: outputs[Self.clean]), answer: metric.answer(outputs[place]))
        }
        self.sweep = sweep
        self.metric = metric
        self.direction = direction
        self.engine = engine
        names = MetricNames(metric: metric, model: model)
        reference = outputs[Self.clean]
        baselines = SweepBaselines(clean: outcome(Self.clean), corrupt: outcome(Self.corrupt))
    }

    /// - Throws: 400 where a tensor brought several inputs at once.
    static func check(inputs count: Int) throws(Problem) {
        guard count == 2 else {
            throw Problem(.badRequest, "Expected one input each for clean and corrupt, found \(count) in all.")
        }
    }

    private static func usualMetric(_ outputs: [Tensor], of model: HookedModel) -> Metric {
        let position = model.architecture.pooling == .none ? 0 : nil
        let answers = outputs.map { Metric(.logit, classes: [0], position: position).answer($0) }
        return answers[clean] == answers[corrupt]
            ? Metric(.logit, classes: [answers[clean]], position: position)
            : Metric(.logitDifference, classes: answers, position: position)
    }

    var count: Int { sweep.count }

    func row(_ place: Int) -> SweepEngine.Row { row([place]) }

    func outcome(_ output: Tensor, at place: Int) -> SweepOutcome { outcome(output) }

    /// The smallest set of cells that gives the changed run the other's answer.
    private func search(_ singles: [SweepOutcome]) async throws -> FlipSearch.Finding? {
        let sign: Double = direction == .denoise ? 1 : -1
        return try await FlipSearch(target: source.answer)(
            singles, effect: { sign * baselines.normalised($0.metric) }
        ) { sets in
            try await engine.allOutputs(sets.map(row)).map(outcome)
        }
    }

    /// The run that is changed, and the one that activations are taken from.
    var base: SweepOutcome { direction == .denoise ? baselines.corrupt : baselines.clean }
    private var source: SweepOutcome { direction == .denoise ? baselines.clean : baselines.corrupt }

    /// A copy of the base with all of these cells changed.
    private func row(_ cells: [Int]) -> SweepEngine.Row {
        let (base, source) = direction == .denoise ? (Self.corrupt, Self.clean) : (Self.clean, Self.corrupt)
        let cells = cells.map(sweep.cell)
        let layer = cells.compactMap { sweep.layers(of: $0).first }.min() ?? 0
        return SweepEngine.Row(input: base, layer: layer) { row in
            let change = Intervention.Change.set(.stored(engine.base.activations(of: source)))
            return cells.flatMap { sweep.interventions($0, input: row, change) }
        }
    }

    private func outcome(_ output: Tensor) -> SweepOutcome {
        SweepOutcome(metric: metric(output, reference: reference), answer: metric.answer(output))
    }
}

// MARK: As answers show it

extension PatchingReading {
    /// What does not depend on the cells.
    var members: [JSONMember] {
        [
            JSONMember("axes", sweep.axesDocument), JSONMember("direction", .string(direction.rawValue)),
            JSONMember("path", engine.path?.document ?? .null),
            JSONMember("metric", metric.document(names)),
            JSONMember("baseline_clean", .float(baselines.clean.metric)),
            JSONMember("baseline_corrupt", .float(baselines.corrupt.metric)),
            JSONMember(
                "predictions",
                [
                    "clean": ClassScores.document(baselines.clean.answer, names),
                    "corrupt": ClassScores.document(baselines.corrupt.answer, names),
                ]),
        ]
    }

    /// Of the last of several lines.
    var lastMembers: [JSONMember] {
        [JSONMember("inputs", 2), JSONMember("cells", .integer(Int64(sweep.count)))] + members
    }

    func members(_ place: Int, _ outcome: SweepOutcome) -> [JSONMember] {
        sweep.members(of: sweep.cell(place)) + [
            JSONMember("metric", .float(outcome.metric)),
            JSONMember("normalised", .float(baselines.normalised(outcome.metric))),
            JSONMember("prediction", ClassScores.document(outcome.answer, names)),
        ]
    }

    /// The whole result.
    func answer(_ outcomes: [SweepOutcome], _ search: [JSONMember]) -> TensorAnswer {
        let flips = outcomes.enumerated().filter { $0.element.answer != base.answer }
        let extra = [
            JSONMember("flips", .list(flips.map { .object(members($0.offset, $0.element)) }))
        ]
        let metrics = outcomes.map { Float($0.metric) }
        let normalised = outcomes.map { Float(baselines.normalised($0.metric)) }
        return TensorAnswer(
            members: members + extra + search,
            tensors: [
                ("metric", RowPieces([Tensor(shape: sweep.shape, elements: metrics)])),
                ("normalised", RowPieces([Tensor(shape: sweep.shape, elements: normalised)])),
            ])
    }

    /// What the search finds, when every cell is known.
    func searchMembers(_ singles: [SweepOutcome]) async throws -> [JSONMember] {
        [JSONMember("search", document(try await search(singles)))]
    }

    private func document(_ finding: FlipSearch.Finding?) -> JSONValue {
        guard let finding else {
            return ["found": false, "target": ClassScores.document(source.answer, names)]
        }
        return [
            "found": true, "target": ClassScores.document(source.answer, names),
            "size": .integer(Int64(finding.cells.count)), "proof": .string(finding.proof.rawValue),
            "cells": .list(finding.cells.map { .object(sweep.members(of: sweep.cell($0))) }),
            "metric": .float(finding.outcome.metric),
            "prediction": ClassScores.document(finding.outcome.answer, names),
        ]
    }

    /// Rows by the first axis, columns by the second.
    func picture(_ outcomes: [SweepOutcome]) -> TensorAnswer.Picture {
        let along = engine.path == nil ? "" : " along a path"
        return SweepFigure(sweep: sweep, values: outcomes.map { Float($0.metric) }, unit: metric.kind.rawValue)
            .picture(title: "\(sweep.site.rawValue) patched\(along), \(direction.rawValue)")
    }
}
