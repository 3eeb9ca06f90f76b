// The value at the pointer: a small label that floats beside it while it is over a map.

import { element } from "./dom.js";

/** One label for the maps of a page; the inspector says the same at length. */
export class Readout {
  #label = element("div", { className: "readout", hidden: true, ariaHidden: "true" });
  #isOver = false;

  constructor(...maps) {
    document.body.append(this.#label);
    for (const map of maps) {
      map.addEventListener("pointermove", (event) => {
        this.#isOver = event.pointerType !== "touch";   // a finger would cover it
        this.#move(event.clientX, event.clientY);
      }, { capture: true });
      map.addEventListener("pointerleave", () => {
        this.#isOver = false;
        this.#label.hidden = true;
      });
    }
  }

  /** What it says; null hides it. */
  set text(text) {
    this.#label.hidden = !text || !this.#isOver;
    if (text) this.#label.textContent = text;
  }

  #move(x, y) {
    const isRight = x > innerWidth - 200, isLow = y > innerHeight - 60;
    this.#label.style.transform = `translate(${x + (isRight ? -12 : 16)}px, ${y + (isLow ? -12 : 16)}px)`
      + ` translate(${isRight ? "-100%" : "0"}, ${isLow ? "-100%" : "0"})`;
  }
}
