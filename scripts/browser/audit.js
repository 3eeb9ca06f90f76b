// What can be seen of accessibility in the page itself: contrast of every text, ids, landmarks, sizes of targets.
// Returns sentences; none is good.

function audit() {
  const problems = [];

  const channels = (text) => {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+(?:e-?\d+)?/g).map(Number);
    return text.startsWith("color(srgb") ? [red * 255, green * 255, blue * 255, alpha] : [red, green, blue, alpha];
  };
  const over = (top, bottom) => top.slice(0, 3).map((value, each) => value * top[3] + bottom[each] * (1 - top[3]));
  const luminance = (colour) => {
    const [red, green, blue] = colour.map((byte) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const background = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) {
      const colour = channels(getComputedStyle(each).backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const isSeen = (element) => {
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    return box.width > 1 && box.height > 1 && style.visibility === "visible" && !element.closest("[inert]") && style.fontSize !== "0px";
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement;
    if (!text || ["SCRIPT", "NOSCRIPT", "OPTION", "DESC"].includes(element.tagName.toUpperCase()) || !isSeen(element)) continue;
    const isDrawn = element instanceof SVGElement;
    const colour = channels(isDrawn ? getComputedStyle(element).fill : getComputedStyle(element).color);
    const behind = background(element);
    const ratio = contrast(over(colour, behind), behind);
    if (ratio < 4.5) seen.add(`contrast ${ratio.toFixed(2)} of “${text.slice(0, 30)}” (${element.tagName.toLowerCase()}.${element.className})`);
  }
  problems.push(...seen);

  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place))) problems.push(`two elements are called ${id}`);
  for (const [tag, what] of [["main", "main part"], ["nav", "navigation"], ["header", "header"]]) {
    if (!document.querySelector(tag)) problems.push(`no ${what}`);
  }
  if (!document.documentElement.lang) problems.push("no language");
  if (!document.title) problems.push("no title");
  for (const image of document.images) if (!image.hasAttribute("alt")) problems.push(`no alt: ${image.src}`);
  for (const name of ["aria-labelledby", "aria-describedby", "aria-controls", "for"]) {
    for (const each of document.querySelectorAll(`[${name}]`)) {
      for (const id of each.getAttribute(name).split(/\s+/)) if (!document.getElementById(id)) problems.push(`${name} names ${id}, which is not there`);
    }
  }
  for (const target of document.querySelectorAll("button, select, input:not([type=radio]):not([type=checkbox]), textarea")) {
    const { width, height } = target.getBoundingClientRect();
    if (isSeen(target) && target.type !== "range" && target.type !== "file" && (width < 24 || height < 24)) {
      problems.push(`a target of ${width.toFixed()} × ${height.toFixed()} pixels: ${target.id || target.textContent}`);
    }
  }
  return problems;
}
