// What is measured: which metric, of which classes. Classes are chosen by label; of a CLIP they are texts.

import * as address from "./address.js";
import { element, picker } from "./dom.js";

/** How many classes each metric is of. */
const CLASSES = { logit: 1, probability: 1, log_probability: 1, loss: 1, logit_difference: 2, kl: 0, cosine: 0 };
const USUAL = "";

/** The metric of the page's address, as a request has it; null for the usual one. */
export function metricOfAddress() {
  const kind = address.get("metric");
  if (!(kind in CLASSES)) return null;
  const classes = (address.get("classes") ?? "").split("|").filter(Boolean).map((each) => (/^\d+$/.test(each) ? Number(each) : each));
  if (classes.length !== CLASSES[kind]) return null;
  return { kind, ...(classes.length ? { classes } : {}) };
}

/** The same as parts of the address. */
export const metricForAddress = (metric) => ({ metric: metric?.kind ?? null, classes: metric?.classes?.join("|") ?? null });

/** The metric in words: `logit of heart − logit of square`. */
export function metricText({ kind, classes = [] }) {
  const names = classes.map(({ label, index }) => label ?? `class ${index}`);
  const kindText = kind.replaceAll("_", " ");
  return kind === "logit_difference" ? `logit of ${names[0]} − logit of ${names[1]}`
    : names.length ? `${kindText} of ${names[0]}` : kindText;
}

export class MetricPicker {
  #change;
  #kinds;
  #inputs;
  #list = element("datalist", { id: "metric-classes" });
  #message = element("p", { className: "small", id: "metric-message", role: "status" });
  #names = null;
  #current = null;      // the metric of the last answer: {kind, classes: [{index, label}]}
  #wish = null;         // what was asked for; null for the usual one

  /** @param kinds [[kind, text], …] that are offered; `usual`: what is measured unless chosen; `change(metric | null)`. */
  constructor(place, { kinds, usual, change }) {
    this.#change = change;
    this.#kinds = picker("Metric", [[USUAL, usual], ...kinds], USUAL, (kind) => this.#chooseKind(kind));
    this.#inputs = ["Class", "less class"].map((title, at) => {
      const input = element("input", { type: "search", autocomplete: "off", id: `metric-class-${at}` });
      input.setAttribute("aria-describedby", this.#message.id);
      input.addEventListener("change", () => this.#chooseClass(at));
      return { input, label: element("label", { className: "picker" }, element("span", { className: "small" }, title), input) };
    });
    place.append(this.#kinds, ...this.#inputs.map(({ label }) => label), this.#list, this.#message);
  }

  /** Shows what was measured. @param wish What was asked for, @param current what the answer says of it. */
  show(names, wish, current) {
    if (this.#names?.detail !== names.detail) {
      const labels = names.areTexts ? [] : Array.from({ length: names.count }, (_, index) => names.label(index));
      this.#list.replaceChildren(...labels.map((label) => new Option("", label)));
    }
    this.#names = names;
    [this.#wish, this.#current] = [wish, current];
    this.#kinds.choose(wish?.kind ?? USUAL);
    this.#inputs.forEach(({ input, label }, at) => {
      const known = current.classes[at];
      label.hidden = !known;
      input.value = known ? known.label ?? `class ${known.index}` : "";
      input.placeholder = names.areTexts ? "a photo of a heart" : "label or number";
      if (names.areTexts) input.removeAttribute("list");
      else input.setAttribute("list", this.#list.id);
      input.ariaInvalid = "false";
    });
    const hasTexts = wish?.classes?.some((each) => typeof each === "string");
    this.#message.textContent = names.areTexts && !hasTexts && current.classes.length
      ? "This model has no classes of its own: this is a dimension of its embedding. Write a text instead." : "";
  }

  /** Tells why what was chosen cannot be measured; what was measured before is shown again. */
  complain(error) {
    this.show(this.#names, this.#wish, this.#current);
    this.#say([error.message, error.detail].filter(Boolean).join(" "));
  }

  #say(text, input = null) {
    this.#message.textContent = text;
    for (const each of this.#inputs) each.input.ariaInvalid = String(each.input === input);
  }

  #chooseKind(kind) {
    if (kind === USUAL) return this.#change(null);
    const classes = [...(this.#wish?.classes ?? this.#current.classes.map(({ index }) => index))];
    const need = CLASSES[kind];
    while (classes.length < need) classes.push([0, 1].find((each) => each !== classes[0]));
    this.#change({ kind, ...(need ? { classes: classes.slice(0, need) } : {}) });
  }

  #chooseClass(at) {
    const { input } = this.#inputs[at];
    if (!input.value.trim()) return this.#say("Write a label or a number.", input);
    const found = this.#inputs.map(({ input: each, label }) => (label.hidden ? null : this.#names.find(each.value)));
    if (found[at] === undefined) return this.#say(`No class is called “${input.value}”.`, input);
    const { kind } = this.#wish ?? this.#current;
    const classes = found.slice(0, CLASSES[kind]);
    if (typeof found[at] === "string" && classes.some((each) => typeof each === "number")) {
      return this.#texts(kind, classes, at);
    }
    this.#change({ kind, classes });
  }

  /** Texts and dimensions do not go together: until all are texts it waits for the others. */
  #texts(kind, classes, at) {
    const other = classes.findIndex((each, place) => place !== at && typeof each === "number");
    this.#inputs[other].input.value = "";
    this.#inputs[other].input.focus();
    this.#say("Write the other text too.", this.#inputs[other].input);
  }
}
