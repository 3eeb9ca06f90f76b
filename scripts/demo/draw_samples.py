"""Draws the sample pictures of the start page: python draw_samples.py ../../public/assets/samples

Seven drawings, and an egg on a table as a camera might have taken it: rendered, so that it is ours, and saved as a
camera would, lying on its side with an EXIF orientation that says so.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from outlines import dense, ellipse, fitted, heart_glyph, heart_sine, square, wobbled
from raster import blurred, coverage


def gray(mask):
    return Image.fromarray(np.round(np.asarray(mask, float) * 255).astype(np.uint8))


def drawn(outline, extent, degrees, centre, size=64):
    return coverage([fitted(outline, extent, np.radians(degrees), centre)], size)[0]


def by_hand(size=256):
    """A heart in crayon red on paper: an unsteady outline, grainy inside."""
    rng = np.random.default_rng(7)
    outline = wobbled(dense(heart_glyph(notch=0.3, width=1.05)), 0.02, rng)
    mask = drawn(outline, 120, -12, (118, 136), size)
    grain = blurred(rng.normal(size=(1, size, size)).astype(np.float32), [0.8])[0]
    crayon = np.clip(mask * (0.9 + 0.28 * grain), 0, 1)[..., None]
    paper = np.array([0.965, 0.953, 0.925]) + 0.008 * grain[..., None]
    picture = paper + crayon * (np.array([0.78, 0.13, 0.16]) - paper)
    return Image.fromarray(np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8))


def egg(width=480, height=360):
    """A shaded ellipsoid on a table under a lamp from the upper left; grain, and darker corners."""
    rng = np.random.default_rng(11)
    y, x = np.mgrid[0:height, 0:width].astype(float)
    table = np.array([0.27, 0.17, 0.11]) * (1.25 - 0.5 * y / height)[..., None]
    rings = np.sin(y / 5 + 3 * np.sin(x / 90) + 0.8 * np.sin(x / 23 + y / 41))
    table *= (1 + 0.07 * rings)[..., None]

    def inside(cx, cy, a, b, turn):
        u = (x - cx) * np.cos(turn) + (y - cy) * np.sin(turn)
        v = -(x - cx) * np.sin(turn) + (y - cy) * np.cos(turn)
        return u / a, v / b

    u, v = inside(268, 226, 118, 62, 0.12)
    shade = 1 / (1 + np.exp((np.hypot(u, v) - 0.95) * 9))
    picture = table * (1 - 0.4 * shade)[..., None]

    turn = -0.38
    u, v = inside(236, 182, 108, 78, turn)
    distance = np.hypot(u, v)
    depth = np.sqrt(np.clip(1 - distance**2, 0, 1))
    nx = (u / 108 * np.cos(turn) - v / 78 * np.sin(turn)) * 90
    ny = (u / 108 * np.sin(turn) + v / 78 * np.cos(turn)) * 90
    normal = np.stack([nx, ny, depth], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-9
    lamp = np.array([-0.5, -0.62, 0.6])
    light = np.clip(normal @ (lamp / np.linalg.norm(lamp)), 0, 1)
    shell = np.array([0.93, 0.84, 0.73]) * (0.24 + 0.8 * light + 0.12 * light**24)[..., None]
    edge = 1 / (1 + np.exp((distance - 1) * 90))
    picture += edge[..., None] * (shell - picture)

    corner = np.hypot(x / width - 0.5, y / height - 0.5)
    picture *= (1.08 - 0.55 * corner**2)[..., None]
    picture += rng.normal(scale=0.012, size=picture.shape)
    return Image.fromarray(np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8))


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {
        "heart": gray(drawn(heart_sine(), 30, 0, (32, 32))),
        "ellipse": gray(drawn(ellipse(1.9), 28, 35, (26, 36))),
        "square": gray(drawn(square(), 24, 0, (38, 28)) >= 0.5),
        "heart-turned": gray(drawn(heart_sine(), 22, 150, (42, 22)) >= 0.5),
        "ellipse-large": gray(drawn(ellipse(1.4), 96, -60, (170, 92), 256)),
        "square-soft": gray(blurred(drawn(square(), 26, 27, (25, 39))[None], [1.3])[0]),
        "heart-drawn": by_hand().quantize(48, dither=Image.Dither.NONE),
    }
    for name, picture in pictures.items():
        picture.save(folder / f"{name}.png", optimize=True)

    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn clockwise by a quarter to see it upright
    exif[0x010E] = "An egg on a table, rendered"
    egg().rotate(90, expand=True).save(folder / "egg.jpg", quality=88, exif=exif)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
