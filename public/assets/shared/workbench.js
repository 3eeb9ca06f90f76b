// The frame of a page that looks at one picture, or two, through one model: rail, address, and which of its parts is shown.

import * as address from "./address.js";
import { $, element } from "./dom.js";
import { counterpart, keptPicture, ownPicture, SAMPLES, sample } from "./pictures.js";
import { Rail } from "./rail.js";
import { patchGrid, seenPicture } from "./seen.js";
import { prepareTheme } from "./theme.js";
import { prepareTips } from "./tips.js";

const LONGEST_TITLE = 90;    // characters
const NAMES = [{ sample: "sample", own: "picture" }, { sample: "other", own: "other_picture" }];   // in the address, by slot

/** Runs a page.
 *  - `ask(subject, signal)`: what the page wants of the server for `subject` = {detail, grid, file, sample, own, seen}.
 *  - `show(answer, subject)`: puts it on the page.
 *  - `ready(subject)` (optional): the page needs no picture; called once the model is known.
 *  - `failed(error)` (optional): true where the page has told it and the result before stays.
 *  - `titles` (optional): what the two pictures are called, of a page about two. The second one is `subject.other` = {file,
 *    sample, own, seen}; until one is chosen it is a sample unlike the first, and the address does not name it. */
export class Workbench {
  #page;
  #rail;
  #model = null;
  #detail = null;
  #picture = null;
  #other = null;        // the second picture, once one is chosen
  #running = new AbortController();
  #again = null;        // what "Try again" does
  #hasResult = false;

  constructor(page) {
    this.#page = page;
    prepareTheme();
    prepareTips();
    this.#rail = new Rail({
      model: (id) => this.#attempt(() => this.#chooseModel(id)),
      sample: (name, slot) => this.#attempt(async () => this.#choosePicture(await sample(name), slot)),
      file: (file, slot) => this.#attempt(async () => this.#choosePicture(await ownPicture(file), slot)),
      swap: () => this.#attempt(() => this.#swap()),
    }, page.titles);
    $("view").append(failureNotice(), element("p", { id: "waiting", className: "waiting", role: "status" }, "Looking…"));
    address.carry();
    showCurrentPage();
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
    const [model, picture, other] = await Promise.all([
      this.#rail.listModels(address.get("model")), pictureOfAddress(0), this.#page.titles ? pictureOfAddress(1) : null,
    ]);
    if (other) this.#other = other;
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

  async #choosePicture(picture, slot = 0) {
    if (slot === 1) this.#other = picture;
    else this.#picture = picture;
    address.set({ [NAMES[slot].sample]: picture.sample, [NAMES[slot].own]: picture.own });
    this.#rail.showPicture(picture, slot);
    if (this.#detail) this.#page.ready?.({ detail: this.#detail, ...picture });
    if (this.#detail) await this.#look();
    else await this.#begin();
  }

  async #swap() {
    if (!this.#picture) return;
    const other = this.#other ?? await counterpart(this.#picture);
    [this.#picture, this.#other] = [other, this.#picture];
    [this.#picture, this.#other].forEach((picture, slot) => {
      address.set({ [NAMES[slot].sample]: picture.sample, [NAMES[slot].own]: picture.own });
      this.#rail.showPicture(picture, slot);
    });
    await this.#look();
  }

  async #look() {
    if (!this.#page.ask || !this.#picture) return;
    this.#running.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    const detail = this.#detail;
    const subject = { detail, grid: patchGrid(detail), ...this.#picture };
    this.#reveal(this.#hasResult ? "result" : "waiting");
    $("result").ariaBusy = "true";
    if (this.#page.titles) {
      subject.other = this.#other ?? await counterpart(subject);
      this.#rail.showPicture(subject.other, 1);
    }
    const [answer, seen, otherSeen] = await Promise.all([
      this.#page.ask(subject, signal), seenPicture(detail, subject.file, signal),
      subject.other && seenPicture(detail, subject.other.file, signal),
    ]);
    if (signal.aborted) return;
    if (subject.other) subject.other = { ...subject.other, seen: otherSeen };
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
      if (this.#hasResult && this.#page.failed?.(error)) {
        $("result").ariaBusy = "false";
        return this.#reveal("result");
      }
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

/** On a narrow screen the bar scrolls: as far as the page's own link. */
function showCurrentPage() {
  const bar = document.querySelector(".bar nav"), current = bar.querySelector("[aria-current]");
  if (current) bar.scrollLeft = current.offsetLeft + current.offsetWidth / 2 - bar.offsetLeft - bar.clientWidth / 2;
}

/** The picture that the address names for a slot, if any. */
function pictureOfAddress(slot) {
  const [name, own] = [address.get(NAMES[slot].sample), address.get(NAMES[slot].own)];
  return name ? sample(name) : own ? keptPicture(own) : null;
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
