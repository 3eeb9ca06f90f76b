// The start page: pick a model, pick a picture, read the prediction. What is chosen stands in the address.

import { describeModel, Failure, listModels, predict } from "./api.js";
import { curlCommand, showAnswer, showWaiting } from "./answer.js";
import { $, count, element } from "./dom.js";
import { preparePad } from "./pad.js";
import { acceptable, PictureView } from "./picture.js";

const SAMPLES = [
  ["heart.png", "a heart"], ["ellipse.png", "an ellipse"], ["square.png", "a square"],
  ["heart-turned.png", "a heart, turned"], ["ellipse-large.png", "an ellipse of 256 × 256 pixels"],
  ["square-soft.png", "a square with soft edges"], ["heart-drawn.png", "a heart drawn by hand"],
  ["egg.jpg", "a rendered photograph of an egg"],
];
const sampleAddress = (name) => `/assets/samples/${name}`;

const view = new PictureView();
const state = { model: null, detail: null, file: null, sample: null };
let running = new AbortController();

// --- model ------------------------------------------------------------------------------------------------------

async function loadModels() {
  const models = await listModels();
  if (models.length === 0) {
    $("model").replaceChildren(new Option("none"));
    throw new Failure("No models", "The configuration names none. Add one to its list and start the server again.");
  }
  const wanted = state.model ?? new URLSearchParams(location.search).get("model");
  $("model").replaceChildren(...models.map((model) =>
    new Option(model.state === "loaded" ? model.id : `${model.id} (${model.state})`, model.id)));
  $("model").disabled = false;
  await chooseModel((models.find(({ id }) => id === wanted) ?? models[0]).id);
}

async function chooseModel(id) {
  Object.assign(state, { model: id, detail: null });
  $("model").value = id;
  remember();
  let detail = await describeModel(id);
  while (detail.state === "loading" && state.model === id) {
    $("model-facts").textContent = "loading…";
    await new Promise((done) => setTimeout(done, 1000));
    detail = await describeModel(id);
  }
  if (state.model !== id) return;
  state.detail = detail;
  const { input_shape: shape, config, parameters } = detail;
  $("model-facts").textContent = [
    shape && `${shape.at(-1)} × ${shape.at(-2)} pixels`,
    config?.patch_size && `patches of ${[config.patch_size].flat().join(" × ")}`,
    config?.n_layers && `${config.n_layers} layers`,
    config?.n_heads && `${config.n_heads} heads`,
    parameters && `${count(parameters)} parameters`,
  ].filter(Boolean).join(" · ");
  if (detail.state === "failed") throw new Failure(`${id} could not be loaded`, detail.reason);
  if (state.file) await look();
}

// --- picture ----------------------------------------------------------------------------------------------------

async function chooseSample(name) {
  const response = await fetch(sampleAddress(name));
  if (!response.ok) throw new Failure("No such sample", `${name} is not among the samples.`);
  const blob = await response.blob();
  const type = name.endsWith(".jpg") ? "image/jpeg" : "image/png";
  await choose(new File([blob], name, { type }), name);
}

async function choose(file, sample = null) {
  Object.assign(state, { file: await acceptable(file), sample });
  for (const button of $("samples").children) button.ariaPressed = String(button.value === sample);
  remember();
  closeRail();
  if (state.detail) await look();
}

// --- prediction -------------------------------------------------------------------------------------------------

async function look() {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  const { model, detail, file, sample } = state;
  const [height, width] = detail.input_shape?.slice(-2) ?? [224, 224];
  const sides = [detail.config?.patch_size].flat();   // one number, or height and width
  const patch = sides[0] ? { height: sides[0], width: sides.at(-1) } : null;
  show("result");
  showWaiting();
  $("result").ariaBusy = "true";
  $("curl").textContent = curlCommand(model, file, sample && sampleAddress(sample));
  $("copy").disabled = false;
  const [answer] = await Promise.all([
    predict(model, file, signal),
    view.show(file, { height, width, patch, preprocessing: detail.preprocessing }),
  ]);
  if (signal.aborted) return;
  showAnswer(answer);
  $("result").ariaBusy = "false";
}

