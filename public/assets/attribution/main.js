// The attribution page: which part of the model says how much of a logit.

import * as address from "../shared/address.js";
import { ClassNames, nameOf } from "../shared/class-names.js";
import { CATEGORIES, cssOf, inkOn, Scale } from "../shared/colours.js";
import { modelPath, post, postForTensors } from "../shared/client.js";
import { CellTable } from "../shared/cell-table.js";
import { $, choice, element, fillFacts, picker } from "../shared/dom.js";
import { saveCSV, saveNpz, savePNG } from "../shared/downloads.js";
import { EmojiGrid } from "../shared/emoji-grid.js";
import { Inspector } from "../shared/inspector.js";
import { showLegend } from "../shared/legend.js";
import { lineChart } from "../shared/line-chart.js";
import { metricForAddress, metricOfAddress, MetricPicker, metricText } from "../shared/metric-picker.js";
import { number, percent } from "../shared/numbers.js";
import { showOnward } from "../shared/onward.js";
import { PictureView } from "../shared/picture-view.js";
import { PrefixCells, prefixName } from "../shared/prefix-cells.js";
import { Readout } from "../shared/readout.js";
import { tokenName } from "../shared/seen.js";
import { onTheme } from "../shared/theme.js";
import { term } from "../shared/tips.js";
import { Workbench } from "../shared/workbench.js";
import { Account, VIEWS } from "./account.js";
import { drawWaterfall, showWaterfall, stack } from "./waterfall.js";

const METRICS = [["logit", "logit"], ["logit_difference", "logit difference"]];
const ORDERS = [["stream", "as in the stream"], ["size", "by size"]];
const NORMS = [["exact", "exact"], ["prisma", "ViT-Prisma's"]];
const oneOf = (name, pairs) => (pairs.some(([value]) => value === address.get(name)) ? address.get(name) : pairs[0][0]);

/** What is chosen, as the address has it. `cell` is pinned: "2.1", a layer's head, or a position; `part` the name of a bar. */
const chosen = {
  by: oneOf("by", VIEWS), order: oneOf("order", ORDERS), norm: oneOf("norm", NORMS), metric: metricOfAddress(),
  part: address.get("part"), layer: null, head: null, position: null,
};
let account = null, positions = null, subject = null, names = null, asked = null;
let hovered = {};          // {part} or {layer, head} or {position}
let bars = null;

const on = {
  point: (position) => hover(position === null ? {} : { position }),
  pin: (position) => pin({ position }),
  free: () => pin({}),
};
const picture = new PictureView($("seen"), on);
const grid = new EmojiGrid($("map"), on);
const prefix = new PrefixCells($("prefix"), on);
const table = new CellTable($("heads"), {
  point: (cell) => hover(cell ? { layer: cell.row, head: cell.column } : {}),
  pin: (cell) => pin({ layer: cell.row, head: cell.column }),
  free: on.free,
});
const readout = new Readout($("map"), $("heads"), $("seen"));
const inspector = new Inspector({
  downloads: [
    ["PNG", () => savePNG(picturesOf[chosen.by]?.() ?? drawWaterfall(bars, title()), `attribution-${chosen.by}`)],
    ["CSV", () => saveCSV(account.table(), `attribution-${chosen.by}`)],
    ["npz", () => saveNpz(asked, `attribution-${chosen.by}`)],
  ],
});
const picturesOf = { head: () => table.canvas, position: () => grid.canvas };

// --- what is chosen ---------------------------------------------------------------------------------------------

const NOTHING = { part: null, layer: null, head: null, position: null };

function choose(values) {
  Object.assign(chosen, values);
  const unless = (usual, value) => (value === usual ? null : value);
  address.set({
    by: unless("layer", chosen.by), order: unless("stream", chosen.order), norm: unless("exact", chosen.norm),
    ...metricForAddress(chosen.metric),
    ...(account ? { part: chosen.part, layer: chosen.layer, head: chosen.head, position: chosen.position } : {}),
  });
}

function hover(at) {
  hovered = at;
  update();
}

function pin(at) {
  hovered = {};
  const isSame = Object.entries(at).length > 0 && Object.entries(at).every(([name, value]) => chosen[name] === value);
  choose({ ...NOTHING, ...(isSame ? {} : at) });
  update();
}

