// Bars that add up: each begins where the one before it ended, and the last one is their sum.

import { element } from "../shared/dom.js";
import { number } from "../shared/numbers.js";
import { paint } from "../shared/theme.js";
import { TERMS } from "../shared/terms.js";

/** Where each bar begins and ends, the sum at the end, and the range of them all. */
export function stack(entries, total) {
  let at = 0;
  const bars = entries.map((entry) => ({ ...entry, from: at, to: at += entry.value }));
  bars.push({ ...total, from: 0, to: total.value, kind: "total" });
  const ends = bars.flatMap(({ from, to }) => [from, to]);
  const low = Math.min(0, ...ends), high = Math.max(0, ...ends);
  return { bars, low, high: high > low ? high : low + 1 };
}

/** Fills a list with bars; `pick(name)` hears the one that is clicked, `point(name | null)` what is pointed at. */
export function showWaterfall(list, { bars, low, high }, { picked, pick, point }) {
  const share = (value) => (value - low) / (high - low);
  list.replaceChildren(...bars.map((bar) => {
    const track = element("span", { className: "track", ariaHidden: "true" }, element("span", { className: "fill" }));
    const [left, right] = [share(Math.min(bar.from, bar.to)), share(Math.max(bar.from, bar.to))];
    for (const [name, value] of [["left", left], ["width", right - left], ["zero", share(0)], ["end", share(bar.to)]]) {
      track.style.setProperty(`--${name}`, value);
    }
    const button = element("button", { type: "button", ariaPressed: String(bar.name === picked) },
      element("span", { className: "name mono" }, bar.name), track,
      element("span", { className: "number" }, signed(bar.value, bar.kind)));
    if (TERMS[bar.tip]) button.title = TERMS[bar.tip];
    button.addEventListener("click", () => pick(bar.name));
    for (const name of ["pointerenter", "focus"]) button.addEventListener(name, () => point(bar.name));
    for (const name of ["pointerleave", "blur"]) button.addEventListener(name, () => point(null));
    const side = bar.value < 0 ? "against" : "for";
    return element("li", { className: `${bar.kind} ${side}`, data: { name: bar.name, value: bar.value } }, button);
  }));
}

const signed = (value, kind) => (kind !== "total" && value > 0 ? "+" : "") + number(value, 4);

/** The same bars on a canvas of their own, for a file. */
export function drawWaterfall({ bars, low, high }, title) {
  const [row, left, right, width, scale] = [24, 136, 96, 880, 2];
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: width * scale, height: (48 + bars.length * row) * scale });
  const context = canvas.getContext("2d");
  const x = (value) => left + (value - low) / (high - low) * (width - left - right);
  context.scale(scale, scale);
  context.fillStyle = paint("surface");
  context.fillRect(0, 0, width, canvas.height);
  context.textBaseline = "middle";
  const write = (text, at, y, align, font = "12px system-ui, sans-serif") => {
    Object.assign(context, { font, textAlign: align, fillStyle: paint("text") });
    context.fillText(text, at, y);
  };
  write(title, 16, 20, "left", "600 14px system-ui, sans-serif");
  bars.forEach(({ name, value, from, to, kind }, place) => {
    const y = 40 + place * row;
    write(name, left - 12, y + row / 2, "right");
    context.fillStyle = paint(kind === "total" ? "bar" : value < 0 ? "negative" : "positive");
    context.fillRect(Math.min(x(from), x(to)), y + 4, Math.max(1, Math.abs(x(to) - x(from))), row - 8);
    write(signed(value, kind), width - 16, y + row / 2, "right");
  });
  context.fillStyle = paint("edge");
  context.fillRect(x(0), 40, 1, bars.length * row);
  return canvas;
}
