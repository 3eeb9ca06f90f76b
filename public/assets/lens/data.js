// What the page holds of one picture's logit lens: logits of every stream, position and class.

import { Scale } from "../shared/colours.js";

/** Where logits are no numbers, no class is the best. */
export const NONE = -1;

/** A view into the answer's tensor, and the best class of each stream and position, found once. */
export class Lens {
  /** @param names the classes, or dimensions, of which none is more probable than another. */
  constructor({ document, tensors }, names) {
    const { shape, data } = tensors.logits;
    [, this.streams, this.tokens, this.classes] = shape;
    this.data = data;
    this.document = document;
    this.streamNames = document.labels ?? Array.from({ length: this.streams }, (_, each) => String(each));
    this.names = names;
    this.#findBest();
  }

  #start(stream, token) { return (stream * this.tokens + token) * this.classes; }

  logit(stream, token, index) { return index === NONE ? NaN : this.data[this.#start(stream, token) + index]; }
  best(stream, token) { return this.#best[stream * this.tokens + token]; }

  label(index) { return index === NONE ? "–" : this.names.label(index); }
  emoji(index) { return this.names.emoji(index); }

  #best;
  #findBest() {
    const { data, classes } = this;
    this.#best = new Int32Array(this.streams * this.tokens);
    for (let place = 0; place < this.#best.length; place++) {
      const start = place * classes;
      let best = 0;
      for (let index = 0; index < classes; index++) {
        if (!(data[start + index] < Infinity)) { best = NONE; break; }
        if (data[start + index] > data[start + best]) best = index;
      }
      this.#best[place] = best;
    }
  }

  /** The best `many` classes: [{index, label, emoji, logit, probability}]. */
  top(stream, token, many = 5) {
    if (this.best(stream, token) === NONE) return [];
    const start = this.#start(stream, token);
    const logits = this.data.subarray(start, start + this.classes);
    const order = Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a]).slice(0, many);
    const highest = logits[order[0]];
    const sum = logits.reduce((all, logit) => all + Math.exp(logit - highest), 0);
    return order.map((index) => ({
      index, label: this.label(index), emoji: this.emoji(index), logit: logits[index],
      probability: this.names.areDimensions ? null : Math.exp(logits[index] - highest) / sum,
    }));
  }

  /** The best `many` classes of the last stream by the mean logit over all tokens: what a model without a class token reads. */
  topOfMean(many) {
    const sums = new Float64Array(this.classes);
    const start = (this.streams - 1) * this.tokens * this.classes;
    for (let at = 0; at < this.tokens * this.classes; at++) sums[at % this.classes] += this.data[start + at];
    return Array.from(sums.keys()).sort((a, b) => sums[b] - sums[a]).slice(0, many);
  }

  /** What the colour of each token shows: the best class's logit, or the logit of one class. */
  heat(stream, index = null) {
    return Float32Array.from({ length: this.tokens }, (_, token) =>
      this.logit(stream, token, index ?? this.best(stream, token)));
  }

  /** One scale for all streams, so that the slider compares. */
  scale(index = null) {
    const all = new Float32Array(this.streams * this.tokens);
    for (let stream = 0; stream < this.streams; stream++) all.set(this.heat(stream, index), stream * this.tokens);
    return index === null ? Scale.sequential(all) : Scale.signed(all);
  }

  /** The classes that are the best of most tokens, over all streams: the first seven get colours of their own. */
  commonest() {
    const counts = new Map();
    for (const index of this.#best) if (index !== NONE) counts.set(index, (counts.get(index) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1]).map(([index]) => index);
  }
}
