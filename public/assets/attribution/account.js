// A metric as a sum: its parts in the order of the stream, what the norms and the head add, and what is left over.

/** The ways of parting it. */
export const VIEWS = [
  ["layer", "Layers"], ["component", "Components"], ["head", "Heads"], ["neuron", "Neurons"], ["position", "Positions"],
];

const MOST_NEURONS = 16;

/** What the server answered for one picture. */
export class Account {
  constructor({ document, tensors }, grid) {
    const { shape, data } = tensors.scores;
    Object.assign(this, { document, grid, by: document.by, labels: document.labels, scores: data });
    [, this.rows, this.columns = shape[1]] = shape;
    [this.sum, this.constant, this.value, this.residue] = ["sum", "constant", "value", "residue"].map((name) => document[name][0]);
    this.others = (document.other_labels ?? []).map((label, at) => ({ name: label, value: document.others[0][at] }));
  }

  score(row, column) { return this.scores[row * this.columns + column]; }

  /** Names and values that add up to the value of the metric, in the stream's order: [{name, value, kind, tip}]. `kind` is
   *  `part`, `constant` or `residue`. */
  entries() {
    const parts = {
      head: () => this.#heads(),
      neuron: () => [...this.#neurons(), ...this.others],
      position: () => this.#positions(),
    }[this.by] ?? (() => Array.from(this.scores, (value, at) => ({ name: this.labels[at], value })));
    return [
      ...parts().map((each) => ({ kind: "part", tip: tipOf(each.name), ...each })),
      { name: "constant", value: this.constant, kind: "constant", tip: "constant" },
      { name: "residue", value: this.residue, kind: "residue", tip: "residue" },
    ];
  }

  /** A layer's heads together, each before the MLP of its layer. */
  #heads() {
    const mlpOf = (layer) => this.others.filter(({ name }) => name === `${layer}_mlp_out`);
    const layers = Array.from({ length: this.rows }, (_, layer) => [
      { name: `L${layer} heads`, value: add(this.scores.subarray(layer * this.columns, (layer + 1) * this.columns)), tip: "heads" },
      ...mlpOf(layer),
    ]);
    const apart = this.others.filter(({ name }) => !/^\d+_/.test(name));
    const begins = apart.filter(({ name }) => name !== "b_O");
    return [...begins, ...layers.flat(), ...apart.filter((each) => !begins.includes(each))];
  }

  /** The strongest by themselves, the rest together. */
  #neurons() {
    const order = Array.from(this.scores.keys()).sort((a, b) => Math.abs(this.scores[b]) - Math.abs(this.scores[a]));
    const strongest = order.slice(0, MOST_NEURONS);
    const rest = order.slice(MOST_NEURONS).map((at) => this.scores[at]);
    return [
      ...strongest.map((at) => ({ name: this.labels[at], value: this.scores[at], tip: "neuron" })),
      ...(rest.length ? [{ name: `${rest.length} others`, value: add(rest), tip: "neuron" }] : []),
    ];
  }

  #positions() {
    const { prefix } = this.grid;
    return [
      ...Array.from({ length: prefix }, (_, token) => ({ name: token === 0 ? "CLS" : `R${token}`, value: this.scores[token], tip: "CLS" })),
      { name: `${this.scores.length - prefix} patches`, value: add(this.scores.subarray(prefix)), tip: "positions" },
    ];
  }

  /** Every score with its label, for a file. */
  table() {
    return [
      ["label", "score"], ...this.labels.map((label, at) => [label, this.scores[at]]),
      ...this.others.map(({ name, value }) => [name, value]),
      ["sum", this.sum], ["constant", this.constant], ["residue", this.residue], ["value", this.value],
    ];
  }
}

const add = (values) => values.reduce((sum, value) => sum + value, 0);

const tipOf = (name) =>
  name.endsWith("attn_out") ? "attn_out" : name.endsWith("mlp_out") ? "mlp_out" : name.startsWith("layer_") ? "layer" : name;
