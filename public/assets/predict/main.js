// The start page: pick a model, pick a picture, read the prediction. What is chosen stands in the address.

import * as address from "../shared/address.js";
import { modelPath, post } from "../shared/client.js";
import { $ } from "../shared/dom.js";
import { saveCSV, savePNG } from "../shared/downloads.js";
import { Inspector } from "../shared/inspector.js";
import { PictureView } from "../shared/picture-view.js";
import { tokenName } from "../shared/seen.js";
import { Workbench } from "../shared/workbench.js";
import { showAnswer } from "./answer.js";

let shown = null;     // {answer, subject}
let pinned = null;    // a token

/** What a CLIP is asked for until somebody writes labels of their own. */
const USUAL_LABELS = ["a heart", "an ellipse", "a square", "an egg"];

const path = (subject) => `${modelPath(subject.detail.id)}/predict`;

const picture = new PictureView($("seen"), {
  point: (token) => mark(token),
  pin: (token) => pin(token === pinned ? null : token),
  free: () => pin(null),
});

const inspector = new Inspector({
  downloads: [
    ["PNG", () => savePNG($("seen"), "picture")],
    ["CSV", () => saveCSV([["index", "label", "logit", "probability"],
      ...shown.answer.document.results[0].top.map((each) => [each.index, each.label, each.logit, each.probability])],
    "prediction")],
  ],
});

function pin(token) {
  pinned = token;
  address.set({ patch: token });
  mark(token);
}

function mark(token) {
  const { seen, grid } = shown.subject;
  picture.marks = { query: pinned, pointed: token };
  const at = token ?? pinned;
  const size = `${seen.width} × ${seen.height} pixels`;
  const extent = grid && (grid.width === grid.height ? grid.width : `${grid.width} × ${grid.height}`);
  $("patch").textContent = grid && at !== null ? tokenName(grid, at)
    : grid ? `${size}, ${grid.columns} × ${grid.rows} patches of ${extent}` : size;
}

$("grid").addEventListener("change", () => (picture.showsGrid = $("grid").checked));

/** The classes that a CLIP chooses from are texts; `null` for a model that has classes of its own. */
function fields({ detail }) {
  if (!detail.towers?.includes("text")) return null;
  const labels = $("labels").value.split(",").map((each) => each.trim()).filter(Boolean);
  return { labels: labels.length ? labels : USUAL_LABELS };
}

$("labels").value = address.get("labels") ?? USUAL_LABELS.join(", ");
$("labels").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey) return;
  event.preventDefault();
  $("labels-form").requestSubmit();
});
$("labels-form").addEventListener("submit", (event) => {
  event.preventDefault();
  address.set({ labels: $("labels").value.trim() || null });
  workbench.refresh();
});

const workbench = new Workbench({
  ready: ({ detail }) => ($("labels-form").hidden = !fields({ detail })),
  ask: (subject, signal) => post(path(subject), subject.file, fields(subject), signal),
  show(answer, subject) {
    shown = { answer, subject };
    showAnswer(answer.document.results[0].top);
    inspector.show(answer, { path: path(subject), file: subject.file, sample: subject.sample, fields: fields(subject) });
    picture.show(subject.seen, subject.grid);
    pinned = subject.grid && address.getIndex("patch", subject.grid.tokens);
    mark(null);
  },
});
