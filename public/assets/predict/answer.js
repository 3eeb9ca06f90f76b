// The prediction: the best class in large, and bars of those that follow.

import { $, element } from "../shared/dom.js";
import { number, percent } from "../shared/numbers.js";
import { term } from "../shared/tips.js";

/** Shows what `/predict` answered for one picture: [{index, label, emoji, logit, probability}], best first; none where the
 *  logits are no numbers. */
export function showAnswer(top) {
  const best = top[0];
  if (!best) $("best").textContent = "The model's logits are no numbers: no class is the best.";
  else $("best").replaceChildren(
    element("span", { className: "emoji", ariaHidden: "true" }, best.emoji ?? ""),
    element("span", {}, nameOf(best)),
    element("span", { className: "sure" }, percent(best.probability)));
  $("bars").replaceChildren(...top.map(bar));
}

function bar(each) {
  const filled = element("span", { className: "fill", ariaHidden: "true" });
  filled.style.setProperty("--share", each.probability ?? 0);
  return element("li", { data: { index: each.index } },
    element("span", { className: "emoji", ariaHidden: "true" }, each.emoji ?? ""),
    element("span", { className: "label" }, nameOf(each)),
    element("span", { className: "number probability" }, number(each.probability, 4)),
    element("span", { className: "track" }, filled),
    element("span", { className: "small number logit" }, term("logit"), ` ${number(each.logit, 3)}`));
}

export const nameOf = (each) => each.label ?? `class ${each.index}`;
