"""Outlines of squares, ellipses and hearts, as polygons.

An outline is a list of loops, a loop an array `[points, 2]` of (x, y), x to the right and y UP, run through
counter-clockwise. Loops may overlap: what is filled is their union. `fitted` brings an outline to a size,
an angle and a place on the canvas; nothing here knows pixels.

There is no such thing as the heart. People draw it as two arcs over a triangle, type it as a glyph, or plot one
of several curves, so `random_heart` draws from eight families, each with its own free parameters:

    arcs        two discs and the tangents from them to the tip (the rounded square of style sheets is one of these)
    discs       two discs over a triangle that does not quite meet them, as quick drawings are
    sine        x = 16 sin^3 t,  y = 13 cos t - 5 cos 2t - 2 cos 3t - cos 4t
    sextic      (x^2 + y^2 - 1)^3 = x^2 y^3, stretched
    root        x^2 + (y - a |x|^p)^2 = 1
    cardioid    r = 2 - 2 sin t + sin t sqrt|cos t| / (sin t + 1.4), and the plain cardioid's relatives
    bezier      one cubic a half, from the notch to the tip
    glyph       two cubics a half, their sides hollow towards the tip, as the typographer's heart

dSprites has one heart; ours is `heart_arcs`.
"""

import numpy as np

POINTS = 96


def square():
    """The square [-1, 1]^2."""
    return [np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])]


def ellipse(ratio, points=POINTS):
    """The ellipse x^2 + (ratio * y)^2 = 1."""
    t = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return [np.stack([np.cos(t), np.sin(t) / ratio], 1)]


# --- hearts -----------------------------------------------------------------------------------------------------


