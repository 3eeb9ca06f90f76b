// The safetensors format: eight bytes that say how long the header is, the header as JSON, the elements.

/** @param {ArrayBuffer} buffer
 *  @returns {{tensors: Object<string, {shape: number[], data: Float32Array}>, metadata: Object<string, string>}}
 *  @throws {Error} Where the file is not one of float32 tensors. */
export function readSafetensors(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const start = 8 + length;
  if (start > buffer.byteLength) throw new Error("The header of the safetensors answer is longer than the answer.");
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors = {};
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of Object.entries(entries)) {
    if (dtype !== "F32") throw new Error(`The tensor ${name} has elements of ${dtype}; F32 was expected.`);
    const isAligned = (start + from) % 4 === 0;
    const data = isAligned
      ? new Float32Array(buffer, start + from, (to - from) / 4)
      : new Float32Array(buffer.slice(start + from, start + to));
    tensors[name] = { shape, data };
  }
  return { tensors, metadata };
}
