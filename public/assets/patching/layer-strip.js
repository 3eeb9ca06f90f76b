// Every layer as a small map of its patches, tokens that are none above it: where to look, and the way there.

import { cssOf } from "../shared/colours.js";
import { element } from "../shared/dom.js";
import { onTheme } from "../shared/theme.js";

export class LayerStrip {
  #place;
  #choose;
  #buttons = [];
  #content = null;

  /** @param choose Hears the layer that is clicked. */
  constructor(place, choose) {
    [this.#place, this.#choose] = [place, choose];
    onTheme(() => this.#content && this.show(this.#content));
  }

  /** @param content {layers, grid, packed(layer, token): a colour or null, chosen, summary(layer)} */
  show(content) {
    this.#content = content;
    const { layers, grid, packed, chosen, summary } = content;
    if (this.#buttons.length !== layers) {
      this.#buttons = Array.from({ length: layers }, (_, layer) => this.#button(layer));
      this.#place.replaceChildren(...this.#buttons);
    }
    this.#buttons.forEach((button, layer) => {
      button.ariaPressed = String(layer === chosen);
      button.ariaLabel = `Layer ${layer}: ${summary(layer)}`;
      button.title = summary(layer);
      const canvas = button.querySelector("canvas");
      if (canvas.width !== grid.columns || canvas.height !== grid.rows) Object.assign(canvas, { width: grid.columns, height: grid.rows });
      const image = new ImageData(grid.columns, grid.rows);
      const pixels = new Uint32Array(image.data.buffer);
      for (let patch = 0; patch < pixels.length; patch++) pixels[patch] = packed(layer, grid.prefix + patch) ?? 0;
      canvas.getContext("2d").putImageData(image, 0, 0);
      button.querySelector(".dots").replaceChildren(...Array.from({ length: grid.prefix }, (_, token) => {
        const dot = element("i"), colour = packed(layer, token);
        if (colour !== null) dot.style.background = cssOf(colour);
        return dot;
      }));
    });
  }

  #button(layer) {
    const button = element("button", { type: "button", className: "layer", ariaPressed: "false" },
      element("span", { className: "dots", ariaHidden: "true" }), element("canvas", { ariaHidden: "true" }),
      element("span", {}, `L${layer}`));
    button.addEventListener("click", () => this.#choose(layer));
    return button;
  }
}
