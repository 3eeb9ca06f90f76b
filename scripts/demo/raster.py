"""From polygons to pixels.

`coverage` fills a batch of outlines: each pixel gets the share of it that lies inside. The area is exact along x;
along y it is sampled on a few lines a pixel. A line crosses the outline at x_1, x_2, …, upwards (+1) or downwards
(-1). Each crossing changes the inside-count of everything to its right, and of its own pixel by the share to its right:

        pixel   2      3      4      5          a crossing at 3.25 adds 0.75 to pixel 3 and 0.25 more to pixel 4;
              |      | ·····|······|······      the running sum over the pixels is the count
                       3.25

Hard edges are a threshold on it, soft ones a blur.
"""

import numpy as np

LINES_A_PIXEL = 4


def edges_of(outline, count):
    """All edges of an outline's loops, [count, 4] (x0, y0, x1, y1), padded with edges that cross nothing."""
    edges = np.concatenate([np.concatenate([loop, np.roll(loop, -1, 0)], 1) for loop in outline])
    assert len(edges) <= count, f"{len(edges)} edges, room for {count}"
    return np.concatenate([edges, np.zeros((count - len(edges), 4))])


def coverage(outlines, size=64, lines=LINES_A_PIXEL):
    """The share of each pixel inside each outline, float32 [batch, size, size], in 0...1."""
    count = max(sum(len(loop) for loop in outline) for outline in outlines)
    edges = np.stack([edges_of(outline, count) for outline in outlines]).astype(np.float32)
    x0, y0, x1, y1 = (edges[:, None, :, i] for i in range(4))
    # Only the rows that an outline reaches: `tall` of them from its own `top` on.
    top = np.clip(np.floor([min(loop[:, 1].min() for loop in outline) for outline in outlines]), 0, size - 1)
    bottom = np.clip(np.ceil([max(loop[:, 1].max() for loop in outline) for outline in outlines]), 1, size)
    tall = int((bottom - top).max())
    at = (top[:, None] + ((np.arange(tall * lines) + 0.5) / lines)).astype(np.float32)

    crosses = (y0 <= at[:, :, None]) != (y1 <= at[:, :, None])
    crosses &= at[:, :, None] < size
    image, line, edge = np.nonzero(crosses)
    ax, ay, bx, by = (edges[image, edge, i] for i in range(4))
    crossing = ax + (at[image, line] - ay) * (bx - ax) / (by - ay)
    crossing = np.clip(crossing, 0, size).astype(np.float32)
    sign = np.where(by > ay, 1.0, -1.0).astype(np.float32)

    pixel = np.floor(crossing).astype(np.int64)
    right_share = 1 - (crossing - pixel)
    width = size + 2  # room for what starts at the right border
    row = image * (size * lines) + top[image].astype(np.int64) * lines + line
    start = row * width + pixel
    changes = np.bincount(start, sign * right_share, len(outlines) * size * lines * width)
    changes += np.bincount(start + 1, sign * (1 - right_share), len(changes))
    inside = np.cumsum(changes.reshape(len(outlines), size * lines, width)[:, :, :size], axis=2)
    inside = np.minimum(np.abs(inside), 1)  # overlapping loops count twice, and orientation does not matter
    return inside.reshape(len(outlines), size, lines, size).mean(2).astype(np.float32)


def blurred(pictures, sigmas):
    """Each picture [batch, size, size] through a Gaussian of its own standard deviation (0: as it is)."""
    size = pictures.shape[1]
    distance = np.arange(size)[:, None] - np.arange(size)[None]
    spread = np.maximum(np.asarray(sigmas, np.float32), 1e-2)[:, None, None]
    weights = np.exp(-0.5 * (distance[None] / spread) ** 2)
    weights = (weights / weights.sum(2, keepdims=True)).astype(np.float32)
    return weights @ pictures @ weights.transpose(0, 2, 1)
