// The attention page: every head as a small map, one of them enlarged, the tour of their kinds.

import * as address from "../shared/address.js";
import { postForTensors } from "../shared/client.js";
import { $, choice, element, picker } from "../shared/dom.js";
import { saveCSV, saveNpz, savePNG } from "../shared/downloads.js";
import { Inspector } from "../shared/inspector.js";
import { number } from "../shared/numbers.js";
import { PictureView } from "../shared/picture-view.js";
import { Readout } from "../shared/readout.js";
import { onTheme } from "../shared/theme.js";
import { Workbench } from "../shared/workbench.js";
import { Attention } from "./data.js";
import { HeadGrid } from "./head-grid.js";
import { OneHead, VIEWS } from "./one-head.js";
import { scoreName, valueAt, showLegendOf, showReading, showScores } from "./readings.js";
import { request } from "./request.js";
import { Tour } from "./tour.js";

/** What is chosen, as the address has it. `head` counts through all layers. */
const chosen = {
  from: address.get("values") === "scores" ? "scores" : "pattern",
  fusion: ["mean", "max", "min"].find((each) => each === address.get("rollout")) ?? "mean",
  matrices: address.get("maps") === "matrices", order: address.get("order") ?? "layers",
  oneScale: address.get("scale") === "one", swapped: address.get("swap") === "1",
  view: VIEWS.find(([view]) => view === address.get("view"))?.[0] ?? "matrix",
  head: null, token: null, other: null,
};
let attention = null, subject = null, asked = null;
let hovered = { head: null, token: null, other: null };

const picture = new PictureView($("seen"), {
  point: (token) => hover({ token }),
  pin: (token) => pin({ token: token === chosen.token ? null : token, other: null }),
  free: () => free(),
});
const grid = new HeadGrid($("maps"), $("labels"), {
  head: (head, other, token) => hover({ head, other, token }),
  open: (head) => open(head),
  free: () => free(),
});
const one = new OneHead({
  point: (at) => hover({ token: at?.token ?? null, other: at?.other ?? null }),
  pin: (at) => pin(at),
  free: () => free(),
});
const readout = new Readout($("maps"), $("map"));
const tour = new Tour({
  stop({ layer, head, view }) {
    choose({ view, swapped: false });
    open(attention.find(layer, head));
  },
  end: () => address.set({ tour: null }),
});
const inspector = new Inspector({
  downloads: [
    ["PNG", () => savePNG(chosen.head === null ? grid.canvas : one.canvas, fileName())],
    ["CSV", () => saveCSV(table(), fileName())],
    ["npz", () => saveNpz(asked, "attention")],
  ],
});

// --- what is chosen ---------------------------------------------------------------------------------------------

/** The token whose row is shown: what is pointed at, what is pinned, else the class token or the middle patch. */
const token = () => hovered.token ?? chosen.token ?? standing();
const standing = () => subject.grid.prefix ? 0 : Math.floor(subject.grid.tokens / 2 + subject.grid.columns / 2);
const other = () => hovered.other ?? (hovered.token === null || hovered.token === chosen.token ? chosen.other : null);

function choose(values, step = false) {
  Object.assign(chosen, values);
  const { from, fusion, matrices, order, oneScale, swapped, view, head } = chosen;
  const layer = head === null || !attention ? null : attention.layerNames[attention.layerOf(head)];
  address.set({
    values: from === "scores" ? from : null, rollout: fusion === "mean" ? null : fusion,
    maps: matrices ? "matrices" : null, order: order === "layers" ? null : order,
    scale: oneScale ? "one" : null, swap: swapped ? 1 : null, view: view === "matrix" ? null : view,
    token: chosen.token, other: chosen.other,
    ...(attention ? { layer, head: head === null ? null : attention.headNames[head % attention.heads] } : {}),
    ...(attention ? { tour: tour.kind } : {}),
  }, step);
  tools.matrices.choose(matrices ? "matrices" : "rows");
  tools.swap.choose(swapped ? "key" : "query");
  swapOne.choose(swapped ? "key" : "query");
  views.choose(view);
}

function pin(at) {
  const isSame = "token" in at ? at.token === chosen.token && at.other === chosen.other : at.other === chosen.other;
  choose(isSame ? { other: null, ...("token" in at ? { token: null } : {}) } : at);
  update();
}

/** Escape: first frees what is pinned, then leads back to all heads. */
function free() {
  hovered = { head: null, token: null, other: null };
  if (chosen.token !== null || chosen.other !== null) choose({ token: null, other: null });
  else if (chosen.head !== null) return open(null);
  update();
}

