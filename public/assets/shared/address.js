// What is chosen stands in the page's address, so that a link shows the same: ?model=shapes&sample=heart.png&layer=3
// Links between the pages carry the model and the picture on.

const carried = ["model", "sample", "picture"];
let parameters = new URLSearchParams(location.search);

export const get = (name) => parameters.get(name);

/** A number of the address; null where there is none or it is not one of 0 … end − 1. */
export function getIndex(name, end = Infinity) {
  const text = parameters.get(name);
  return text !== null && /^\d{1,7}$/.test(text) && Number(text) < end ? Number(text) : null;
}

/** Changes some names; null takes one out. With `step` the way back leads to what was before. */
export function set(values, step = false) {
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === "") parameters.delete(name);
    else parameters.set(name, value);
  }
  const text = parameters.size ? `?${parameters}` : location.pathname;
  if (text === location.search) return;
  history[step ? "pushState" : "replaceState"](null, "", text + location.hash);
  carry();
}

/** Calls `apply` after the browser's back and forward buttons. */
export function onStep(apply) {
  addEventListener("popstate", () => {
    parameters = new URLSearchParams(location.search);
    carry();
    apply();
  });
}

/** Another page about the same model and picture, with more chosen there. */
export function link(page, values = {}) {
  const kept = new URLSearchParams(carried.flatMap((name) => (parameters.has(name) ? [[name, get(name)]] : [])));
  for (const [name, value] of Object.entries(values)) kept.set(name, value);
  return page + (kept.size ? `?${kept}` : "");
}

/** Writes the model and the picture into the links to other pages. */
export function carry() {
  for (const each of document.querySelectorAll("a[data-page]")) each.href = link(each.dataset.page);
}
