internal import Checkpoints
internal import Tensors
internal import TextNumbers

extension Family {
    /// open_clip's own vision transformer.
    static let openCLIP = Family(
        name: "open_clip",
        summary: "open_clip's CLIP with its own vision transformer, GELU and quick GELU",
        recognises: { $0["model_cfg"]?["vision_cfg"] != nil },
        architecture: { input in
            let model = input.configuration.object("model_cfg")
            let vision = model.object("vision_cfg")
            try refuseWhatIsNotServed(vision)
            let width = try vision.int("width", Limits.width) ?? 768
            let headWidth = try vision.int("head_width", Limits.width) ?? 64
            let neurons = Double(width) * (try vision.double("mlp_ratio") ?? 4)
            guard neurons >= 1, neurons <= Double(Limits.neurons.upperBound) else {
                throw vision.wrong("mlp_ratio", "such that width times it is from 1 to \(Limits.neurons.upperBound)")
            }
            var architecture = Architecture(
                layers: try vision.int("layers", Limits.layers) ?? 12,
                width: width,
                heads: max(1, width / headWidth),
                neurons: Int(neurons),
                image: try vision.extent("image_size", Limits.side) ?? .init(square: 224),
                patch: try vision.extent("patch_size", Limits.side) ?? .init(square: 16),
                eps: Float(try vision.object("norm_kwargs").double("eps") ?? 1e-5))
            architecture.activation = try model.bool("quick_gelu", default: false) ? .quickGELU : .gelu
            architecture.hasPreNorm = input.weights.hasAny("visual.ln_pre")
            architecture.hasLayerScale = hasLayerScale("visual.transformer.resblocks.0", input)
            architecture.classes = try projection("visual.proj", input)
            architecture.pooling = try vision.string("pool_type") == "avg" ? .mean : .cls
            return architecture
        },
        weights: { _ in
            WeightNames(
                prefixes: ["visual"],
                patches: "conv1",
                classToken: "class_embedding",
                positions: "positional_embedding",
                lnPre: "ln_pre",
                block: "transformer.resblocks",
                ln1: "ln_1",
                projection: .fused(weight: "attn.in_proj_weight", bias: "attn.in_proj_bias"),
                attentionOutput: "attn.out_proj",
                layerScales: ("ls_1.gamma", "ls_2.gamma"),
                ln2: "ln_2",
                mlpInput: "mlp.c_fc",
                mlpOutput: "mlp.c_proj",
                lnFinal: "ln_post",
                head: .parameters(weight: "visual.proj", bias: nil),
                ignored: [
                    "transformer.", "token_embedding.", "positional_embedding", "ln_final.", "text_projection",
                    "text.", "logit_scale", "logit_bias", "attn_mask", "input_resolution", "context_length",
                    "vocab_size",
                ])
        },
        labels: { _ in [] },
        preprocessing: { input, _ in try .openCLIP(input) },
        text: TextTower(
            architecture: { input in try textArchitecture(input) },
            weights: WeightNames(
                tokens: "token_embedding.weight",
                positions: "positional_embedding",
                block: "transformer.resblocks",
                ln1: "ln_1",
                projection: .fused(weight: "attn.in_proj_weight", bias: "attn.in_proj_bias"),
                attentionOutput: "attn.out_proj",
                layerScales: ("ls_1.gamma", "ls_2.gamma"),
                ln2: "ln_2",
                mlpInput: "mlp.c_fc",
                mlpOutput: "mlp.c_proj",
                lnFinal: "ln_final",
                head: .parameters(weight: "text_projection", bias: nil),
                ignored: [
                    "visual.", "logit_scale", "logit_bias", "attn_mask", "input_resolution", "context_length",
                    "vocab_size",
                ])))

    /// `nil` for a text tower of another library (`text.`), which is not served.
    private static func textArchitecture(_ input: FamilyInput) throws -> Architecture? {
        let model = input.configuration.object("model_cfg")
        let isThere = ["transformer", "token_embedding", "ln_final"].contains { input.weights.hasAny($0) }
        guard model.has("text_cfg"), isThere else { return nil }
        let text = model.object("text_cfg")
        let width = try text.int("width", Limits.width) ?? 512
        let neurons = Double(width) * (try text.double("mlp_ratio") ?? 4)
        guard neurons >= 1, neurons <= Double(Limits.neurons.upperBound) else {
            throw text.wrong("mlp_ratio", "such that width times it is from 1 to \(Limits.neurons.upperBound)")
        }
        var architecture = Architecture(
            text: TextInput(
                vocabulary: try text.int("vocab_size", Limits.vocabulary) ?? 49_408,
                context: try text.int("context_length", Limits.context) ?? 77, padding: 0, end: .largest),
            layers: try text.int("layers", Limits.layers) ?? 12,
            width: width,
            heads: try text.int("heads", Limits.heads) ?? 8,
            neurons: Int(neurons),
            eps: 1e-5)
        architecture.activation = try model.bool("quick_gelu", default: false) ? .quickGELU : .gelu
        architecture.hasLayerScale = hasLayerScale("transformer.resblocks.0", input)
        architecture.classes = try text.string("proj_type") == "none" ? nil : projection("text_projection", input)
        return architecture
    }

    private static func hasLayerScale(_ block: String, _ input: FamilyInput) -> Bool {
        input.weights.hasAny(block + ".ls_1") || input.weights.hasAny(block + ".ls_2")
    }

    /// The width of the space of pictures and texts, into which both towers always project.
    private static func projection(_ tensor: String, _ input: FamilyInput) throws -> Int {
        try input.configuration.object("model_cfg").int("embed_dim", Limits.width)
            ?? input.weights.shape(tensor, rank: 2)[1]
    }

    /// Towers of other kinds that open_clip's configurations can name.
    private static func refuseWhatIsNotServed(_ vision: ConfigurationFields) throws {
        if let name = try vision.string("timm_model_name") { throw ModelError.unserved("a timm tower ('\(name)')") }
        if vision.value["layers"]?.doubles?.isEmpty == false { throw ModelError.unserved("a ResNet tower") }
        if vision.has("attentional_pool"), vision.value["attentional_pool"]?.bool != false {
            throw ModelError.unserved("open_clip's attentional pooler")
        }
        if let pooling = try vision.string("pool_type"), !["tok", "avg"].contains(pooling) {
            throw vision.wrong("pool_type", "tok or avg")
        }
    }
}
