// The patching page: what each place of the network carries from one picture's run into the other's.

import * as address from "../shared/address.js";
import { ClassNames } from "../shared/class-names.js";
import { post, postForLines } from "../shared/client.js";
import { cssOf, inkOn, Scale } from "../shared/colours.js";
import { CellTable } from "../shared/cell-table.js";
import { $, choice, element, onNextFrame, picker } from "../shared/dom.js";
import { saveCSV, saveNpz, savePNG } from "../shared/downloads.js";
import { EmojiGrid } from "../shared/emoji-grid.js";
import { Inspector } from "../shared/inspector.js";
import { showLegend } from "../shared/legend.js";
import { metricForAddress, metricOfAddress, MetricPicker } from "../shared/metric-picker.js";
import { count, number } from "../shared/numbers.js";
import { PictureView } from "../shared/picture-view.js";
import { PrefixCells, prefixName } from "../shared/prefix-cells.js";
import { Readout } from "../shared/readout.js";
import { onTheme } from "../shared/theme.js";
import { Workbench } from "../shared/workbench.js";
import { Effect, predict } from "./effect.js";
import { showFlipSet } from "./flip-set.js";
import { LayerStrip } from "./layer-strip.js";
import { layerSummary, legendText, showAnswers, showReading } from "./readings.js";
import { hookName, Question, Sweep, VIEWS } from "./sweep.js";

const oneOf = (name, values) => (values.includes(address.get(name)) ? address.get(name) : values[0]);
const DIRECTIONS = [["denoise", "Clean into corrupt"], ["noise", "Corrupt into clean"]];
const METRICS = [
  ["logit_difference", "logit difference"], ["logit", "logit"], ["probability", "probability"],
  ["log_probability", "log probability"], ["loss", "loss"], ["kl", "KL divergence"], ["cosine", "cosine"],
];

/** A layer's own scale ends at no less than this part of the whole sweep's: beyond is rounding. */
const LEAST_OF_ALL = 1e-3;

/** What is chosen, as the address has it. `cell` is pinned: its position or its head; `layer` null: the strongest. */
const chosen = {
  view: oneOf("view", Object.keys(VIEWS)), hook: null, direction: oneOf("direction", DIRECTIONS.map(([each]) => each)),
  values: oneOf("values", ["share", "metric"]), scale: oneOf("scale", ["all", "layer"]), opacity: address.getIndex("opacity", 101) ?? 70,
  metric: metricOfAddress(), search: address.get("search") === "1", showsSet: address.get("set") === "1",
  layer: null, cell: null,
};
chosen.hook = oneOf("hook", VIEWS[chosen.view]);
let sweep = null, subject = null, names = null, asked = null;
let hovered = null;          // {layer, cell}
let running = null;          // the AbortController of a sweep that runs
let front = 0;               // the layer that came last
let kept = {};               // the scale of what is known

const on = {
  point: (token) => hover(token === null ? null : { layer: shownLayer(), cell: token }),
  pin: (token) => pin(shownLayer(), token),
  free: () => pin(null, null),
};
const grid = new EmojiGrid($("map"), on);
const prefix = new PrefixCells($("prefix"), on);
const strip = new LayerStrip($("strip"), (layer) => { choose({ layer, showsSet: false }); update(); });
const table = new CellTable($("heads"), {
  point: (at) => hover(at && { layer: at.row, cell: at.column }),
  pin: (at) => pin(at.row, at.column),
  free: on.free,
});
const pictures = { clean: new PictureView($("seen"), on), corrupt: new PictureView($("seen-other"), on) };
const readout = new Readout($("map"), $("heads"));
const effect = new Effect($("effect"));
const inspector = new Inspector({
  downloads: [
    ["PNG", () => savePNG(chosen.view === "position" ? grid.canvas : table.canvas, `patching-${chosen.hook}`)],
    ["CSV", () => saveCSV(sweep.table(), `patching-${chosen.hook}`)],
    ["npz", () => saveNpz(asked, `patching-${chosen.hook}`)],
  ],
});

// --- what is chosen ---------------------------------------------------------------------------------------------

