import TextNumbers

extension TinyModel {
    /// The vision tower of SigLIP as transformers saves it.
    var sigLIP: TinyCheckpoint {
        var weights = TinyWeights(seed: seed)
        weights.addPatches("vision_model.embeddings.patch_embedding", width, patch)
        weights.add("vision_model.embeddings.position_embedding.weight", [positions, width], scale: 1)
        weights.addCLIPBlocks("vision_model.encoder.layers", layers, width, neurons)
        weights.addNorm("vision_model.post_layernorm", width)
        let head = "vision_model.head."
        weights.add(head + "probe", [1, 1, width], scale: 2)
        weights.addMatrix(head + "attention.in_proj_weight", [3 * width, width], inputs: width)
        weights.addBias(head + "attention.in_proj_bias", [3 * width])
        weights.addLinear(head + "attention.out_proj", width, width)
        weights.addNorm(head + "layernorm", width)
        weights.addLinear(head + "mlp.fc1", width, neurons)
        weights.addLinear(head + "mlp.fc2", neurons, width)
        return TinyCheckpoint(
            tensors: weights.tensors,
            configuration: [
                "architectures": ["SiglipVisionModel"], "model_type": "siglip_vision_model",
                "hidden_size": .whole(width), "num_hidden_layers": .whole(layers),
                "num_attention_heads": .whole(heads), "intermediate_size": .whole(neurons),
                "image_size": .whole(image), "patch_size": .whole(patch), "hidden_act": "gelu_pytorch_tanh",
                "layer_norm_eps": 1e-6,
            ])
    }
}