// --- what is shown ----------------------------------------------------------------------------------------------

let again = null;   // what "Try again" does

function show(part) {
  for (const each of ["empty", "failure", "result"]) $(each).hidden = each !== part;
}

/** Runs a step of the page; where it fails, says so in the server's words and offers to try again. */
async function attempt(step) {
  try {
    await step();
    if (!state.file) show("empty");
  } catch (error) {
    if (error.name === "AbortError") return;
    again = step;
    $("failure-title").textContent = error.message;
    $("failure-detail").textContent = error.detail ?? "";
    $("failure-note").textContent = error.note ?? "";
    show("failure");
  }
}

function remember() {
  const address = new URLSearchParams();
  if (state.model) address.set("model", state.model);
  if (state.sample) address.set("sample", state.sample);
  history.replaceState(null, "", `?${address}`);
}

// --- the rail as a sheet, on narrow screens ---------------------------------------------------------------------

const narrow = matchMedia("(max-width: 699px)");

function moveRail(open) {
  $("rail").classList.toggle("open", open);
  $("rail").inert = narrow.matches && !open;
  $("open-rail").ariaExpanded = String(open);
}

function closeRail() {
  if (!$("rail").classList.contains("open")) return;
  moveRail(false);
  $("open-rail").focus();
}

// --- wiring -----------------------------------------------------------------------------------------------------

$("samples").append(...SAMPLES.map(([name, title]) => {
  const picture = element("img", { src: sampleAddress(name), alt: title, width: 56, height: 56, loading: "lazy" });
  const button = element("button", { type: "button", value: name, title, ariaPressed: "false" }, picture);
  button.addEventListener("click", () => attempt(() => chooseSample(name)));
  return button;
}));

$("model").addEventListener("change", (event) => attempt(() => chooseModel(event.target.value)));
$("file").addEventListener("change", (event) => {
  const [file] = event.target.files;
  if (file) attempt(() => choose(file));
  event.target.value = "";
});
$("try").addEventListener("click", () => attempt(() => chooseSample(SAMPLES[0][0])));
$("retry").addEventListener("click", () => attempt(state.detail ? again : loadModels));
preparePad((file) => attempt(() => choose(file)));

document.addEventListener("paste", (event) => {
  const file = [...event.clipboardData.files].find(({ type }) => type.startsWith("image/"));
  if (file) attempt(() => choose(file));
});
let depth = 0;   // dragenter and dragleave come for every element on the way
document.addEventListener("dragenter", () => ($("drop-here").hidden = ++depth === 0));
document.addEventListener("dragleave", () => ($("drop-here").hidden = --depth === 0));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  depth = 0;
  $("drop-here").hidden = true;
  const [file] = event.dataTransfer.files;
  if (file) attempt(() => choose(file));
});

$("copy").addEventListener("click", async () => {
  const text = $("curl").textContent;
  try {
    await navigator.clipboard.writeText(text);
    $("copy").textContent = "Copied";
  } catch {   // no clipboard beyond the loopback without TLS
    getSelection().selectAllChildren($("curl"));
    $("copy").textContent = "Selected: copy it with the keyboard";
  }
  setTimeout(() => ($("copy").textContent = "Copy as curl"), 1500);
});

const dark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
const nameTheme = () => ($("theme").textContent = isDark() ? "Light" : "Dark");
$("theme").addEventListener("click", () => {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  localStorage.setItem("theme", theme);
  nameTheme();
});
dark.addEventListener("change", nameTheme);
nameTheme();

$("open-rail").addEventListener("click", () => {
  moveRail(true);
  $("model").focus();
});
$("close-rail").addEventListener("click", closeRail);
document.addEventListener("keydown", (event) => event.key === "Escape" && closeRail());
narrow.addEventListener("change", () => moveRail(false));
moveRail(false);

const asked = new URLSearchParams(location.search).get("sample");
show(null);
attempt(async () => {
  const known = SAMPLES.some(([name]) => name === asked);
  await Promise.all([loadModels(), known ? chooseSample(asked) : null]);
});
