// The legend of a colour scale: a strip of its colours, the values at its ends, what they measure.

import { element } from "./dom.js";
import { number } from "./numbers.js";

/** Draws `scale` into `place`. `unit` says what is measured; `high` stands at the upper end where that is no number. */
export function showLegend(place, scale, unit, { digits = 3, high = number(scale.high, digits) } = {}) {
  const strip = element("canvas", { width: 256, height: 1, className: "strip" });
  strip.setAttribute("role", "img");
  strip.setAttribute("aria-label", `Colours from ${number(scale.low, digits)} to ${high}`);
  const context = strip.getContext("2d");
  const image = context.createImageData(256, 1);
  new Uint32Array(image.data.buffer).set(scale.table);
  context.putImageData(image, 0, 0);
  const middle = scale.low < 0 && scale.high > 0 ? "0" : "";
  place.replaceChildren(strip,
    element("p", { className: "small ends" },
      element("span", {}, number(scale.low, scale.low === 0 ? 0 : digits)), element("span", {}, middle),
      element("span", {}, high)),
    element("p", { className: "small" }, unit));
}

/** The legend of categories: [[colour, text, count], …]. */
export function showCategories(place, entries, unit) {
  place.replaceChildren(
    element("ul", { className: "categories" }, ...entries.map(([colour, text, many]) => {
      const swatch = element("span", { className: "swatch", ariaHidden: "true" });
      swatch.style.background = colour;
      return element("li", {}, swatch, element("span", {}, text), element("span", { className: "small number" }, many));
    })),
    element("p", { className: "small" }, unit));
}