function choose(values) {
  Object.assign(chosen, values);
  const { view, hook, direction, layer, cell } = chosen;
  const unless = (usual, value) => (value === usual ? null : value);
  address.set({
    view: unless("position", view), hook: unless(VIEWS[view][0], hook), direction: unless("denoise", direction),
    values: unless("share", chosen.values), scale: unless("all", chosen.scale), opacity: unless(70, chosen.opacity),
    ...metricForAddress(chosen.metric), search: chosen.search ? 1 : null, set: chosen.showsSet ? 1 : null,
    ...(sweep ? { layer, position: view === "position" ? cell : null, head: view === "head" ? cell : null } : {}),
  });
}

/** The layer of the map: the one that is chosen, the one that is being tried, in the end the one that does most. */
const shownLayer = () => chosen.layer ?? (running ? front : sweep.strongestLayer(chosen.values));

function hover(at) {
  hovered = at;
  update();
}

function pin(layer, cell) {
  hovered = null;
  const isSame = layer === chosen.layer && cell === chosen.cell;
  choose(isSame ? { cell: null, showsSet: false } : { layer: layer ?? chosen.layer, cell, showsSet: false });
  update();
}

const cellOf = (layer, cell) => ({ layer, [chosen.view]: cell });
const cellName = (cell) => (chosen.view === "head" ? `L${cell.layer} H${cell.head}` : `L${cell.layer} · ${shortToken(cell.position)}`);
const hooksOf = ({ config }) => VIEWS[chosen.view].filter((each) => !config.attn_only || !["resid_mid", "mlp_out"].includes(each));
const shortToken = (token) => {
  const { prefix: first, columns } = subject.grid;
  return token < first ? prefixName(token) : `row ${Math.floor((token - first) / columns)}, column ${(token - first) % columns}`;
};

/** The cells whose effect is shown: the pinned one, or the set that was found. */
function shownCells() {
  if (chosen.showsSet && sweep.found?.found) return sweep.found.cells;
  return chosen.cell === null ? [] : [cellOf(shownLayer(), chosen.cell)];
}

// --- what is shown ----------------------------------------------------------------------------------------------

/** One scale for all layers, or a layer's own, of its patches: other tokens, which often do far more, are then cut off. */
function scale(layer) {
  const own = chosen.scale === "layer" && chosen.view === "position" ? layer : null;
  if (kept.known !== sweep.known || kept.sweep !== sweep || kept.values !== chosen.values) {
    kept = { sweep, known: sweep.known, values: chosen.values, scales: new Map() };
  }
  if (!kept.scales.has(own)) {
    const least = own === null ? 0 : scale(null).high * LEAST_OF_ALL;
    kept.scales.set(own, Scale.signed([...sweep.values(chosen.values, own), least]));
  }
  return kept.scales.get(own);
}

function packed(layer, cell) {
  const value = sweep.value(layer, cell, chosen.values);
  return value === null ? null : scale(layer).packed(value);
}

const glyph = (layer, cell) => (sweep.flips(layer, cell) ? sweep.at(layer, cell).prediction : null);
const isFound = (layer, cell) =>
  Boolean(sweep.found?.found && sweep.found.cells.some((each) => each.layer === layer && each[chosen.view] === cell));

const later = onNextFrame(() => update());

function update() {
  if (!sweep) return;
  const layer = shownLayer();
  const at = hovered ?? (chosen.cell === null ? null : { layer, cell: chosen.cell });
  $("on-picture").hidden = chosen.view !== "position";
  $("by-head").hidden = chosen.view !== "head";
  scales.hidden = chosen.view !== "position";
  if (chosen.view === "position") showLayer(layer, at);
  else {
    const { rows, columns } = sweep.question;
    table.show({
      rows: Array.from({ length: rows }, (_, each) => each), columns: Array.from({ length: columns }, (_, each) => each),
      titles: ["layer", "head"], value: (row, column) => sweep.value(row, column, chosen.values), scale: scale(), glyph,
      isOutlined: isFound,
    });
    table.mark = at && { row: at.layer, column: at.cell };
  }
  const token = chosen.view === "position" ? at?.cell ?? null : null;
  for (const each of Object.values(pictures)) each.marks = { query: token };
  showReading(sweep, subject.grid, at, layer);
  const value = at && sweep.value(at.layer, at.cell, chosen.values);
  readout.text = hovered && (value === null ? "not tried yet" : `${cellName(cellOf(at.layer, at.cell))}  ${number(value, 3)}`);
  showLegend($("legend"), scale(at?.layer ?? layer), legendText(sweep, chosen.values));
  showEffect();
  showFlipSet($("search"), {
    canFlip: sweep.canFlip, found: sweep.found, isSearched: chosen.search, isRunning: running !== null,
    showsAll: chosen.showsSet, name: cellName,
  }, {
    search() { choose({ search: true }); start(); },
    cell(cell) { choose({ layer: cell.layer, cell: cell[chosen.view], showsSet: false }); update(); },
    all(showsSet) { choose({ showsSet }); update(); },
  });
  showProgress();
}

