// One large map: a matrix of numbers as coloured cells, enlarged by whole pixels and never smoothed.

import { onNextFrame } from "./dom.js";
import { fitCells } from "./fit.js";
import { walkGrid } from "./grid-walk.js";
import { onTheme, paint } from "./theme.js";

export class HeatMap {
  #canvas;
  #content = null;     // {rows, columns, values, scale, cross}
  #marks = [];         // [{row, column, colour}]
  #small = new OffscreenCanvas(1, 1);
  #cell = 0;           // device pixels
  #lay = onNextFrame(() => this.#measure());
  redraw = onNextFrame(() => this.draw());

  /** @param on `point(cell | null)`, `pin(cell)`, `free()`. */
  constructor(canvas, on) {
    this.#canvas = canvas;
    walkGrid(canvas, {
      locate: (x, y) => this.#locate(x, y),
      bounds: () => this.#content,
      current: () => this.#marks[0] ?? null,
      ...on,
    });
    new ResizeObserver(this.#lay).observe(canvas.parentElement.parentElement);
    onTheme(this.#lay);
  }

  get canvas() { return this.#canvas; }

  /** @param content `rows` × `columns` `values`, flat; `scale`; `cross`: marks reach over the whole row and column. */
  show(content) {
    const isSameShape = content.rows === this.#content?.rows && content.columns === this.#content?.columns;
    this.#content = content;
    this.#paint();
    if (isSameShape) this.redraw();
    else this.#measure();
  }

  /** Outlines cells; the first is where the arrow keys start from. */
  set marks(marks) {
    this.#marks = marks.filter((mark) => mark && mark.row >= 0 && mark.column >= 0);
    this.redraw();
  }

  #paint() {
    const { rows, columns, values, scale } = this.#content;
    Object.assign(this.#small, { width: columns, height: rows });
    const image = new ImageData(columns, rows);
    const pixels = new Uint32Array(image.data.buffer);
    for (let at = 0; at < pixels.length; at++) pixels[at] = scale.packed(values[at]);
    this.#small.getContext("2d").putImageData(image, 0, 0);
  }

  #measure() {
    if (!this.#content) return;
    this.#cell = fitCells(this.#canvas, this.#content.rows, this.#content.columns) ?? this.#cell;
    this.draw();
  }

  draw() {
    if (!this.#content || !this.#cell) return;
    const { width, height } = this.#canvas;
    const context = this.#canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(this.#small, 0, 0, width, height);
    for (const mark of this.#marks.toReversed()) this.#outline(context, mark);
  }

  #outline(context, { row, column, colour }) {
    const cell = this.#cell, { width, height } = this.#canvas;
    const line = Math.max(1, Math.min(3, Math.round(cell / 6))) * Math.max(1, Math.round(devicePixelRatio));
    if (this.#content.cross) {
      context.fillStyle = paint("query", 0.35);
      context.fillRect(0, row * cell, column * cell, cell);
      context.fillRect((column + 1) * cell, row * cell, width, cell);
      context.fillStyle = paint("key", 0.35);
      context.fillRect(column * cell, 0, cell, row * cell);
      context.fillRect(column * cell, (row + 1) * cell, cell, height);
    }
    const isWide = cell >= 8 * line;                          // large cells are framed within, small ones around
    const around = (distance, ink) => {
      context.strokeStyle = ink;
      context.strokeRect(column * cell - distance, row * cell - distance, cell + 2 * distance, cell + 2 * distance);
    };
    context.lineWidth = line;
    around(isWide ? -1.5 * line : 0.5 * line, "white");
    around(isWide ? -0.5 * line : 1.5 * line, paint(colour ?? "accent"));
  }

  #locate(x, y) {
    if (!this.#content || !this.#cell) return null;
    const column = Math.floor(x * devicePixelRatio / this.#cell), row = Math.floor(y * devicePixelRatio / this.#cell);
    const { rows, columns } = this.#content;
    return row >= 0 && column >= 0 && row < rows && column < columns ? { row, column } : null;
  }
}
