// What is on the page as files: PNG of a canvas, CSV of numbers, npz from the server.

import { call, pictureBody } from "./client.js";
import { filesOf } from "./pictures.js";

/** Hands bytes to the browser as a file. */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export const savePNG = (canvas, name) => canvas.toBlob((blob) => save(blob, `${name}.png`), "image/png");

/** Rows of a table, the first its head. */
export function saveCSV(rows, name) {
  const cell = (value) => (/[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
  const text = rows.map((row) => row.map(cell).join(",")).join("\n") + "\n";
  save(new Blob([text], { type: "text/csv" }), `${name}.csv`);
}

/** The server's answer to the same request, as numpy's arrays.
 *  @throws {Failure} In the server's words. */
export async function saveNpz({ path, file, pictures, fields }, name) {
  const { body, headers } = pictureBody(file ?? filesOf(pictures), fields);
  const response = await call(path, { method: "POST", body, headers: { ...headers, Accept: "application/x-npz" } });
  save(await response.blob(), `${name}.npz`);
}
