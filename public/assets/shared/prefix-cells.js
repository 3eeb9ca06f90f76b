// Tokens that stand for no patch, as cells of their own beside the map: CLS and registers.

import { element } from "./dom.js";

export class PrefixCells {
  #place;
  #on;
  #buttons = [];

  /** @param on `point(token | null)` and `pin(token)` hear what happens. */
  constructor(place, on) {
    this.#place = place;
    this.#on = on;
  }

  /** Shows the first `count` tokens. @param cellOf What stands in one: {fill, ink, text, emoji, label}. */
  show(count, cellOf) {
    if (this.#buttons.length !== count) {
      this.#buttons = Array.from({ length: count }, (_, token) => this.#button(token));
      this.#place.replaceChildren(...this.#buttons);
    }
    this.#buttons.forEach((button, token) => {
      const { fill = null, ink = null, text = "", emoji = null, label = null } = cellOf(token);
      const cell = button.querySelector(".cell");
      cell.style.background = fill ?? "";
      cell.style.color = ink ?? "";
      cell.replaceChildren(emoji ? element("span", { className: "emoji" }, emoji) : String(text));
      button.ariaLabel = label;
    });
  }

  /** Marks a token; null marks none. */
  mark(token) {
    this.#buttons.forEach((button, each) => (button.ariaPressed = String(each === token)));
  }

  #button(token) {
    const button = element("button", { type: "button", className: "token", ariaPressed: "false" },
      element("span", {}, prefixName(token)), element("span", { className: "cell" }));
    for (const name of ["pointerenter", "focus"]) button.addEventListener(name, () => this.#on.point(token));
    for (const name of ["pointerleave", "blur"]) button.addEventListener(name, () => this.#on.point(null));
    button.addEventListener("click", () => this.#on.pin(token));
    button.addEventListener("keydown", (event) => event.key === "Escape" && this.#on.free?.());
    return button;
  }
}

/** CLS, R1, R2 … */
export const prefixName = (token) => (token === 0 ? "CLS" : `R${token}`);
