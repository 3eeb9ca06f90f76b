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
            var sizes = input.sizes(vision)
            let width = try sizes.size(.width, "width", usual: 768)
            let headWidth = try vision.int("head_width", Limits.width) ?? 64
            let patch = try sizes.patch("patch_size", usual: 16)
            var architecture = Architecture(
                layers: try sizes.size(.layers, "layers", usual: 12),
                width: width,
                heads: max(1, width / headWidth),
                neurons: try sizes.neurons(ratio: "mlp_ratio", width: width),
                image: try sizes.image(
                    stated: vision.extent("image_size", Limits.side), usual: .init(square: 224), field: "image_size",
                    patch: patch, before: [1]),
                patch: patch,
                eps: Float(try vision.object("norm_kwargs").double("eps") ?? 1e-5))
            architecture.channels = try sizes.told(.channels, stated: 3) ?? 3
            architecture.activation = try model.bool("quick_gelu", default: false) ? .quickGELU : .gelu
            architecture.hasPreNorm = input.weights.hasAny("visual.ln_pre")
            architecture.hasLayerScale = hasLayerScale("visual.transformer.resblocks.0", input)
            architecture.classes = try projection("visual.proj", input)
            architecture.pooling = try vision.string("pool_type") == "avg" ? .mean : .cls
            return architecture
        },
        weights: { _ in
            tower(
                "visual", lnFinal: "ln_post", head: projections[0],
                ignored: [
                    "transformer.", "token_embedding.", "positional_embedding", "ln_final.", "text_projection", "text.",
                ]
            ).with {
                $0.patches = "conv1"
                $0.classToken = "class_embedding"
                $0.lnPre = "ln_pre"
            }
        },
        labels: { _ in [] },
        preprocessing: { try .openCLIP($0, $1) },
        text: TextTower(
            architecture: { input in try textArchitecture(input) },
            weights: tower("", lnFinal: "ln_final", head: projections[1], ignored: ["visual."]).with {
                $0.tokens = "token_embedding.weight"
            }))

    /// The matrices of both towers into the space of pictures and texts.
    private static let projections: [LinearName] = [
        .parameters(weight: "visual.proj", bias: nil), .parameters(weight: "text_projection", bias: nil),
    ]

    /// What both towers have, below a prefix. - Parameter ignored: the other tower's tensors.
    private static func tower(
        _ prefix: String, lnFinal: NormName, head: LinearName, ignored: [String]
    ) -> WeightNames {
        WeightNames(
            prefixes: [prefix],
            positions: "positional_embedding",
            block: "transformer.resblocks",
            ln1: "ln_1",
            projection: .fused(weight: "attn.in_proj_weight", bias: "attn.in_proj_bias"),
            attentionOutput: "attn.out_proj",
            layerScales: ("ls_1.gamma", "ls_2.gamma"),
            ln2: "ln_2",
            mlpInput: "mlp.c_fc",
            mlpOutput: "mlp.c_proj",
            lnFinal: lnFinal,
            head: head,
            projections: projections,
            ignored: ignored + [
                "logit_scale", "logit_bias", "attn_mask", "input_resolution", "context_length", "vocab_size",
            ])
    }

    /// `nil` for a text tower of another library (`text.`), which is not served.
    private static func textArchitecture(_ input: FamilyInput) throws -> Architecture? {
        let model = input.configuration.object("model_cfg")
        let isThere = ["transformer", "token_embedding", "ln_final"].contains { input.weights.hasAny($0) }
        guard model.has("text_cfg"), isThere else { return nil }
        let text = model.object("text_cfg")
        var sizes = input.sizes(text)
        let width = try sizes.size(.width, "width", usual: 512)
        var architecture = Architecture(
            text: TextInput(
                vocabulary: try sizes.size(.vocabulary, "vocab_size", usual: 49_408),
                context: try sizes.size(.positions, "context_length", usual: 77), padding: 0, end: .largest),
            layers: try sizes.size(.layers, "layers", usual: 12),
            width: width,
            heads: try text.int("heads", Limits.heads) ?? 8,
            neurons: try sizes.neurons(ratio: "mlp_ratio", width: width),
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
        var sizes = input.sizes(input.configuration.object("model_cfg"))
        return try sizes.ifTold(.classes, "embed_dim") ?? input.weights.shape(tensor, rank: 2)[1]
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
