"""Shapes drawn by other code than the training's: Pillow's polygons and ellipses, at several sizes and resized.

A check against fooling ourselves: whoever posts a drawing to the model will not use our rasteriser, nor our hearts.
"""

import math

import numpy as np
from PIL import Image, ImageDraw

SIZE = 64


def sets(count, seed):
    """Named test sets: (name, pictures [count, 64, 64] in 0 … 1, labels)."""
    for canvas, way in ((64, "hard"), (256, "reduced"), (512, "reduced")):
        rng = np.random.default_rng(seed + canvas)
        drawn = [drawing(canvas, rng) for _ in range(count)]
        name = f"Pillow, {canvas}×{canvas}, {way}"
        yield name, np.stack([picture for picture, _ in drawn]), np.array([label for _, label in drawn])


def drawing(canvas, rng):
    """One picture as the model receives it, and its label."""
    label = int(rng.integers(3))
    picture = Image.new("L", (canvas, canvas), 0)
    extent = math.exp(rng.uniform(math.log(8.0), math.log(32.0))) * canvas / SIZE
    points = [square, ellipse, heart][label](rng)
    angle = rng.uniform(0, 2 * math.pi)
    turned = [(x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)) for x, y in points]
    left, right = min(x for x, _ in turned), max(x for x, _ in turned)
    top, bottom = min(y for _, y in turned), max(y for _, y in turned)
    scale = (extent - 1) / max(right - left, bottom - top)
    dx = rng.uniform(0, canvas - 1 - (right - left) * scale)
    dy = rng.uniform(0, canvas - 1 - (bottom - top) * scale)
    placed = [((x - left) * scale + dx, (y - top) * scale + dy) for x, y in turned]
    ImageDraw.Draw(picture).polygon(placed, fill=255)
    if canvas != SIZE:
        picture = picture.resize((SIZE, SIZE), Image.Resampling.BILINEAR)
    return np.asarray(picture, np.float32) / 255, label


def square(rng):
    return [(-1, -1), (1, -1), (1, 1), (-1, 1)]


def ellipse(rng):
    ratio = rng.uniform(1.3, 2.5)
    return [(math.cos(t / 50 * math.pi), math.sin(t / 50 * math.pi) / ratio) for t in range(100)]


def heart(rng):
    """y downwards. Four recipes as found in answers to "how do I draw a heart"."""
    kind = rng.integers(4)
    ts = [t / 60 * math.pi for t in range(120)]
    if kind == 0:  # the parametric one
        return [
            (16 * math.sin(t) ** 3, -(13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)))
            for t in ts
        ]
    if kind == 1:  # two half discs on a triangle
        depth = rng.uniform(1.6, 2.6)
        left = [(-1 - math.cos(t), -math.sin(t)) for t in ts if t <= math.pi]
        right = [(1 - math.cos(t), -math.sin(t)) for t in ts if t <= math.pi]
        return [*left, *right, (0, depth)]
    if kind == 2:  # the square on its corner with two half discs
        half = math.sqrt(0.5)
        arc = [t for t in ts if math.pi / 4 <= t <= 5 * math.pi / 4]
        left = [(-half / 2 + math.cos(t) / 2, -half / 2 - math.sin(t) / 2) for t in arc]
        right = [(-x, y) for x, y in reversed(left)]
        return [(0, half), *right, *left]
    # upper and lower curve over x: 1 - (|x| - 1)^2 and acos(1 - |x|) - pi
    xs = [-2 + i / 30 for i in range(121)]
    upper = [(x, -math.sqrt(max(0.0, 1 - (abs(x) - 1) ** 2))) for x in xs]
    lower = [(x, -(math.acos(1 - abs(x)) - math.pi) * 0.75) for x in reversed(xs)]
    return upper + lower
