// All heads at once, each a small map. While the pointer moves over the picture every map is drawn anew: values go
// through a table of colours straight into one block of pixels, which is put on the canvas once.

import { onNextFrame } from "../shared/dom.js";
import { number } from "../shared/numbers.js";
import { sameCell, walkGrid } from "../shared/grid-walk.js";
import { onTheme, paint } from "../shared/theme.js";
import { viridis } from "../shared/colours.js";

const LEFT = 28, TOP = 20, GAP = 6;     // CSS pixels: row labels, column labels, between maps
const LARGEST = 176;                    // of a map's side

export class HeadGrid {
  #maps; #labels; #on;
  #attention = null;
  #grid = null;
  #order = [];              // heads in the order in which they are shown
  #sorted = null;         // the values that they are sorted by
  #matrices = false;        // whole matrices instead of the query's row over the patches
  #query = 0;
  #swapped = false;
  #oneScale = false;
  #pointed = null;          // {row, column} of the grid of maps
  #within = null;           // the token of that map that is pointed at
  #layout = null;
  #image = null;
  #pixels = null;
  #binned = null;           // heads' matrices reduced to the map's size, made once
  redraw = onNextFrame(() => this.draw());

  /** @param on `head(head | null, token | null, query | null)`: what is pointed at; `open(head)`; `free()`. */
  constructor(maps, labels, on) {
    this.#maps = maps;
    this.#labels = labels;
    this.#on = on;
    walkGrid(maps, {
      locate: (x, y) => this.#locate(x, y),
      bounds: () => ({ rows: this.#layout.rows, columns: this.#layout.columns }),
      current: () => this.#pointed,
      point: (cell) => this.#point(cell),
      pin: (cell) => this.#head(cell) !== undefined && on.open(this.#head(cell)),
      free: () => on.free(),
    });
    new ResizeObserver(() => this.#lay()).observe(maps.parentElement);
    onTheme(() => this.#lay());
  }

  show(attention, grid) {
    this.#attention = attention;
    this.#grid = grid;
    this.#pointed = null;
    this.order(null);
  }

  /** Sorts by values of all heads, the largest first; null: layer by layer. */
  order(values) {
    this.#sorted = values;
    this.#order = Array.from({ length: this.#attention.count }, (_, head) => head);
    if (values) this.#order.sort((a, b) => values[b] - values[a]);
    this.#lay();
  }

  set(settings) {
    if ("matrices" in settings && settings.matrices !== this.#matrices) {
      this.#matrices = settings.matrices;
      this.#lay();
    }
    if ("query" in settings) this.#query = settings.query;
    if ("swapped" in settings) this.#swapped = settings.swapped;
    if ("oneScale" in settings) this.#oneScale = settings.oneScale;
    this.redraw();
  }

  get canvas() { return this.#maps; }

  /** Sizes in device pixels, cells as whole ones of them. */
  #lay() {
    if (!this.#attention) return;
    const { heads, layers } = this.#attention;
    const available = this.#maps.parentElement.clientWidth;
    if (!available) return;
    const ratio = devicePixelRatio;
    const gap = Math.round(GAP * ratio), left = Math.round(LEFT * ratio);
    const top = this.#sorted ? 0 : Math.round(TOP * ratio);
    const titles = this.#sorted ? Math.round(16 * ratio) : 0;
    const [rows, columns] = [this.#grid.rows, this.#grid.columns];
    const room = Math.min(Math.floor((available * ratio - left) / heads) - gap, Math.round(LARGEST * ratio));
    const cell = Math.max(1, Math.floor(room / columns));
    const width = cell * columns, height = cell * rows;
    this.#layout = {
      rows: layers, columns: heads, cell, width, height, titles, left, top, ratio,
      across: width + gap, down: height + gap + titles,
    };
    const whole = { width: left + heads * (width + gap), height: top + layers * this.#layout.down };
    for (const canvas of [this.#maps, this.#labels]) {
      Object.assign(canvas, whole);
      canvas.style.width = `${whole.width / ratio}px`;
      canvas.style.height = `${whole.height / ratio}px`;
    }
    this.#image = new ImageData(whole.width, whole.height);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
    this.#binned = null;
    this.#drawLabels();
    this.draw();
  }

  #origin(place) {
    const { left, top, across, down, titles, columns } = this.#layout;
    return [left + place % columns * across, top + Math.floor(place / columns) * down + titles];
  }

  #drawLabels() {
    const { ratio, rows, columns, left, top, across, down, width, height } = this.#layout;
    const context = this.#labels.getContext("2d");
    context.clearRect(0, 0, this.#labels.width, this.#labels.height);
    context.fillStyle = paint("muted");
    context.font = `${Math.round(11 * ratio)}px system-ui, sans-serif`;
    context.textBaseline = "middle";
    if (this.#sorted) {
      context.textAlign = "left";
      this.#order.forEach((head, place) => {
        const [x, y] = this.#origin(place);
        const text = `${this.#attention.short(head)}${width > 80 * ratio ? ` · ${number(this.#sorted[head], 3)}` : ""}`;
        context.fillText(text, x, y - 8 * ratio, width);
      });
      return;
    }
    context.textAlign = "center";
    const every = Math.ceil(26 * ratio / across);    // labels that would touch are left out
    for (let column = 0; column < columns; column += every) {
      context.fillText(`H${this.#attention.headNames[column]}`, left + column * across + width / 2, top / 2);
    }
    context.textAlign = "right";
    for (let row = 0; row < rows; row++) {
      context.fillText(`L${this.#attention.layerNames[row]}`, left - 6 * ratio, top + row * down + height / 2);
    }
  }

  draw() {
    if (!this.#layout || !this.#maps.width) return;
    const started = performance.now();
    this.#pixels.fill(0);
    if (this.#matrices) this.#fillMatrices();
    else this.#fillRows();
    const context = this.#maps.getContext("2d");
    context.putImageData(this.#image, 0, 0);
    this.#outline(context);
    performance.clearMeasures("heads");
    performance.measure("heads", { start: started });
  }

  /** The query's row (or column) of every head over the grid of patches. */
  #fillRows() {
    const { data, tokens, from } = this.#attention;
    const { rows, columns, prefix } = this.#grid;
    const { cell, width } = this.#layout;
    const stride = this.#maps.width, pixels = this.#pixels;
    const shared = this.#oneScale || from === "scores" ? this.#attention.scale() : null;
    const table = shared?.table ?? viridis;
    const step = this.#swapped ? tokens : 1;
    for (let place = 0; place < this.#order.length; place++) {
      const map = this.#order[place] * tokens * tokens;
      const first = map + (this.#swapped ? prefix * tokens + this.#query : this.#query * tokens + prefix);
      let [low, factor] = [shared?.low ?? 0, shared?.factor ?? 0];
      if (!shared) {
        let high = 0;
        for (let patch = 0, at = first; patch < rows * columns; patch++, at += step) if (data[at] > high) high = data[at];
        factor = high > 0 ? 255.999 / high : 0;
      }
      const [x, y] = this.#origin(place);
      let at = first;
      for (let row = 0; row < rows; row++) {
        const start = (y + row * cell) * stride + x;
        let pixel = start;
        for (let column = 0; column < columns; column++, at += step) {
          const index = (data[at] - low) * factor;
          const colour = table[index > 0 ? (index < 255 ? index | 0 : 255) : 0];
          for (const end = pixel + cell; pixel < end; pixel++) pixels[pixel] = colour;
        }
        for (let line = 1; line < cell; line++) pixels.copyWithin(start + line * stride, start, start + width);
      }
    }
  }

  #fillMatrices() {
    const { width, height } = this.#layout;
    const stride = this.#maps.width, pixels = this.#pixels;
    this.#binned ??= this.#order.map((_, head) => this.#bin(head, width, height));
    const shared = this.#oneScale ? this.#attention.scale() : null;
    this.#order.forEach((head, place) => {
      const scale = shared ?? this.#attention.scaleOf(this.#binned[head]);
      const [x, y] = this.#origin(place);
      for (let row = 0, at = 0; row < height; row++) {
        let pixel = (y + row) * stride + x;
        for (let column = 0; column < width; column++, at++) pixels[pixel++] = scale.packed(this.#binned[head][at]);
      }
    });
  }

  /** A matrix at the map's size: enlarged by its nearest token, reduced by the mean of those that fall together. */
  #bin(head, width, height) {
    const { tokens } = this.#attention;
    const map = this.#attention.map(head);
    const out = new Float32Array(width * height);
    for (let row = 0, at = 0; row < height; row++) {
      const top = Math.floor(row * tokens / height), bottom = Math.max(top + 1, Math.floor((row + 1) * tokens / height));
      for (let column = 0; column < width; column++, at++) {
        const left = Math.floor(column * tokens / width), right = Math.max(left + 1, Math.floor((column + 1) * tokens / width));
        let sum = 0;
        for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += map[y * tokens + x];
        out[at] = sum / ((bottom - top) * (right - left));
      }
    }
    return out;
  }

  #outline(context) {
    const place = this.#pointed && this.#pointed.row * this.#layout.columns + this.#pointed.column;
    if (place === null || place >= this.#order.length) return;
    const [x, y] = this.#origin(place);
    const { width, height, ratio } = this.#layout;
    context.strokeStyle = paint("accent");
    context.lineWidth = 2 * ratio;
    context.strokeRect(x - ratio, y - ratio, width + 2 * ratio, height + 2 * ratio);
    const patch = this.#within === null ? -1 : this.#within - this.#grid.prefix;
    if (patch < 0 || this.#matrices) return;
    const { cell } = this.#layout, { columns } = this.#grid;
    context.lineWidth = ratio;
    context.strokeStyle = "white";
    context.strokeRect(x + patch % columns * cell - ratio / 2, y + Math.floor(patch / columns) * cell - ratio / 2, cell + ratio, cell + ratio);
  }

  #head(cell) { return cell ? this.#order[cell.row * this.#layout.columns + cell.column] : undefined; }

  /** The map under a place of the canvas, and the token within it. */
  #locate(x, y) {
    if (!this.#layout) return null;
    const { left, top, across, down, titles, ratio, width, height, rows, columns, cell } = this.#layout;
    const right = x * ratio - left, below = y * ratio - top - titles;
    const place = { column: Math.floor(right / across), row: Math.floor(below / down) };
    if (place.row < 0 || place.column < 0 || place.row >= rows || place.column >= columns) return null;
    const inX = right - place.column * across, inY = below - place.row * down;
    if (inX < 0 || inY < 0 || inX >= width || inY >= height) return { ...place, token: null, query: null };
    const { tokens } = this.#attention;
    return this.#matrices
      ? { ...place, token: Math.floor(inX * tokens / width), query: Math.floor(inY * tokens / height) }
      : { ...place, token: this.#grid.prefix + Math.floor(inY / cell) * this.#grid.columns + Math.floor(inX / cell), query: null };
  }

  #point(cell) {
    const moved = !sameCell(cell, this.#pointed) || this.#within !== (cell?.token ?? null);
    this.#within = cell?.token ?? null;
    this.#pointed = cell && { row: cell.row, column: cell.column };
    this.#on.head(this.#head(cell) ?? null, cell?.token ?? null, cell?.query ?? null);
    if (moved) this.redraw();
  }
}
