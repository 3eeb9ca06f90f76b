// The picture in its canvas: the model's own pixels, cut into patches, with marks and heat over them.

import { onNextFrame } from "./dom.js";
import { walkGrid } from "./grid-walk.js";
import { cssOf } from "./colours.js";
import { onTheme, paint } from "./theme.js";

/** Draws what the model sees, and tells which token is pointed at. Tokens count as the model counts them, prefix first. */
export class PictureView {
  #canvas;
  #on;
  #seen = null;       // OffscreenCanvas at the model's resolution
  #grid = null;       // rows, columns, prefix, height and width of a patch; null where the model has no patches
  #marks = {};        // {query: token, key: token, pointed: token}
  #heat = null;       // {values: Float32Array of the patches, scale, opacity}
  #showsGrid = true;
  redraw = onNextFrame(() => this.draw());

  /** @param on `point(token | null)`, `pin(token)` and `free()` hear what happens. */
  constructor(canvas, on) {
    this.#canvas = canvas;
    this.#on = on;
    walkGrid(canvas, {
      locate: (x, y) => this.#locate(x, y),
      bounds: () => this.#grid,
      current: () => this.#cell(this.#marks.pointed ?? this.#marks.query),
      point: (cell) => this.#grid && on.point?.(cell && this.#token(cell)),
      pin: (cell) => this.#grid && on.pin?.(this.#token(cell)),
      free: () => on.free?.(),
    });
    new ResizeObserver(this.redraw).observe(canvas);
    onTheme(this.redraw);
  }

  show(seen, grid) {
    this.#seen = seen;
    this.#grid = grid;
    this.#marks = {};
    this.#heat = null;
    this.#canvas.style.setProperty("aspect-ratio", `${seen.width} / ${seen.height}`);
    this.#canvas.setAttribute("aria-label", `The picture at ${seen.width} by ${seen.height} pixels`
      + (grid ? `, ${grid.columns} by ${grid.rows} patches. Arrow keys walk over them.` : ""));
    this.redraw();
  }

  set marks(marks) { this.#marks = marks; this.redraw(); }
  set heat(heat) { this.#heat = heat; this.redraw(); }
  set showsGrid(shows) { this.#showsGrid = shows; this.redraw(); }

  #cell(token) {
    if (!this.#grid || token === null || token === undefined || token < this.#grid.prefix) return null;
    const patch = token - this.#grid.prefix;
    return { row: Math.floor(patch / this.#grid.columns), column: patch % this.#grid.columns };
  }

  #token({ row, column }) { return this.#grid.prefix + row * this.#grid.columns + column; }

  #locate(x, y) {
    if (!this.#grid || !this.#seen) return null;
    const { rows, columns, width, height } = this.#grid;
    const column = Math.floor(x / this.#canvas.clientWidth * this.#seen.width / width);
    const row = Math.floor(y / this.#canvas.clientHeight * this.#seen.height / height);
    return row >= 0 && column >= 0 && row < rows && column < columns ? { row, column } : null;
  }

  draw() {
    const canvas = this.#canvas, seen = this.#seen;
    if (!seen || !canvas.clientWidth) return;
    const scale = canvas.clientWidth * devicePixelRatio / seen.width;   // screen pixels a pixel of the model
    const width = Math.round(seen.width * scale), height = Math.round(seen.height * scale);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(seen, 0, 0, width, height);
    if (!this.#grid) return;
    if (this.#heat) this.#drawHeat(context, scale);
    if (this.#showsGrid) this.#drawGrid(context, scale);
    this.#outline(context, scale, this.#marks.key, "key");
    this.#outline(context, scale, this.#marks.query, "query");
    this.#outline(context, scale, this.#marks.pointed, "query");
  }

  #box({ row, column }, scale) {
    const across = this.#grid.width * scale, down = this.#grid.height * scale;
    const left = Math.round(column * across), top = Math.round(row * down);
    return [left, top, Math.round((column + 1) * across) - left, Math.round((row + 1) * down) - top];
  }

  #drawHeat(context, scale) {
    const { values, scale: colours, opacity } = this.#heat;
    context.globalAlpha = opacity;
    for (let row = 0, patch = 0; row < this.#grid.rows; row++) {
      for (let column = 0; column < this.#grid.columns; column++, patch++) {
        context.fillStyle = colours.low < 0 ? colours.veil(values[patch]) : cssOf(colours.packed(values[patch]));
        context.fillRect(...this.#box({ row, column }, scale));
      }
    }
    context.globalAlpha = 1;
  }

  #drawGrid(context, scale) {
    const { rows, columns, width, height } = this.#grid;
    context.strokeStyle = "rgb(128 128 128 / 0.65)";                  // seen on black and on white
    context.lineWidth = Math.max(1, Math.round(devicePixelRatio));
    const across = width * scale, down = height * scale;
    context.beginPath();
    for (let column = 1; column < columns; column++) {
      context.moveTo(Math.round(column * across) + 0.5, 0);
      context.lineTo(Math.round(column * across) + 0.5, rows * down);
    }
    for (let row = 1; row < rows; row++) {
      context.moveTo(0, Math.round(row * down) + 0.5);
      context.lineTo(columns * across, Math.round(row * down) + 0.5);
    }
    context.stroke();
  }

  /** A prefix token is no patch: the whole picture is framed. */
  #outline(context, scale, token, colour) {
    if (token === null || token === undefined) return;
    const cell = this.#cell(token);
    const [left, top, across, down] = cell
      ? this.#box(cell, scale) : [0, 0, this.#canvas.width, this.#canvas.height];
    const line = Math.round(Math.max(2, Math.min(3, across / 6)) * devicePixelRatio);
    if (cell) {
      context.fillStyle = paint(colour, 0.25);
      context.fillRect(left, top, across, down);
    }
    context.strokeStyle = paint(colour);
    context.lineWidth = line;
    context.strokeRect(left + line / 2, top + line / 2, across - line, down - line);
  }
}
