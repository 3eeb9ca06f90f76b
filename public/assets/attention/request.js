// What the page asks the server for.

import { modelPath } from "../shared/client.js";

/** Maps beyond this would not fit a browser's page well: fewer layers are asked for. */
const MOST_BYTES = 256 << 20;

/** The request for all heads of as many layers as fit, the last ones where not all do. */
export function request({ detail, grid, file, sample }, { from, fusion }) {
  const { n_layers: layers, n_heads: heads } = detail.config;
  const each = heads * grid.tokens ** 2 * 4;
  const many = Math.max(1, Math.min(layers, Math.floor(MOST_BYTES / each)));
  const some = many < layers ? { layers: Array.from({ length: many }, (_, index) => layers - many + index) } : {};
  return {
    path: `${modelPath(detail.id)}/attention`, file, sample, accept: "application/x-npz",
    fields: { ...some, from, rollout: fusion, summary: true },
  };
}