function showLayer(layer, at) {
  $("layer").value = layer;
  $("layer").setAttribute("aria-valuetext", hookName(chosen.hook, layer));
  $("layer-name").textContent = hookName(chosen.hook, layer);
  const changed = chosen.direction === "denoise" ? subject.other.seen : subject.seen;
  const value = (token) => sweep.value(layer, token, chosen.values);
  const veil = (token) => (value(token) === null ? null : scale(layer).veil(value(token)));
  grid.show({
    grid: subject.grid, seen: changed, opacity: chosen.opacity / 100, fill: veil, glyph: (token) => glyph(layer, token),
    ink: (token) => inkOn(packed(layer, token)),
    outlined: (sweep.found?.cells ?? []).filter((each) => each.layer === layer).map(({ position }) => position),
  });
  grid.mark = at?.cell ?? null;
  prefix.show(subject.grid.prefix, (token) => {
    const known = packed(layer, token), flip = glyph(layer, token);
    if (known === null) return { label: `${prefixName(token)}: not tried yet` };
    return {
      fill: cssOf(known), ink: inkOn(known), emoji: flip?.emoji, text: number(value(token), 2),
      label: `${prefixName(token)}: ${number(value(token), 3)}${flip ? `, becomes ${flip.label}` : ""}`,
    };
  });
  prefix.mark(at?.cell ?? null);
  strip.show({
    layers: sweep.question.rows, grid: subject.grid, packed, chosen: layer,
    summary: (each) => layerSummary(sweep, each, chosen.values),
  });
}

function showEffect() {
  const cells = shownCells();
  $("effect-title").textContent = chosen.showsSet && sweep.found?.found ? "What the set does"
    : cells.length ? `What ${cellName(cells[0])} does` : "What one patch does";
  const own = asked && [["The sweep", asked]];
  if (!cells.length) effect.say("Click a cell, and here stands the prediction before and after that one patch.");
  else if (!canPredict()) {
    effect.say(names.areTexts ? "Write texts for the metric, and here stands what each patch does to their probabilities."
      : "The model has no classifier; what the patch does to its output is the reading above.");
  } else {
    effect.show(sweep.question, cells);
    own?.push([chosen.showsSet ? "This set" : "This patch", sweep.question.prediction(cells)]);
  }
  offer(own);
}

let offered = "";

/** The commands are written anew only when they are others: one may be about to be copied. */
function offer(requests) {
  const key = JSON.stringify(requests?.map(([name, { path, fields }]) => [name, path, fields]) ?? null);
  if (requests && key !== offered) inspector.offer(requests);
  offered = key;
}

const canPredict = () => names.canPredict || Boolean(chosen.metric?.classes?.some((each) => typeof each === "string"));

function showProgress() {
  const all = sweep.outcomes.length, isAll = sweep.known === all;
  $("progress").max = all;
  $("progress").value = sweep.known;
  $("progress-row").classList.toggle("done", isAll && !running);
  const flips = sweep.flipCount;
  const cells = `${count(sweep.known)} of ${count(all)} cells`;
  $("progress-text").textContent = running ? (isAll ? "looking for the smallest set…" : cells)
    : isAll ? `${count(all)} cells, ${flips === 0 ? "none changes" : flips === 1 ? "one changes" : `${count(flips)} change`} the answer`
      : `stopped after ${cells}`;
  $("stop").textContent = running ? "Stop" : "Go again";
  $("stop").hidden = !running && isAll;
  document.body.dataset.sweep = running ? "running" : isAll ? "done" : "stopped";
}

// --- the sweep --------------------------------------------------------------------------------------------------

function stop() {
  running?.abort();
  running = null;
}