/** What the reading is about: {part} or {layer, head} or {position}; null where nothing is. */
function pointed() {
  if (Object.keys(hovered).length) return hovered;
  const { part, layer, head, position } = chosen;
  return part !== null ? { part } : layer !== null ? { layer, head } : position !== null ? { position } : null;
}

// --- what is shown ----------------------------------------------------------------------------------------------

const title = () => metricText(account.document.metric);

/** The account anew: bars are made when it changes, not while the pointer moves. */
function showAccount() {
  const entries = account.entries();
  if (chosen.order === "size") {
    const parts = entries.filter(({ kind }) => kind === "part").sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
    entries.splice(0, parts.length, ...parts);
  }
  bars = stack(entries, { name: "value", value: account.value, tip: "logit" });
  $("account-title").replaceChildren(title()[0].toUpperCase() + title().slice(1), " = ", element("strong", {}, number(account.value, 4)));
  showWaterfall($("account"), bars, {
    picked: chosen.part, pick: (part) => pin({ part }), point: (part) => hover(part === null ? {} : { part }),
  });
  $("by-head").hidden = chosen.by !== "head";
  $("on-picture").hidden = chosen.by !== "position";
  $("note").textContent = {
    layer: "Each bar begins where the one before it ended. Red speaks for it, blue against it.",
    component: "What attention and the MLP of each layer say. Red speaks for it, blue against it.",
    head: "The heads of a layer together; each by itself above. The attentions' biases stand at the end.",
    neuron: "The strongest neurons of the MLPs, the others together, and what is no neuron.",
    position: "What attention brought counts to the position it came from, all else to the one that is read.",
  }[chosen.by];
  fillFacts($("sums"), [
    ["Sum of the parts", number(account.sum, 6)], ["Constant", number(account.constant, 6)],
    ["Residue", number(account.residue, 4)], ["Value", element("strong", {}, number(account.value, 6))],
  ]);
  [["Constant", "constant"], ["Residue", "residue"]].forEach(([text, name], at) =>
    $("sums").querySelectorAll("dt")[at + 1].replaceChildren(term(text, name)));
  showLayers();
  update();
}

/** By layer: what would be read off the stream before each. */
function showLayers() {
  const values = account.document.accumulated?.[0];
  $("layers-section").hidden = !values;
  if (!values) return;
  const steps = account.document.accumulated_labels;
  $("curve").replaceChildren(lineChart({
    title: `${title()}, read off the stream before each layer`, steps, at: steps.length - 1, point: null,
    series: [{ name: title(), colour: CATEGORIES[0], values: values.map((value) => value + account.constant) }],
  }), element("p", { className: "small" }, "What is added up before each layer, the constant counted in."));
}

function update() {
  if (!account) return;
  const at = pointed();
  for (const row of $("account").children) {
    row.firstChild.ariaPressed = String(row.dataset.name === chosen.part);
    row.classList.toggle("pointed", row.dataset.name === at?.part);
  }
  const heat = Scale.signed(positions.scores);
  const patches = positions.scores.subarray(subject.grid.prefix);
  const patchScale = patches.length ? Scale.signed(patches) : heat;
  picture.marks = { query: at?.position ?? null };
  picture.heat = $("heat").checked ? { values: patches, scale: patchScale, opacity: 0.6 } : null;
  let legend = null;
  if (chosen.by === "head") {
    legend = Scale.signed(account.scores);
    const numbers = (many) => Array.from({ length: many }, (_, each) => each);
    table.show({
      rows: numbers(account.rows), columns: numbers(account.columns), titles: ["layer", "head"], scale: legend,
      value: (row, column) => account.score(row, column),
    });
    table.mark = at && "head" in at ? { row: at.layer, column: at.head } : null;
  }
  if (chosen.by === "position") showPositions(at, patchScale);
  showReading(at);
  showLegend($("legend"), legend ?? patchScale, legend ? "share of each head in the metric"
    : `share of each patch in the metric${subject.grid.prefix ? "; CLS has its own number" : ""}`);
}

function showPositions(at, scale) {
  grid.show({
    grid: subject.grid, seen: subject.seen, opacity: 0.85, glyph: () => null, ink: () => "white",
    fill: (token) => scale.veil(account.scores[token]),
  });
  grid.mark = at?.position ?? null;
  prefix.show(subject.grid.prefix, (token) => {
    const packed = scale.packed(account.scores[token]), text = number(account.scores[token], 3);
    return { fill: cssOf(packed), ink: inkOn(packed), text, label: `${prefixName(token)}: ${text}` };
  });
  prefix.mark(at?.position ?? null);
}

