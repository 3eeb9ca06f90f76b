internal import Tensors
internal import TextNumbers

// What models of pictures of Hugging Face's transformers have in common, whatever the family.

extension Architecture {
    /// By the fields that their configurations share. Sizes are the tensors' where these tell them.
    /// - Parameters:
    ///   - ratio: The field that states d_mlp as a ratio to the width, in place of `intermediate_size`.
    ///   - usualHeads: What the library means where the field is not there; `nil` where it is always written.
    ///   - patch, eps: Likewise.
    ///   - before: Positions before the first patch.
    init(
        transformers input: FamilyInput, _ fields: ConfigurationFields, ratio: String? = nil,
        usualHeads: Int? = nil, patch usualPatch: Int, eps: Double, before: Int
    ) throws {
        var sizes = input.sizes(fields)
        let width = try sizes.required(.width, "hidden_size")
        let layers = try sizes.required(.layers, "num_hidden_layers")
        let heads = try fields.int("num_attention_heads", Limits.heads) ?? usualHeads
        guard let heads else { throw fields.lacks("num_attention_heads") }
        let neurons =
            if let ratio { try sizes.neurons(ratio: ratio, width: width) } else {
                try sizes.required(.neurons, "intermediate_size")
            }
        let patch = try sizes.patch("patch_size", usual: usualPatch)
        self.init(
            layers: layers,
            width: width,
            heads: heads,
            neurons: neurons,
            image: try sizes.image(
                stated: fields.extent("image_size", Limits.side), usual: .init(square: 224), field: "image_size",
                patch: patch, before: [before]),
            patch: patch,
            eps: Float(try fields.double("layer_norm_eps") ?? eps))
        channels = try sizes.size(.channels, "num_channels", usual: 3)
    }
}

extension WeightNames {
    /// Blocks as CLIP's towers and SigLIP's have them; a tower adds what it reads.
    static func transformersCLIP(
        prefixes: [String], positions: String, lnFinal: NormName, head: LinearName, ignored: [String]
    ) -> WeightNames {
        WeightNames(
            prefixes: prefixes,
            positions: positions,
            block: "encoder.layers",
            ln1: "layer_norm1",
            projection: .separate(query: "self_attn.q_proj", key: "self_attn.k_proj", value: "self_attn.v_proj"),
            attentionOutput: "self_attn.out_proj",
            ln2: "layer_norm2",
            mlpInput: "mlp.fc1",
            mlpOutput: "mlp.fc2",
            lnFinal: lnFinal,
            head: head,
            ignored: ignored)
    }

    /// The same with something more.
    func with(_ addition: (inout WeightNames) -> Void) -> WeightNames {
        var names = self
        addition(&names)
        return names
    }
}