function hover(at) {
  hovered = { head: null, token: null, other: null, ...at };
  update();
}

function open(head) {
  hovered = { head: null, token: null, other: null };
  const wasOpen = chosen.head !== null;
  choose({ head }, wasOpen !== (head !== null));
  if (head !== null) tour.follow(attention.layerNames[attention.layerOf(head)], attention.headNames[head % attention.heads]);
  update();
  if (wasOpen !== (head !== null) && !tour.isRunning) (head === null ? $("maps") : $("map")).focus({ preventScroll: true });
}

// --- what is shown ----------------------------------------------------------------------------------------------

function update() {
  if (!attention) return;
  const isOne = chosen.head !== null;
  $("all").hidden = isOne;
  $("one").hidden = !isOne;
  const at = { token: token(), other: other(), head: hovered.head ?? chosen.head };
  grid.set({ ...chosen, query: at.token });
  if (isOne) {
    $("one-title").textContent = attention.name(chosen.head);
    $("previous").disabled = chosen.head === 0;
    $("next").disabled = chosen.head === attention.count - 1;
    swapOne.disabled = chosen.view === "mean";
    one.show({ attention, grid: subject.grid, head: chosen.head, view: chosen.view, token: at.token, swapped: chosen.swapped });
    if (chosen.view === "cls") at.token = 0;
    one.mark(at.token, at.other);
    $("one-note").textContent = note();
  }
  fusion.hidden = chosen.view !== "rollout";
  const [query, key] = chosen.swapped ? [at.other, at.token] : [at.token, at.other];
  const showsMean = isOne && chosen.view === "mean";
  picture.marks = { query: showsMean ? null : query, key, pointed: null };
  const line = isOne ? one.line ?? attention.line(chosen.head, at.token, chosen.swapped)
    : at.head !== null ? attention.line(at.head, at.token, chosen.swapped) : null;
  const values = line?.subarray(subject.grid.prefix);
  picture.heat = values && $("heat").checked ? { values, scale: attention.scaleOf(values), opacity: 0.6 } : null;
  for (const chip of $("tokens").children) chip.ariaPressed = String(Number(chip.value) === at.token && !showsMean);
  const reading = { head: at.head, query: showsMean ? null : query, key, line, view: isOne ? chosen.view : null };
  showReading(attention, subject.grid, reading);
  const value = hovered.other === null ? null : valueAt(attention, reading);
  readout.text = value === null ? null : `${isOne ? "" : `${attention.short(at.head)}  `}${number(value, 4)}`;
  showScores(attention, at.head);
  showLegendOf(attention, { ...chosen, head: at.head, line: isOne ? one.line : line, scale: isOne ? one.scale : null });
}

function note() {
  const axis = chosen.swapped ? "Rows are keys, columns are queries." : "Rows are queries, columns are keys.";
  return {
    matrix: `${axis} ${subject.grid.prefix ? "CLS comes first, then the" : "The"} patches row by row. A click pins a cell, Escape frees it, arrows walk.`,
    token: chosen.swapped ? "From where the marked patch is looked at." : "Where the marked patch looks.",
    cls: chosen.swapped ? "Which patches look at the class token." : "Where the class token looks.",
    mean: "What each patch gets on the mean over all queries.",
    rollout: chosen.swapped ? "In which tokens the marked one ends up, through all layers."
      : "Where information at the marked token came from, through all layers and heads.",
  }[chosen.view];
}

const fileName = () => `attention-${chosen.head === null ? "all" : attention.short(chosen.head).replace(" ", "").toLowerCase()}`;

/** All heads: their scores. One head: its numbers, as they are on the map. */
function table() {
  const names = Object.keys(attention.scores);
  if (chosen.head === null) {
    return [["layer", "head", ...names], ...Array.from({ length: attention.count }, (_, head) => [
      attention.layerNames[attention.layerOf(head)], attention.headNames[head % attention.heads],
      ...names.map((name) => attention.scores[name][head])])];
  }
  if (one.line) return [["token", chosen.view], ...Array.from(one.line, (value, each) => [each, value])];
  return Array.from({ length: attention.tokens }, (_, query) => Array.from(attention.line(chosen.head, query, false)));
}

// --- tools ------------------------------------------------------------------------------------------------------

