import Checkpoints
public import Foundation
import Tensors
public import TextNumbers

/// A CLIP of transformers' layout so small that a test can afford many of them, with a tokenizer of a few merges.
public struct TinyCLIP: Sendable {
    /// Blocks of each tower.
    public var layers = 2
    /// The width of both towers.
    public var width = 24
    /// The width of what both are projected to.
    public var projection = 16
    /// Tokens of a text.
    public var context = 12
    /// The side of a picture, of patches of 8.
    public var image = 32
    /// The logarithm of what cosines are multiplied with; none is written where `nil`.
    public var logitScale: Float? = 2.5
    /// Pieces that become one, in order.
    public var merges = ["c a", "ca t</w>", "d o", "do g</w>", "p h", "o t", "ph ot", "phot o</w>", "o f</w>"]
    /// What the weights are drawn from.
    public var seed: UInt64 = 1

    /// The usual one.
    public init() {}

    /// Every piece of the vocabulary, in the order of their numbers.
    public var pieces: [String] {
        let visible = Array(0x21...0x7E) + Array(0xA1...0xAC) + Array(0xAE...0xFF)
        let hidden = (0..<256).filter { !visible.contains($0) }.count
        let letters = (visible + (0..<hidden).map { 0x100 + $0 }).compactMap { Unicode.Scalar($0).map(String.init) }
        return letters + letters.map { $0 + "</w>" } + merges.map { $0.filter { $0 != " " } }
            + ["<|startoftext|>", "<|endoftext|>"]
    }

    /// The number of a piece.
    public func id(_ piece: String) -> Int { pieces.firstIndex(of: piece) ?? -1 }

    /// `vocab.json`.
    public var vocabulary: JSONValue {
        .object(pieces.enumerated().map { JSONMember($1, .integer(Int64($0))) })
    }

    /// `merges.txt`.
    public var mergesText: String { (["#version: 0.2"] + merges).joined(separator: "\n") + "\n" }

    /// Writes all its files.
    public func write(to folder: TemporaryFolder, named name: String, withTokenizer: Bool = true) throws -> URL {
        let url = try TinyCheckpoint(tensors: tensors, configuration: configuration, preprocessor: preprocessor)
            .write(to: folder, named: name)
        if withTokenizer {
            try folder.write(vocabulary.serialized, to: name + "/vocab.json")
            try folder.write(Array(mergesText.utf8), to: name + "/merges.txt")
        }
        return url
    }

    private var tensors: [(name: String, value: ArrayValue)] {
        var weights = TinyWeights(seed: seed)
        let tokens = (image / 8) * (image / 8) + 1
        weights.add("vision_model.embeddings.class_embedding", [width], scale: 1)
        weights.add("vision_model.embeddings.patch_embedding.weight", [width, 3, 8, 8], scale: 0.3)
        weights.add("vision_model.embeddings.position_embedding.weight", [tokens, width], scale: 1)
        weights.addNorm("vision_model.pre_layrnorm", width)
        addBlocks("vision_model.encoder.layers.", &weights)
        weights.addNorm("vision_model.post_layernorm", width)
        weights.add("visual_projection.weight", [projection, width], scale: 0.8)
        weights.add("text_model.embeddings.token_embedding.weight", [pieces.count, width], scale: 1)
        weights.add("text_model.embeddings.position_embedding.weight", [context, width], scale: 1)
        addBlocks("text_model.encoder.layers.", &weights)
        weights.addNorm("text_model.final_layer_norm", width)
        weights.add("text_projection.weight", [projection, width], scale: 0.8)
        let scale = logitScale.map { [("logit_scale", ArrayValue(Tensor(shape: [], elements: [$0])))] } ?? []
        return weights.tensors + scale
    }

    private func addBlocks(_ prefix: String, _ weights: inout TinyWeights) {
        for layer in 0..<layers {
            let block = prefix + "\(layer)."
            weights.addNorm(block + "layer_norm1", width)
            for part in ["q_proj", "k_proj", "v_proj", "out_proj"] {
                weights.addLinear(block + "self_attn." + part, width, width)
            }
            weights.addNorm(block + "layer_norm2", width)
            weights.addLinear(block + "mlp.fc1", width, 2 * width)
            weights.addLinear(block + "mlp.fc2", 2 * width, width)
        }
    }

    private var configuration: JSONValue {
        let number = { (value: Int) in JSONValue.integer(Int64(value)) }
        let common: [JSONMember] = [
            JSONMember("hidden_size", number(width)), JSONMember("num_hidden_layers", number(layers)),
            JSONMember("num_attention_heads", 3), JSONMember("intermediate_size", number(2 * width)),
            JSONMember("hidden_act", "quick_gelu"),
        ]
        let text = [
            JSONMember("vocab_size", number(pieces.count)), JSONMember("max_position_embeddings", number(context)),
            JSONMember("eos_token_id", number(pieces.count - 1)), JSONMember("pad_token_id", 0),
        ]
        let vision = [JSONMember("image_size", number(image)), JSONMember("patch_size", 8)]
        return [
            "model_type": "clip", "architectures": ["CLIPModel"], "text_config": .object(common + text),
            "vision_config": .object(common + vision), "projection_dim": number(projection),
        ]
    }

    private var preprocessor: JSONValue {
        let side = JSONValue.integer(Int64(image))
        return [
            "image_processor_type": "CLIPImageProcessor", "do_resize": true, "size": ["shortest_edge": side],
            "resample": 3, "do_center_crop": true, "crop_size": ["height": side, "width": side],
            "do_rescale": true, "rescale_factor": .number(1.0 / 255), "do_normalize": true,
            "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5],
        ]
    }
}
