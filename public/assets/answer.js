// The prediction: bars of the best classes, the times, the provenance, the command.

import { $, element, fillFacts, milliseconds } from "./dom.js";
import { modelPath } from "./api.js";

/** Shows what `/predict` answered for one picture. */
export function showAnswer(answer) {
  const top = answer.results[0].top;
  const best = top[0];
  $("best").replaceChildren(
    element("span", { className: "emoji", ariaHidden: "true" }, best.emoji ?? ""),
    element("span", {}, nameOf(best)),
    element("span", { className: "sure" }, percent(best.probability)));
  $("bars").replaceChildren(...top.map(bar));

  const named = { queue: "in the queue", decode: "decoding", compute: "the model", encode: "encoding" };
  fillFacts($("times"), [
    ...answer.timing.map(([name, duration]) => [named[name] ?? name, milliseconds(duration)]),
    ["round trip", milliseconds(answer.roundTrip)],
  ]);
  fillFacts($("provenance"), Object.entries(answer.provenance ?? {}).map(([name, value]) => [
    name.replaceAll("_", " "), typeof value === "string" ? shortened(value) : value ?? "not known yet",
  ]));
}

/** Grey bars while the server thinks; what stood there before is out of date. */
export function showWaiting() {
  fillFacts($("times"), [["no answer yet", "–"]]);
  fillFacts($("provenance"), [["no answer yet", "–"]]);
  $("best").replaceChildren(element("span", { className: "waiting" }, "Looking…"));
  $("bars").replaceChildren(...[0, 1, 2].map(() => element("li", { className: "waiting", ariaHidden: "true" })));
}

function bar(each) {
  const filled = element("span", { className: "fill", ariaHidden: "true" });
  filled.style.setProperty("--share", each.probability ?? 0);
  return element("li", {},
    element("span", { className: "emoji", ariaHidden: "true" }, each.emoji ?? ""),
    element("span", { className: "label" }, nameOf(each)),
    element("span", { className: "number" }, probability(each.probability)),
    element("span", { className: "track" }, filled),
    element("span", { className: "small number", title: "logit: the model's own score, before the softmax" },
      each.logit === null ? "logit –" : `logit ${each.logit.toFixed(3).replace("-", "−")}`));
}

const nameOf = (each) => each.label ?? `class ${each.index}`;

/** Small ones keep their magnitude: 0.97, 0.0123, 3.1e-6. */
const probability = (p) => (p === null ? "–" : p === 0 || p >= 0.001 ? p.toFixed(4) : p.toExponential(1));
const percent = (p) => (p === null ? "" : `${(p * 100).toFixed(p > 0.9995 && p < 1 ? 2 : 1)} %`);

/** Digests are recognised by their beginning. */
const shortened = (text) => (/^[\w:-]{40,}$/.test(text) ? `${text.slice(0, text.indexOf(":") + 13)}…` : text);

/** The command that asks the same, for a picture under `address` (null: a file of the user's). */
export function curlCommand(model, file, address) {
  const target = `${location.origin}${modelPath(model)}/predict`;
  const post = (source) => `curl -s --data-binary ${source} \\\n  -H 'Content-Type: ${file.type}' \\\n  ${target}`;
  return address ? `curl -s ${location.origin}${address} |\n${post("@-")}` : post(`@${quoted(file.name)}`);
}

const quoted = (name) => (/^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`);