function showReading(at) {
  let what = "point at one", value = null, before = null;
  if (at && "part" in at) {
    const bar = bars.bars.find(({ name }) => name === at.part);
    if (bar) [what, value, before] = [bar.name, bar.value, bar.kind === "total" ? null : bar.to];
  } else if (at && "head" in at) [what, value] = [`layer ${at.layer} · head ${at.head}`, account.score(at.layer, at.head)];
  else if (at) [what, value] = [tokenName(subject.grid, at.position), positions.scores[at.position]];
  fillFacts($("reading"), [
    ["Part", what], ["Says", number(value, 6)],
    ["Of the value", value === null || account.value === 0 ? "–" : `${number(100 * value / account.value, 1)} %`],
    ["Added up to here", number(before, 4)],
  ]);
  $("reading").querySelector("dt").classList.add("teal");
  readout.text = Object.keys(hovered).length && !("part" in hovered) ? `${what}  ${number(value, 4)}` : null;
  const onward = at && "head" in at ? [address.link("/attention", { layer: at.layer, head: at.head }), "See where this head looks"]
    : at && "position" in at ? [address.link("/logit-lens", { token: at.position }), "See what this position would answer"] : null;
  showOnward(onward);
}

// --- tools ------------------------------------------------------------------------------------------------------

const ask = (values) => { choose({ ...values, ...NOTHING }); bench.refresh(); };
let before = null;         // the metric that was, while another is being asked for

async function askMetric(metric) {
  before = { metric: chosen.metric };
  choose({ metric, ...NOTHING });
  await bench.refresh();
  before = null;
}

$("tools").append(
  choice("Parts", VIEWS, chosen.by, (by) => ask({ by })),
  picker("Order", ORDERS, chosen.order, (order) => { choose({ order }); showAccount(); }));
const metrics = new MetricPicker($("metric"), { kinds: METRICS, usual: "logit of the answer", change: (metric) => askMetric(metric) });
$("metric").append(picker("Norm", NORMS, chosen.norm, (norm) => ask({ norm })));
$("heat").addEventListener("change", update);
onTheme(() => { if (account) update(); });

const bench = new Workbench({
  failed(error) {
    if (!before) return false;
    choose(before);
    metrics.complain(error);
    return true;
  },
  async ask({ detail, grid: patches, file, sample }, signal) {
    names = new ClassNames(detail);
    if (subject && subject.detail.id !== detail.id) choose({ metric: null });     // its classes were the other model's
    const predicted = names.canPredict ? (await post(`${modelPath(detail.id)}/predict`, file, null, signal)).document.results[0].top : null;
    const metric = chosen.metric ?? { kind: "logit", classes: [predicted?.[0].index ?? 0] };
    const wanted = (by) => ({
      path: `${modelPath(detail.id)}/attribution`, file, sample, accept: "application/x-npz",
      fields: { by, metric, ...(chosen.norm === "exact" ? {} : { norm: chosen.norm }), top_k: 0 },
    });
    const answer = (by) => postForTensors(wanted(by).path, file, wanted(by).fields, signal);
    const [own, byPosition] = await Promise.all([answer(chosen.by), chosen.by === "position" ? null : answer("position")]);
    return { own, byPosition: byPosition ?? own, wanted: wanted(chosen.by), predicted, patches };
  },
  show({ own, byPosition, wanted, predicted, patches }, about) {
    const isFirst = account === null;
    [subject, asked] = [about, wanted];
    account = new Account(own, patches);
    positions = new Account(byPosition, patches);
    inspector.show(own, wanted);
    $("subject").hidden = false;
    picture.show(about.seen, about.grid);
    $("answer").textContent = predicted ? `${nameOf(predicted[0])} ${percent(predicted[0].probability)}` : "";
    if (isFirst) {
      const { n_layers: layers, n_heads: heads } = about.detail.config;
      const [layer, head] = [address.getIndex("layer", layers), address.getIndex("head", heads)];
      if (chosen.by === "head" && layer !== null && head !== null) Object.assign(chosen, { layer, head });
      chosen.position = address.getIndex("position", about.grid.tokens);
    }
    hovered = {};
    choose({});
    metrics.show(names, chosen.metric, own.document.metric);
    showAccount();
  },
});
