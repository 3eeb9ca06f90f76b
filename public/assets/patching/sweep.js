// A patching sweep, as its cells come in: what is asked, and what each cell gave.

import { modelPath } from "../shared/client.js";
import { filesOf } from "../shared/pictures.js";

const MOST_CLASSES = 100;    // of a prediction: enough for what was best before to be told after

/** The two ways of cutting a network into cells, and the hooks that each can change. */
export const VIEWS = {
  position: ["resid_pre", "resid_mid", "resid_post", "attn_out", "mlp_out"],
  head: ["z", "q", "k", "v", "result", "pattern"],
};

/** A hook of one layer by its full name. */
export function hookName(site, layer) {
  const block = `blocks.${layer}.`;
  return VIEWS.head.includes(site) ? `${block}attn.hook_${site}` : `${block}hook_${site}`;
}

/** What the page asks of a model about two pictures. */
export class Question {
  /** @param wish {view, hook, direction, metric, search}, as the page has chosen them. */
  constructor(subject, wish) {
    const { file, sample, other } = subject;
    Object.assign(this, wish, { detail: subject.detail, prefix: subject.grid.prefix });
    this.pictures = { clean: { file, sample }, corrupt: { file: other.file, sample: other.sample } };
    const { n_layers: layers, n_heads: heads } = subject.detail.config;
    this.rows = layers;
    this.columns = wish.view === "position" ? subject.grid.tokens : heads;
  }

  get files() { return filesOf(this.pictures); }

  /** The whole sweep; with `one` only its first cell, which tells the baselines at once. */
  sweep({ one = false } = {}) {
    const { view, hook, direction, metric, search } = this;
    return {
      path: `${modelPath(this.detail.id)}/patching`, pictures: this.pictures, accept: one ? undefined : "application/x-npz",
      fields: {
        clean: { image: { part: "clean" } }, corrupt: { image: { part: "corrupt" } },
        sweep: { hook, over: ["layer", view], ...(one ? { layers: [0], [`${view}s`]: [0] } : {}) },
        direction, ...(metric ? { metric } : {}), ...(search && !one ? { search } : {}),
      },
    };
  }

  /** The predictions without any patch, and with `cells` patched where there are any: clean, corrupt, the changed one. */
  prediction(cells = []) {
    const texts = (this.metric?.classes ?? []).filter((each) => typeof each === "string");
    const [from, into] = this.direction === "denoise" ? [0, 1] : [1, 0];
    const image = (place) => ({ image: { part: ["clean", "corrupt"][place] } });
    const where = (cell) => ({ inputs: [2], [`${this.view}s`]: [cell[this.view]] });
    return {
      path: `${modelPath(this.detail.id)}/predict`, pictures: this.pictures,
      fields: {
        inputs: [image(0), image(1), ...(cells.length ? [image(into)] : [])],
        ...(cells.length ? {
          interventions: cells.map((cell) => ({
            hook: hookName(this.hook, cell.layer), op: "copy", value: { from_input: from }, where: where(cell),
          })),
        } : {}),
        top_k: MOST_CLASSES,
        ...(this.hook === "result" ? { flags: ["use_attn_result"] } : {}),
        ...(texts.length ? { labels: texts, templates: ["{}"] } : {}),
      },
    };
  }
}

/** What the cells gave, in row-major order of layer and position or head. */
export class Sweep {
  /** @param baseline The answer of a sweep over one cell: what both runs say, and the metric. */
  constructor(question, baseline) {
    Object.assign(this, { question, baseline });
    this.outcomes = Array(question.rows * question.columns).fill(null);
    this.known = 0;
    this.found = null;      // what the search found
  }

  get isDenoising() { return this.question.direction === "denoise"; }
  /** What the changed run says when nothing is patched. */
  get base() { return this.baseline.predictions[this.isDenoising ? "corrupt" : "clean"]; }
  get baseMetric() { return this.baseline[this.isDenoising ? "baseline_corrupt" : "baseline_clean"]; }
  /** Whether the two runs differ in the metric, so that there is a way between them. */
  get hasWay() { return this.baseline.baseline_clean !== this.baseline.baseline_corrupt; }

  /** Whether the runs differ in their answers, so that there is one to flip. */
  get canFlip() { return this.baseline.predictions.clean.index !== this.baseline.predictions.corrupt.index; }
  /** How many cells change the answer. */
  get flipCount() { return this.outcomes.filter((each) => each && each.prediction.index !== this.base.index).length; }

  /** Takes a line of the answer. @returns {number | null} The layer that it tells of. */
  take(line) {
    if (line.search) this.found = line.search;
    if (line.layer === undefined) return null;
    const at = line.layer * this.question.columns + line[this.question.view];
    if (!this.outcomes[at]) this.known++;
    this.outcomes[at] = line;
    return line.layer;
  }

  at(row, column) { return this.outcomes[row * this.question.columns + column]; }

  /** What is coloured: which share of the way to the other run, or by how much the metric changes. Null: not known yet. */
  value(row, column, values) {
    const outcome = this.at(row, column);
    if (!outcome) return null;
    if (values === "metric" || !this.hasWay) return outcome.metric === null ? null : outcome.metric - this.baseMetric;
    return outcome.normalised === null ? null : this.isDenoising ? outcome.normalised : 1 - outcome.normalised;
  }

  /** All that are known, or those of a layer's patches. */
  values(values, layer = null) {
    const { columns, prefix } = this.question;
    return this.outcomes.flatMap((outcome, at) => {
      const [row, column] = [Math.floor(at / columns), at % columns];
      const isWanted = outcome && (layer === null || (row === layer && column >= prefix));
      return isWanted ? this.value(row, column, values) ?? [] : [];
    });
  }

  /** Whether the patch changes the answer. */
  flips(row, column) {
    const outcome = this.at(row, column);
    return outcome !== null && outcome.prediction.index !== this.base.index;
  }

  /** The layer where one patch does most, cells of the first tokens aside if others do anything. */
  strongestLayer(values) {
    let best = { layer: 0, value: 0 };
    for (let row = 0; row < this.question.rows; row++) {
      for (let column = this.question.view === "position" ? this.question.prefix : 0; column < this.question.columns; column++) {
        const value = Math.abs(this.value(row, column, values) ?? 0);
        if (value > best.value) best = { layer: row, value };
      }
    }
    return best.layer;
  }

  table() {
    const { view, columns } = this.question;
    const row = ({ metric, normalised, prediction }, at) =>
      [Math.floor(at / columns), at % columns, metric ?? "", normalised ?? "", prediction.index, prediction.label];
    return [["layer", view, "metric", "normalised", "index", "label"],
      ...this.outcomes.flatMap((outcome, at) => (outcome ? [row(outcome, at)] : []))];
  }
}
