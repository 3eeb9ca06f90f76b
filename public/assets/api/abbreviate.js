// JSON for reading: long lists and texts are shortened, and what was left out is counted.

const MOST_NUMBERS = 8, MOST_ITEMS = 5, MOST_TEXT = 160, MOST_LINES = 240;

/** @returns {string} Indented by two; lists of numbers stand on one line. */
export function abbreviated(value) {
  const lines = written(value, "").split("\n");
  if (lines.length <= MOST_LINES) return lines.join("\n");
  return `${lines.slice(0, MOST_LINES).join("\n")}\n… ${(lines.length - MOST_LINES).toLocaleString("en")} more lines`;
}

function written(value, indent) {
  const inner = `${indent}  `;
  if (typeof value === "string" && value.length > MOST_TEXT) {
    return `${JSON.stringify(value.slice(0, MOST_TEXT))} … ${(value.length - MOST_TEXT).toLocaleString("en")} more characters`;
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) {
    const isFlat = value.every((each) => each === null || typeof each !== "object");
    const most = isFlat ? MOST_NUMBERS : MOST_ITEMS;
    const shown = value.slice(0, most).map((each) => written(each, inner));
    if (value.length > most) shown.push(`… ${(value.length - most).toLocaleString("en")} more`);
    const line = `[${shown.join(", ")}]`;
    return isFlat || (line.length < 88 && !line.includes("\n")) ? line : `[\n${shown.map((each) => inner + each).join(",\n")}\n${indent}]`;
  }
  const entries = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${written(each, inner)}`);
  const short = `{${entries.join(", ")}}`;
  if (short.length < 100 && !short.includes("\n")) return short;
  return `{\n${entries.map((each) => inner + each).join(",\n")}\n${indent}}`;
}
