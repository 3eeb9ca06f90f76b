// The frame of a page that looks at one picture through one model: rail, address, and which of its parts is shown.

import * as address from "./address.js";
import { $, element } from "./dom.js";
import { keptPicture, ownPicture, SAMPLES, sample } from "./pictures.js";
import { Rail } from "./rail.js";
import { patchGrid, seenPicture } from "./seen.js";
import { prepareTheme } from "./theme.js";
import { prepareTips } from "./tips.js";

const LONGEST_TITLE = 90;    // characters

/** Runs a page.
 *  - `ask(subject, signal)`: what the page wants of the server for `subject` = {detail, grid, file, sample, own, seen}.
 *  - `show(answer, subject)`: puts it on the page.
 *  - `ready(subject)` (optional): the page needs no picture; called once the model is known. */
export class Workbench {
  #page;
  #rail;
  #model = null;
  #detail = null;
  #picture = null;
  #running = new AbortController();
  #again = null;        // what "Try again" does
  #hasResult = false;

  constructor(page) {
    this.#page = page;
    prepareTheme();
    prepareTips();
    this.#rail = new Rail({
      model: (id) => this.#attempt(() => this.#chooseModel(id)),
      sample: (name) => this.#attempt(async () => this.#choosePicture(await sample(name))),
      file: (file) => this.#attempt(async () => this.#choosePicture(await ownPicture(file))),
    });
    $("view").append(failureNotice(), element("p", { id: "waiting", className: "waiting", role: "status" }, "Looking…"));
    address.carry();
    $("retry").addEventListener("click", () => this.#attempt(this.#again));
    $("try")?.addEventListener("click", () =>
      this.#attempt(async () => this.#choosePicture(await sample(SAMPLES[0][0]))));
    this.#reveal(!page.ask ? "result" : address.get("sample") || address.get("picture") ? "waiting" : "empty");
    this.#attempt(() => this.#begin());
  }

  /** Asks anew, after a setting of the page has changed. */
  refresh() {
    return this.#attempt(() => this.#look());
  }

  async #begin() {
    const [name, own] = [address.get("sample"), address.get("picture")];
    const [model, picture] = await Promise.all([
      this.#rail.listModels(address.get("model")), name ? sample(name) : own ? keptPicture(own) : null,
    ]);
    if (picture) {
      this.#picture = picture;
      this.#rail.showPicture(picture);
    }
    await this.#chooseModel(model);
  }

  async #chooseModel(id) {
    this.#model = id;
    this.#detail = null;
    address.set({ model: id });
    const detail = await this.#rail.describe(id, () => this.#model === id);
    if (this.#model !== id) return;
    this.#detail = detail;
    this.#page.ready?.({ detail, ...this.#picture });
    if (this.#picture) await this.#look();
  }

  async #choosePicture(picture) {
    this.#picture = picture;
    address.set({ sample: picture.sample, picture: picture.own });
    this.#rail.showPicture(picture);
    if (this.#detail) this.#page.ready?.({ detail: this.#detail, ...picture });
    if (this.#detail) await this.#look();
    else await this.#begin();
  }

  async #look() {
    if (!this.#page.ask) return;
    this.#running.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    const detail = this.#detail;
    const subject = { detail, grid: patchGrid(detail), ...this.#picture };
    this.#reveal(this.#hasResult ? "result" : "waiting");
    $("result").ariaBusy = "true";
    const [answer, seen] = await Promise.all([
      this.#page.ask(subject, signal), seenPicture(detail, subject.file, signal),
    ]);
    if (signal.aborted) return;
    this.#hasResult = true;
    this.#reveal("result");
    $("result").ariaBusy = "false";
    this.#page.show(answer, { ...subject, seen });
  }

  #reveal(part) {
    for (const each of ["empty", "failure", "waiting", "result"]) if ($(each)) $(each).hidden = each !== part;
    document.body.dataset.state = part ?? "";
  }

  /** Runs a step of the page; where it fails, says so in the server's words and offers to try again. */
  async #attempt(step) {
    try {
      await step();
      if (!this.#picture || !this.#page.ask) this.#reveal(this.#page.ask ? "empty" : "result");
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!("detail" in error)) console.error(error);   // a mistake of the page's own
      this.#again = this.#detail && this.#picture ? () => this.#look() : () => this.#begin();
      const isLong = error.message.length > LONGEST_TITLE;
      $("failure-title").textContent = isLong ? error.kind ?? "That did not work" : error.message;
      $("failure-detail").textContent = [isLong && error.message, error.detail].filter(Boolean).join(" ");
      $("failure-note").textContent = error.note ?? "";
      const isHeadless = this.#detail?.config?.return_type === "pre_logits";   // nothing to predict, but attention to see
      $("elsewhere").hidden = !isHeadless || location.pathname.startsWith("/attention");
      $("result").ariaBusy = "false";
      this.#hasResult = false;
      this.#reveal("failure");
    }
  }
}

function failureNotice() {
  return element("div", { id: "failure", className: "notice failure", role: "alert", hidden: true },
    element("p", { className: "lead", id: "failure-title" }),
    element("p", { id: "failure-detail" }),
    element("p", { className: "small mono", id: "failure-note" }),
    element("p", { className: "row" },
      element("button", { id: "retry", type: "button" }, "Try again"),
      element("a", { id: "elsewhere", className: "button", href: "/attention", data: { page: "/attention" }, hidden: true },
        "See where its heads look")));
}
