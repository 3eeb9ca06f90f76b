"""Forward time of ViT-B/32 geometry in timm, ViT-Prisma and OpenVINO (float32), for the same machine and minute.

    Benchmarks/torch/setup
    Benchmarks/torch/.venv/bin/python Benchmarks/torch/forward.py            # measures
    Benchmarks/torch/.venv/bin/python Benchmarks/torch/forward.py --write DIR  # writes the checkpoint, then measures

One JSON line a measurement: {"what", "batch", "seconds": the best, "median", "runs"}. What:

    timm                     model(x), eager, inference mode
    timm, one hook           … with the last block's input kept by a forward hook
    vit-prisma               HookedViT(x)
    vit-prisma, one hook     run_with_cache(x, names_filter="blocks.11.hook_resid_pre")
    vit-prisma, every hook   run_with_cache(x): it keeps references, and copies nothing
    openvino                 the timm model through ONNX, float32 forced

DIR gets a checkpoint in timm's layout (config.json, model.safetensors; random weights, fixed seed) and
check.safetensors (`pixel_values` [2, 3, 224, 224], `logits` [2, 1000]), so that the other side can show that it
measures the same model.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path

import torch

sys.path.append(str(Path(__file__).parents[2] / "scripts" / "fixtures"))
from libraries import timm  # noqa: E402

NAME, SIZE, LAYERS = "vit_base_patch32_224", 224, 12
PARTS = ("timm", "vit-prisma", "openvino")


def timm_model():
    """Random weights; biases and norms away from their defaults, so that a check of the logits means something."""
    torch.manual_seed(0)
    model = timm.create_model(NAME, pretrained=False).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(0.05 * torch.randn_like(parameter))
    return model


def write(model, folder):
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous() for name, value in model.state_dict().items()}, folder / "model.safetensors")
    pretrained = {
        "input_size": [3, SIZE, SIZE], "fixed_input_size": True, "interpolation": "bicubic", "crop_pct": 0.9,
        "crop_mode": "center", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "num_classes": 1000,
        "first_conv": "patch_embed.proj", "classifier": "head",
    }
    config = {
        "architecture": NAME, "num_classes": 1000, "num_features": 768, "global_pool": "token",
        "model_args": {}, "pretrained_cfg": pretrained,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    pixels = torch.randn(2, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        save_file({"pixel_values": pixels, "logits": model(pixels)}, folder / "check.safetensors")


def measure(what, batch, runs, run):
    with torch.inference_mode():
        for _ in range(2):
            run()
        seconds = []
        for _ in range(runs):
            started = time.perf_counter()
            run()
            seconds.append(time.perf_counter() - started)
    line = {"what": what, "batch": batch, "seconds": min(seconds), "median": statistics.median(seconds), "runs": runs}
    print(json.dumps(line), flush=True)


def measure_timm(model, batch, pixels, runs):
    measure("timm", batch, runs, lambda: model(pixels))
    kept = {}
    handle = model.blocks[-1].register_forward_pre_hook(lambda module, inputs: kept.update(input=inputs[0]))
    measure("timm, one hook", batch, runs, lambda: model(pixels))
    handle.remove()


def hooked_vit():
    from vit_prisma.configs.HookedViTConfig import HookedViTConfig
    from vit_prisma.models.base_vit import HookedViT

    return HookedViT(HookedViTConfig(
        n_layers=LAYERS, d_model=768, d_head=64, d_mlp=3072, n_heads=12, patch_size=32, image_size=SIZE,
        n_classes=1000, return_type="class_logits", eps=1e-6)).eval()


def measure_prisma(model, batch, pixels, runs):
    measure("vit-prisma", batch, runs, lambda: model(pixels))
    one = f"blocks.{LAYERS - 1}.hook_resid_pre"
    measure("vit-prisma, one hook", batch, runs, lambda: model.run_with_cache(pixels, names_filter=one))
    measure("vit-prisma, every hook", batch, runs, lambda: model.run_with_cache(pixels))


def openvino_request(model, threads):
    import openvino

    warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/model.onnx"
        torch.onnx.export(
            model, torch.randn(2, 3, SIZE, SIZE), path, input_names=["x"], output_names=["y"],
            dynamic_axes={"x": {0: "batch"}}, opset_version=17, dynamo=False)
        settings = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads}
        return openvino.Core().compile_model(path, "CPU", settings).create_infer_request()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, metavar="DIR", help="write the checkpoint and its check here first")
    parser.add_argument("--only-write", action="store_true", help="measure nothing")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    model = timm_model()
    if arguments.write:
        write(model, arguments.write)
    if arguments.only_write:
        return

    prisma = hooked_vit() if "vit-prisma" in arguments.parts else None
    request = None
    if "openvino" in arguments.parts:
        try:
            request = openvino_request(model, arguments.threads)
        except ImportError as missing:
            print(f"forward.py: {missing}; OpenVINO is not measured", file=sys.stderr)
    for batch in arguments.batches:
        pixels = torch.randn(batch, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(batch))
        if "timm" in arguments.parts:
            measure_timm(model, batch, pixels, arguments.runs)
        if prisma:
            measure_prisma(prisma, batch, pixels, arguments.runs)
        if request:
            inputs = {0: pixels.numpy()}
            measure("openvino", batch, arguments.runs, lambda: request.infer(inputs))


if __name__ == "__main__":
    main()
