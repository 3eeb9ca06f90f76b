// The logit lens page: what each patch would answer after each layer.

import * as address from "../shared/address.js";
import { ClassNames } from "../shared/class-names.js";
import { CATEGORIES, cssOf, inkOn } from "../shared/colours.js";
import { modelPath, postForTensors } from "../shared/client.js";
import { $, choice, element, picker } from "../shared/dom.js";
import { saveCSV, saveNpz, savePNG } from "../shared/downloads.js";
import { EmojiGrid } from "../shared/emoji-grid.js";
import { Inspector } from "../shared/inspector.js";
import { lineChart } from "../shared/line-chart.js";
import { number, percent } from "../shared/numbers.js";
import { PictureView } from "../shared/picture-view.js";
import { PrefixCells, prefixName } from "../shared/prefix-cells.js";
import { Readout } from "../shared/readout.js";
import { tokenName } from "../shared/seen.js";
import { isDark, onTheme, paint } from "../shared/theme.js";
import { Workbench } from "../shared/workbench.js";
import { ClassList } from "./classes.js";
import { Lens } from "./data.js";
import { LayerChart } from "./layer-chart.js";
import { showLensLegend } from "./legend.js";

const VIEWS = [["grid", "On the picture"], ["chart", "Layer × patch"]];
const MODES = [["logit", "Logit"], ["emoji", "Emoji"], ["class", "One class"]];
const NORMS = [["own", "own"], ["final_scale", "final scale"]];
const COMPONENTS = ["resid_pre", "resid_mid", "resid_post", "attn_out", "mlp_out"];

const oneOf = (name, pairs) => (pairs.some(([value]) => value === address.get(name)) ? address.get(name) : pairs[0][0]);
const components = COMPONENTS.map((each) => [each, each]);

/** What is chosen, as the address has it. */
const chosen = {
  view: oneOf("view", VIEWS), mode: oneOf("mode", MODES), norm: oneOf("norm", NORMS),
  component: oneOf("component", components), opacity: address.getIndex("opacity", 101) ?? 60,
  stream: null, token: null, classes: [], focus: null,
};
let lens = null, subject = null, asked = null;
let hovered = { stream: null, token: null };

const token = () => hovered.token ?? chosen.token ?? (subject.grid.prefix ? 0 : Math.floor(subject.grid.tokens / 2));
const stream = () => hovered.stream ?? chosen.stream;

const on = {
  point: (at) => hover({ token: at }),
  pin: (at) => pin(at),
  free: () => { hovered = { stream: null, token: null }; pin(null); },
};
const picture = new PictureView($("seen"), on);
const grid = new EmojiGrid($("map"), on);
const chart = new LayerChart($("chart"), {
  point: (at) => hover(at ?? { stream: null, token: null }),
  pin(at) { choose({ stream: at.stream }); pin(at.token); },
  free: on.free,
});
const prefix = new PrefixCells($("prefix"), on);
const readout = new Readout($("map"), $("chart"));
const classes = new ClassList({
  change(indices) { choose({ classes: indices, focus: indices.includes(chosen.focus) ? chosen.focus : indices[0] ?? null }); update(); },
  focus(index) { choose({ focus: index, mode: "class" }); update(); },
});
const inspector = new Inspector({
  downloads: [
    ["PNG", () => savePNG(chosen.view === "grid" ? grid.canvas : chart.canvas, "logit-lens")],
    ["CSV", () => saveCSV(table(), "logit-lens")],
    ["npz", () => saveNpz(asked, "logit-lens")],
  ],
});

function hover(at) {
  hovered = { stream: null, token: null, ...at };
  update();
}

function pin(at) {
  choose({ token: at === chosen.token ? null : at });
  update();
}

function choose(values) {
  Object.assign(chosen, values);
  const { view, mode, norm, component, opacity } = chosen;
  const unless = (usual, value) => (value === usual ? null : value);
  address.set({
    view: unless("grid", view), mode: unless("logit", mode), norm: unless("own", norm),
    component: unless("resid_pre", component), opacity: unless(60, opacity), stream: chosen.stream, token: chosen.token,
    ...(lens ? { classes: chosen.classes.join(",") === usualClasses().join(",") ? null : chosen.classes.join(",") || "none",
      class: chosen.mode === "class" ? chosen.focus : null } : {}),
  });
  modes.choose(mode);
  views.choose(view);
}

