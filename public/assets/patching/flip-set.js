// The smallest flipping set: the button that looks for it, and what was found.

import { nameOf } from "../shared/class-names.js";
import { element } from "../shared/dom.js";

const PROOFS = {
  smallest: "No smaller set does it.",
  irreducible: "None of them can be left out; a smaller set of others may exist.",
};

/** @param on `search()`, `cell(cell)`, `all(isShown)`. @param state {canFlip, found, isSearched, isRunning, showsAll, name(cell)} */
export function showFlipSet(place, state, on) {
  const { canFlip, found, isSearched, isRunning, showsAll } = state;
  const key = JSON.stringify([canFlip, found, isSearched && isRunning, showsAll]);
  if (place.dataset.shown === key) return;        // what stands there may have the focus
  const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
  fill(place, state, on);
  place.dataset.shown = key;
  if (focused) document.getElementById(focused)?.focus();
}

function fill(place, { canFlip, found, isSearched, isRunning, showsAll, name }, on) {
  if (!canFlip) {
    const hint = "Both runs give the same answer: choose pictures that differ in it.";
    return place.replaceChildren(element("p", { className: "small" }, hint));
  }
  if (!found) {
    const isLooking = isSearched && isRunning;
    const button = element("button", { type: "button", id: "find-set", disabled: isLooking }, isLooking ? "Looking…" : "Look for it");
    button.addEventListener("click", on.search);
    return place.replaceChildren(
      element("p", { className: "small" }, "How few patches together turn the answer of the one run into the other's?"), button);
  }
  if (!found.found) {
    return place.replaceChildren(element("p", {}, `No set of these cells was found that makes it say ${nameOf(found.target)}.`));
  }
  const buttons = found.cells.map((cell) => {
    const button = element("button", { type: "button", className: "chip" }, name(cell));
    button.addEventListener("click", () => on.cell(cell));
    return button;
  });
  const all = element("button", { type: "button", id: "show-set", ariaPressed: String(showsAll) }, "See what the set does");
  all.addEventListener("click", () => on.all(!showsAll));
  const many = found.size === 1 ? "One patch makes" : `${found.size} patches together make`;
  place.replaceChildren(
    element("p", {}, `${many} it say `, element("strong", {}, nameOf(found.prediction)), "."),
    element("p", { className: "row", id: "set-cells" }, ...buttons),
    element("p", { className: "small" }, PROOFS[found.proof] ?? ""),
    ...(found.size > 1 ? [all] : []));
}
