// One head, enlarged: its whole matrix, or what one token looks at, over the patches.

import { $ } from "../shared/dom.js";
import { HeatMap } from "../shared/heat-map.js";
import { number } from "../shared/numbers.js";
import { PrefixCells } from "../shared/prefix-cells.js";
import { isDark } from "../shared/theme.js";
import { cssOf, inkOn } from "../shared/colours.js";

/** The ways of looking at a head. */
export const VIEWS = [
  ["matrix", "Matrix"], ["token", "One token"], ["cls", "CLS"], ["mean", "Mean"], ["rollout", "Rollout"],
];

export class OneHead {
  #map;
  #shown = null;     // {attention, grid, head, view, token, swapped}
  #line = null;      // what is on the map, per token; null for the matrix
  #prefix;
  #drawn = {};       // the matrix that stands there; a pointer that moves does not colour it anew

  /** @param on `point({token?, other} | null)`, `pin(…)`, `free()`: `token` where the view lets both be chosen. */
  constructor(on) {
    this.#prefix = new PrefixCells($("prefix"), {
      point: (token) => on.point(token === null ? null : { other: token }), pin: (token) => on.pin({ other: token }),
    });
    this.#map = new HeatMap($("map"), {
      point: (cell) => on.point(cell && this.#tokens(cell)),
      pin: (cell) => on.pin(this.#tokens(cell)),
      free: on.free,
    });
  }

  get canvas() { return this.#map.canvas; }

  /** The line over the tokens that is shown, for the picture's heat; null for the matrix. */
  get line() { return this.#line; }

  show(shown) {
    this.#shown = shown;
    const { attention, grid, head, view, token, swapped } = shown;
    const shownToken = view === "cls" ? 0 : token;
    this.#line = view === "matrix" ? null
      : view === "mean" ? attention.mean(head)
      : view === "rollout" ? attention.rolledOut(shownToken, swapped)
      : attention.line(head, shownToken, swapped);
    this.scale = view === "matrix" ? attention.scale(head) : attention.scaleOf(this.#line);
    const key = [view, head, swapped, attention.from, isDark()].join();
    if (view === "matrix" && this.#drawn.key === key && this.#drawn.attention === attention) return;
    this.#drawn = { key, attention };
    if (view === "matrix") {
      const values = swapped ? transposed(attention.map(head), attention.tokens) : attention.map(head);
      this.#map.show({ rows: attention.tokens, columns: attention.tokens, values, scale: this.scale, cross: true });
    } else {
      const values = this.#line.subarray(grid.prefix);
      this.#map.show({ rows: grid.rows, columns: grid.columns, values, scale: this.scale, cross: false });
    }
    this.#showPrefix();
  }

  /** Outlines what is pointed at or pinned: `token` and `other`, numbers of tokens or null. */
  mark(token, other) {
    const { grid, view, swapped } = this.#shown;
    const place = (each) => each !== null && each >= grid.prefix
      ? { row: Math.floor((each - grid.prefix) / grid.columns), column: (each - grid.prefix) % grid.columns } : null;
    const [own, others] = swapped ? ["key", "query"] : ["query", "key"];
    this.#map.marks = view === "matrix"
      ? [other !== null && token !== null ? { row: token, column: other, colour: "accent" } : null]
      : [place(other) && { ...place(other), colour: others },
        (view === "token" || view === "rollout") && place(token) ? { ...place(token), colour: own } : null];
    this.#prefix.mark(other);
  }

  #tokens({ row, column }) {
    const { grid, view } = this.#shown;
    return view === "matrix" ? { token: row, other: column } : { other: grid.prefix + row * grid.columns + column };
  }

  /** Tokens that are no patch stand beside the map as cells of their own. */
  #showPrefix() {
    this.#prefix.show(this.#line ? this.#shown.grid.prefix : 0, (token) => {
      const packed = this.scale.packed(this.#line[token]);
      return { fill: cssOf(packed), ink: inkOn(packed), text: number(this.#line[token], 3) };
    });
  }
}

function transposed(values, side) {
  const out = new Float32Array(values.length);
  for (let row = 0; row < side; row++) for (let column = 0; column < side; column++) out[column * side + row] = values[row * side + column];
  return out;
}
