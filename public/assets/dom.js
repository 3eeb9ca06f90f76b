// Small helpers over the DOM. Text only ever enters as text: nothing from the server is read as markup.

/** The element with this id. */
export const $ = (id) => document.getElementById(id);

/** An element with properties and children: `element("li", {className: "x"}, "text", other)`. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Fills a definition list from pairs; a pair without a value is left out. */
export function fillFacts(list, pairs) {
  const known = pairs.filter(([, value]) => value !== undefined && value !== null);
  list.replaceChildren(
    ...known.flatMap(([term, value]) => [element("dt", {}, term), element("dd", {}, String(value))]));
}

const counts = new Intl.NumberFormat("en");
export const count = (n) => counts.format(n);

/** Milliseconds, three digits that mean something. */
export const milliseconds = (ms) => `${ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
