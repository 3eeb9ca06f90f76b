internal import HTTPTypes
internal import HookedModels
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

extension CacheAnalysisReading {
    /// One tensor under the analysis's name. The axis of positions goes where one was asked for by its number.
    func answer(_ tensor: Tensor, _ axes: [String], labels: [String] = []) -> TensorAnswer {
        var (shape, axes) = (tensor.shape, axes)
        if case .one = wish.position, let axis = axes.firstIndex(of: "position") {
            shape.remove(at: axis)
            axes.remove(at: axis)
        }
        var members = [JSONMember("axes", .strings(axes))]
        if wish.returnsLabels, axes.first == "component" { members.append(JSONMember("labels", .strings(labels))) }
        return TensorAnswer(
            members: members, tensors: [(wish.analysis.rawValue, RowPieces([tensor.reshaped(shape)]))])
    }

    /// W_H's columns: [class, d_model].
    func directions() throws -> TensorAnswer {
        guard model.hasHead, let head = model.weight(named: "head.W_H") else {
            throw Problem(.conflict, "The model '\(cache.model)' has no head whose classes had directions.")
        }
        let pointer = JSONPointer()["classes"]
        let classes = try (wish.classes ?? []).enumerated().map { try $1.resolve(in: model, at: pointer[$0]) }
        try weigh([classes.count, model.architecture.width])
        let directions = head.tensor().gathered(axis: 1, classes).permuted([1, 0]).contiguous()
        return answer(directions, ["class", "feature"])
    }

    func stackedActivation() throws -> TensorAnswer {
        let name = wish.hook ?? ""
        let full = name.contains("hook_") ? "blocks.0." + name : HookName.expanded(name + "0")
        let known = Site.allCases.filter(\.isInBlock)
        guard full.hasPrefix("blocks.0."), let site = known.first(where: { $0.rawValue == full.dropFirst(9) }) else {
            let hint =
                Suggestions.sentence(for: name, in: known.map(\.rawValue)) ?? "expected a hook of the blocks, such as z"
            throw FieldError(.pointer(JSONPointer()["hook"]), "no hook of the blocks is called '\(name)'; \(hint)")
        }
        let kept = cache.hooks.first { $0.name.hasSuffix("." + site.rawValue) }
        try weigh([model.architecture.layers] + (kept?.values.shape.dropFirst() ?? []))
        let stacked = try ResidualDecomposition(activations).stackActivation(site, layer: wish.layer)
        return answer(stacked, ["layer", "input"] + (kept?.axes ?? []).map(\.rawValue))
    }

    /// [component, input], or, where positions are given, [component, input, position].
    func logitAttrs() throws -> TensorAnswer {
        guard let metric else { preconditionFailure("logit_attrs has a metric") }
        let (norm, kind) = (wish.norm ?? .exact, wish.of ?? .decomposeResid)
        guard wish.position != nil else {
            let reading = try MetricReading(metric, of: model, norm: norm)
            let streams = try ResidualDecomposition(activations, positions: reading.positions)
            let parts = try parts(kind, of: streams, positions: reading.positions.count)
            let (scores, constants) = try reading.logitAttrs(of: parts, in: streams)
            var answer = answer(scores, ["component", "input"], labels: parts.labels)
            answer.members.append(JSONMember("constant", .list(constants.map { .float($0) })))
            return answer
        }
        let shown = positions ?? activations.positions
        guard let first = shown.first else { throw StreamError.refused("no position is left", about: .position) }
        let reading = try MetricReading(metric, of: model, norm: norm, position: first)
        let all = try parts(
            kind, of: ResidualDecomposition(activations, positions: shown), positions: shown.count)
        var (columns, constants): ([Tensor], [[Double]]) = ([], [])
        for (place, position) in shown.enumerated() {
            let streams = try ResidualDecomposition(activations, positions: [position])
            let found = try reading.moved(to: position).logitAttrs(of: all.at(place: place), in: streams)
            columns.append(found.scores.reshaped(found.scores.shape + [1]))
            constants.append(found.constants)
        }
        var answer = answer(
            Tensor.concatenated(columns, axis: 2), ["component", "input", "position"], labels: all.labels)
        let byInput: [[JSONValue]] = constants[0].indices.map { input in constants.map { .float($0[input]) } }
        if case .one = wish.position {
            answer.members.append(JSONMember("constant", .list(byInput.map { $0[0] })))
        } else {
            answer.members.append(JSONMember("constant", .list(byInput.map { .list($0) })))
        }
        return answer
    }
}