// --- what is shown ----------------------------------------------------------------------------------------------

let kept = {};    // scales and colours, made once for what they depend on

function colours() {
  const focus = chosen.mode === "class" ? chosen.focus : null;
  const key = [chosen.mode, focus, document.documentElement.dataset.theme].join();
  if (kept.key === key && kept.lens === lens) return kept;
  const commonest = lens.commonest();
  const category = new Map(commonest.slice(0, 7).map((index, place) => [index, CATEGORIES[place]]));
  const painted = new Map([...category].map(([index, name]) => [index, paint(name)]));
  kept = { key, lens, focus, scale: lens.scale(focus), category, painted, rest: paint(CATEGORIES[7]) };
  return kept;
}

function fill(at, each) {
  const { scale, painted, rest, focus } = colours();
  if (chosen.mode === "emoji") return painted.get(lens.best(at, each)) ?? rest;
  return cssOf(scale.packed(lens.logit(at, each, focus ?? lens.best(at, each))));
}

/** Readable on what `fill` gives. */
function ink(at, each) {
  if (chosen.mode === "emoji") return isDark() ? "black" : "white";
  const { scale, focus } = colours();
  return inkOn(scale.packed(lens.logit(at, each, focus ?? lens.best(at, each))));
}

function update() {
  if (!lens) return;
  const at = { stream: stream(), token: token() };
  $("on-picture").hidden = chosen.view !== "grid";
  $("over-layers").hidden = chosen.view !== "chart";
  $("slider-row").hidden = chosen.view !== "grid";
  opacity.hidden = chosen.view !== "grid";
  $("stream").value = chosen.stream;
  $("stream").setAttribute("aria-valuetext", lens.streamNames[chosen.stream]);
  $("stream-name").textContent = lens.streamNames[chosen.stream];
  if (chosen.view === "grid") {
    grid.show({
      grid: subject.grid, seen: subject.seen, opacity: chosen.opacity / 100,
      fill: (each) => fill(chosen.stream, each), ink: (each) => ink(chosen.stream, each),
      glyph: (each) => ({ index: lens.best(chosen.stream, each), emoji: lens.emoji(lens.best(chosen.stream, each)) }),
    });
    grid.mark = hovered.token ?? chosen.token;
    showPrefix();
  } else {
    chart.show({ lens, grid: subject.grid, fill, ink });
    chart.mark = at;
  }
  picture.marks = { query: at.token };
  showReading(at);
  const best = lens.best(at.stream, at.token);
  const shown = chosen.mode === "class" ? chosen.focus : best;
  readout.text = hovered.token === null ? null
    : [lens.emoji(shown), lens.label(shown), number(lens.logit(at.stream, at.token, shown), 3)].filter(Boolean).join("  ");
  showLensLegend($("legend"), lens, chosen, colours(), chosen.view === "grid" ? chosen.stream : null, subject.grid.prefix);
}

function showPrefix() {
  prefix.show(subject.grid.prefix, (each) => {
    const index = lens.best(chosen.stream, each);
    return {
      fill: fill(chosen.stream, each), ink: ink(chosen.stream, each), emoji: lens.emoji(index), text: index < 0 ? "–" : index,
      label: `${prefixName(each)}: ${lens.label(index)}`,
    };
  });
  prefix.mark(token());
}

