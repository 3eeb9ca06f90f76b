// The layer by patch chart: streams across, tokens down, in each cell the emoji of the answer over its heat.

import { CellCanvas } from "../shared/cell-canvas.js";
import { drawGlyph } from "../shared/glyphs.js";
import { paint } from "../shared/theme.js";

const LEFT = 40, TOP = 24, ROW = 20, WIDEST = 112;    // CSS pixels

/** Shows {lens, grid, fill(stream, token), ink(stream, token)}, the last two CSS colours; its mark is {stream, token}. */
export class LayerChart extends CellCanvas {
  #column = 0;        // CSS pixels

  /** @param on `point({stream, token} | null)`, `pin({stream, token})`, `free()`. */
  constructor(canvas, on) {
    const at = ({ row, column }) => ({ stream: column, token: row });
    super(canvas, canvas.parentElement, {
      locate: (x, y) => this.#locate(x, y),
      bounds: () => ({ rows: this.content.lens.tokens, columns: this.content.lens.streams }),
      current: () => this.marked && this.marked.token !== null && { row: this.marked.token, column: this.marked.stream },
      point: (cell) => on.point(cell && at(cell)),
      pin: (cell) => on.pin(at(cell)),
      free: on.free,
    });
  }

  #locate(x, y) {
    const column = Math.floor((x - LEFT) / this.#column), row = Math.floor((y - TOP) / ROW);
    const { lens } = this.content;
    return row >= 0 && column >= 0 && row < lens.tokens && column < lens.streams ? { row, column } : null;
  }

  draw() {
    const width = this.canvas.parentElement.clientWidth;
    if (!this.content || !width) return;
    const { lens, grid, fill, ink } = this.content;
    this.#column = Math.max(24, Math.min(WIDEST, Math.floor((width - LEFT - 2) / lens.streams)));
    const size = { width: LEFT + lens.streams * this.#column, height: TOP + lens.tokens * ROW };
    const ratio = devicePixelRatio;
    Object.assign(this.canvas, { width: Math.round(size.width * ratio), height: Math.round(size.height * ratio) });
    this.canvas.style.width = `${size.width}px`;
    this.canvas.style.height = `${size.height}px`;
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    this.#label(context, lens, grid);
    for (let token = 0; token < lens.tokens; token++) {
      for (let stream = 0; stream < lens.streams; stream++) {
        const x = LEFT + stream * this.#column, y = TOP + token * ROW;
        context.fillStyle = fill(stream, token);
        context.fillRect(x, y, this.#column, ROW);
        const index = lens.best(stream, token);
        drawGlyph(context, lens.emoji(index), index, x, y, this.#column, ROW, ink(stream, token));
      }
    }
    this.#outline(context);
  }

  #label(context, lens, grid) {
    context.fillStyle = paint("muted");
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.textAlign = "center";
    lens.streamNames.forEach((name, stream) =>
      context.fillText(name, LEFT + (stream + 0.5) * this.#column, TOP / 2, this.#column - 2));
    context.textAlign = "right";
    for (let token = 0; token < lens.tokens; token++) {
      const name = token < grid.prefix ? (token === 0 ? "CLS" : `R${token}`) : token - grid.prefix;
      context.fillText(name, LEFT - 8, TOP + (token + 0.5) * ROW);
    }
  }

  #outline(context) {
    if (!this.marked || this.marked.token === null) return;
    const x = LEFT + this.marked.stream * this.#column, y = TOP + this.marked.token * ROW;
    context.lineWidth = 4;
    context.strokeStyle = "white";
    context.strokeRect(x + 2, y + 2, this.#column - 4, ROW - 4);
    context.lineWidth = 2;
    context.strokeStyle = paint("query");
    context.strokeRect(x + 1, y + 1, this.#column - 2, ROW - 2);
  }
}
