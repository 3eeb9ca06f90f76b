// The server's HTTP interface, as far as the pages use it.

import { readSafetensors } from "./safetensors.js";

/** What went wrong, in a sentence; where there is more to say, `detail`; for a report, `note`. `kind` names it in a word or
 *  two, where the sentence is too long for a title. */
export class Failure extends Error {
  constructor(message, detail = "", note = "", kind = "That did not work") {
    super(message);
    Object.assign(this, { detail, note, kind });
  }
}

/** A response whose status is a good one.
 *  @throws {Failure} In the server's own words, where it has any. */
export async function call(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure("The server does not answer", "Is it running? It may also be starting or stopping.");
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  const fields = (body?.errors ?? []).map((each) => each.detail).filter((each) => each !== body.detail);
  const request = body?.instance ?? response.headers.get("X-Request-ID");
  throw new Failure(
    body?.detail ?? `The server answered ${response.status}.`,
    fields.join(" "),
    [`${response.status} ${body?.title ?? ""}`, request && `request ${request}`].filter(Boolean).join(" · "),
    body?.title);
}

async function json(path, options) {
  const response = await call(path, options);
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure("Not understood", "The server's answer is not JSON.");
  }
}

/** `queue;dur=0.1, compute;dur=3.2` → [["queue", 0.1], ["compute", 3.2]] */
export function serverTiming(header) {
  return (header ?? "").split(",").flatMap((part) => {
    const [, name, duration] = part.match(/^\s*([^;\s]+).*;\s*dur=([\d.]+)/) ?? [];
    return name ? [[name, Number(duration)]] : [];
  });
}

export const modelPath = (id) => `/v1/models/${encodeURIComponent(id)}`;

/** Every model: [{id, state, …}], all pages of the list. */
export async function listModels() {
  const items = [];
  let cursor = null;
  do {
    const body = await json("/v1/models" + (cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""));
    items.push(...body.items);
    cursor = body.next_cursor;
  } while (cursor);
  return items;
}

export const describeModel = (id) => json(modelPath(id));
export const describeInterface = () => json("/openapi.json");

/** The body of a request about pictures: one file as it is, or with fields beside it as the part `image`; several as the
 *  parts that an object names, {clean: File, corrupt: File}. */
export function pictureBody(file, fields) {
  if (!fields) return { body: file, headers: { "Content-Type": file.type } };
  const body = new FormData();
  for (const [part, each] of Object.entries(file instanceof File ? { image: file } : file)) body.append(part, each, each.name);
  body.append("request", JSON.stringify(fields));
  return { body, headers: {} };
}

/** Posts pictures to `path`.
 *  @returns {{document, timing, roundTrip}} The answer's JSON, the server's times, the round trip in milliseconds. */
export async function post(path, file, fields, signal) {
  const started = performance.now();
  const { body, headers } = pictureBody(file, fields);
  const response = await call(path, { method: "POST", body, headers: { ...headers, Accept: "application/json" }, signal });
  const document = await response.json();
  return {
    document, timing: serverTiming(response.headers.get("Server-Timing")), roundTrip: performance.now() - started,
  };
}

/** The same for an answer of tensors, which come as safetensors: a third of JSON's size and nothing to parse.
 *  @returns {{document, tensors, timing, roundTrip}} `tensors`: {name: {shape, data: Float32Array}}. */
export async function postForTensors(path, file, fields, signal) {
  const started = performance.now();
  const { body, headers } = pictureBody(file, fields);
  const response = await call(path, {
    method: "POST", body, headers: { ...headers, Accept: "application/x-safetensors" }, signal,
  });
  const { tensors, metadata } = readSafetensors(await response.arrayBuffer());
  return {
    document: JSON.parse(metadata.response ?? "{}"), tensors,
    timing: serverTiming(response.headers.get("Server-Timing")), roundTrip: performance.now() - started,
  };
}

/** The same for an answer that comes line by line: `hear` gets each document as soon as it is there, the last one too.
 *  @returns {{document, timing, roundTrip}} The last line, which tells that all came.
 *  @throws {Failure} Where the answer breaks off before that. */
export async function postForLines(path, file, fields, signal, hear) {
  const started = performance.now();
  const { body, headers } = pictureBody(file, fields);
  const response = await call(path, {
    method: "POST", body, headers: { ...headers, Accept: "application/x-ndjson" }, signal,
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const brokenOff = new Failure("The answer broke off", "The server may have stopped, or the connection was lost.");
  const read = () => reader.read().catch((error) => { throw error.name === "AbortError" ? error : brokenOff; });
  let rest = "", document = {};
  for (let piece = await read(); !piece.done; piece = await read()) {
    const lines = (rest + piece.value).split("\n");
    rest = lines.pop();
    for (const line of lines) hear(document = JSON.parse(line));
  }
  if (!document.done) throw brokenOff;
  return { document, timing: serverTiming(response.headers.get("Server-Timing")), roundTrip: performance.now() - started };
}
