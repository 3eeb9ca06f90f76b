// The classes whose curves are drawn: listed with their colours, taken out, added by name.

import { $, element } from "../shared/dom.js";
import { number } from "../shared/numbers.js";

const MOST = 7;

/** @param on `change(indices)` hears the list, `focus(index)` the class whose own heat is wanted. */
export class ClassList {
  #on;
  #list = element("ul");
  #input = element("input", { type: "search", id: "add-class", autocomplete: "off", placeholder: "Add a class" });
  #names = element("datalist", { id: "class-names" });
  #lens = null;
  #indices = [];

  constructor(on) {
    this.#on = on;
    this.#input.setAttribute("list", this.#names.id);
    this.#input.setAttribute("aria-label", "Add a class to the curves");
    this.#input.addEventListener("change", () => this.#add(this.#input.value));
    $("classes").append(this.#list, this.#input, this.#names);
  }

  set lens(lens) {
    if (this.#lens?.names.detail === lens.names.detail) return void (this.#lens = lens);
    this.#lens = lens;
    this.#names.replaceChildren(...Array.from({ length: lens.classes }, (_, index) => new Option("", lens.label(index))));
  }

  show(indices, focus, values) {
    this.#indices = indices;
    const focused = document.activeElement?.closest?.("#classes li")?.dataset.index;
    this.#list.replaceChildren(...indices.map((index, place) => {
      const swatch = element("span", { className: "swatch", ariaHidden: "true" });
      swatch.style.background = `var(--category-${place})`;
      const name = element("button", { type: "button", className: "name", ariaPressed: String(index === focus) },
        [this.#lens.emoji(index), this.#lens.label(index)].filter(Boolean).join(" "));
      name.title = "Show this class's logit as heat";
      name.addEventListener("click", () => this.#on.focus(index));
      const out = element("button", { type: "button", className: "quiet", ariaLabel: `Take ${this.#lens.label(index)} out` }, "×");
      out.addEventListener("click", () => this.#on.change(indices.filter((each) => each !== index)));
      return element("li", { data: { index } }, swatch, name, element("span", { className: "number" }, number(values[place], 2)), out);
    }));
    if (focused) this.#list.querySelector(`[data-index="${focused}"] .name`)?.focus();
    this.#input.hidden = indices.length >= MOST;
  }

  #add(text) {
    const found = this.#lens.names.find(text);
    if (typeof found !== "number" || this.#indices.includes(found)) return;
    this.#input.value = "";
    this.#on.change([...this.#indices, found]);
  }
}
