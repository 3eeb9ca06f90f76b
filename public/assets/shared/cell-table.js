// A table of few numbers as coloured cells with the names of rows and columns, the numbers in the cells where they fit.

import { inkOn, cssOf } from "./colours.js";
import { onNextFrame } from "./dom.js";
import { drawGlyph } from "./glyphs.js";
import { walkGrid } from "./grid-walk.js";
import { number } from "./numbers.js";
import { onTheme, paint } from "./theme.js";

const LEFT = 40, TOP = 40, LARGEST = 96, SMALLEST = 16, WIDE_ENOUGH = 44;    // CSS pixels

/** In a cell there is room for a few figures only: what rounds to nothing is 0.00. */
const short = (value, digits) => number(Math.abs(value) < 0.5 * 10 ** -digits ? 0 : Number(value.toFixed(digits)), digits);

export class CellTable {
  #canvas;
  #content = null;
  #mark = null;
  #cell = 0;           // CSS pixels
  redraw = onNextFrame(() => this.draw());

  /** @param on `point(cell | null)`, `pin(cell)`, `free()`, of cells {row, column}. */
  constructor(canvas, on) {
    this.#canvas = canvas;
    walkGrid(canvas, {
      locate: (x, y) => this.#locate(x, y),
      bounds: () => ({ rows: this.#content.rows.length, columns: this.#content.columns.length }),
      current: () => this.#mark,
      ...on,
    });
    new ResizeObserver(this.redraw).observe(canvas.parentElement);
    onTheme(this.redraw);
  }

  get canvas() { return this.#canvas; }

  /** @param content `rows` and `columns`: names; `titles`: [of rows, of columns]; `value(row, column)`: a number, or null
   *    where it is not known yet; `scale`; `glyph(row, column)` and `isOutlined(row, column)` are optional. */
  show(content) {
    this.#content = content;
    this.redraw();
  }

  /** Outlines a cell; the arrow keys start from it. */
  set mark(cell) {
    this.#mark = cell;
    this.redraw();
  }

  #locate(x, y) {
    if (!this.#content || !this.#cell) return null;
    const row = Math.floor((y - TOP) / this.#cell), column = Math.floor((x - LEFT) / this.#cell);
    const { rows, columns } = this.#content;
    return row >= 0 && column >= 0 && row < rows.length && column < columns.length ? { row, column } : null;
  }

  draw() {
    if (!this.#content || !this.#canvas.parentElement.clientWidth) return;
    const { rows, columns } = this.#content;
    const room = Math.min((this.#canvas.parentElement.clientWidth - LEFT) / columns.length,
      Math.max(innerHeight - 300, 320) / rows.length, LARGEST);
    this.#cell = Math.max(SMALLEST, Math.floor(room));
    const [width, height] = [LEFT + columns.length * this.#cell + 1, TOP + rows.length * this.#cell + 1];
    const ratio = devicePixelRatio, canvas = this.#canvas;
    Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    this.#drawNames(context);
    for (let row = 0; row < rows.length; row++) {
      for (let column = 0; column < columns.length; column++) this.#drawCell(context, row, column);
    }
    for (let row = 0; row < rows.length; row++) {
      for (let column = 0; column < columns.length; column++) {
        if (this.#content.isOutlined?.(row, column)) this.#outline(context, { row, column }, "accent");
      }
    }
    if (this.#mark) this.#outline(context, this.#mark, "query");
  }

  #drawNames(context) {
    const { rows, columns, titles } = this.#content, cell = this.#cell;
    context.fillStyle = paint("muted");
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.textAlign = "left";
    context.fillText(titles[1], LEFT, TOP / 4);
    context.fillText(titles[0], 0, TOP * 0.7);
    context.textAlign = "center";
    columns.forEach((name, column) => context.fillText(name, LEFT + (column + 0.5) * cell, TOP * 0.7, cell - 2));
    context.textAlign = "right";
    rows.forEach((name, row) => context.fillText(name, LEFT - 8, TOP + (row + 0.5) * cell));
  }

  #drawCell(context, row, column) {
    const { value, scale, glyph, digits = 2 } = this.#content, cell = this.#cell;
    const [x, y] = [LEFT + column * cell, TOP + row * cell];
    const known = value(row, column);
    const packed = known === null ? null : scale.packed(known);
    context.fillStyle = packed === null ? paint("sunken") : cssOf(packed);
    context.fillRect(x, y, cell, cell);
    context.strokeStyle = paint("line");
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, cell, cell);
    if (packed === null) return;
    const answer = glyph?.(row, column), ink = inkOn(packed), isWide = cell >= WIDE_ENOUGH;
    if (answer) drawGlyph(context, answer.emoji, answer.index, x, y, cell, isWide ? cell * 0.7 : cell, ink);
    if (!isWide) return;
    context.fillStyle = ink;
    context.font = `${cell >= 64 ? 14 : 12}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(short(known, digits), x + cell / 2, y + cell * (answer ? 0.82 : 0.5), cell - 4);
  }

  #outline(context, { row, column }, colour) {
    const [x, y, cell] = [LEFT + column * this.#cell, TOP + row * this.#cell, this.#cell];
    context.lineWidth = 4;
    context.strokeStyle = "white";
    context.strokeRect(x + 2, y + 2, cell - 3, cell - 3);
    context.lineWidth = 2;
    context.strokeStyle = paint(colour);
    context.strokeRect(x + 1, y + 1, cell - 1, cell - 1);
  }
}
