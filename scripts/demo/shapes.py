"""Pictures of squares, ellipses and hearts, 64×64, and what they are.

Three distributions, from the strict to the generous:

    dsprites    the grid of dSprites' six factors, drawn by our own code: white on black, hard edges. One colour;
                3 shapes; 6 scales 0.5 … 1; 40 orientations over the full turn; 32 × 32 positions one pixel apart.
                A shape at scale 1 has its farthest point 16 pixels from its middle, and the middle stays in 16 … 47,
                so every picture shows the whole shape.
    extended    white on black: any position inside the picture, any angle, extent (the longer side of the bounding
                box) from 1/8 to 1/2 of the picture, ellipses of axis ratio 1.3 to 2.5, hearts of eight families,
                edges hard, antialiased or soft.
    stranger    what else people send: any colours with enough contrast, black on white, noise, an uneven ground, an
                unsteady hand, thick strokes instead of a filled shape, other sizes, a stretched picture.
"""

import numpy as np

from outlines import (
    dense, ellipse, fitted, heart_arcs, normalised, placed, random_heart, square, wobbled,
)
from raster import blurred, coverage

SIZE = 64
LABELS = ["square", "ellipse", "heart"]
SQUARE, ELLIPSE, HEART = range(3)

GRID_SHAPES = [normalised(square()), normalised(ellipse(2.0)), normalised(heart_arcs())]
GRID_FACTORS = (3, 6, 40, 32, 32)  # shape, scale, orientation, x, y (colour has one value)
GRID_COUNT = int(np.prod(GRID_FACTORS))


def dsprites(indices):
    """Pictures [n, 64, 64] in {0, 1} and labels [n] of the grid's elements `indices` (0 … 737,279, y fastest)."""
    shapes, scales, turns, xs, ys = np.unravel_index(indices, GRID_FACTORS)
    outlines = [
        placed(GRID_SHAPES[shape], 16 * (0.5 + 0.1 * scale), 2 * np.pi * turn / 40, (16.5 + x, 16.5 + y))
        for shape, scale, turn, x, y in zip(shapes, scales, turns, xs, ys)
    ]
    return hard(coverage(outlines)), shapes


def extended(count, rng, extents=(8, 32), ratios=(1.3, 2.5), edges=None):
    """Pictures [count, 64, 64] in 0 … 1 and labels; `edges` is "hard", "antialiased", "soft" or None for all."""
    labels, outlines, sizes = rng.integers(3, size=count), [], []
    for label in labels:
        extent = np.exp(rng.uniform(*np.log(extents)))
        outlines.append(somewhere(outline_of(label, ratios, rng), extent, rng))
        sizes.append(extent)
    filled = coverage(outlines)
    if edges == "antialiased":
        return filled, labels
    if edges == "hard":
        return hard(filled), labels
    sigmas = np.minimum(rng.uniform(0.3, 1.6, count), np.array(sizes) / 12)
    soft = blurred(filled, sigmas)
    if edges == "soft":
        return soft, labels
    kind = rng.integers(3, size=count)[:, None, None]
    return np.choose(kind, [hard(filled), filled, soft]), labels


def stranger(count, rng):
    """Pictures [count, 3, 64, 64] in 0 … 1 and labels."""
    labels = rng.integers(3, size=count)
    outlines, inner, sizes = [], [], []
    for label in labels:
        outline = outline_of(label, (1.05, 3.0), rng)
        if rng.random() < 0.4:
            outline = wobbled(dense(outline), rng.uniform(0, 0.03), rng)
        extent = np.exp(rng.uniform(np.log(9), np.log(58)))
        stretch = np.exp(rng.uniform(-0.33, 0.33)) if rng.random() < 0.3 else 1.0
        outline = somewhere(outline, extent, rng, stretch)
        stroke = rng.uniform(0.12, 0.3) if extent > 18 and rng.random() < 0.2 else None
        outlines.append(outline)
        inner.append(shrunk(outline, stroke))
        sizes.append(extent)
    filled = np.clip(coverage(outlines) - coverage(inner), 0, 1)
    sigmas = np.minimum(rng.uniform(0, 1.8, count), np.array(sizes) / 12)
    soft = blurred(filled, sigmas)
    mask = np.choose(rng.integers(3, size=count)[:, None, None], [hard(filled), filled, soft])
    return coloured(mask, rng), labels


# --- the steps --------------------------------------------------------------------------------------------------


def outline_of(label, ratios, rng):
    if label == SQUARE:
        return square()
    return ellipse(rng.uniform(*ratios)) if label == ELLIPSE else random_heart(rng)


def somewhere(outline, extent, rng, stretch=1.0):
    """The outline at a random angle and a random place where all of it is seen."""
    upright = rng.random() < 0.15  # people draw upright more often than at any other angle
    angle = rng.choice([0, np.pi / 2, np.pi, -np.pi / 2]) if upright else rng.uniform(0, 2 * np.pi)
    outline = fitted(outline, extent, angle, (0, 0), stretch)
    every = np.concatenate(outline)
    place = rng.uniform(-every.min(0), SIZE - every.max(0))
    return [loop + place for loop in outline]


def shrunk(outline, stroke):
    """The hole of a shape drawn by a stroke of this share of its radius; no stroke, no hole."""
    if stroke is None:
        return [np.zeros((3, 2))]
    every = np.concatenate(outline)
    middle = (every.min(0) + every.max(0)) / 2
    return [middle + (loop - middle) * (1 - stroke) for loop in outline]


def hard(pictures):
    return (pictures >= 0.5).astype(np.float32)


def coloured(mask, rng):
    """Paints shape and ground: mask [n, 64, 64] → [n, 3, 64, 64]."""
    count = len(mask)
    shape, ground = np.empty((count, 3)), np.empty((count, 3))
    for i in range(count):
        shape[i], ground[i] = two_colours(rng)
    shape, ground = shape[:, :, None, None], ground[:, :, None, None]
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE - 0.5
    slope = rng.normal(size=(count, 2, 1, 1, 1)) * (rng.random((count, 1, 1, 1, 1)) < 0.25) * 0.12
    ground = ground + slope[:, 0] * x + slope[:, 1] * y
    pictures = ground + mask[:, None] * (shape - ground)
    amount = rng.uniform(0, 0.07, (count, 1, 1, 1)) * (rng.random((count, 1, 1, 1)) < 0.4)
    return np.clip(pictures + amount * rng.normal(size=pictures.shape), 0, 1).astype(np.float32)


def two_colours(rng):
    """Colours of a shape and its ground: light on dark, dark on light, or any two far enough apart."""
    kind = rng.random()
    light = np.repeat(rng.uniform(0.65, 1), 3)
    dark = np.repeat(rng.uniform(0, 0.3), 3)
    if kind < 0.35:
        return light, dark
    if kind < 0.65:
        return dark, light
    while True:
        a, b = rng.random(3), rng.random(3)
        if np.abs(a - b).max() > 0.45:
            return a, b
