internal import HTTPTypes
internal import HookedModels
internal import TextNumbers
internal import Web

/// Which classes a request wants: a model's own, or texts.
struct ZeroShotWish: Sendable {
    let labels: [String]?
    let templates: [String]?
    let classifier: String?

    static func labels() -> Field<[String]?> {
        Field(optional: "labels", ZeroShotPrompts.labelForm, "Of a CLIP: the classes, as texts.")
    }

    static func templates() -> Field<[String]?> {
        Field(
            optional: "templates", ZeroShotPrompts.templateForm,
            "Of a CLIP: sentences with `{}` where a label goes; a set of our own unless given.")
    }

    static func classifier() -> Field<String?> {
        Field(
            optional: "classifier", .string(length: 1...128),
            "Of a CLIP: the id of a classifier that is kept, in place of `labels`.")
    }

    /// The classifier of texts; `nil` for a model's own.
    /// - Throws: 400 for fields that contradict each other; 404; 409 for a model that cannot classify so.
    func classifier(_ builder: ClassifierBuilder) async throws -> ZeroShotClassifier? {
        if labels != nil, classifier != nil {
            throw FieldError(.pointer(JSONPointer()["classifier"]), "it has labels of its own; send one of the two")
        }
        if templates != nil, labels == nil {
            throw FieldError(.pointer(JSONPointer()["templates"]), "templates need labels to be put into them")
        }
        if let labels {
            return try await builder.classifier(of: ZeroShotPrompts(labels: labels, templates: templates))
        }
        if let classifier {
            let prompts = try builder.service.classifiers.prompts(classifier, of: builder.loaded.id)
            return try await builder.classifier(of: prompts)
        }
        try refuseWithoutClasses(builder.loaded)
        return nil
    }

    private func refuseWithoutClasses(_ loaded: LoadedModel) throws(Problem) {
        if loaded.text != nil {
            throw Problem(
                .conflict,
                "The model '\(loaded.id)' is a CLIP and has no classes of its own: send \"labels\", with \"templates\" if "
                    + "you like, or the \"classifier\" that was kept. Its embeddings come from …/run.")
        }
        guard loaded.model.architecture.classes != nil, !loaded.model.endsInEmbedding else {
            throw Problem(.conflict, "The model '\(loaded.id)' has no classifier. Its features come from …/run.")
        }
    }
}
