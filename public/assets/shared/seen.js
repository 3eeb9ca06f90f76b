// The picture as the model sees it: not resized once more by the browser, but the very pixels that the server made of it.

import { modelPath, postForTensors } from "./client.js";

/** How a model cuts its pictures: `rows` × `columns` patches after `prefix` tokens that stand for no patch. */
export function patchGrid(detail) {
  const sides = (value) => [value].flat();
  const config = detail.config ?? {};
  const patch = sides(config.patch_size), image = sides(config.image_size);
  if (!patch[0] || !image[0]) return null;
  const rows = Math.floor(image[0] / patch[0]), columns = Math.floor(image.at(-1) / patch.at(-1));
  const tokens = config.n_positions ?? rows * columns;
  return { rows, columns, tokens, prefix: Math.max(0, tokens - rows * columns), height: patch[0], width: patch.at(-1) };
}

/** What a token is called: CLS, a further prefix token, or a patch by its row and column. */
export function tokenName(grid, token) {
  if (token < grid.prefix) return token === 0 ? "CLS" : `register ${token}`;
  const patch = token - grid.prefix;
  return `patch ${patch} · row ${Math.floor(patch / grid.columns)}, column ${patch % grid.columns}`;
}

/** Asks the server for what goes into the model. Costs decoding alone: no block is computed.
 *  @returns {Promise<OffscreenCanvas>} At the model's resolution. */
export async function seenPicture(detail, file, signal) {
  const fields = { capture: [{ hooks: ["pixel_values"] }], stop_at_layer: 0 };
  const { tensors } = await postForTensors(`${modelPath(detail.id)}/run`, file, fields, signal);
  const { shape, data } = tensors.pixel_values;
  const [channels, height, width] = shape.slice(-3);
  const { mean, std, rescale_factor: factor = 1 / 255, rescale_offset: offset = 0 } = detail.preprocessing ?? {};
  const area = height * width;
  const image = new ImageData(width, height);
  for (let channel = 0; channel < 3; channel++) {
    const from = Math.min(channel, channels - 1);
    const deviation = std?.[from] ?? 1, middle = mean?.[from] ?? 0;
    for (let place = 0; place < area; place++) {
      const value = data[from * area + place] * deviation + middle;
      image.data[place * 4 + channel] = Math.round((value - offset) / factor);   // clamped to 0 … 255 by its type
    }
  }
  for (let place = 0; place < area; place++) image.data[place * 4 + 3] = 255;
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}
