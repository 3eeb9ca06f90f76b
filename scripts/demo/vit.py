"""A plain vision transformer in torch, and its way into a checkpoint of Hugging Face's layout and back."""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import nn

PATCH, SIZE, CHANNELS = 8, 64, 3
WIDTH, HEADS, LAYERS, HIDDEN = 128, 4, 4, 256
EPSILON = 1e-6
LABELS, EMOJI = ["square", "ellipse", "heart"], ["🟦", "🥚", "❤️"]


class Block(nn.Module):
    """x + attention(norm x), then x + mlp(norm x)."""

    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, EPSILON), nn.LayerNorm(WIDTH, EPSILON)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, WIDTH)

    def forward(self, x):
        batch, tokens, _ = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(batch, tokens, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        z = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(x.shape)
        x = x + self.out(z)
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class ViT(nn.Module):
    """Pixels [batch, 3, 64, 64] in -1 … 1 → logits [batch, 3]."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(CHANNELS, WIDTH, PATCH, PATCH)
        self.cls = nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.positions = nn.Parameter(torch.zeros(1, 1 + (SIZE // PATCH) ** 2, WIDTH))
        self.blocks = nn.Sequential(*[Block() for _ in range(LAYERS)])
        self.norm, self.head = nn.LayerNorm(WIDTH, EPSILON), nn.Linear(WIDTH, len(LABELS))
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                nn.init.trunc_normal_(parameter, std=0.02)
            elif "norm" not in name:
                nn.init.zeros_(parameter)
        # Positions that already say where they are, and patches as loud as them, save half of the training.
        nn.init.xavier_uniform_(self.patches.weight.view(WIDTH, -1))
        self.positions.data[0, 1:] = 0.3 * waves(SIZE // PATCH, WIDTH)

    def forward(self, pixels):
        x = self.patches(pixels).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], 1) + self.positions
        return self.head(self.norm(self.blocks(x))[:, 0])


def waves(side, width):
    """Sines and cosines of row and column at width/4 wavelengths: [side * side, width]."""
    rows, columns = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    frequencies = 1 / 50 ** torch.linspace(0, 1, width // 4)
    angles = [place.reshape(-1, 1) * frequencies for place in (rows, columns)]
    return torch.cat([wave(angle) for angle in angles for wave in (torch.sin, torch.cos)], 1)


def modules():
    """Pairs of module names, Hugging Face's and ours; the fused q, k, v aside."""
    yield "vit.embeddings.patch_embeddings.projection", "patches"
    for i in range(LAYERS):
        theirs, own = f"vit.encoder.layer.{i}", f"blocks.{i}"
        yield f"{theirs}.layernorm_before", f"{own}.norm1"
        yield f"{theirs}.attention.output.dense", f"{own}.out"
        yield f"{theirs}.layernorm_after", f"{own}.norm2"
        yield f"{theirs}.intermediate.dense", f"{own}.up"
        yield f"{theirs}.output.dense", f"{own}.down"
    yield "vit.layernorm", "norm"
    yield "classifier", "head"


def attention_names(layer, kind):
    return [f"vit.encoder.layer.{layer}.attention.attention.{name}.{kind}" for name in ("query", "key", "value")]


def hugging_face_weights(model):
    """The model's parameters under the names of ViTForImageClassification."""
    state = model.state_dict()
    weights = {"vit.embeddings.cls_token": state["cls"], "vit.embeddings.position_embeddings": state["positions"]}
    for kind in ("weight", "bias"):
        weights |= {f"{theirs}.{kind}": state[f"{own}.{kind}"] for theirs, own in modules()}
        for i in range(LAYERS):
            weights |= dict(zip(attention_names(i, kind), state[f"blocks.{i}.qkv.{kind}"].chunk(3)))
    return {name: value.clone() for name, value in weights.items()}


def load(folder):
    """The model that `save` wrote."""
    weights, model = load_file(Path(folder) / "model.safetensors"), ViT()
    state = {"cls": weights["vit.embeddings.cls_token"], "positions": weights["vit.embeddings.position_embeddings"]}
    for kind in ("weight", "bias"):
        state |= {f"{own}.{kind}": weights[f"{theirs}.{kind}"] for theirs, own in modules()}
        for i in range(LAYERS):
            state[f"blocks.{i}.qkv.{kind}"] = torch.cat([weights[name] for name in attention_names(i, kind)])
    model.load_state_dict(state)
    return model.eval()


def save(model, folder):
    """Writes config.json, preprocessor_config.json and model.safetensors."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(hugging_face_weights(model), folder / "model.safetensors", {"format": "pt"})
    config = {
        "architectures": ["ViTForImageClassification"],
        "model_type": "vit",
        "image_size": SIZE,
        "patch_size": PATCH,
        "num_channels": CHANNELS,
        "hidden_size": WIDTH,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "intermediate_size": HIDDEN,
        "hidden_act": "gelu",
        "layer_norm_eps": EPSILON,
        "qkv_bias": True,
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
        "initializer_range": 0.02,
        "dtype": "float32",
        "id2label": {str(i): label for i, label in enumerate(LABELS)},
        "label2id": {label: i for i, label in enumerate(LABELS)},
        "id2emoji": {str(i): emoji for i, emoji in enumerate(EMOJI)},
    }
    preprocessing = {
        "image_processor_type": "ViTImageProcessor",
        "do_convert_rgb": True,
        "do_resize": True,
        "size": {"height": SIZE, "width": SIZE},
        "resample": 2,
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [0.5] * 3,
        "image_std": [0.5] * 3,
    }
    for name, content in (("config.json", config), ("preprocessor_config.json", preprocessing)):
        (folder / name).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
