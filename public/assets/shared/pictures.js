// Pictures: the samples that the server has, and the user's own, which stay in this browser.

import { call, Failure } from "./client.js";

export const SAMPLES = [
  ["heart.png", "a heart"], ["ellipse.png", "an ellipse"], ["square.png", "a square"],
  ["heart-turned.png", "a heart, turned"], ["ellipse-large.png", "an ellipse of 256 × 256 pixels"],
  ["square-soft.png", "a square with soft edges"], ["heart-drawn.png", "a heart drawn by hand"],
  ["egg.jpg", "a rendered photograph of an egg"],
];
export const sampleAddress = (name) => `/assets/samples/${name}`;

/** A picture: the file to post, and under which name the address knows it. */
export async function sample(name) {
  const known = SAMPLES.find(([each]) => each === name);
  if (!known) throw new Failure("No such sample", `“${name}” is not among the samples: ${SAMPLES.map(([each]) => each).join(", ")}.`);
  const response = await call(sampleAddress(name));
  const type = name.endsWith(".jpg") ? "image/jpeg" : "image/png";
  return { file: new File([await response.blob()], name, { type }), sample: name, own: null };
}

/** A picture of the user's. It is kept in this browser, so that the other pages and a reload find it again. */
export async function ownPicture(file) {
  const readable = await acceptable(file);
  const own = fingerprint(new Uint8Array(await readable.arrayBuffer()));
  await keep(own, readable).catch(() => {});   // a private window may refuse: the picture then lives on this page only
  return { file: readable, sample: null, own };
}

/** One of the user's own that was kept.
 *  @throws {Failure} Where this browser does not have it. */
export async function keptPicture(own) {
  const file = await fetchKept(own).catch(() => null);
  if (file) return { file, sample: null, own };
  throw new Failure("This link is about a picture that is not here",
    "A picture of one's own stays in the browser that opened it; a link cannot carry it. Open the same file here, or choose a sample.");
}

/** What the server decodes goes as it is; anything else the browser can read becomes a PNG first. */
async function acceptable(file) {
  if (file.type === "image/png" || file.type === "image/jpeg") return file;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Failure(`${file.name || "This"} is not a picture that this browser can read.`);
  }
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  const png = await canvas.convertToBlob({ type: "image/png" });
  return new File([png], (file.name || "picture").replace(/\.\w+$/, "") + ".png", { type: "image/png" });
}

/** FNV-1a over the bytes, in two halves: `crypto.subtle` is not there without TLS, and nothing secret hangs on it. */
function fingerprint(bytes) {
  let low = 0x811c9dc5, high = 0x01000193;
  for (const byte of bytes) {
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high + byte, 0x85ebca6b) ^ (high >>> 13);
  }
  return [low, high].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}

/** The files of several pictures, by the names of their parts. */
export const filesOf = (pictures) => Object.fromEntries(Object.entries(pictures).map(([part, { file }]) => [part, file]));

/** A picture to compare with: of another kind than this one. */
export const counterpart = ({ sample: name }) => sample(name?.startsWith("heart") ? "square.png" : "heart.png");

// --- the store --------------------------------------------------------------------------------------------------

const MOST = 8;   // pictures kept; the oldest go first

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("prisma", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("pictures", { keyPath: "own" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function keep(own, file) {
  const database = await open();
  const store = database.transaction("pictures", "readwrite").objectStore("pictures");
  await done(store.put({ own, file, kept: Date.now() }));
  const all = await done(store.getAll());
  const stale = all.sort((a, b) => b.kept - a.kept).slice(MOST);
  for (const each of stale) store.delete(each.own);
}

async function fetchKept(own) {
  const database = await open();
  const found = await done(database.transaction("pictures").objectStore("pictures").get(own));
  return found?.file ?? null;
}
