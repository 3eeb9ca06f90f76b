// Colour scales as tables of 256 colours, ready to be written into a canvas: 0xAABBGGRR, as little-endian memory has it.

import { colour } from "./theme.js";

const pack = (red, green, blue) =>
  (255 << 24 | Math.round(blue) << 16 | Math.round(green) << 8 | Math.round(red)) >>> 0;

/** Viridis, as polynomials of the sixth degree that follow matplotlib's table within two steps of 255. */
const VIRIDIS = [
  [0.2777273, 0.1050930, -0.3308618, -4.6342305, 6.2282699, 4.7763850, -5.4354559],
  [0.0054073, 1.4046135, 0.2148476, -5.7991010, 14.1799334, -13.7451454, 4.6458526],
  [0.3340998, 1.3845902, 0.0950952, -19.3324410, 56.6905526, -65.3530326, 26.3124352],
];

const table = (colourAt) => Uint32Array.from({ length: 256 }, (_, step) => pack(...colourAt(step / 255)));

export const viridis = table((t) => VIRIDIS.map((polynomial) =>
  255 * Math.min(1, Math.max(0, polynomial.reduceRight((sum, factor) => sum * t + factor, 0)))));

/** Blue, the theme's surface in the middle, red. Made anew when the theme changes. */
export function diverging() {
  const [low, middle, high] = ["negative", "surface", "positive"].map(colour);
  return table((t) => middle.map((from, each) => {
    const end = t < 0.5 ? low[each] : high[each];
    return from + (end - from) * Math.abs(t - 0.5) * 2;
  }));
}

/** Names of eight colours that colour-blind eyes tell apart, after Okabe and Ito; the last stands for all others. */
export const CATEGORIES = Array.from({ length: 8 }, (_, each) => `category-${each}`);

/** A colour of a table for the canvas's styles. */
export const cssOf = (packed, opacity = 1) =>
  `rgb(${packed & 255} ${packed >> 8 & 255} ${packed >> 16 & 255} / ${opacity})`;

/** Black or white, whichever is read on it. */
export function inkOn(packed) {
  const linear = (byte) => ((byte / 255 + 0.055) / 1.055) ** 2.4;
  const light = 0.2126 * linear(packed & 255) + 0.7152 * linear(packed >> 8 & 255) + 0.0722 * linear(packed >> 16 & 255);
  return light > 0.18 ? "black" : "white";
}

/** A scale: its table, and the values of its ends. */
export class Scale {
  constructor(table, low, high) {
    Object.assign(this, { table, low, high });
    this.factor = high > low ? 255.999 / (high - low) : 0;
  }

  /** From 0, or from the least where that is below, to the greatest. */
  static sequential(values) {
    let high = 0, low = 0;
    for (const value of values) {
      if (value > high) high = value;
      else if (value < low) low = value;
    }
    return new Scale(viridis, low, high);
  }

  /** Symmetric about 0. */
  static signed(values) {
    let end = 0;
    for (const value of values) if (Math.abs(value) > end) end = Math.abs(value);
    return new Scale(diverging(), -end, end);
  }

  step(value) {
    const step = (value - this.low) * this.factor;
    return step > 0 ? (step < 255 ? step | 0 : 255) : 0;
  }

  /** For the canvas's styles, over a picture: what is near 0 lets more of it through. */
  veil(value) {
    const strength = Math.abs(value) / Math.max(Math.abs(this.low), Math.abs(this.high), Number.MIN_VALUE);
    return cssOf(this.packed(value), 0.15 + 0.85 * Math.min(1, strength));
  }

  packed(value) { return this.table[this.step(value)]; }
}
