// The legend of the logit lens: a scale of logits, or the colours of the commonest answers.

import { CATEGORIES } from "../shared/colours.js";
import { showCategories, showLegend } from "../shared/legend.js";
import { count } from "../shared/numbers.js";

/** @param stream The one that is shown, or null for all: what is counted. */
export function showLensLegend(place, lens, { mode }, { scale, category, focus }, stream, prefix) {
  if (mode !== "emoji") {
    const what = focus === null ? "logit of each patch's best class" : `logit of ${lens.label(focus)}`;
    return showLegend(place, scale, `${what}; one scale for all streams`);
  }
  const counts = new Map();
  for (let at = stream ?? 0; at <= (stream ?? lens.streams - 1); at++) {
    for (let token = prefix; token < lens.tokens; token++) {
      const index = category.has(lens.best(at, token)) ? lens.best(at, token) : null;
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
  }
  const name = (index) => [lens.emoji(index), lens.label(index)].filter(Boolean).join(" ");
  const entries = [...category].filter(([index]) => counts.has(index)).map(([index, colour]) =>
    [`var(--${colour})`, name(index), count(counts.get(index))]);
  if (counts.has(null)) entries.push([`var(--${CATEGORIES[7]})`, "all others", count(counts.get(null))]);
  showCategories(place, entries, "patches whose best class it is");
}
