// The theme: the system's, or the one chosen in the bar. Canvases ask here for the colours that style sheets name.

import { $ } from "./dom.js";

const dark = matchMedia("(prefers-color-scheme: dark)");
const watchers = new Set();

export const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";

/** Calls `redraw` whenever the colours have changed. */
export const onTheme = (redraw) => watchers.add(redraw);

const changed = () => {
  $("theme").textContent = isDark() ? "Light" : "Dark";
  $("theme").setAttribute("aria-label", `Switch to the ${isDark() ? "light" : "dark"} theme`);
  known.clear();
  for (const redraw of watchers) redraw();
};

/** Makes the bar's button switch. */
export function prepareTheme() {
  $("theme").addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    localStorage.setItem("theme", theme);
    changed();
  });
  dark.addEventListener("change", changed);
  changed();
}

const known = new Map();
let probe = null;

/** What the custom property `name` is now, as [red, green, blue] of 0 … 255. */
export function colour(name) {
  if (!known.has(name)) {
    probe ??= document.body.appendChild(Object.assign(document.createElement("span"), { hidden: true }));
    probe.style.color = `var(--${name})`;
    known.set(name, getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number));
  }
  return known.get(name);
}

/** The same for a canvas's styles, at an opacity. */
export const paint = (name, opacity = 1) => `rgb(${colour(name).join(" ")} / ${opacity})`;
