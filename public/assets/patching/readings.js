// The patching page in words and numbers: what a cell gave, what both runs say, what the colours mean.

import * as address from "../shared/address.js";
import { nameOf } from "../shared/class-names.js";
import { $, element, fillFacts } from "../shared/dom.js";
import { metricText } from "../shared/metric-picker.js";
import { count, number, percent } from "../shared/numbers.js";
import { showOnward } from "../shared/onward.js";
import { tokenName } from "../shared/seen.js";
import { hookName } from "./sweep.js";

/** What the cell `at` = {layer, cell} gave; without one the hook of `layer` alone. */
export function showReading(sweep, grid, at, layer) {
  const { view, hook } = sweep.question;
  const outcome = at && sweep.at(at.layer, at.cell);
  const place = at && (view === "head" ? `head ${at.cell}` : tokenName(grid, at.cell));
  fillFacts($("reading"), [
    ["Cell", at ? `layer ${at.layer} · ${place}` : "point at one"],
    ["Hook", element("span", { className: "mono small" }, hookName(hook, at?.layer ?? layer))],
    ["Metric", outcome ? number(outcome.metric, 4) : "–"],
    ["Normalised", outcome ? number(outcome.normalised, 4) : "–"],
    ["Prediction", outcome ? nameOf(outcome.prediction) : "–"],
    ["Unpatched", `${number(sweep.baseMetric, 4)} · ${nameOf(sweep.base)}`],
  ]);
  $("reading").querySelector("dt").classList.add("teal");
  showOnward(at && view === "head"
    ? [address.link("/attention", { layer: at.layer, head: at.cell }), "See where this head looks in the clean picture"] : null);
}

/** What each run says when nothing is patched. @param predictions The best classes of each; null where there are none. */
export function showAnswers(sweep, predictions) {
  const { predictions: answers, baseline_clean: clean, baseline_corrupt: corrupt, metric } = sweep.baseline;
  const roles = sweep.isDenoising ? ["Clean · gives", "Corrupt · takes"] : ["Clean · takes", "Corrupt · gives"];
  ["clean", "corrupt"].forEach((each, at) => {
    $(`${each}-role`).textContent = roles[at];
    const best = predictions?.[each][0];
    $(`${each}-answer`).textContent = best ? `${nameOf(best)} ${percent(best.probability)}` : nameOf(answers[each]);
  });
  const text = metricText(metric);
  $("note").textContent = `${text[0].toUpperCase()}${text.slice(1)}: ${number(clean, 4)} on the clean picture, `
    + `${number(corrupt, 4)} on the corrupt one. `
    + (sweep.canFlip ? "A patch that flips the answer shows the new one." : "Both get the same answer, so there is none to flip.");
}

/** What the colours measure. */
export function legendText(sweep, values) {
  if (values === "metric" || !sweep.hasWay) return "change of the metric by one patch";
  const [from, to] = sweep.isDenoising ? ["corrupt", "clean"] : ["clean", "corrupt"];
  return `share of the way from the ${from} run (0) to the ${to} one (1) that one patch goes`
    + (sweep.isDenoising ? "" : "; 1 − normalised");
}

/** A layer in a few words: its largest value, and how many of its patches change the answer. */
export function layerSummary(sweep, layer, values) {
  let best = null, flips = 0;
  for (let cell = 0; cell < sweep.question.columns; cell++) {
    const value = sweep.value(layer, cell, values);
    if (value !== null && (best === null || Math.abs(value) > Math.abs(best))) best = value;
    if (sweep.flips(layer, cell)) flips++;
  }
  if (best === null) return "not tried yet";
  const flipped = flips === 0 ? "" : `, ${count(flips)} ${flips === 1 ? "flip" : "flips"}`;
  return `largest ${number(best, 2)}${flipped}`;
}
