"""Trains the demo model `shapes` and prints how well it tells shapes it has not seen.

    python train_shapes.py --steps 8000 --out ../../config/demo/shapes

Every picture of the training is drawn afresh, so nothing is seen twice; the figures are taken on pictures of other
seeds, and on a share of the dSprites grid (which training meets too: it is a grid, and the goal there is to know all
of it). The weights kept are a running average over the last steps.
"""

import argparse
import copy
import math
import time

import numpy as np
import torch
import torch.nn.functional as F

import independent
import shapes
import vit

BATCH = 128
EASY_SHARE = 0.25  # of the steps, over which the pictures grow as hard as they will be


def training_batch(rng, ease):
    """Pixels in -1 … 1 and labels: a quarter of the grid, the rest extended (a little beyond its bounds) and stranger.

    `ease` falls from 1 to 0. A small transformer sees nothing in small shapes for a long while: so it meets large ones
    first, white on black, and the small, coloured and noisy ones little by little.
    """
    strange = round(BATCH * 0.3 * (1 - ease))
    grid = BATCH // 4
    smallest = 7 ** (1 - ease) * 26**ease
    parts = [
        shapes.dsprites(rng.integers(shapes.GRID_COUNT, size=grid)),
        shapes.extended(BATCH - grid - strange, rng, extents=(smallest, 36), ratios=(1.22 + 0.4 * ease, 2.7)),
    ]
    if strange:
        parts.append(shapes.stranger(strange, rng))
    return torch.cat([as_pixels(p) for p, _ in parts]), torch.tensor(np.concatenate([labels for _, labels in parts]))


def as_pixels(pictures):
    """0 … 1, gray or colour, → what the model sees of the 8-bit file: [n, 3, 64, 64] in -1 … 1."""
    if pictures.ndim == 3:
        pictures = np.repeat(pictures[:, None], 3, 1)
    return torch.from_numpy(np.round(pictures * 255).astype(np.float32) / 127.5 - 1)


def train(steps, peak_rate, seed, report, checkpoint):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = vit.ViT()
    average = copy.deepcopy(model)
    decayed = [p for p in model.parameters() if p.dim() == 2]
    others = [p for p in model.parameters() if p.dim() != 2]
    groups = [{"params": decayed, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=peak_rate, betas=(0.9, 0.98))
    warm_up, losses, started = 300, [], time.time()
    for step in range(steps):
        rate = peak_rate * min((step + 1) / warm_up, 0.5 + 0.5 * math.cos(math.pi * step / steps))
        for group in optimizer.param_groups:
            group["lr"] = rate
        pixels, labels = training_batch(rng, max(0.0, 1 - step / (EASY_SHARE * steps)))
        loss = F.cross_entropy(model(pixels), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
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


@torch.no_grad()
def correct(model, pictures, labels):
    model.eval()
    pixels = as_pixels(pictures)
    guesses = torch.cat([model(part).argmax(1) for part in pixels.split(250)]).numpy()
    return guesses == labels


def print_accuracies(model, count, whole_grid=False):
    """Accuracy on held-out pictures, over all and by class."""
    rng = np.random.default_rng(20_000)
    sets = {"dsprites grid": shapes.dsprites(rng.integers(shapes.GRID_COUNT, size=count))}
    for edges in ("hard", "antialiased", "soft"):
        sets[f"extended, {edges}"] = shapes.extended(count, rng, edges=edges)
    sets["extended, 8 … 12 pixels"] = shapes.extended(count, rng, extents=(8, 12))
    sets["stranger"] = shapes.stranger(count, rng)
    for name, pictures, labels in independent.sets(count, 30_000):
        sets[name] = (pictures, labels)
    for name, (pictures, labels) in sets.items():
        print_accuracy(name, correct(model, pictures, labels), labels)
    if whole_grid:
        parts = np.array_split(np.arange(shapes.GRID_COUNT), shapes.GRID_COUNT // 2048)
        results = [(correct(model, *shapes.dsprites(part)), shapes.dsprites(part)[1]) for part in parts]
        right, labels = (np.concatenate(column) for column in zip(*results))
        print_accuracy("the whole dsprites grid", right, labels)


def print_accuracy(name, right, labels):
    by_class = "  ".join(f"{label} {right[labels == i].mean():.4f}" for i, label in enumerate(shapes.LABELS))
    print(f"  {name:36} {right.mean():.4f}   {by_class}   ({len(right)} pictures)", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--report", type=int, default=500, help="steps between figures")
    parser.add_argument("--held-out", type=int, default=10_000, help="pictures in each set of the last figures")
    parser.add_argument("--whole-grid", action="store_true", help="the last figures take all 737,280 of the grid")
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    trained = train(arguments.steps, arguments.rate, arguments.seed, arguments.report, arguments.out)
    vit.save(trained, arguments.out)
    print_accuracies(trained, arguments.held_out, arguments.whole_grid)
