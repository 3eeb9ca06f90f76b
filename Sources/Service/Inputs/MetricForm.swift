internal import HTTPTypes
internal import HookedModels
internal import Interpretability
internal import TextNumbers
internal import Web

/// `metric`, as a request writes it: what the output is boiled down to.
struct MetricWish: Sendable {
    let kind: Metric.Kind
    let classes: [ClassName]?
    let labels: [String]?
    let position: Int?

    static let form = Form.object(
        "Metric", "One number of the output: what is patched, ablated or attributed is measured by it.",
        fields: Field(
            "kind", .choice(of: Metric.Kind.self),
            "logit, probability, log_probability (nats) and loss (cross-entropy, nats) of one class; logit_difference of the "
                + "first class and the second; kl (nats) and cosine compare with the output of the other run."),
        Field(
            optional: "classes", .list(of: ClassName.form, count: 1...2),
            "The classes, by label or number; of a CLIP, texts, whose logits are cosines times the model's scale."),
        Field(
            optional: "labels", ZeroShotPrompts.labelForm,
            "Of a CLIP: the texts that probabilities are over, those of `classes` among them."),
        Field(
            optional: "position", .integer,
            "Of an output with a row for each position: which one, the first unless given. Negative ones count from the end."
        ), make: MetricWish.init(kind:classes:labels:position:))

    static func field() -> Field<MetricWish> { Field("metric", form, "What is measured.") }

    /// The metric for a model.
    /// - Parameter place: where it stands in the document.
    /// - Throws: 400 for what the model's output does not have; for texts what making a classifier of them throws.
    func resolve(_ builder: ClassifierBuilder, at place: JSONPointer = JSONPointer()["metric"]) async throws -> Metric {
        let model = builder.loaded.model
        let texts = try await texts(builder, place)
        let given = classes ?? []
        guard given.count == kind.classCount else {
            throw FieldError(
                .pointer(place["classes"]),
                "\(kind.rawValue) is of \(Self.words[kind.classCount]), \(given.count) given")
        }
        let names: any ClassNames = texts?.prompts ?? OutputNames(model: model)
        let indices = try given.enumerated().map { try $1.resolve(in: names, at: place["classes"][$0]) }
        return Metric(
            kind, classes: indices, position: try row(of: model, place), reading: texts.map { $0.reading })
    }

    private static let words = ["no class", "one class", "two classes"]

    /// Where the classes are texts: their directions.
    private func texts(_ builder: ClassifierBuilder, _ place: JSONPointer) async throws -> ZeroShotClassifier? {
        let named = (classes ?? []).compactMap(\.label)
        guard builder.loaded.text != nil else {
            guard labels == nil else {
                throw FieldError(.pointer(place["labels"]), "the model has classes of its own and no text tower")
            }
            return nil
        }
        guard labels == nil else { return try await classifier(labels ?? [], builder) }
        guard !named.isEmpty else { return nil }
        guard named.count == classes?.count else {
            throw FieldError(
                .pointer(place["classes"]), "expected texts, or numbers of the output's dimensions, not both")
        }
        guard kind == .logit || kind == .logitDifference else {
            throw FieldError(
                .pointer(place["labels"]), "\(kind.rawValue) is over several texts: expected all of them")
        }
        return try await classifier(named, builder)
    }

    private func classifier(_ texts: [String], _ builder: ClassifierBuilder) async throws -> ZeroShotClassifier {
        try await builder.classifier(of: ZeroShotPrompts(labels: texts, templates: [ZeroShotPrompts.place]))
    }

    private func row(of model: HookedModel, _ place: JSONPointer) throws(FieldError) -> Int? {
        guard model.architecture.pooling == .none else {
            guard position == nil else {
                throw FieldError(.pointer(place["position"]), "the model's output has no positions")
            }
            return nil
        }
        let (index, count) = (position ?? 0, model.architecture.positions)
        guard index >= -count, index < count else {
            throw FieldError(
                .pointer(place["position"]), "there is no position \(index): the output has \(count)")
        }
        return index < 0 ? index + count : index
    }
}

/// A model's classes, or, of a model without a head, the dimensions of its output.
struct OutputNames: ClassNames {
    let model: HookedModel
    var classCount: Int {
        let shape = model.architecture.outputShape
        return model.architecture.pooling == .none ? shape[shape.count - 1] : shape.reduce(1, *)
    }
    var areClasses: Bool { model.areClasses }
    func label(_ index: Int) -> String { model.label(index) }
    func emoji(_ index: Int) -> String? { model.emoji(index) }
}
