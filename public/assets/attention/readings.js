// The inspector of the attention page: what is pointed at, in numbers; the scores of a head; the legend.

import { $, element, fillFacts } from "../shared/dom.js";
import { showLegend } from "../shared/legend.js";
import { number } from "../shared/numbers.js";
import { tokenName } from "../shared/seen.js";
import { term } from "../shared/tips.js";
import { kindName } from "./tour.js";

const UNITS = { entropy: "nats", mean_distance: "patches" };

export const scoreName = (name) =>
  ({ attention_to_cls: "Attention to CLS", mean_distance: "Mean distance" })[name] ?? kindName(name);

/** The value where query and key meet, or on the line that is shown; null where none is pointed at. */
export function valueAt(attention, { head, query, key, line, view }) {
  const at = key ?? query;
  if (view === "mean" || view === "rollout") return line && at !== null ? line[at] : null;
  return head !== null && query !== null && key !== null ? attention.value(head, query, key) : null;
}

/** What is pointed at, in words and numbers. */
export function showReading(attention, grid, reading) {
  const { head, query, key, view } = reading;
  const name = (each) => (each === null ? "–" : tokenName(grid, each));
  const what = view === "rollout" ? "rollout" : attention.from;
  fillFacts($("reading"), [
    ["Head", head === null ? "point at one" : attention.short(head)],
    ["Query", name(query)], ["Key", name(key)],
    [what === "pattern" ? "Pattern" : what === "scores" ? "Score" : "Rollout", number(valueAt(attention, reading), 4)],
  ]);
  const terms = $("reading").querySelectorAll("dt");
  terms[1].replaceChildren(term("Query", "query"));
  terms[2].replaceChildren(term("Key", "key"));
  terms[3].replaceChildren(term(terms[3].textContent, what));
  terms[1].classList.add("teal");
  terms[2].classList.add("pink");
}

let shownFor = null;

/** Every score of a head; without one, of none. */
export function showScores(attention, head) {
  if (shownFor?.attention === attention && shownFor.head === head) return;
  shownFor = { attention, head };
  const names = Object.keys(attention.scores);
  $("score-section").hidden = names.length === 0;
  const kind = head === null ? null : kindOf(attention, head);
  fillFacts($("head-scores"), [
    ["Kind", head === null ? "point at a head" : kind && element("strong", {}, `${kindName(kind.kind)} ${number(kind.score, 2)}`)],
    ...names.map((name) => [scoreName(name),
      head === null ? "–" : `${number(attention.scores[name][head], 3)}${UNITS[name] ? ` ${UNITS[name]}` : ""}`]),
  ]);
  $("head-scores").querySelectorAll("dt").forEach((dt, index) => {
    const text = dt.textContent;
    if (index > 0) dt.replaceChildren(term(text, names[index - (dt.parentElement.firstChild.textContent === "Kind" ? 1 : 0)]));
  });
}

/** The kind that the server gave a head: {kind, score}. */
const kindOf = (attention, head) =>
  attention.document.kinds?.[attention.layerOf(head)]?.[head % attention.heads] ?? null;

/** The scale of what is shown; where each map has its own and none is pointed at, it says so. */
export function showLegendOf(attention, { head, line, scale, oneScale }) {
  const unit = attention.from === "scores" ? "score, scaled q·k" : "share of a query's attention";
  const isEachItsOwn = !scale && head === null && !oneScale && attention.from === "pattern";
  const shown = scale ?? (oneScale || !line ? attention.scale() : attention.scaleOf(line));
  showLegend($("legend"), shown, unit, isEachItsOwn ? { high: "each map's largest" } : {});
}
