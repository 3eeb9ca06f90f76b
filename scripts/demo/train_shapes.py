"""Trains the demo model `shapes` and prints how well it tells shapes it has not seen.

    python train_shapes.py --steps 5000 --out ../../config/demo/shapes

Every picture is drawn afresh, so nothing but the grid is seen twice. The weights kept are a running average over the
last steps. What the figures are taken on: `evaluate.py`.
"""

import argparse
import copy
import math
import time

import numpy as np
import torch
import torch.nn.functional as F

import shapes
import vit
from evaluate import as_pixels, print_accuracies

BATCH = 128
EASY_SHARE = 0.2  # of the steps, over which the pictures grow as hard as they will be


def training_batch(rng, ease):
    """Pixels in -1 … 1 and labels: of the grid, extended (a little beyond its bounds; the small ones twice), stranger.

    `ease` falls from 1 to 0. A small transformer sees nothing in small shapes for a long while: so it meets large
    ones first, white on black, and the small, coloured and noisy ones little by little.
    """
    strange = round(BATCH * 0.25 * (1 - ease))
    grid = BATCH // 4
    small = BATCH // 4
    smallest = 7 ** (1 - ease) * 26**ease
    ratios = (1.22 + 0.4 * ease, 2.7)
    parts = [
        shapes.dsprites(rng.integers(shapes.GRID_COUNT, size=grid)),
        shapes.extended(small, rng, (smallest, min(36, 2 * smallest)), ratios),
        shapes.extended(BATCH - grid - small - strange, rng, (smallest, 36), ratios),
    ]
    if strange:
        parts.append(shapes.stranger(strange, rng))
    return torch.cat([as_pixels(p) for p, _ in parts]), torch.tensor(np.concatenate([labels for _, labels in parts]))


def train(steps, peak_rate, seed, report, checkpoint):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = vit.ViT()
    average = copy.deepcopy(model)
    optimizers = optimizers_of(model, peak_rate)
    warm_up, losses, started = 150, [], time.time()
    for step in range(steps):
        share = min((step + 1) / warm_up, 0.5 + 0.5 * math.cos(math.pi * step / steps))
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * share
        pixels, labels = training_batch(rng, max(0.0, 1 - step / (EASY_SHARE * steps)))
        loss = F.cross_entropy(model(pixels), labels)
        model.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        losses.append(loss.item())
        keep = min(0.998, step / (step + 20))
        with torch.no_grad():
            for mean, now in zip(average.parameters(), model.parameters()):
                mean.lerp_(now, 1 - keep)
        if (step + 1) % 50 == 0:
            print(f"step {step + 1}  loss {np.mean(losses[-50:]):.4f}  {time.time() - started:.0f} s", flush=True)
        if (step + 1) % report == 0:
            print_accuracies(average, 1500)
            vit.save(average, checkpoint)
    return average


def optimizers_of(model, rate):
    """Muon for the blocks' matrices, which takes half the steps here; AdamW for all else."""
    matrices = [p for p in model.blocks.parameters() if p.dim() == 2]
    chosen = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in chosen]
    return [
        torch.optim.Muon(
            [{"params": matrices, "peak": 2 * rate}], lr=rate, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW([{"params": others, "peak": rate}], lr=rate, betas=(0.9, 0.98), weight_decay=0.0),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--report", type=int, default=500, help="steps between figures")
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    trained = train(arguments.steps, arguments.rate, arguments.seed, arguments.report, arguments.out)
    vit.save(trained, arguments.out)
    print_accuracies(trained, 10_000)
