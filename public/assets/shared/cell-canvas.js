// A canvas of cells that can be walked through with keys and pointer.

import { onNextFrame } from "./dom.js";
import { walkGrid } from "./grid-walk.js";
import { onTheme } from "./theme.js";

/** Draws itself anew, once a frame, when what it shows, its room or the theme has changed. Whoever extends it has `draw()`. */
export class CellCanvas {
  content = null;
  marked = null;
  redraw = onNextFrame(() => this.draw());

  /** @param room the element whose size it follows.
   *  @param walk as `walkGrid` takes it. */
  constructor(canvas, room, walk) {
    this.canvas = canvas;
    walkGrid(canvas, walk);
    new ResizeObserver(this.redraw).observe(room);
    onTheme(this.redraw);
  }

  show(content) {
    this.content = content;
    this.redraw();
  }

  set mark(mark) {
    this.marked = mark;
    this.redraw();
  }
}