const directions = [["query", "Looks at"], ["key", "Looked at by"]];
const tools = {
  matrices: choice("Maps", [["rows", "One token"], ["matrices", "Matrices"]], chosen.matrices ? "matrices" : "rows",
    (value) => { choose({ matrices: value === "matrices" }); update(); }),
  swap: choice("Direction", directions, chosen.swapped ? "key" : "query",
    (value) => { choose({ swapped: value === "key" }); update(); }),
  values: picker("Values", [["pattern", "Pattern"], ["scores", "Scores"]], chosen.from,
    (from) => { choose({ from }); bench.refresh(); }),
  order: picker("Order", [["layers", "Layer by layer"]], "layers", (order) => { choose({ order }); sort(); update(); }),
  scale: picker("Scale", [["own", "each its own"], ["one", "one for all"]], chosen.oneScale ? "one" : "own",
    (value) => { choose({ oneScale: value === "one" }); update(); }),
};
const begin = element("button", { type: "button", id: "begin-tour", className: "accent" }, "Head tour");
begin.addEventListener("click", () => {
  tour.start();
  tour.focus();
});
$("tools").append(tools.matrices, tools.swap, begin, tools.values, tools.order, tools.scale);

const views = choice("View", VIEWS, chosen.view, (view) => { choose({ view }); update(); });
const swapOne = choice("Rows", [["query", "Query → keys"], ["key", "Key ← queries"]], chosen.swapped ? "key" : "query",
  (value) => { choose({ swapped: value === "key" }); update(); });
const fusion = picker("Heads joined by", [["mean", "mean"], ["max", "max"], ["min", "min"]],
  chosen.fusion, (value) => { choose({ fusion: value }); bench.refresh(); });
$("views").append(views, swapOne, fusion);

$("back").addEventListener("click", () => open(null));
$("previous").addEventListener("click", () => open(chosen.head - 1));
$("next").addEventListener("click", () => open(chosen.head + 1));
$("heat").addEventListener("change", update);
onTheme(update);
address.onStep(() => {
  chosen.head = headOfAddress();
  update();
});

function headOfAddress() {
  const [layer, head] = [address.getIndex("layer"), address.getIndex("head")];
  return layer === null || head === null ? null : attention.find(layer, head);
}

function sort() {
  grid.order(chosen.order === "layers" ? null : attention.scores[chosen.order] ?? null);
}

function showTokens() {
  const { prefix } = subject.grid;
  $("tokens").replaceChildren(...Array.from({ length: prefix }, (_, each) => {
    const chip = element("button", { type: "button", className: "chip", value: each, ariaPressed: "false" },
      each === 0 ? "CLS" : `R${each}`);
    chip.addEventListener("click", () => pin({ token: each, other: null }));
    return chip;
  }));
}

const bench = new Workbench({
  async ask(about, signal) {
    const wanted = request(about, chosen);
    const answer = await postForTensors(wanted.path, wanted.file, wanted.fields, signal);
    return { answer, wanted };
  },
  show({ answer, wanted }, about) {
    const isFirst = attention === null;
    [subject, asked] = [about, wanted];
    attention = new Attention(answer, chosen.from);
    inspector.show(answer, wanted);
    $("subject").hidden = false;
    picture.show(about.seen, about.grid);
    showTokens();
    const all = about.detail.config.n_layers;
    $("cut").hidden = attention.layers === all;
    $("cut").textContent = `The last ${attention.layers} of ${all} layers: the maps of all would be too much for a page.`;
    tools.order.fill([["layers", "Layer by layer"], ...Object.keys(attention.scores).map((name) => [name, scoreName(name)])]);
    if (!(chosen.order in attention.scores)) chosen.order = "layers";
    tools.order.choose(chosen.order);
    grid.show(attention, about.grid);
    sort();
    const { tokens } = about.grid;
    hovered = { head: null, token: null, other: null };
    chosen.head = headOfAddress();
    views.offer("cls", about.grid.prefix > 0);
    if (!about.grid.prefix && chosen.view === "cls") chosen.view = "matrix";
    for (const name of ["token", "other"]) chosen[name] = address.getIndex(name, tokens);
    const kind = tour.kind ?? (isFirst ? address.get("tour") : null);
    tour.stations = attention.document.tour ?? [];
    begin.hidden = tour.stations.length === 0;
    if (kind && tour.stations.length) tour.start(kind, chosen.head !== null);
    if (chosen.head !== null) tour.follow(address.getIndex("layer"), address.getIndex("head"));
    choose({});
    update();
  },
});
