"""Writes a ViT of random weights as Hugging Face would save it: the viewer's largest usual case, for timing.

    python random_vit.py DIRECTORY [--layers 12] [--heads 12] [--width 96]

Twelve layers of twelve heads over 197 tokens, as in ViT-B/16, but narrow, so that making and running it takes seconds.
Its attention is peaked enough to look at: the query and key matrices are scaled up.
"""

import argparse
import json
import pathlib
import struct

import numpy as np


def tensors(layers, width, mlp, classes, image, patch, rng):
    """Names and arrays, as ViTForImageClassification has them."""

    def matrix(rows, columns, gain=1.0):
        return (rng.standard_normal((rows, columns)) * gain / np.sqrt(columns)).astype(np.float32)

    def vector(size, middle=0.0):
        return (middle + 0.02 * rng.standard_normal(size)).astype(np.float32)

    positions = (image // patch) ** 2 + 1
    yield "vit.embeddings.cls_token", vector((1, 1, width))
    yield "vit.embeddings.position_embeddings", (0.5 * rng.standard_normal((1, positions, width))).astype(np.float32)
    kernel = matrix(width, 3 * patch * patch).reshape(width, 3, patch, patch)
    yield "vit.embeddings.patch_embeddings.projection.weight", kernel
    yield "vit.embeddings.patch_embeddings.projection.bias", vector(width)
    for layer in range(layers):
        block = f"vit.encoder.layer.{layer}."
        for name in ("query", "key", "value"):
            yield f"{block}attention.attention.{name}.weight", matrix(width, width, 1.0 if name == "value" else 1.6)
            yield f"{block}attention.attention.{name}.bias", vector(width)
        yield f"{block}attention.output.dense.weight", matrix(width, width, 0.5)
        yield f"{block}attention.output.dense.bias", vector(width)
        yield f"{block}intermediate.dense.weight", matrix(mlp, width)
        yield f"{block}intermediate.dense.bias", vector(mlp)
        yield f"{block}output.dense.weight", matrix(width, mlp, 0.5)
        yield f"{block}output.dense.bias", vector(width)
        for norm in ("layernorm_before", "layernorm_after"):
            yield f"{block}{norm}.weight", vector(width, 1.0)
            yield f"{block}{norm}.bias", vector(width)
    yield "vit.layernorm.weight", vector(width, 1.0)
    yield "vit.layernorm.bias", vector(width)
    yield "classifier.weight", matrix(classes, width)
    yield "classifier.bias", vector(classes)


def write_safetensors(path, named):
    """Eight bytes of length, the header as JSON padded to eight bytes, the elements."""
    header, offset, arrays = {}, 0, []
    for name, array in named:
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
        arrays.append(array)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays:
            file.write(array.tobytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--heads", type=int, default=12)
    parser.add_argument("--width", type=int, default=96)
    parser.add_argument("--classes", type=int, default=1000)
    options = parser.parse_args()
    image, patch, mlp = 224, 16, 2 * options.width
    options.directory.mkdir(parents=True, exist_ok=True)
    configuration = {
        "architectures": ["ViTForImageClassification"], "model_type": "vit", "image_size": image, "patch_size": patch,
        "num_channels": 3, "hidden_size": options.width, "num_hidden_layers": options.layers,
        "num_attention_heads": options.heads, "intermediate_size": mlp, "hidden_act": "gelu", "layer_norm_eps": 1e-12,
        "qkv_bias": True,
        "id2label": {str(index): f"class {index}" for index in range(options.classes)},
    }
    (options.directory / "config.json").write_text(json.dumps(configuration, indent=2))
    rng = np.random.default_rng(20)
    named = tensors(options.layers, options.width, mlp, options.classes, image, patch, rng)
    write_safetensors(options.directory / "model.safetensors", named)


if __name__ == "__main__":
    main()
