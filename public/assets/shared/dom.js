// Small helpers over the DOM. Text only ever enters as text: nothing from the server is read as markup.

/** The element with this id. */
export const $ = (id) => document.getElementById(id);

/** An element with properties and children: `element("li", {className: "x"}, "text", other)`. */
export function element(tag, properties = {}, ...children) {
  const { data, ...own } = properties;
  const made = Object.assign(document.createElement(tag), own);
  Object.assign(made.dataset, data);
  made.append(...children);
  return made;
}

/** Fills a definition list from pairs, the value text or a node; a pair without a value is left out. */
export function fillFacts(list, pairs) {
  const known = pairs.filter(([, value]) => value !== undefined && value !== null);
  list.replaceChildren(...known.flatMap(([term, value]) => [
    element("dt", {}, term), element("dd", {}, value instanceof Node ? value : String(value)),
  ]));
}

/** Radio buttons of which one is chosen: `[[value, text], …]`; `change` hears the value. */
export function choice(title, options, chosen, change) {
  const name = `choice-${title.replaceAll(/\W+/g, "-").toLowerCase()}`;
  const group = element("fieldset", { className: "choice" }, element("legend", { className: "unseen" }, title));
  for (const [value, text] of options) {
    const button = element("input", { type: "radio", name, value, checked: value === chosen });
    button.addEventListener("change", () => change(value));
    group.append(element("label", {}, button, text));
  }
  group.choose = (value) => {
    for (const button of group.querySelectorAll("input")) button.checked = button.value === value;
  };
  /** Offers a value, or does not. */
  group.offer = (value, isOffered) => {
    const button = [...group.querySelectorAll("input")].find((each) => each.value === value);
    button.disabled = !isOffered;
    button.parentElement.hidden = !isOffered;
  };
  return group;
}

/** A labelled list to choose from: `[[value, text], …]`. */
export function picker(title, options, chosen, change) {
  const list = element("select", {}, ...options.map(([value, text]) => new Option(text, value)));
  list.value = chosen;
  list.addEventListener("change", () => change(list.value));
  const label = element("label", { className: "picker" }, element("span", { className: "small" }, title), list);
  label.choose = (value) => (list.value = value);
  label.fill = (pairs) => {
    const kept = list.value;
    list.replaceChildren(...pairs.map(([value, text]) => new Option(text, value)));
    list.value = pairs.some(([value]) => value === kept) ? kept : pairs[0]?.[0];
  };
  return label;
}

/** Calls the latest of many calls once, before the next frame is drawn. */
export function onNextFrame(draw) {
  let frame = 0;
  return () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(draw);
  };
}
