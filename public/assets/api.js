// The server's HTTP interface, as far as this page uses it.

/** What went wrong, in a sentence; where there is more to say, `detail`; for a report, `note`. */
export class Failure extends Error {
  constructor(message, detail = "", note = "") {
    super(message);
    Object.assign(this, { detail, note });
  }
}

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure("The server does not answer", "Is it running? It may also be starting or stopping.");
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) {
    const fields = (body?.errors ?? []).map((each) => each.detail);
    const request = body?.instance ?? response.headers.get("X-Request-ID");
    throw new Failure(
      body?.detail ?? `The server answered ${response.status}.`,
      fields.join(" "),
      [`${response.status} ${body?.title ?? ""}`, request && `request ${request}`].filter(Boolean).join(" · "));
  }
  if (body === null) throw new Failure("Not understood", "The server's answer is not JSON.");
  return { body, timing: serverTiming(response.headers.get("Server-Timing")) };
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
    const { body } = await call("/v1/models" + (cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""));
    items.push(...body.items);
    cursor = body.next_cursor;
  } while (cursor);
  return items;
}

export const describeModel = async (id) => (await call(modelPath(id))).body;

/** Posts a JPEG or PNG as it is; the answer, the server's times and the whole round trip in milliseconds. */
export async function predict(model, picture, signal) {
  const started = performance.now();
  const { body, timing } = await call(`${modelPath(model)}/predict`, {
    method: "POST", body: picture, headers: { "Content-Type": picture.type, Accept: "application/json" }, signal,
  });
  return { ...body, timing, roundTrip: performance.now() - started };
}