def heart_arcs(spread=0.95, tip=1.9, points=POINTS):
    """Two unit discs centred at (±spread, 0) and the tangents from them to the tip at (0, -tip).

    A tangent from the tip touches the right disc where the radius stands upright on it. With c the vector from the
    tip to the centre, and |c| its length, the angle between c and the tangent is asin(1/|c|).
    """
    centre = np.array([spread, 0.0])
    to_centre = centre - np.array([0.0, -tip])
    distance = np.hypot(*to_centre)
    direction = np.arctan2(to_centre[1], to_centre[0]) - np.arcsin(1 / distance)
    start = direction - np.pi / 2  # where the tangent touches, seen from the centre
    end = np.pi - np.arccos(min(spread, 1.0))  # where the discs meet on the axis (or their nearest points)
    t = np.linspace(start, end, points // 2)
    right = centre + np.stack([np.cos(t), np.sin(t)], 1)
    return [mirrored(right, np.array([0.0, -tip]))]


def heart_discs(spread=0.9, tip=1.9, shoulder=1.0, points=POINTS):
    """Two unit discs at (±spread, 0) and a triangle from (±(spread + shoulder), 0) down to (0, -tip)."""
    t = np.linspace(0, 2 * np.pi, points // 3, endpoint=False)
    disc = np.stack([np.cos(t), np.sin(t)], 1)
    wide = spread + shoulder
    triangle = np.array([[-wide, -0.1], [0.0, -tip], [wide, -0.1], [0.0, 0.3]])
    return [disc + [spread, 0], disc - [spread, 0], triangle]


def heart_sine(a=13.0, b=5.0, c=2.0, d=1.0, points=POINTS):
    """x = 16 sin^3 t, y = a cos t - b cos 2t - c cos 3t - d cos 4t."""
    t = np.linspace(0, 2 * np.pi, points, endpoint=False)
    y = a * np.cos(t) - b * np.cos(2 * t) - c * np.cos(3 * t) - d * np.cos(4 * t)
    return [np.stack([-16 * np.sin(t) ** 3, y], 1)]


def heart_sextic(stretch=1.0, weight=1.0, points=POINTS):
    """(x^2 + y^2 - 1)^3 = weight * x^2 y^3, then y times `stretch`: along each ray, the root by bisection."""
    t = np.linspace(0, 2 * np.pi, points, endpoint=False)
    cos, sin = np.cos(t), np.sin(t)
    low, high = np.full(points, 0.3), np.full(points, 2.0)
    for _ in range(30):
        r = (low + high) / 2
        inside = (r * r - 1) ** 3 - weight * r**5 * cos**2 * sin**3 < 0
        low, high = np.where(inside, r, low), np.where(inside, high, r)
    return [np.stack([low * cos, low * sin * stretch], 1)]


def heart_root(lift=0.8, power=0.6, points=POINTS):
    """x^2 + (y - lift * |x|^power)^2 = 1."""
    t = np.linspace(0, 2 * np.pi, points, endpoint=False)
    x = np.sin(t)
    return [np.stack([-x, np.cos(t) + lift * np.abs(x) ** power], 1)]


def heart_cardioid(pull=1.0, offset=1.4, points=POINTS):
    """r = 2 - 2 sin t + pull * sin t * sqrt|cos t| / (sin t + offset), which points down."""
    t = np.linspace(0, 2 * np.pi, points, endpoint=False)
    r = 2 - 2 * np.sin(t) + pull * np.sin(t) * np.sqrt(np.abs(np.cos(t))) / (np.sin(t) + offset)
    return [np.stack([r * np.cos(t), r * np.sin(t)], 1)]


def heart_bezier(notch=0.45, rise=1.15, width=1.25, belly=0.25, points=POINTS):
    """One cubic a half from the tip (0, -1), bulging to the side, up over the lobe and into the notch."""
    right = bezier([0, -1], [width, -belly], [width * 0.85, rise], [0, notch], points // 2)
    return [mirrored(right[1:-1], np.array([0.0, -1.0]), np.array([0.0, notch]))]


def heart_glyph(notch=0.35, shoulder=0.25, top=0.85, width=1.0, hollow=0.15, points=POINTS):
    """Two cubics a half: tip to the widest point (hollow near the tip), then over the lobe into the notch."""
    side = bezier([0, -1], [0.25 + 0.1 * hollow, -0.65 + hollow], [width, -0.35], [width, shoulder], points // 4)
    lobe = bezier([width, shoulder], [width, top * 1.1], [0.15, top * 1.1], [0, notch], points // 4)
    return [mirrored(np.concatenate([side[1:], lobe[1:-1]]), np.array([0.0, -1.0]), np.array([0.0, notch]))]


def random_heart(rng):
    """A heart of a random family with random parameters."""
    u = rng.uniform
    return [
        lambda: heart_arcs(spread=u(0.65, 1.0), tip=u(1.55, 2.7)),
        lambda: heart_discs(spread=u(0.7, 1.0), tip=u(1.6, 2.6), shoulder=u(0.75, 1.05)),
        lambda: heart_sine(a=u(11, 15), b=u(4, 6), c=u(1, 3), d=u(0.3, 1.6)),
        lambda: heart_sextic(stretch=u(0.85, 1.2), weight=u(0.9, 1.8)),
        lambda: heart_root(lift=u(0.55, 1.1), power=u(0.5, 0.8)),
        lambda: heart_cardioid(pull=u(0.0, 1.05), offset=u(1.35, 1.7)),
        lambda: heart_bezier(notch=u(0.25, 0.6), rise=u(1.1, 1.7), width=u(1.2, 1.8), belly=u(0.05, 0.5)),
        lambda: heart_glyph(
            notch=u(0.2, 0.5), shoulder=u(0.1, 0.4), top=u(0.75, 1.0), width=u(0.85, 1.15), hollow=u(0.0, 0.4)),
    ][rng.integers(8)]()


# --- helpers ----------------------------------------------------------------------------------------------------


def bezier(p0, p1, p2, p3, points):
    """Points of the cubic with these four control points."""
    t = np.linspace(0, 1, points)[:, None]
    p0, p1, p2, p3 = (np.asarray(p, float) for p in (p0, p1, p2, p3))
    return (1 - t) ** 3 * p0 + 3 * (1 - t) ** 2 * t * p1 + 3 * (1 - t) * t**2 * p2 + t**3 * p3


def mirrored(right, tip, notch=None):
    """A loop from its right half (tip to notch, without either): tip, right, notch, the mirror image of right."""
    left = right[::-1] * [-1, 1]
    middle = [] if notch is None else [notch[None]]
    return np.concatenate([tip[None], right, *middle, left])


def wobbled(outline, amount, rng):
    """The outline as an unsteady hand draws it: radii change by a few low frequencies of the angle."""
    phases, weights = rng.uniform(0, 2 * np.pi, 4), rng.normal(size=4)

    def shaken(loop):
        angle = np.arctan2(loop[:, 1], loop[:, 0])
        waves = sum(w * np.sin((k + 2) * angle + p) / (k + 1) for k, (w, p) in enumerate(zip(weights, phases)))
        return loop * (1 + amount * waves)[:, None]

    return [shaken(loop) for loop in outline]


def dense(outline, points=POINTS):
    """The same outline with long edges cut into short ones, so that it can be wobbled."""

    def cut(loop):
        if len(loop) * 2 > points:
            return loop
        steps = np.linspace(0, 1, points // len(loop), endpoint=False)
        ahead = np.roll(loop, -1, 0)
        return (loop[:, None] + steps[None, :, None] * (ahead - loop)[:, None]).reshape(-1, 2)

    return [cut(loop) for loop in outline]


def normalised(outline):
    """The outline with the middle of its bounding box at the origin and its farthest point at distance 1."""
    every = np.concatenate(outline)
    middle = (every.min(0) + every.max(0)) / 2
    return [(loop - middle) / np.hypot(*(every - middle).T).max() for loop in outline]


def placed(outline, scale, angle, centre):
    """The outline times `scale`, turned by `angle` (counter-clockwise), its origin at `centre`: pixels, y DOWN."""
    cos, sin = np.cos(angle), np.sin(angle)
    return [loop @ np.array([[cos, sin], [-sin, cos]]) * scale * [1, -1] + centre for loop in outline]


def fitted(outline, extent, angle, centre, stretch=1.0):
    """The outline turned by `angle` (counter-clockwise), stretched in x, and scaled so that the longer side of its
    bounding box is `extent`; the middle of the box lies at `centre`, in pixels, y DOWN from the picture's top."""
    cos, sin = np.cos(angle), np.sin(angle)
    turned = [loop @ np.array([[cos, sin], [-sin, cos]]) * [stretch, 1] for loop in outline]
    every = np.concatenate(turned)
    low, high = every.min(0), every.max(0)
    scale = extent / (high - low).max()
    return [((loop - (low + high) / 2) * scale * [1, -1] + centre) for loop in turned]
