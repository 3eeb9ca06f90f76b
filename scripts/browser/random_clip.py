"""Writes a CLIP of random weights with a tokenizer of single letters, as Hugging Face would save it: for pages that ask with
texts."""

import json

import numpy as np
from random_vit import write_safetensors

WIDTH, HEADS, LAYERS, SPACE, CONTEXT, IMAGE, PATCH = 24, 3, 2, 16, 40, 32, 8


def pieces():
    """Every byte as CLIP writes it, alone and at the end of a word, and the two marks of a text."""
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    letters = [chr(each) for each in visible] + [chr(0x100 + each) for each in range(256 - len(visible))]
    return letters + [each + "</w>" for each in letters] + ["<|startoftext|>", "<|endoftext|>"]


def tensors(rng):
    def matrix(*shape):
        return (rng.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32)

    def norm(name):
        yield name + ".weight", np.ones(WIDTH, np.float32)
        yield name + ".bias", np.zeros(WIDTH, np.float32)

    def blocks(tower):
        for layer in range(LAYERS):
            block = f"{tower}.encoder.layers.{layer}."
            yield from norm(block + "layer_norm1")
            yield from norm(block + "layer_norm2")
            parts = [(f"self_attn.{part}_proj", WIDTH, WIDTH) for part in ("q", "k", "v", "out")]
            for name, rows, columns in parts + [("mlp.fc1", 2 * WIDTH, WIDTH), ("mlp.fc2", WIDTH, 2 * WIDTH)]:
                yield f"{block}{name}.weight", matrix(rows, columns)
                yield f"{block}{name}.bias", np.zeros(rows, np.float32)

    yield "vision_model.embeddings.class_embedding", matrix(WIDTH)
    yield "vision_model.embeddings.patch_embedding.weight", matrix(WIDTH, 3, PATCH, PATCH)
    yield "vision_model.embeddings.position_embedding.weight", matrix((IMAGE // PATCH) ** 2 + 1, WIDTH)
    yield from norm("vision_model.pre_layrnorm")
    yield from blocks("vision_model")
    yield from norm("vision_model.post_layernorm")
    yield "visual_projection.weight", matrix(SPACE, WIDTH)
    yield "text_model.embeddings.token_embedding.weight", matrix(len(pieces()), WIDTH)
    yield "text_model.embeddings.position_embedding.weight", matrix(CONTEXT, WIDTH)
    yield from blocks("text_model")
    yield from norm("text_model.final_layer_norm")
    yield "text_projection.weight", matrix(SPACE, WIDTH)


def write(folder):
    folder.mkdir(parents=True)
    tower = {"hidden_size": WIDTH, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "intermediate_size": 2 * WIDTH}
    count = len(pieces())
    configuration = {
        "architectures": ["CLIPModel"], "model_type": "clip", "projection_dim": SPACE,
        "vision_config": tower | {"image_size": IMAGE, "patch_size": PATCH},
        "text_config": tower | {"vocab_size": count, "max_position_embeddings": CONTEXT, "eos_token_id": count - 1},
    }
    (folder / "config.json").write_text(json.dumps(configuration))
    (folder / "vocab.json").write_text(json.dumps({piece: index for index, piece in enumerate(pieces())}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    write_safetensors(folder / "model.safetensors", tensors(np.random.default_rng(4)))
