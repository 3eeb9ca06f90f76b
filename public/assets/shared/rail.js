// The rail: which model, which picture. On narrow screens it is a sheet that the bar's button opens.

import { describeModel, Failure, listModels } from "./client.js";
import { $, element } from "./dom.js";
import { count } from "./numbers.js";
import { preparePad } from "./pad.js";
import { SAMPLES, sampleAddress } from "./pictures.js";

const narrow = matchMedia("(max-width: 699px)");

/** Builds the rail into the element `rail`. */
export class Rail {
  #models = element("select", { id: "model", disabled: true }, new Option("Loading…"));
  #facts = element("p", { id: "model-facts", className: "small" });
  #samples = element("div", { className: "samples", id: "samples" });
  #own = element("p", { className: "small", id: "own", hidden: true });
  #slots = [];            // of pages about two pictures: their buttons
  #slot = 0;              // which picture the rail chooses
  #pictures = [];

  /** @param on `model(id)`, `file(file, slot)` and `sample(name, slot)` hear what is chosen; `swap()` where there are two.
   *  @param titles What the pictures are called, of a page about two. */
  constructor(on, titles = []) {
    const use = (each) => on.file(each, this.#slot);
    const file = element("input", { id: "file", className: "unseen", type: "file", accept: "image/*" });
    const draw = element("button", { id: "draw", className: "wide", type: "button" }, "Draw a shape");
    const close = element("button", { id: "close-rail", className: "quiet", type: "button" }, "Close");
    const drop = element("label", { id: "drop", className: "drop", htmlFor: "file" }, file,
      element("span", {}, element("b", {}, "Choose a file"), ", drop one, or paste"),
      element("span", { className: "small" }, "JPEG or PNG"));
    const heading = (text) => element("h2", { className: "heading" }, text);
    $("rail").append(element("div", { className: "rail-body" },
      element("div", { className: "sheet-head phone-only" }, element("strong", {}, "Model and picture"), close),
      element("section", {},
        element("h2", { className: "heading" }, element("label", { htmlFor: "model" }, "Model")),
        this.#models, this.#facts),
      element("section", {}, heading(titles.length ? "Pictures" : "Picture"), ...this.#slotRow(titles, on), drop, draw),
      element("section", {}, heading("Samples"), this.#samples, this.#own)));

    this.#samples.append(...SAMPLES.map(([name, title]) => {
      const picture = element("img", { src: sampleAddress(name), alt: title, width: 52, height: 52, loading: "lazy" });
      const button = element("button", { type: "button", value: name, title, ariaPressed: "false" }, picture);
      button.addEventListener("click", () => on.sample(name, this.#slot));
      return button;
    }));
    this.#models.addEventListener("change", () => on.model(this.#models.value));
    file.addEventListener("change", () => {
      const [chosen] = file.files;
      if (chosen) use(chosen);
      file.value = "";
    });
    preparePad(draw, use);
    takeDroppedAndPasted(use);
    this.#prepareSheet(close);
  }

  /** Lists the models and chooses `wanted`, or the first where nothing is wanted.
   *  @returns {Promise<string>} The one that is chosen. */
  async listModels(wanted) {
    const models = await listModels();
    if (models.length === 0) {
      this.#models.replaceChildren(new Option("none"));
      throw new Failure("No models", "The configuration names none. Add one to its list and start the server again.");
    }
    const known = models.some(({ id }) => id === wanted);
    const strange = wanted && !known ? [new Option(`${wanted} (unknown)`, wanted)] : [];
    this.#models.replaceChildren(...strange, ...models.map(({ id, state }) =>
      new Option(state === "loaded" ? id : `${id} (${state})`, id)));
    this.#models.disabled = false;
    this.#models.value = wanted ?? models[0].id;
    return this.#models.value;
  }

  /** The model's description, once it is loaded.
   *  @throws {Failure} Where it is unknown or has failed. */
  async describe(id, isStillWanted) {
    this.#models.value = id;
    this.#facts.textContent = "";
    let detail = await describeModel(id);
    while (detail.state === "loading" && isStillWanted()) {
      this.#facts.textContent = "loading…";
      await new Promise((done) => setTimeout(done, 1000));
      detail = await describeModel(id);
    }
    if (detail.state === "failed") throw new Failure(`${id} could not be loaded`, detail.reason);
    this.#facts.textContent = facts(detail);
    return detail;
  }

  /** Marks what is chosen; a picture of one's own is named, with what a link can do with it. */
  showPicture(picture, slot = 0) {
    this.#pictures[slot] = picture;
    this.#markChosen();
    if (this.#slots.length) showThumbnail(this.#slots[slot], picture);
    this.close();
  }

  #markChosen() {
    const { sample, own, file } = this.#pictures[this.#slot] ?? {};
    for (const button of this.#samples.children) button.ariaPressed = String(button.value === sample);
    this.#slots.forEach((button, each) => (button.ariaPressed = String(each === this.#slot)));
    this.#own.hidden = !own;
    this.#own.textContent = own ? `${file.name}: your own picture, kept in this browser. A link to this page does not carry it.` : "";
  }

  /** Which of two pictures is chosen next, and a button that exchanges them. */
  #slotRow(titles, on) {
    if (!titles.length) return [];
    this.#slots = titles.map((title, slot) => {
      const button = element("button", { type: "button", className: "slot", ariaPressed: String(slot === 0) },
        element("canvas", { width: 88, height: 88, ariaHidden: "true" }), element("span", {}, title));
      button.addEventListener("click", () => {
        this.#slot = slot;
        this.#markChosen();
      });
      return button;
    });
    const swap = element("button", { type: "button", id: "swap", ariaLabel: "Exchange the two pictures", title: "Exchange" }, "⇄");
    swap.addEventListener("click", () => on.swap());
    return [element("div", { className: "slots", role: "group", ariaLabel: "Which picture is chosen" },
      this.#slots[0], swap, this.#slots[1]),
    element("p", { className: "small slot-note" }, "What you choose below becomes the marked one.")];
  }

  #prepareSheet(close) {
    $("open-rail").addEventListener("click", () => {
      this.#move(true);
      this.#models.focus();
    });
    close.addEventListener("click", () => this.close());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    document.addEventListener("pointerdown", (event) => {
      if (!$("rail").contains(event.target) && !event.target.closest("dialog, #open-rail")) this.close();
    });
    narrow.addEventListener("change", () => this.#move(false));
    this.#move(false);
  }

  #move(open) {
    $("rail").classList.toggle("open", open);
    $("rail").inert = narrow.matches && !open;
    $("open-rail").ariaExpanded = String(open);
  }

  close() {
    if (!$("rail").classList.contains("open")) return;
    this.#move(false);
    $("open-rail").focus();
  }
}

function facts({ input_shape: shape, config, parameters }) {
  return [
    shape && `${shape.at(-1)} × ${shape.at(-2)} pixels`,
    config?.patch_size && `patches of ${[config.patch_size].flat().join(" × ")}`,
    config?.n_layers && `${config.n_layers} layers`,
    config?.n_heads && `${config.n_heads} heads`,
    parameters && `${count(parameters)} parameters`,
  ].filter(Boolean).join(" · ");
}

async function showThumbnail(button, { file }) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return;
  const canvas = button.querySelector("canvas"), context = canvas.getContext("2d");
  const side = Math.min(bitmap.width, bitmap.height);
  context.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, canvas.width, canvas.height);
}

function takeDroppedAndPasted(use) {
  const cover = element("div", { className: "drop-here", hidden: true }, "Drop the picture");
  document.body.append(cover);
  document.addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files].find(({ type }) => type.startsWith("image/"));
    if (file) use(file);
  });
  let depth = 0;   // dragenter and dragleave come for every element on the way
  document.addEventListener("dragenter", () => (cover.hidden = ++depth === 0));
  document.addEventListener("dragleave", () => (cover.hidden = --depth === 0));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    cover.hidden = true;
    const [file] = event.dataTransfer.files;
    if (file) use(file);
  });
}
