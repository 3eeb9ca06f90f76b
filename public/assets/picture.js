// The picture as the model sees it: at the model's resolution, cut into patches.

import { $ } from "./dom.js";

/** What the server decodes goes as it is; anything else the browser can read becomes a PNG first. */
export async function acceptable(file) {
  if (file.type === "image/png" || file.type === "image/jpeg") return file;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error(`${file.name || "This"} is not a picture that this browser can read.`);
  }
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  const png = await canvas.convertToBlob({ type: "image/png" });
  return new File([png], (file.name || "picture").replace(/\.\w+$/, "") + ".png", { type: "image/png" });
}

/** The size that a picture gets before it is cropped, by the server's description of its resizing. */
function resized({ width, height }, rule) {
  const scale = rule.shortest_edge
    ? rule.shortest_edge / Math.min(width, height)
    : { cover: Math.max, fit: Math.min }[rule.mode]?.(rule.width / width, rule.height / height);
  const extent = (side) => Math.max(1, Math.round(side * scale));
  return scale ? { width: extent(width), height: extent(height) } : rule;
}

/** Draws pictures into the canvas `seen`, with the patch grid, and tells which patch is pointed at. */
export class PictureView {
  #canvas = $("seen");
  #small = new OffscreenCanvas(1, 1);
  #patch = null;      // a patch's {height, width} in the model's pixels, null where the model has none
  #pointed = null;    // {row, column}
  #frame = 0;
  #shown = 0;         // counts the pictures, so that a slow one does not come up over a later one

  constructor() {
    this.#canvas.addEventListener("pointermove", (event) => this.#point(this.#patchAt(event)));
    this.#canvas.addEventListener("pointerleave", () => this.#point(null));
    this.#canvas.addEventListener("keydown", (event) => this.#walk(event));
    $("grid").addEventListener("change", () => this.#redraw());
    new ResizeObserver(() => this.#redraw()).observe(this.#canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#redraw());
  }

  /** Shows a file as the model takes it; a picture that the browser cannot read is left blank. */
  async show(file, { height, width, patch, preprocessing }) {
    const turn = ++this.#shown;
    const whole = await createImageBitmap(file).catch(() => null);
    const size = whole && resized(whole, preprocessing?.resize ?? { height, width });
    const bitmap = whole && await createImageBitmap(whole, {
      resizeWidth: size.width, resizeHeight: size.height, resizeQuality: "high",
    });
    if (turn !== this.#shown) return;
    Object.assign(this.#small, { width, height });
    this.#patch = patch;
    this.#pointed = null;
    if (bitmap) {
      const left = Math.round((width - size.width) / 2), top = Math.round((height - size.height) / 2);
      this.#small.getContext("2d").drawImage(bitmap, left, top);   // what reaches over the edges is cropped
    }
    this.#canvas.style.setProperty("aspect-ratio", `${width} / ${height}`);
    this.#canvas.setAttribute("aria-label", bitmap
      ? `The picture at ${width} by ${height} pixels`
      : "The browser cannot show this picture");
    this.#redraw();
  }

  get #rows() { return Math.floor(this.#small.height / this.#patch.height); }
  get #columns() { return Math.floor(this.#small.width / this.#patch.width); }

  #patchAt(event) {
    if (!this.#patch) return null;
    const box = this.#canvas.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left) / box.width * this.#small.width / this.#patch.width);
    const row = Math.floor((event.clientY - box.top) / box.height * this.#small.height / this.#patch.height);
    const inside = row >= 0 && column >= 0 && row < this.#rows && column < this.#columns;
    return inside ? { row, column } : null;
  }

  #point(place) {
    if (place?.row === this.#pointed?.row && place?.column === this.#pointed?.column) return;
    this.#pointed = place;
    this.#redraw();
  }

  #walk(event) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (event.key === "Escape") this.#point(null);
    if (!step || !this.#patch) return;
    event.preventDefault();
    const { row, column } = this.#pointed ?? { row: 0, column: 0 };
    const keep = (value, end) => Math.min(Math.max(value, 0), end - 1);
    this.#point(this.#pointed
      ? { row: keep(row + step[0], this.#rows), column: keep(column + step[1], this.#columns) }
      : { row, column });
  }

  #redraw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    const canvas = this.#canvas;
    const { width: columns, height: rows } = this.#small;
    const scale = canvas.clientWidth * devicePixelRatio / columns;   // screen pixels a pixel of the model
    if (!scale) return;
    canvas.width = Math.round(columns * scale);
    canvas.height = Math.round(rows * scale);
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(this.#small, 0, 0, canvas.width, canvas.height);
    if (this.#patch && $("grid").checked) this.#drawGrid(context, scale);
    if (this.#patch && this.#pointed) this.#drawPointed(context, scale);
    this.#tell();
  }

  #drawGrid(context, scale) {
    context.strokeStyle = "rgb(128 128 128 / 0.65)";                  // seen on black and on white
    context.lineWidth = Math.max(1, Math.round(devicePixelRatio));
    const across = this.#patch.width * scale, down = this.#patch.height * scale;
    context.beginPath();
    for (let column = 1; column < this.#columns; column++) {
      context.moveTo(Math.round(column * across) + 0.5, 0);
      context.lineTo(Math.round(column * across) + 0.5, this.#rows * down);
    }
    for (let row = 1; row < this.#rows; row++) {
      context.moveTo(0, Math.round(row * down) + 0.5);
      context.lineTo(this.#columns * across, Math.round(row * down) + 0.5);
    }
    context.stroke();
  }

  #drawPointed(context, scale) {
    const across = this.#patch.width * scale, down = this.#patch.height * scale;
    context.strokeStyle = getComputedStyle(this.#canvas).color;
    context.lineWidth = Math.round(2.5 * devicePixelRatio);
    context.strokeRect(this.#pointed.column * across, this.#pointed.row * down, across, down);
  }

  #tell() {
    const { width, height } = this.#small;
    const size = `${width} × ${height} pixels`;
    if (!this.#patch) return void ($("patch").textContent = size);
    if (!this.#pointed) {
      const { width: across, height: down } = this.#patch;
      const extent = across === down ? across : `${across} × ${down}`;
      const patches = `${this.#columns} × ${this.#rows} patches of ${extent}`;
      return void ($("patch").textContent = `${size}, ${patches}`);
    }
    const { row, column } = this.#pointed;
    $("patch").textContent = `patch ${row * this.#columns + column} · row ${row}, column ${column}`;
  }
}
