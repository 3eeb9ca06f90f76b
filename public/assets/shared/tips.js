// Explanations of the field's terms: `data-tip` on an element names one, shown on hover and on focus.

import { element } from "./dom.js";
import { TERMS } from "./terms.js";

const tip = element("div", { className: "tip", id: "tip", role: "tooltip", hidden: true });
let owner = null;

function show(target) {
  hide();
  owner = target;
  tip.textContent = TERMS[target.dataset.tip] ?? target.dataset.tip;
  tip.hidden = false;
  target.setAttribute("aria-describedby", tip.id);
  const box = target.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.left), innerWidth - tip.offsetWidth - 8);
  const below = box.bottom + 8 + tip.offsetHeight < innerHeight;
  tip.style.left = `${left}px`;
  tip.style.top = `${below ? box.bottom + 8 : box.top - tip.offsetHeight - 8}px`;
}

function hide() {
  tip.hidden = true;
  owner?.removeAttribute("aria-describedby");
  owner = null;
}

const target = (event) => (event.target instanceof Element ? event.target.closest("[data-tip]") : null);

/** Listens on the whole page: elements may come and go. */
export function prepareTips() {
  document.body.append(tip);
  document.addEventListener("pointerover", (event) => (target(event) ? show(target(event)) : owner && hide()));
  document.addEventListener("focusin", (event) => (target(event) ? show(target(event)) : hide()));
  document.addEventListener("scroll", hide, { capture: true, passive: true });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
}

/** A word that explains itself: reached by the pointer and by the keyboard. */
export function term(text, name = text) {
  return TERMS[name] ? element("span", { tabIndex: 0, data: { tip: name } }, text) : text;
}
