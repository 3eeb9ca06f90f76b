internal import HookedModels
internal import Imaging
internal import Tensors
internal import TextNumbers
internal import Web

/// A model as the interface shows it.
enum ModelDocument {
    static let summarySchema = Schema.object(
        "ModelSummary",
        properties: [
            .init("id", .string), .init("state", .choice(ModelState.names)),
            .init("reason", .string.described("Why it failed."), isRequired: false),
            .init("family", .string, isRequired: false), .init("parameters", .integer, isRequired: false),
            .init("bytes", .integer, isRequired: false),
            .init("input_shape", .list(.integer), isRequired: false),
        ])

    static let schema: Schema = {
        guard case .object(let common) = summarySchema.kind else { return summarySchema }
        return Schema.object(
            "Model",
            properties: common + [
                .init("towers", .list(.choice(Tower.allCases.map(\.rawValue))), isRequired: false),
                .init("text", text, isRequired: false),
                .init("output_shape", .list(.integer), isRequired: false),
                .init("config", .map(.any), isRequired: false),
                .init("flags", .map(.boolean), isRequired: false),
                .init(
                    "processing",
                    .list(.choice(WeightTransform.allCases.map(\.rawValue)))
                        .described("How the weights were rewritten at load, in this order."), isRequired: false),
                .init("labels", .list(ClassScores.nameSchema), isRequired: false),
                .init(
                    "embedding",
                    .boolean.described("Whether the output is a place in a space, whose labels are dimensions, no classes."),
                    isRequired: false),
                .init("preprocessing", .map(.any), isRequired: false),
                .init("digest", .string.nullable, isRequired: false),
                .init("checkpoints", .list(.any), isRequired: false),
            ])
    }()

    static func summary(_ id: String, _ state: ModelState) -> JSONValue { .object(common(id, state)) }

    static func detail(_ id: String, _ state: ModelState) -> JSONValue {
        guard case .loaded(let loaded) = state else { return summary(id, state) }
        let model = loaded.model
        let more: [JSONMember] = [
            JSONMember("towers", .list(loaded.towers.map { .string($0.rawValue) })),
            JSONMember("output_shape", .integers(model.architecture.outputShape)),
            JSONMember("config", model.architecture.configuration),
            JSONMember("flags", model.flags.json),
            JSONMember("processing", .strings(WeightTransform.names(model.processing))),
            JSONMember("labels", .list((0..<model.classCount).map { ClassScores.document($0, model) })),
            JSONMember("embedding", .bool(!model.areClasses)),
            JSONMember("preprocessing", model.preprocessing.json),
            JSONMember("digest", JSONValue(orNull: loaded.digest.value)),
            JSONMember("checkpoints", .array([])),
        ]
        let text = loaded.text.map { [JSONMember("text", document(of: $0))] } ?? []
        return .object(common(id, state) + more + text)
    }

    private static let text = Schema.object(
        "TextTower", "The tower that reads texts.",
        properties: [
            .init("context", .integer.described("Tokens of a text, padding included.")),
            .init("vocabulary", .integer), .init("output_shape", .list(.integer)), .init("config", .map(.any)),
            .init("logit_scale", .number.described("What cosines are multiplied with to be logits.")),
            .init("tokenizer", .boolean.described("Whether texts can be read, or token ids alone.")),
            .init("reason", .string.described("Why there is no tokenizer."), isRequired: false),
        ])

    private static func document(of text: TextSide) -> JSONValue {
        var members = [
            JSONMember("context", .integer(Int64(text.input.context))),
            JSONMember("vocabulary", .integer(Int64(text.input.vocabulary))),
            JSONMember("output_shape", .integers(text.tower.architecture.outputShape)),
            JSONMember("config", text.tower.architecture.configuration),
            JSONMember("logit_scale", .float(Double(text.logitScale))),
        ]
        switch text.tokenizer {
        case .success: members.append(JSONMember("tokenizer", true))
        case .failure(let error):
            members += [JSONMember("tokenizer", false), JSONMember("reason", .string(error.description))]
        }
        return .object(members)
    }

    private static func common(_ id: String, _ state: ModelState) -> [JSONMember] {
        var members = [JSONMember("id", .string(id)), JSONMember("state", .string(state.name))]
        switch state {
        case .failed(let reason): members.append(JSONMember("reason", .string(reason)))
        case .loading, .unloaded: break
        case .loaded(let loaded):
            members += [
                JSONMember("family", .string(loaded.model.family)),
                JSONMember("parameters", .integer(Int64(loaded.model.parameterCount))),
                JSONMember("bytes", .integer(Int64(loaded.weightBytes))),
                JSONMember("input_shape", .integers(loaded.model.architecture.inputShape)),
            ]
        }
        return members
    }
}

extension Architecture {
    /// Under the names of ViT-Prisma's `HookedViTConfig`, a square side as one number.
    var configuration: JSONValue {
        [
            "n_layers": .integer(Int64(layers)), "d_model": .integer(Int64(width)), "n_heads": .integer(Int64(heads)),
            "d_head": .integer(Int64(headWidth)), "d_mlp": .integer(Int64(neurons)),
            "n_channels": .integer(Int64(channels)), "image_size": image.json, "patch_size": patch.json,
            "n_positions": .integer(Int64(positions)), "use_cls_token": .bool(hasClassToken),
            "normalization_type": .string(normalization.rawValue), "eps": .number(Double(eps)),
            "layer_norm_pre": .bool(hasPreNorm), "activation_name": .string(activation.rawValue),
            "attn_only": .bool(isAttentionOnly), "use_attn_scale": .bool(scalesAttention),
            "attention_dir": .string(mask.rawValue), "pooling": .string(pooling.rawValue),
            "classification_type": .string(pooling == .mean ? "gaap" : pooling.rawValue),
            "return_type": .string(classes == nil ? "pre_logits" : "class_logits"),
            "n_classes": .integer(Int64(classes ?? width)), "normalize_output": .bool(normalizesOutput),
        ]
    }
}

extension Architecture.Extent {
    fileprivate var json: JSONValue {
        height == width
            ? .integer(Int64(height)) : .list([.integer(Int64(height)), .integer(Int64(width))])
    }
}
