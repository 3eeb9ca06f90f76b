// The head tour: the kinds of heads that the summary found, each with its clearest heads, a score and a sentence.

import { $, element } from "../shared/dom.js";
import { number } from "../shared/numbers.js";

/** `previous_patch` → "Previous patch". */
export const kindName = (kind) =>
  kind === "cls" ? "CLS" : kind[0].toUpperCase() + kind.slice(1).replaceAll("_", " ");

/** How a head of each kind is best looked at. */
const VIEW_OF = { corner: "mean", edge: "mean", cls: "matrix", mixed: "token", broad: "token" };
export const viewOf = (kind) => VIEW_OF[kind] ?? "matrix";

export class Tour {
  #stations = [];
  #on;
  #at = null;      // {station, head}: indices

  /** @param on `stop({layer, head, view, kind})` opens a head; `end()` leaves the tour. */
  constructor(on) {
    this.#on = on;
  }

  get isRunning() { return this.#at !== null; }
  get kind() { return this.#at && this.#stations[this.#at.station].kind; }

  /** Takes the answer's stations: [{kind, sentence, heads: [{layer, head, score}]}]. */
  set stations(stations) {
    this.#stations = stations;
    this.#at = null;
    $("tour").hidden = true;
  }

  get stations() { return this.#stations; }

  /** Starts at a kind, or at the first. */
  start(kind = null, silently = false) {
    const station = Math.max(0, this.#stations.findIndex((each) => each.kind === kind));
    this.#go(station, 0, silently);
  }

  /** Where the keyboard goes on with the tour. */
  focus() {
    $("tour").querySelector('[data-tour="on"]:enabled, [data-tour="end"]')?.focus();
  }

  end() {
    this.#at = null;
    $("tour").hidden = true;
    this.#on.end();
  }

  /** Follows the page to another head: the tour shows whether it is one of the station's. */
  follow(layer, head) {
    if (!this.#at) return;
    this.#at.head = this.#stations[this.#at.station].heads.findIndex((each) => each.layer === layer && each.head === head);
    this.#show();
  }

  #go(station, head, silently = false) {
    this.#at = { station, head };
    this.#show();
    const { kind, heads } = this.#stations[station];
    if (!silently) this.#on.stop({ layer: heads[head].layer, head: heads[head].head, view: viewOf(kind), kind });
  }

  #show() {
    const { station, head } = this.#at;
    const { kind, sentence, heads } = this.#stations[station];
    const focused = document.activeElement?.dataset?.tour;
    const button = (text, name, run, properties = {}) => {
      const made = element("button", { type: "button", data: { tour: name }, ...properties }, text);
      made.addEventListener("click", run);
      return made;
    };
    const last = this.#stations.length - 1;
    const many = heads.length === 1 ? "1 head" : `${heads.length} heads`;
    const stations = this.#stations.map((each, index) => {
      const made = button(kindName(each.kind), `kind-${each.kind}`, () => this.#go(index, 0));
      if (index === station) made.setAttribute("aria-current", "step");
      return element("li", {}, made);
    });
    const chips = heads.slice(0, 12).map((each, index) => {
      const made = button(`L${each.layer} H${each.head} · ${number(each.score, 2)}`, `head-${index}`, () => this.#go(station, index));
      if (index === head) made.setAttribute("aria-current", "true");
      return made;
    });
    $("tour").replaceChildren(
      element("div", { className: "tour-head" },
        element("ol", { className: "tour-stations", ariaLabel: "Kinds found" }, ...stations),
        button("‹", "back", () => this.#go(station - 1, 0), { disabled: station === 0, ariaLabel: "Previous kind" }),
        element("span", { className: "small number" }, `${station + 1} of ${last + 1}`),
        button("›", "on", () => this.#go(station + 1, 0), { disabled: station === last, ariaLabel: "Next kind" }),
        button("End tour", "end", () => this.end(), { className: "quiet" })),
      element("div", { className: "tour-kind" },
        element("h2", { className: "lead", id: "tour-kind" }, kindName(kind)),
        element("p", { id: "tour-sentence" }, sentence)),
      element("div", { className: "tour-heads" },
        element("span", { className: "small" }, `${many}, clearest first: `), ...chips,
        ...(heads.length > 12 ? [element("span", { className: "small" }, `and ${heads.length - 12} more`)] : [])));
    $("tour").hidden = false;
    if (focused) $("tour").querySelector(`[data-tour="${focused}"]:enabled`)?.focus();
  }
}
