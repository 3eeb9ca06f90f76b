// Tries an endpoint: its parameters and fields to be filled, the answer with its status, time and size.

import { pictureBody } from "../shared/client.js";
import { element } from "../shared/dom.js";
import { bytes, milliseconds } from "../shared/numbers.js";
import { save } from "../shared/downloads.js";
import { readSafetensors } from "../shared/safetensors.js";
import { abbreviated } from "./abbreviate.js";

/** What a parameter is tried with where the document gives no example. */
const EXAMPLES = { name: "blocks.0.attn.W_Q", hook: "blocks.0.attn.hook_pattern" };

export class Trial {
  #article;
  #inputs = new Map();    // parameter → {input, place}
  #fields = null;         // textarea
  #form = null;           // select of media types
  #output = element("div", { className: "outcome" });
  subject = null;

  /** @param code Where the request stands as a command; `buttons` follow "Try it". */
  constructor(article, code, buttons) {
    this.#article = article;
    this.element = this.#build(code, buttons);
  }

  get #operation() { return this.#article.operation; }
  get #takesPicture() { return Boolean(this.#operation.requestBody?.content?.["multipart/form-data"]); }

  #build(code, buttons) {
    const { operation, schemas, id } = this.#article;
    const changed = () => this.#article.showCommand();
    const parts = [];
    for (const parameter of (operation.parameters ?? []).map((each) => schemas.resolved(each))) {
      if (!["path", "query"].includes(parameter.in) || !parameter.schema || parameter.name === "model") continue;
      const usual = parameter.in === "path" ? parameter.example ?? parameter.schema.example ?? EXAMPLES[parameter.name] ?? "" : "";
      const input = element("input", { type: "text", value: usual, placeholder: String(parameter.schema.default ?? "") });
      input.addEventListener("input", changed);
      this.#inputs.set(parameter.name, { input, place: parameter.in });
      parts.push(element("label", { className: "parameter" }, element("span", { className: "mono small" }, parameter.name), input));
    }
    const example = operation.requestBody?.content?.["application/json"];
    if (example) {
      const { inputs, ...fields } = example.example ?? {};
      this.#fields = element("textarea", { rows: 2, spellcheck: false, value: JSON.stringify(fields), id: `${id}-fields` });
      this.#fields.addEventListener("input", changed);
      parts.push(element("label", { className: "parameter wide-field" },
        element("span", { className: "small" }, this.#takesPicture ? "Fields beside the picture, as JSON" : "Body, as JSON"), this.#fields));
    }
    const answers = Object.entries(operation.responses ?? {}).find(([status]) => status.startsWith("2"));
    const media = Object.keys(schemas.resolved(answers?.[1]).content ?? {});
    if (media.length > 1) {
      this.#form = element("select", {}, ...media.map((each) => new Option(each, each)));
      this.#form.addEventListener("change", changed);
      parts.push(element("label", { className: "parameter" }, element("span", { className: "small" }, "Answer as"), this.#form));
    }
    const run = element("button", { type: "button", className: "accent try", ariaLabel: `Try ${operation.method} ${operation.path}` }, "Try it");
    run.addEventListener("click", () => this.#run(run));
    return element("div", { className: "trial" },
      ...parts, code, element("div", { className: "row actions" }, run, ...buttons), this.#output);
  }

  /** The request as it stands; `quietly`: null where the fields are no JSON yet. */
  request(quietly = false) {
    const { method, path } = this.#operation;
    const query = new URLSearchParams();
    let filled = path.replace("{model}", encodeURIComponent(this.subject?.detail.id ?? "{model}"));
    for (const [name, { input, place }] of this.#inputs) {
      if (place === "path") filled = filled.replace(`{${name}}`, encodeURIComponent(input.value));
      else if (input.value !== "") query.set(name, input.value);
    }
    let fields = null;
    try {
      fields = this.#fields?.value.trim() ? JSON.parse(this.#fields.value) : null;
    } catch (error) {
      if (quietly) return null;
      throw new Error(`The fields are not JSON: ${error.message}`);
    }
    if (fields && this.#takesPicture && Object.keys(fields).length === 0) fields = null;
    const accept = this.#form && this.#form.selectedIndex > 0 ? this.#form.value : null;
    const { file, sample } = (this.#takesPicture && this.subject) || {};
    return { method, path: filled + (query.size ? `?${query}` : ""), file, sample, fields, accept };
  }

  async #run(button) {
    button.disabled = true;
    this.#output.replaceChildren(element("p", { className: "small", role: "status" }, "Asking…"));
    try {
      await this.#ask(this.request());
    } catch (error) {
      const text = error instanceof TypeError ? "The server does not answer." : error.message;
      this.#output.replaceChildren(element("p", { className: "status bad", role: "status" }, text));
    }
    button.disabled = false;
  }

  async #ask({ method, path, file, fields, accept }) {
    const headers = accept ? { Accept: accept } : {};
    const options = { method, headers };
    if (file) {
      const made = pictureBody(file, fields);
      options.body = made.body;
      Object.assign(headers, made.headers);
    } else if (method !== "GET" && fields) {
      options.body = JSON.stringify(fields);
      headers["Content-Type"] = "application/json";
    }
    const started = performance.now();
    const response = await fetch(path, options);
    const buffer = await response.arrayBuffer();
    const took = performance.now() - started;
    const type = (response.headers.get("Content-Type") ?? "").split(";")[0];
    const facts = [`${response.status} ${response.statusText}`.trim(), milliseconds(took), bytes(buffer.byteLength), type];
    this.#output.replaceChildren(
      element("p", { className: `status ${response.ok ? "good" : "bad"}`, role: "status" }, facts.filter(Boolean).join(" · ")),
      this.#body(buffer, type, path));
  }

  #body(buffer, type, path) {
    const text = (value) => element("pre", { className: "code body", tabIndex: 0, role: "region", ariaLabel: "The answer" }, value);
    if (type.endsWith("json")) return text(abbreviated(JSON.parse(new TextDecoder().decode(buffer))));
    if (type.startsWith("text/")) return text(new TextDecoder().decode(buffer).slice(0, 20_000));
    if (type.startsWith("image/")) {
      const address = URL.createObjectURL(new Blob([buffer], { type }));
      return element("img", { className: "body", src: address, alt: "The answer, as a picture" });
    }
    const keep = element("button", { type: "button" }, "Save the answer");
    keep.addEventListener("click", () => save(new Blob([buffer], { type }), `${path.split("/").at(-1).split("?")[0]}.${type.split("x-").at(-1)}`));
    if (type !== "application/x-safetensors") return element("p", { className: "row" }, keep);
    const { tensors, metadata } = readSafetensors(buffer);
    const shapes = Object.entries(tensors).map(([name, { shape }]) => `${name} [${shape.join(", ")}]`).join("\n");
    const document = metadata.response ? `\n\n${abbreviated(JSON.parse(metadata.response))}` : "";
    return element("div", {}, text(shapes + document), element("p", { className: "row" }, keep));
  }
}
