// The emoji grid: the picture, heat over it at a chosen opacity, and in each patch the emoji of its answer, if any.

import { CellCanvas } from "./cell-canvas.js";
import { fitCells } from "./fit.js";
import { drawGlyph } from "./glyphs.js";
import { paint } from "./theme.js";

/** Shows {grid, seen, fill(token), glyph(token), ink(token), opacity, outlined: tokens}, a patch without a fill being the
 *  picture alone; its mark is a token. */
export class EmojiGrid extends CellCanvas {
  #cell = 0;

  /** @param on `point(token | null)`, `pin(token)`, `free()`. */
  constructor(canvas, on) {
    const token = ({ row, column }) => this.content.grid.prefix + row * this.content.grid.columns + column;
    super(canvas, canvas.parentElement.parentElement, {
      locate: (x, y) => this.#locate(x, y),
      bounds: () => this.content.grid,
      current: () => this.#place(this.marked),
      point: (cell) => on.point(cell && token(cell)),
      pin: (cell) => on.pin(token(cell)),
      free: on.free,
    });
  }

  #place(token) {
    const { prefix, columns } = this.content.grid;
    return token === null || token < prefix ? null
      : { row: Math.floor((token - prefix) / columns), column: (token - prefix) % columns };
  }

  #locate(x, y) {
    if (!this.content || !this.#cell) return null;
    const column = Math.floor(x * devicePixelRatio / this.#cell), row = Math.floor(y * devicePixelRatio / this.#cell);
    const { rows, columns } = this.content.grid;
    return row >= 0 && column >= 0 && row < rows && column < columns ? { row, column } : null;
  }

  draw() {
    if (!this.content) return;
    const { grid, seen, fill, glyph, ink, opacity, outlined = [] } = this.content;
    const cell = fitCells(this.canvas, grid.rows, grid.columns);
    if (!cell) return;
    this.#cell = cell;
    const context = this.canvas.getContext("2d");
    const { width, height } = this.canvas;
    context.imageSmoothingEnabled = false;
    context.drawImage(seen, 0, 0, grid.columns * grid.width, grid.rows * grid.height, 0, 0, width, height);
    for (let row = 0, token = grid.prefix; row < grid.rows; row++) {
      for (let column = 0; column < grid.columns; column++, token++) {
        const colour = fill(token), answer = glyph(token);
        if (colour) {
          context.globalAlpha = opacity;
          context.fillStyle = colour;
          context.fillRect(column * cell, row * cell, cell, cell);
          context.globalAlpha = 1;
        }
        if (answer) {
          drawGlyph(context, answer.emoji, answer.index, column * cell, row * cell, cell, cell, opacity > 0.5 ? ink(token) : "white");
        }
      }
    }
    for (const token of outlined) this.#outline(context, token, "accent");
    this.#outline(context, this.marked, "query");
  }

  #outline(context, token, colour) {
    const mark = this.#place(token), cell = this.#cell;
    if (!mark) return;
    const line = Math.round(2 * devicePixelRatio);
    context.lineWidth = line * 2;
    context.strokeStyle = "white";
    context.strokeRect(mark.column * cell + line, mark.row * cell + line, cell - 2 * line, cell - 2 * line);
    context.lineWidth = line;
    context.strokeStyle = paint(colour);
    context.strokeRect(mark.column * cell + line / 2, mark.row * cell + line / 2, cell - line, cell - line);
  }
}

