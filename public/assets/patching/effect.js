// What a patch does to the prediction: the best classes before and after, side by side.

import { nameOf } from "../shared/class-names.js";
import { call, pictureBody } from "../shared/client.js";
import { element } from "../shared/dom.js";
import { number, percent } from "../shared/numbers.js";

const MOST = 5;

/** Asks `/predict` for both pictures, and with `cells` patched.
 *  @returns {Promise<{clean, corrupt, after}>} The best classes of each; `after` only where cells are given. */
export async function predict(question, cells, signal) {
  const { path, fields } = question.prediction(cells);
  const { body, headers } = pictureBody(question.files, fields);
  const response = await call(path, { method: "POST", body, headers: { ...headers, Accept: "application/json" }, signal });
  const [clean, corrupt, after] = (await response.json()).results.map(({ top }) => top);
  return { clean, corrupt, after };
}

export class Effect {
  #place;
  #running = new AbortController();
  #known = new Map();     // answers by the cells that are patched
  #shown = null;

  constructor(place) { this.#place = place; }

  /** Forgets what other pictures or settings gave. */
  clear() {
    this.#running.abort();
    this.#known.clear();
    this.#shown = null;
  }

  /** Says something in place of an effect. */
  say(text) {
    this.#running.abort();
    this.#shown = null;
    this.#place.replaceChildren(element("p", { className: "small" }, text));
  }

  /** Shows what `cells`, patched together, do. */
  async show(question, cells) {
    const key = JSON.stringify(question.prediction(cells).fields);
    if (this.#shown === key) return;
    this.#shown = key;
    this.#running.abort();
    this.#running = new AbortController();
    this.#place.ariaBusy = "true";
    try {
      if (!this.#known.has(key)) this.#known.set(key, await predict(question, cells, this.#running.signal));
      if (this.#shown !== key) return;
      const { clean, corrupt, after } = this.#known.get(key);
      this.#place.replaceChildren(...comparison(question.direction === "denoise" ? corrupt : clean, after));
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#place.replaceChildren(element("p", { className: "failure", role: "alert" }, `${error.message} ${error.detail ?? ""}`));
    }
    this.#place.ariaBusy = "false";
  }
}

function comparison(before, after) {
  const was = new Map(before.map((each) => [each.index, each]));
  const is = new Map(after.map((each) => [each.index, each]));
  const shown = [...new Set([...after, ...before].map(({ index }) => index))].slice(0, MOST);
  const hasFlipped = before[0].index !== after[0].index;
  return [
    element("p", { className: "turn" }, nameOf(before[0]), element("span", { className: "arrow", ariaLabel: "becomes" }, " → "),
      element(hasFlipped ? "strong" : "span", {}, nameOf(after[0]))),
    element("table", { className: "before-after" },
      element("thead", {}, element("tr", {}, element("th", {}, element("span", { className: "unseen" }, "Class")),
        element("th", {}, "before"), element("th", {}, "after"))),
      element("tbody", {}, ...shown.map((index) => row(was.get(index), is.get(index))))),
  ];
}

function row(before, after) {
  const name = after ?? before;
  const cell = (each, when) => {
    const bar = element("span", { className: `bar-of ${when}`, ariaHidden: "true" });
    bar.style.setProperty("--share", each?.probability ?? 0);
    return element("td", { className: "number" },
      element("span", { className: "probability" }, each ? percent(each.probability) : "–"), bar,
      element("span", { className: "small logit" }, each ? number(each.logit, 3) : ""));
  };
  return element("tr", { data: { index: name.index } },
    element("th", { scope: "row" }, nameOf(name)), cell(before, "before"), cell(after, "after"));
}
