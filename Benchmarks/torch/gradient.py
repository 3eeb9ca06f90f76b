"""Time of gradients of a logit difference by torch's autograd, ViT-B/32 (float32), for the same machine and minute.

    Benchmarks/torch/setup
    Benchmarks/torch/.venv/bin/python Benchmarks/torch/gradient.py [--batches 1 8 32] [--write DIR]

One JSON line a measurement: {"what", "batch", "seconds": the best, "median", "runs"}. What:

    vit-prisma, gradient at every hook    run_with_cache(..., incl_bwd=True): every activation and its gradient
    vit-prisma, gradient at the streams   the same of hook_resid_pre alone
    timm, gradient by the pixels          backward to the input, parameters frozen
    timm, gradient by the parameters      backward to every parameter

Parameters are frozen but in the last, so that autograd computes no gradient that nobody asked for. --write DIR puts the
gradients of timm's block inputs into DIR/gradients.safetensors, for the other side to compare itself with.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import torch

from forward import hooked_vit, timm_model

LAYERS = 12


def measure(what, batch, runs, run):
    for _ in range(2):
        run()
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    line = {"what": what, "batch": batch, "seconds": min(seconds), "median": statistics.median(seconds), "runs": runs}
    print(json.dumps(line), flush=True)


def difference(logits):
    return (logits[:, 1] - logits[:, 2]).sum()


def freeze(model, frozen=True):
    for parameter in model.parameters():
        parameter.requires_grad_(not frozen)


def hooked(model, pixels, names):
    """Activations and gradients at hooks. A backward hook runs only where something needs a gradient: the input does."""
    kept, gradients = {}, {}

    def keep(value, hook):
        kept[hook.name] = value.detach()

    def keep_gradient(value, hook):
        gradients[hook.name] = value.detach()

    # With parameters frozen the backward hooks of modules see tensors, not tuples, through ViT-Prisma's own wrapper.
    with model.hooks(fwd_hooks=[(names, keep)], bwd_hooks=[(names, keep_gradient)]):
        difference(model(pixels)).backward()
    return kept, gradients


def by_pixels(model, pixels):
    pixels.grad = None
    difference(model(pixels)).backward()


def by_parameters(model, pixels):
    model.zero_grad(set_to_none=True)
    difference(model(pixels)).backward()


def write(model, folder):
    from safetensors.torch import save_file

    pixels = torch.randn(2, 3, 224, 224, generator=torch.Generator().manual_seed(3))
    streams = {}
    handles = [
        block.register_forward_pre_hook(lambda module, inputs, index=index: streams.update({index: inputs[0]}))
        for index, block in enumerate(model.blocks)]
    freeze(model)
    logits = model(pixels.requires_grad_(True))
    gradients = torch.autograd.grad(difference(logits), [streams[index] for index in range(LAYERS)])
    for handle in handles:
        handle.remove()
    tensors = {f"blocks.{index}.hook_resid_pre": gradient.contiguous() for index, gradient in enumerate(gradients)}
    save_file({"pixel_values": pixels.detach(), **tensors}, folder / "gradients.safetensors")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, metavar="DIR")
    parser.add_argument("--batches", type=int, nargs="*", default=[1, 8, 32])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    model, prisma = timm_model(), hooked_vit()
    if arguments.write:
        write(model, arguments.write)
    freeze(prisma)
    for batch in arguments.batches:
        pixels = torch.randn(batch, 3, 224, 224, generator=torch.Generator().manual_seed(batch)).requires_grad_(True)
        runs = arguments.runs
        measure("vit-prisma, gradient at every hook", batch, runs, lambda: hooked(prisma, pixels, lambda name: True))
        streams = lambda name: name.endswith("hook_resid_pre")  # noqa: E731
        measure("vit-prisma, gradient at the streams", batch, runs, lambda: hooked(prisma, pixels, streams))
        freeze(model)
        measure("timm, gradient by the pixels", batch, runs, lambda: by_pixels(model, pixels))
        freeze(model, False)
        measure("timm, gradient by the parameters", batch, runs, lambda: by_parameters(model, pixels.detach()))


if __name__ == "__main__":
    main()
