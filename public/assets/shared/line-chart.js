// A small chart of lines: values of a few series along named steps, with the scale at its left.

import { number } from "./numbers.js";

const WIDTH = 272, HEIGHT = 148, LEFT = 36, RIGHT = 8, TOP = 8, BOTTOM = 24;
const svg = (tag, attributes, text) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
};

/** Round steps between the ends: at most four. */
function ticks(low, high) {
  const rough = (high - low) / 3 || 1;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * size).find((each) => each >= rough);
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: Math.floor((high - first) / step + 1e-9) + 1 }, (_, each) => first + each * step);
}

/** @param chart `steps`: names along the axis; `series`: [{name, colour (a custom property), values}]; `at`: the step that
 *    is marked; `point(step)` hears where the pointer is. */
export function lineChart({ title, steps, series, at, point }) {
  const all = series.flatMap(({ values }) => values).filter(Number.isFinite);
  const low = Math.min(0, ...all), high = Math.max(low + 1e-6, ...all);
  const x = (step) => LEFT + (steps.length > 1 ? step / (steps.length - 1) : 0.5) * (WIDTH - LEFT - RIGHT);
  const y = (value) => TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM);
  const chart = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "line-chart", "aria-label": title });
  const said = series.map(({ name, values }) => `${name}: ${values.map((value) => number(value, 2)).join(", ")}`).join("; ");
  chart.append(svg("desc", {}, said));
  for (const value of ticks(low, high)) {
    chart.append(svg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value), class: value === 0 ? "zero" : "rule" }),
      svg("text", { x: LEFT - 6, y: y(value), class: "tick end" }, number(value, Math.abs(high - low) < 2 ? 1 : 0)));
  }
  const often = Math.ceil(steps.length / 5);
  steps.forEach((name, step) => {
    if (step % often !== 0 && step !== steps.length - 1) return;
    if (step !== steps.length - 1 && x(steps.length - 1) - x(step) < 76) return;   // the last one's text reaches to the left
    const anchor = step === 0 ? "start" : step === steps.length - 1 ? "end" : "middle";
    chart.append(svg("text", { x: x(step), y: HEIGHT - 6, class: "tick", "text-anchor": anchor }, name));
  });
  chart.append(svg("line", { x1: x(at), x2: x(at), y1: TOP, y2: HEIGHT - BOTTOM, class: "at" }));
  for (const { colour, values } of series) {
    const path = values.map((value, step) => `${step ? "L" : "M"}${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join("");
    const line = svg("path", { d: path, class: "series" });
    const dot = svg("circle", { cx: x(at), cy: y(values[at]), r: 3 });
    line.style.stroke = dot.style.fill = `var(--${colour})`;
    chart.append(line, dot);
  }
  chart.addEventListener("pointermove", (event) => {
    const box = chart.getBoundingClientRect();
    const step = Math.round(((event.clientX - box.left) / box.width * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT) * (steps.length - 1));
    if (step >= 0 && step < steps.length) point?.(step);
  });
  return chart;
}
