internal import HTTPTypes
internal import HookedModels
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// What a request wants to see through the logit lens.
struct LensWish: Sendable {
    let component: LogitLens.Component
    let layers: IndexList
    let positions: Selection.Positions
    let top: Int
    let directions: [ClassName]?
    let norm: LogitLens.Norm
    /// `nil`: as the norm has it.
    let bias: Bool?
    /// Whether the logits themselves are answered.
    let showsLogits: Bool
}

/// The logit lens of a model, made ready for one request: which streams it takes, and what becomes of them.
struct LensReading: Sendable {
    let wish: LensWish
    let streams: [LogitLens.Stream]
    /// The classes asked for; `nil` for all.
    let classes: [Int]?
    private let top: Int
    private let lens: LogitLens
    let model: HookedModel
    /// What the classes are called.
    let names: any ClassNames
    /// Where the classes are texts.
    private let texts: ZeroShotClassifier?
    let layout: PatchLayout

    private static let finalScale = "ln_final.hook_scale"

    /// - Parameters:
    ///   - texts: what a CLIP's directions were made of.
    ///   - isDrawn: whether a picture is made of it, which shows the best class of each place.
    /// - Throws: 400 for a layer, component or class that the model does not have; 409 for a model without a head.
    init(_ wish: LensWish, of loaded: LoadedModel, texts: ZeroShotClassifier? = nil, isDrawn: Bool = false) throws {
        let model = loaded.model
        guard model.hasHead else {
            throw Problem(
                .conflict, "The model '\(loaded.id)' has no head to read its streams through. They come from …/run.")
        }
        self.wish = wish
        top = isDrawn ? max(wish.top, 1) : wish.top
        self.model = model
        self.texts = texts
        let names: any ClassNames = texts?.prompts ?? model
        self.names = names
        layout = PatchLayout(model.architecture)
        let streams = LogitLens.streams(wish.component, of: model.architecture)
        guard !streams.isEmpty else {
            throw FieldError(
                .pointer(JSONPointer()["component"]),
                "the model has no \(wish.component.rawValue): it is attention only")
        }
        self.streams = try wish.layers.resolve(count: streams.count).map { streams[$0] }
        var classes: [Int]?
        if let texts {
            classes = Array(texts.prompts.labels.indices)
        } else if let directions = wish.directions {
            classes = try directions.enumerated().map { index, name in
                try name.resolve(in: names, at: JSONPointer()["directions"][index])
            }
        }
        self.classes = classes
        if wish.norm == .finalScale, !HookTable(model.architecture, flags: HookFlags()).has(Self.finalScale) {
            throw FieldError(
                .pointer(JSONPointer()["norm"]),
                model.architecture.hasPooledNorm
                    ? "the model's norm comes after pooling: no position has a scale of its own; expected \"own\""
                    : "the model has no final norm whose scale could be taken; expected \"own\"")
        }
        lens = LogitLens(norm: wish.norm, addsBias: wish.bias ?? (wish.norm == .own))
    }

    var captures: [CaptureRequest] {
        var hooks: [String] = []
        for name in streams.map(\.point.name) where !hooks.contains(name) { hooks.append(name) }
        if wish.norm == .finalScale { hooks.append(Self.finalScale) }
        return [CaptureRequest(hooks: hooks, selection: Selection(positions: wish.positions))]
    }

    /// Of the answer's tensors, for one input.
    /// - Parameter plan: of this reading's captures: it knows how many positions they have.
    func shapes(_ plan: HookPlan) -> [(name: String, shape: [Int])] {
        wish.showsLogits ? [("logits", held(plan))] : []
    }

    /// The shape of what is held while it is computed, for one input.
    func held(_ plan: HookPlan) -> [Int] {
        [streams.count, plan.captures.first?.shape.first ?? 0, classes?.count ?? names.classCount]
    }

    /// What is asked, for the provenance.
    var document: JSONValue {
        [
            "logit_lens": .list(streams.map { .string($0.label) }), "norm": .string(wish.norm.rawValue),
            "bias": .bool(lens.addsBias), "top_k": .integer(Int64(wish.top)),
            "texts": texts.map { .object($0.prompts.members) } ?? .null,
            "classes": classes.map(JSONValue.integers) ?? .null,
            "logits": .bool(wish.showsLogits),
        ]
    }

    /// What the lens shows of each input.
    func views(_ result: ForwardResult, on crew: Crew) -> [LogitLens.View] {
        let taken = Dictionary(uniqueKeysWithValues: result.captures.map { ($0.name, $0.values.rows) })
        let inputs = taken.values.first?.count ?? 0
        var reading: (@Sendable (Tensor, Crew) -> Tensor)?
        if let texts { reading = { texts.logits($0, on: $1) } }
        let wish = LogitLens.Wish(top: top, classes: classes, reading: reading)
        return (0..<inputs).map { input in
            lens(
                streams.compactMap { taken[$0.point.name]?[input] }, finalScale: taken[Self.finalScale]?[input],
                through: model, wish, on: crew)
        }
    }

    /// The answer without its provenance.
    func answer(_ views: [LogitLens.View]) -> TensorAnswer {
        var members = [JSONMember("labels", .list(streams.map { .string($0.label) }))]
        if let classes {
            members.append(JSONMember("classes", .list(classes.map { ClassScores.document($0, names) })))
        }
        var perInput: [JSONMember] = []
        if wish.top > 0 {
            perInput.append(JSONMember("top", .list(views.map { nested($0.top) { ClassScores.document($0, names) } })))
        }
        if classes != nil {
            perInput.append(JSONMember("ranks", .list(views.map { nested($0.ranks) { JSONValue(orNull: $0) } })))
        }
        let tensors = wish.showsLogits ? [("logits", RowPieces(views.map(\.logits)))] : []
        return TensorAnswer(members: members, perInput: perInput, tensors: tensors)
    }

    /// [stream][position][element]
    private func nested<Element>(_ lists: [[[Element]]], _ document: (Element) -> JSONValue) -> JSONValue {
        .list(lists.map { stream in .list(stream.map { position in .list(position.map(document)) }) })
    }
}