function showReading(at) {
  $("reading-title").textContent = `Top five · ${lens.streamNames[at.stream]}`;
  $("reading").replaceChildren(element("dt", { className: "teal" }, "Token"), element("dd", {}, tokenName(subject.grid, at.token)));
  $("best-five").replaceChildren(...lens.top(at.stream, at.token).map((each) => element("li", { data: { index: each.index } },
    element("span", { className: "emoji", ariaHidden: "true" }, each.emoji ?? ""),
    element("span", { title: each.label }, each.label),
    element("span", { className: "small number" }, percent(each.probability)),
    element("span", { className: "number" }, number(each.logit, 3)))));
  const series = chosen.classes.map((index, place) => ({
    name: lens.label(index), colour: CATEGORIES[place],
    values: Array.from({ length: lens.streams }, (_, each) => lens.logit(each, at.token, index)),
  }));
  $("curve").replaceChildren(lineChart({
    title: `Logits of the chosen classes over the layers, at ${tokenName(subject.grid, at.token)}`,
    steps: lens.streamNames, series, at: at.stream, point: null,
  }));
  classes.show(chosen.classes, chosen.mode === "class" ? chosen.focus : null, series.map(({ values }) => values[at.stream]));
}

/** Every stream and token with its best class. */
function table() {
  const rows = [["stream", "token", "index", "label", "logit", ...chosen.classes.map((index) => lens.label(index))]];
  for (let at = 0; at < lens.streams; at++) {
    for (let each = 0; each < lens.tokens; each++) {
      const best = lens.best(at, each);
      rows.push([lens.streamNames[at], each, best, lens.label(best), lens.logit(at, each, best),
        ...chosen.classes.map((index) => lens.logit(at, each, index))]);
    }
  }
  return rows;
}

// --- tools ------------------------------------------------------------------------------------------------------

const views = choice("View", VIEWS, chosen.view, (view) => { choose({ view }); update(); });
const modes = choice("Colour", MODES, chosen.mode, (mode) => { choose({ mode }); update(); });
const range = element("input", { type: "range", id: "opacity", min: 0, max: 100, step: 5, value: chosen.opacity });
range.addEventListener("input", () => { choose({ opacity: Number(range.value) }); update(); });
const opacity = element("label", { className: "opacity" }, element("span", { className: "small" }, "Opacity"), range);
$("tools").append(views, modes, opacity,
  picker("Norm", NORMS, chosen.norm, (norm) => { choose({ norm }); bench.refresh(); }),
  picker("Component", components, chosen.component, (component) => { choose({ component, stream: null }); bench.refresh(); }));
$("stream").addEventListener("input", () => {
  hovered.stream = null;
  choose({ stream: Number($("stream").value) });
  update();
});
onTheme(() => { kept = {}; update(); });

/** The three best classes of the last stream, where the classifier reads. */
const usualClasses = () => subject.grid.prefix
  ? lens.top(lens.streams - 1, 0, 3).map(({ index }) => index) : lens.topOfMean(3);

function classesOfAddress() {
  const text = address.get("classes");
  if (text === null) return usualClasses();
  return [...new Set(text.split(",").filter((each) => /^\d+$/.test(each)).map(Number))]
    .filter((index) => index < lens.classes).slice(0, 7);
}

const bench = new Workbench({
  async ask({ detail, file, sample }, signal) {
    const wanted = {
      path: `${modelPath(detail.id)}/logit-lens`, file, sample, accept: "application/x-npz",
      fields: { component: chosen.component, norm: chosen.norm, top_k: 0 },
    };
    return { wanted, answer: await postForTensors(wanted.path, file, wanted.fields, signal) };
  },
  show({ answer, wanted }, about) {
    [subject, asked] = [about, wanted];
    lens = new Lens(answer, new ClassNames(about.detail));
    kept = {};
    inspector.show(answer, wanted);
    $("subject").hidden = false;
    picture.show(about.seen, about.grid);
    $("stream").max = lens.streams - 1;
    $("streams").replaceChildren(...lens.streamNames.map((name, each) => new Option(name, each)));
    classes.lens = lens;
    chosen.stream = address.getIndex("stream", lens.streams) ?? lens.streams - 1;
    chosen.token = address.getIndex("token", lens.tokens);
    chosen.classes = classesOfAddress();
    chosen.focus = address.getIndex("class", lens.classes) ?? chosen.classes[0] ?? null;
    hovered = { stream: null, token: null };
    choose({ stream: address.getIndex("stream", lens.streams) === null ? null : chosen.stream });
    chosen.stream ??= lens.streams - 1;
    update();
  },
});
