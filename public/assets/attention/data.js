// What the page holds of one picture's attention: maps of every head, rollout, scores.

import { Scale } from "../shared/colours.js";

/** Views into the answer's tensors; nothing is copied. Layers and heads are counted as the answer lists them. */
export class Attention {
  constructor({ document, tensors }, from) {
    this.from = from;
    const { shape, data } = tensors[from];
    [, this.layers, this.heads, this.tokens] = shape;
    this.data = data;
    this.rollout = tensors.rollout?.data ?? null;
    this.document = document;
    this.layerNames = document.layers ?? Array.from({ length: this.layers }, (_, each) => each);
    this.headNames = document.heads ?? Array.from({ length: this.heads }, (_, each) => each);
    this.scores = Object.fromEntries(Object.entries(tensors)
      .filter(([, tensor]) => tensor.shape.length === 3 && tensor.shape[1] === this.layers && tensor.shape[2] === this.heads)
      .map(([name, tensor]) => [name, tensor.data]));
    this.#measure();
  }

  get count() { return this.layers * this.heads; }

  /** The map of one head, [query, key] flat; heads of all layers counted through. */
  map(head) {
    const area = this.tokens * this.tokens;
    return this.data.subarray(head * area, (head + 1) * area);
  }

  value(head, query, key) { return this.data[(head * this.tokens + query) * this.tokens + key]; }

  layerOf(head) { return Math.floor(head / this.heads); }
  name(head) { return `Layer ${this.layerNames[this.layerOf(head)]} · Head ${this.headNames[head % this.heads]}`; }
  short(head) { return `L${this.layerNames[this.layerOf(head)]} H${this.headNames[head % this.heads]}`; }

  /** The head that the model calls by these numbers; null where the answer has none. */
  find(layer, head) {
    const [row, column] = [this.layerNames.indexOf(layer), this.headNames.indexOf(head)];
    return row < 0 || column < 0 ? null : row * this.heads + column;
  }

  /** Each head's extremes, so that scales need no pass over the data while the pointer moves. */
  #measure() {
    this.extremes = Array.from({ length: this.count }, (_, head) => {
      let low = Infinity, high = -Infinity;
      for (const value of this.map(head)) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
      return { low, high };
    });
  }

  /** One scale for all heads, or one head's. */
  scale(head = null) {
    const ends = head === null ? this.extremes : [this.extremes[head]];
    return this.scaleOf(ends.flatMap(({ low, high }) => [low, high]));
  }

  /** Patterns are shares from 0; scores have a sign. */
  scaleOf(values) { return this.from === "scores" ? Scale.signed(values) : Scale.sequential(values); }

  /** What `token` gives each token as a query, or with `swapped` gets from each as a key. */
  line(head, token, swapped) {
    const map = this.map(head), n = this.tokens;
    if (!swapped) return map.subarray(token * n, (token + 1) * n);
    return Float32Array.from({ length: n }, (_, query) => map[query * n + token]);
  }

  /** What each key gets on the mean over all queries. */
  mean(head) {
    const map = this.map(head), n = this.tokens;
    const sums = new Float64Array(n);
    for (let query = 0, at = 0; query < n; query++) for (let key = 0; key < n; key++, at++) sums[key] += map[at];
    return Float32Array.from(sums, (sum) => sum / n);
  }

  rolledOut(token, swapped) {
    const n = this.tokens;
    if (!swapped) return this.rollout.subarray(token * n, (token + 1) * n);
    return Float32Array.from({ length: n }, (_, query) => this.rollout[query * n + token]);
  }
}