/** Runs the whole sweep; cells that are known stay until they come anew. */
async function start() {
  stop();
  const own = running = new AbortController();
  $("sweep-failure").hidden = true;
  const current = sweep;
  current.question.search = chosen.search;
  asked = current.question.sweep();
  update();
  try {
    const answer = await postForLines(asked.path, current.question.files, asked.fields, own.signal, (line) => {
      if (sweep !== current) return;
      front = current.take(line) ?? front;
      later();
    });
    if (running !== own) return;
    running = null;
    inspector.show(answer, asked);
    offered = "";
  } catch (error) {
    if (error.name === "AbortError" || running !== own) return;
    running = null;
    if (!("detail" in error)) console.error(error);   // a mistake of the page's own
    $("sweep-failure").hidden = false;
    $("sweep-failure").textContent = [error.message, error.detail].filter(Boolean).join(" ");
  }
  update();
}

$("stop").addEventListener("click", () => {
  if (!running) return void start();
  stop();
  update();
});

// --- tools ------------------------------------------------------------------------------------------------------

const ask = (values) => { choose({ ...values, showsSet: false, search: false }); bench.refresh(); };
const hooks = picker("Hook", VIEWS[chosen.view].map((each) => [each, each]), chosen.hook, (hook) => ask({ hook }));
const range = element("input", { type: "range", id: "opacity", min: 0, max: 100, step: 5, value: chosen.opacity });
range.addEventListener("input", () => { choose({ opacity: Number(range.value) }); update(); });
const opacity = element("label", { className: "opacity" }, element("span", { className: "small" }, "Opacity"), range);
const scales = picker("Scale", [["all", "one for all"], ["layer", "layer's patches"]], chosen.scale,
  (each) => { choose({ scale: each }); update(); });
$("tools").append(
  choice("Cells", [["position", "Layer × position"], ["head", "Layer × head"]], chosen.view, (view) => {
    hooks.fill(VIEWS[view].map((each) => [each, each]));
    hooks.choose(VIEWS[view][0]);
    ask({ view, hook: VIEWS[view][0], cell: null, layer: null });
  }),
  choice("Direction", DIRECTIONS, chosen.direction, (direction) => ask({ direction })), hooks,
  picker("Colour", [["share", "share of way"], ["metric", "change"]], chosen.values,
    (values) => { choose({ values }); update(); }), scales);
$("layer").closest(".slider-row").append(opacity);
let before = null;           // the metric that was, while another is being asked for

async function askMetric(metric) {
  before = { metric: chosen.metric };
  choose({ metric, showsSet: false, search: false });
  await bench.refresh();
  before = null;
}

const metrics = new MetricPicker($("metric"), {
  kinds: METRICS, usual: "answer against answer", change: (metric) => askMetric(metric),
});
$("layer").addEventListener("input", () => {
  choose({ layer: Number($("layer").value), showsSet: false });
  update();
});
onTheme(() => { kept = {}; if (sweep) update(); });

const bench = new Workbench({
  titles: ["Clean", "Corrupt"],
  failed(error) {
    if (!before) return false;
    choose(before);
    metrics.complain(error);
    update();
    return true;
  },
  async ask(about, signal) {
    stop();
    if (subject && subject.detail.id !== about.detail.id) choose({ metric: null, showsSet: false });   // its classes were the other model's
    const question = new Question(about, chosen);
    const first = question.sweep({ one: true });
    names = new ClassNames(about.detail);
    const [{ document: baseline }, predictions] = await Promise.all([
      post(first.path, question.files, first.fields, signal), canPredict() ? predict(question, [], signal) : null,
    ]);
    return { question, baseline, predictions };
  },
  show({ question, baseline, predictions }, about) {
    const isFirst = sweep === null;
    subject = { ...about, predictions };
    sweep = new Sweep(question, baseline);
    effect.clear();
    kept = {};
    front = 0;
    hovered = null;
    const { rows, columns } = question;
    hooks.fill(hooksOf(about.detail).map((each) => [each, each]));
    hooks.choose(chosen.hook);
    $("layer").max = rows - 1;
    $("layers").replaceChildren(...Array.from({ length: rows }, (_, each) => new Option(`${each}`, each)));
    if (isFirst) chosen.layer = address.getIndex("layer", rows);
    else if (chosen.layer >= rows) chosen.layer = null;
    const pinned = isFirst ? address.getIndex(chosen.view, columns) : chosen.cell;
    chosen.cell = pinned !== null && pinned < columns && chosen.layer !== null ? pinned : null;
    choose({});
    metrics.show(names, chosen.metric, baseline.metric);
    $("subject").hidden = false;
    pictures.clean.show(subject.seen, subject.grid);
    pictures.corrupt.show(subject.other.seen, subject.grid);
    showAnswers(sweep, predictions);
    start();
  },
});
