internal import HookedModels
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// What a request wants of the attention maps.
struct AttentionWish: Sendable {
    enum Source: String, Sendable, CaseIterable {
        case pattern
        case scores

        /// Of a layer, where they are captured.
        var hook: String {
            switch self {
            case .pattern: "hook_pattern"
            case .scores: "hook_attn_scores"
            }
        }
    }

    let layers: IndexList
    let heads: IndexList
    let source: Source
    /// Whether the maps themselves are answered.
    let showsMaps: Bool
    let rollout: AttentionRollout.Combination?
    let summary: Bool
}

/// Attention maps of a model, made ready for one request: which hooks it takes, and what becomes of them.
struct AttentionReading: Sendable {
    let wish: AttentionWish
    let layers: [Int]
    let heads: [Int]
    private let architecture: Architecture
    let layout: PatchLayout

    /// - Throws: 400 for a layer or head that the model does not have.
    init(_ wish: AttentionWish, of architecture: Architecture) throws(FieldError) {
        guard wish.showsMaps || wish.summary || wish.rollout != nil else {
            throw FieldError(
                .pointer(JSONPointer()["maps"]), "nothing is asked for: expected maps, a rollout or the summary")
        }
        self.wish = wish
        self.architecture = architecture
        layers = try wish.layers.resolve(count: architecture.layers)
        heads = try wish.heads.resolve(count: architecture.heads)
        layout = PatchLayout(architecture)
    }

    /// The roll-out goes through all layers and heads, whichever of them are shown.
    var captures: [CaptureRequest] {
        var captures: [CaptureRequest] = []
        let selection = Selection(heads: heads)
        if wish.rollout != nil {
            captures.append(CaptureRequest(hooks: ["blocks.*.attn.hook_pattern"]))
        } else if wish.summary || (wish.showsMaps && wish.source == .pattern) {
            captures.append(CaptureRequest(hooks: names(.pattern), selection: selection))
        }
        if wish.showsMaps, wish.source == .scores {
            captures.append(CaptureRequest(hooks: names(.scores), selection: selection))
        }
        return captures
    }

    /// Of the answer's tensors, for one input.
    var shapes: [(name: String, shape: [Int])] {
        let (layers, heads, positions) = (layers.count, heads.count, layout.positions)
        var shapes: [(name: String, shape: [Int])] = []
        if wish.showsMaps { shapes.append((wish.source.rawValue, [layers, heads, positions, positions])) }
        if wish.rollout != nil { shapes.append(("rollout", [positions, positions])) }
        if wish.summary { shapes += HeadScore.names(in: layout).map { ($0, [layers, heads]) } }
        return shapes
    }

    /// What is asked, for the provenance.
    var document: JSONValue {
        [
            "attention": .string(wish.source.rawValue), "layers": .integers(layers), "heads": .integers(heads),
            "maps": .bool(wish.showsMaps), "rollout": JSONValue(orNull: wish.rollout?.rawValue),
            "summary": .bool(wish.summary),
        ]
    }

    private func names(_ source: AttentionWish.Source) -> [String] {
        Set(layers).sorted().map { Self.name(source, layer: $0) }
    }

    private static func name(_ source: AttentionWish.Source, layer: Int) -> String {
        "blocks.\(layer).attn.\(source.hook)"
    }

    /// The answer without its provenance.
    /// - Parameter isWhole: whether these are all inputs, so that their heads can be told apart by kind.
    func answer(_ result: ForwardResult, isWhole: Bool, on crew: Crew) -> TensorAnswer {
        let taken = Dictionary(uniqueKeysWithValues: result.captures.map { ($0.name, $0.values.rows) })
        let inputs = taken.values.first?.count ?? 0
        var maps: [Tensor] = []
        var flows: [Tensor] = []
        var summaries: [HeadSummary] = []
        for input in 0..<inputs {
            lazy var pattern = stacked(taken, .pattern, input)
            if wish.showsMaps {
                let shown = wish.source == .pattern ? pattern : stacked(taken, wish.source, input)
                maps.append(shown.unsqueezed())
            }
            if let combination = wish.rollout {
                let all = (0..<architecture.layers).compactMap { layer in
                    taken[Self.name(.pattern, layer: layer)].map { $0[input].squeezed() }
                }
                flows.append(AttentionRollout.rollout(all, combination).unsqueezed())
            }
            if wish.summary {
                summaries.append(HeadSummary(of: pattern, layout, on: crew))
            }
        }
        var tensors: [(name: String, values: RowPieces)] = []
        if !maps.isEmpty { tensors.append((wish.source.rawValue, RowPieces(maps))) }
        if !flows.isEmpty { tensors.append(("rollout", RowPieces(flows))) }
        if let first = summaries.first {
            tensors += first.scores.indices.map { index in
                (first.scores[index].name, RowPieces(summaries.map { $0.scores[index].values.unsqueezed() }))
            }
        }
        return TensorAnswer(members: members(isWhole ? summaries : []), tensors: tensors)
    }

    /// The chosen layers and heads of one input: [layer, head, query, key].
    private func stacked(_ taken: [String: [Tensor]], _ source: AttentionWish.Source, _ input: Int) -> Tensor {
        // What the roll-out takes has all heads; everything else was captured with the chosen ones, in their order.
        let hasAllHeads = source == .pattern && wish.rollout != nil
        let layers = layers.compactMap { layer in
            taken[Self.name(source, layer: layer)].map { hasAllHeads ? $0[input].gathered(axis: 1, heads) : $0[input] }
        }
        return Tensor.concatenated(layers)
    }

    private func members(_ summaries: [HeadSummary]) -> [JSONMember] {
        var members = [
            JSONMember("layers", .integers(layers)), JSONMember("heads", .integers(heads)),
            JSONMember("grid", ["height": .integer(Int64(layout.rows)), "width": .integer(Int64(layout.columns))]),
            JSONMember("prefix_tokens", .integer(Int64(layout.prefix))),
        ]
        if !summaries.isEmpty {
            let kinds = HeadKind.all(in: HeadSummary.mean(of: summaries))
            members.append(JSONMember("kinds", document(kinds)))
            members.append(JSONMember("tour", document(HeadTour(kinds, layers: layers, heads: heads))))
        }
        return members
    }

    private func document(_ kinds: [[HeadKind?]]) -> JSONValue {
        .list(
            kinds.map { layer in
                .array(
                    layer.map { kind in
                        kind.map { ["kind": .string($0.name), "score": .float($0.score)] } ?? .null
                    })
            })
    }

    private func document(_ tour: HeadTour) -> JSONValue {
        .list(
            tour.stations.map { station in
                [
                    "kind": .string(station.kind), "sentence": .string(station.sentence),
                    "heads": .list(
                        station.heads.map { head in
                            [
                                "layer": .integer(Int64(head.layer)), "head": .integer(Int64(head.head)),
                                "score": .float(head.score),
                            ]
                        }),
                ]
            })
    }
}
