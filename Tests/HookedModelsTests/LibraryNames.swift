/// Where a library keeps what the field calls `W_Q`, `ln1.w` and so on: told here a second time, in the libraries' own
/// words, so that a mistake of the families shows.
struct LibraryNames {
    enum Projection {
        case separate([String])
        /// Weight and bias of one matrix of three parts.
        case fused(weight: String, bias: String)
        /// Weights and biases of queries, and of keys and values together.
        case paired(query: String, pairs: String)
    }

    /// Attention and MLP, behind a prefix.
    struct Layer {
        let prefix: String
        let projection: Projection
        let output: String, up: String, down: String
        /// By the field's name.
        let norms: [String: String]
        var scales: (attention: String, mlp: String)?
    }

    /// The field's name of a tensor that is the library's as it is, by the library's.
    var same: [String: String]
    /// Norms outside the blocks, by the field's name.
    let norms: [String: String]
    let head: String
    /// Whether the head's weight is [input, output].
    var headMultipliesFromTheRight = false
    let block: (Int) -> Layer
    var pooling: Layer?
    /// Beginnings of names that no model of pictures reads.
    var unread: [String] = []

    init(_ family: String, holding names: Set<String>) {
        switch family {
        case "hf_clip", "hf_siglip": self.init(clip: "vision_model.")
        case "open_clip": self = .openCLIP
        case "hf_dinov2": self.init(dinov2: names.contains("embeddings.cls_token") ? "" : "dinov2_with_registers.")
        case "timm_vit": self = .timm
        default: self.init(vit: names.contains("embeddings.cls_token") ? "" : "vit.")
        }
    }

    private init(
        same: [String: String], norms: [String: String], head: String, unread: [String] = [],
        pooling: Layer? = nil, block: @escaping (Int) -> Layer
    ) {
        (self.same, self.norms, self.head, self.block) = (same, norms, head, block)
        (self.pooling, self.unread) = (pooling, unread)
    }

    private init(vit base: String) {
        let parts = ["query", "key", "value"].map { "attention.attention." + $0 }
        self.init(
            same: [
                "cls_token": base + "embeddings.cls_token", "pos_embed.W_pos": base + "embeddings.position_embeddings",
                "embed.proj": base + "embeddings.patch_embeddings.projection",
            ], norms: ["ln_final": base + "layernorm"], head: "classifier", unread: ["pooler."]
        ) {
            Layer(
                prefix: base + "encoder.layer.\($0).", projection: .separate(parts), output: "attention.output.dense",
                up: "intermediate.dense", down: "output.dense",
                norms: ["ln1": "layernorm_before", "ln2": "layernorm_after"])
        }
    }

    private init(dinov2 base: String) {
        let parts = ["query", "key", "value"].map { "attention.attention." + $0 }
        self.init(
            same: [
                "cls_token": base + "embeddings.cls_token", "reg_token": base + "embeddings.register_tokens",
                "pos_embed.W_pos": base + "embeddings.position_embeddings",
                "embed.proj": base + "embeddings.patch_embeddings.projection",
            ], norms: ["ln_final": base + "layernorm"], head: "classifier", unread: [base + "embeddings.mask_token"]
        ) {
            Layer(
                prefix: base + "encoder.layer.\($0).", projection: .separate(parts), output: "attention.output.dense",
                up: "mlp.fc1", down: "mlp.fc2", norms: ["ln1": "norm1", "ln2": "norm2"],
                scales: ("layer_scale1.lambda1", "layer_scale2.lambda1"))
        }
    }

    private init(clip base: String) {
        let parts = ["q_proj", "k_proj", "v_proj"].map { "self_attn." + $0 }
        let pooling = Layer(
            prefix: base + "head.",
            projection: .fused(weight: "attention.in_proj_weight", bias: "attention.in_proj_bias"),
            output: "attention.out_proj", up: "mlp.fc1", down: "mlp.fc2", norms: ["ln": "layernorm"])
        self.init(
            same: [
                "cls_token": base + "embeddings.class_embedding",
                "pos_embed.W_pos": base + "embeddings.position_embedding.weight",
                "embed.proj": base + "embeddings.patch_embedding", "head.probe": base + "head.probe",
            ],
            norms: ["ln_pre": base + "pre_layrnorm", "ln_final": base + "post_layernorm"], head: "visual_projection",
            unread: ["text_", "logit_scale"], pooling: pooling
        ) {
            Layer(
                prefix: base + "encoder.layers.\($0).", projection: .separate(parts), output: "self_attn.out_proj",
                up: "mlp.fc1", down: "mlp.fc2", norms: ["ln1": "layer_norm1", "ln2": "layer_norm2"])
        }
    }

    private static var openCLIP: LibraryNames {
        var names = LibraryNames(
            same: [
                "cls_token": "visual.class_embedding", "pos_embed.W_pos": "visual.positional_embedding",
                "embed.proj": "visual.conv1",
            ], norms: ["ln_pre": "visual.ln_pre", "ln_final": "visual.ln_post"], head: "visual.proj",
            unread: [
                "transformer.", "token_embedding.", "positional_embedding", "ln_final.", "text_projection",
                "logit_scale",
            ]
        ) {
            Layer(
                prefix: "visual.transformer.resblocks.\($0).",
                projection: .fused(weight: "attn.in_proj_weight", bias: "attn.in_proj_bias"), output: "attn.out_proj",
                up: "mlp.c_fc", down: "mlp.c_proj", norms: ["ln1": "ln_1", "ln2": "ln_2"],
                scales: ("ls_1.gamma", "ls_2.gamma"))
        }
        names.headMultipliesFromTheRight = true
        return names
    }

    private static var timm: LibraryNames {
        let pooling = Layer(
            prefix: "attn_pool.", projection: .paired(query: "q", pairs: "kv"), output: "proj", up: "mlp.fc1",
            down: "mlp.fc2", norms: ["ln": "norm"])
        return LibraryNames(
            same: [
                "cls_token": "cls_token", "dist_token": "dist_token", "reg_token": "reg_token",
                "pos_embed.W_pos": "pos_embed", "embed.proj": "patch_embed.proj", "head.probe": "attn_pool.latent",
            ], norms: ["ln_pre": "norm_pre", "ln_final": "norm", "fc_norm": "fc_norm"], head: "head",
            pooling: pooling
        ) {
            Layer(
                prefix: "blocks.\($0).", projection: .fused(weight: "attn.qkv.weight", bias: "attn.qkv.bias"),
                output: "attn.proj", up: "mlp.fc1", down: "mlp.fc2", norms: ["ln1": "norm1", "ln2": "norm2"],
                scales: ("ls1.gamma", "ls2.gamma"))
        }
    }
}
