// JSON Schema as tables of fields: name, type, default, what it means.

import { element } from "../shared/dom.js";

/** Text with `code` in backticks. */
export function prose(text) {
  return (text ?? "").split("`").map((piece, index) => (index % 2 ? element("code", {}, piece) : piece));
}

const NULL = (schema) => schema.type === "null";

/** A schema reader that knows the document's components. */
export class Schemas {
  constructor(document) {
    this.document = document;
  }

  /** Follows a reference; anything else is returned as it is. */
  resolved(schema) {
    if (!schema?.$ref) return schema ?? {};
    return schema.$ref.split("/").slice(1).reduce((place, step) => place?.[step], this.document) ?? {};
  }

  /** A type in words: `integer 1 … 100`, `[Input]`, `"mean" | "max"`, `Flags or null`. */
  type(schema, depth = 0) {
    if (schema?.$ref) return schema.$ref.split("/").at(-1);
    const own = this.resolved(schema);
    if (own.const !== undefined) return JSON.stringify(own.const);
    if (own.enum) return own.enum.map((each) => JSON.stringify(each)).join(" | ");
    const several = own.anyOf ?? own.oneOf;
    if (several) {
      const parts = [...new Set(several.filter((each) => !NULL(each)).map((each) => this.type(each, depth + 1)))];
      // Every field with a default may be null, which means the default: not worth a word at each.
      return parts.join(" | ") + (several.some(NULL) && own.default === undefined ? " or null" : "");
    }
    if (own.type === "array") return depth > 4 ? "list" : `[${this.type(own.items ?? {}, depth + 1)}]${this.#bounds(own.minItems, own.maxItems)}`;
    if (own.type === "object" && own.additionalProperties && typeof own.additionalProperties === "object" && !own.properties) {
      return `{name: ${this.type(own.additionalProperties, depth + 1)}}`;
    }
    if (own.type === "integer" || own.type === "number") return own.type + this.#bounds(own.minimum, own.maximum);
    return own.type ?? "any";
  }

  #bounds(low, high) {
    if (low === undefined && high === undefined) return "";
    if (low === high) return ` ${low}`;
    const figure = (n) => (n >= 10_000 ? n.toLocaleString("en") : String(n));
    return high === undefined ? ` ≥ ${figure(low)}` : low === undefined ? ` ≤ ${figure(high)}` : ` ${figure(low)} … ${figure(high)}`;
  }

  /** The object's fields that stand within a schema, through lists and alternatives: [[title, object], …]. */
  #objects(schema, seen) {
    if (!schema || seen.length > 5) return [];
    const own = this.resolved(schema);
    const title = schema.$ref ? schema.$ref.split("/").at(-1) : null;
    if (title && seen.includes(title)) return [];
    const next = title ? [...seen, title] : seen;
    if (own.properties) return [[title, own, next]];
    const within = own.anyOf ?? own.oneOf ?? (own.items ? [own.items] : typeof own.additionalProperties === "object" ? [own.additionalProperties] : []);
    return within.flatMap((each) => this.#objects(each, next));
  }

  /** A table of an object's fields; fields that hold objects unfold. */
  table(schema, { seen = [], isAsked = true } = {}) {
    const own = this.resolved(schema);
    const title = schema?.$ref?.split("/").at(-1);
    const path = title ? [...seen, title] : seen;
    const required = new Set(isAsked ? own.required ?? [] : []);   // of an answer, nearly everything is
    const rows = Object.entries(own.properties ?? {}).map(([name, each]) => this.#row(name, each, required.has(name), { seen: path, isAsked }));
    return element("dl", { className: "fields" }, ...rows);
  }

  #row(name, schema, isRequired, { seen, isAsked }) {
    const own = this.resolved(schema);
    const usual = schema.default ?? own.default;
    const notes = [
      element("span", { className: "type" }, this.type(schema)),
      usual !== undefined ? element("span", { className: "usual" }, "default ", element("code", {}, JSON.stringify(usual)))
        : isRequired ? element("span", { className: "usual" }, "required") : "",
    ];
    const inner = this.#objects(schema, seen).map(([title, object, path]) =>
      element("details", {}, element("summary", {}, title ?? Object.keys(object.properties).join(", ")), this.table(object, { seen: path, isAsked })));
    const meaning = schema.description ?? own.description;
    return element("div", {},
      element("dt", {}, element("code", {}, name)),
      element("dd", {}, element("p", { className: "notes" }, ...notes),
        ...(meaning ? [element("p", {}, ...prose(meaning))] : []), ...inner));
  }
}
