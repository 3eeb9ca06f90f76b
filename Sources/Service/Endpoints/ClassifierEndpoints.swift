internal import HTTPTypes
internal import TextNumbers
internal import Web

/// `/v1/models/{model}/classifiers`: zero-shot classifiers of a CLIP that are kept under a name.
enum ClassifierEndpoints {
    private struct NewClassifier: Sendable {
        let id: String
        let labels: [String]
        let templates: [String]?

        static let form = Form.object(
            "NewClassifier",
            fields: Field("id", id, "Under which it is kept: `[A-Za-z0-9._-]`, up to 128."),
            Field("labels", ZeroShotPrompts.labelForm, "The classes, in order."),
            Field(
                optional: "templates", ZeroShotPrompts.templateForm,
                "Sentences with `{}` where the label goes; a set of our own unless given."),
            make: NewClassifier.init)

        private static let id = Form<String>.string(length: 1...128).map(checking: { (id: String) throws(Mismatch) in
            let isKnown = { (byte: UInt8) in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
            guard id.utf8.allSatisfy(isKnown) else { throw Mismatch("an id has letters, digits, '.', '_' and '-'") }
            return id
        })
    }

    private static let schema = Schema.object(
        "Classifier",
        properties: [
            .init("id", .string), .init("model", .string), .init("labels", .list(.string)),
            .init("templates", .list(.string)),
        ])

    private static func document(_ id: String, _ model: String, _ prompts: ZeroShotPrompts) -> JSONValue {
        .object([JSONMember("id", .string(id)), JSONMember("model", .string(model))] + prompts.members)
    }

    private static let path: PathPattern = "/v1/models/{model}/classifiers"
    private static let one: PathPattern = "/v1/models/{model}/classifiers/{classifier}"

    @Sendable static func create(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .post, path, "Keep a zero-shot classifier",
            details: ZeroShotPrompts.details
                + " The texts are read at once, so that requests with `classifier` need not wait for them. It is kept in memory "
                + "until it is deleted or the server ends.",
            tag: "Models",
            body: RequestForm(
                NewClassifier.form, media: [.json], example: ["id": "pets", "labels": ["cat", "dog"]]),
            responds: .json("The classifier.", schema, status: .created),
            errors: ModelBody.errors.merging([.contentTooLarge: "As many are kept as may be."]) { $1 }
        ) { call in
            let (model, body) = (call.path["model"], call.body)
            let prompts = try ZeroShotPrompts(labels: body.labels, templates: body.templates)
            let loaded = try service.models.model(model)
            _ = try await ClassifierBuilder(service: service, loaded: loaded, context: call.context)
                .classifier(of: prompts)
            try service.classifiers.add(prompts, id: body.id, model: model)
            call.context.setResponseField(.location, "/v1/models/\(model)/classifiers/\(body.id)")
            return document(body.id, model, prompts)
        }
    }

    @Sendable static func list(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .get, path, "The classifiers that are kept", tag: "Models", query: Paging.form,
            responds: .json("The oldest first.", Paging.schema("ClassifierList", of: schema)),
            errors: [.notFound: "No such model."]
        ) { call in
            let model = call.path["model"]
            _ = try service.models.configured(model)
            return try call.query.page(of: service.classifiers.all(of: model)) { document($0.id, model, $0.prompts) }
        }
    }

    @Sendable static func detail(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .get, one, "One classifier", tag: "Models", responds: .json("The classifier.", schema),
            errors: [.notFound: "No such model, or no such classifier."]
        ) { call in
            let (model, id) = (call.path["model"], call.path["classifier"])
            _ = try service.models.configured(model)
            return document(id, model, try service.classifiers.prompts(id, of: model))
        }
    }

    @Sendable static func remove(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .delete, one, "Delete a classifier", tag: "Models",
            responds: .json("The classifier, which is gone now.", schema),
            errors: [.notFound: "No such model, or no such classifier."]
        ) { call in
            let (model, id) = (call.path["model"], call.path["classifier"])
            _ = try service.models.configured(model)
            return document(id, model, try service.classifiers.remove(id, of: model))
        }
    }
}
