"""How well a model tells shapes it has not seen: python evaluate.py FOLDER [--count 10000] [--whole-grid]

Accuracy over all and by class, on each distribution of `shapes.py` and on drawings made by other code
(`independent.py`). The seeds are not those of the training. The grid of dSprites has no part that training could not
meet: there the goal is to know all of it.
"""

import argparse

import numpy as np
import torch

import independent
import shapes
import vit


def as_pixels(pictures):
    """0 … 1, gray [n, 64, 64] or colour [n, 3, 64, 64], → what the model sees of the 8-bit file, in -1 … 1."""
    if pictures.ndim == 3:
        pictures = np.repeat(pictures[:, None], 3, 1)
    return torch.from_numpy(np.round(pictures * 255).astype(np.float32) / 127.5 - 1)


def held_out(count):
    """Named sets of `count` pictures: (name, pictures, labels)."""
    rng = np.random.default_rng(20_000)
    yield "dsprites grid", *shapes.dsprites(rng.integers(shapes.GRID_COUNT, size=count))
    for edges in ("hard", "antialiased", "soft"):
        yield f"extended, {edges}", *shapes.extended(count, rng, edges=edges)
    yield "extended, 8 … 12 pixels", *shapes.extended(count, rng, extents=(8, 12))
    yield "stranger", *shapes.stranger(count, rng)
    yield from independent.sets(count, 30_000)


@torch.no_grad()
def right(model, pictures, labels):
    parts = as_pixels(pictures).split(250)
    return torch.cat([model(part).argmax(1) for part in parts]).numpy() == labels


def print_accuracies(model, count, whole_grid=False):
    for name, pictures, labels in held_out(count):
        print_accuracy(name, right(model, pictures, labels), labels)
    if whole_grid:
        parts = np.array_split(np.arange(shapes.GRID_COUNT), shapes.GRID_COUNT // 2048)
        drawn = (shapes.dsprites(part) for part in parts)
        results = [(right(model, pictures, labels), labels) for pictures, labels in drawn]
        print_accuracy("the whole dsprites grid", *(np.concatenate(column) for column in zip(*results)))


def print_accuracy(name, hits, labels):
    by_class = "  ".join(f"{label} {hits[labels == i].mean():.4f}" for i, label in enumerate(shapes.LABELS))
    print(f"  {name:28} {hits.mean():.4f}   {by_class}   ({len(hits)} pictures)", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=10_000, help="pictures in each set")
    parser.add_argument("--whole-grid", action="store_true", help="all 737,280 of the dSprites grid as well")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    print_accuracies(vit.load(arguments.folder), arguments.count, arguments.whole_grid)
