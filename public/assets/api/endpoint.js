// One endpoint: what it does, its fields, its answer, an example, and a place to try it.

import { curlCommand, pythonCommand } from "../shared/commands.js";
import { element } from "../shared/dom.js";
import { prose } from "./schema.js";
import { Trial } from "./trial.js";

const anchor = (method, path) => `${method}${path.replaceAll(/[^\w]+/g, "-").replace(/-$/, "")}`;

/** @param operation {method, path, tag, …} as the document has it. */
export class EndpointArticle {
  constructor(schemas, operation) {
    this.schemas = schemas;
    this.operation = operation;
    this.id = anchor(operation.method.toLowerCase(), operation.path);
    this.element = this.#build();
  }

  #build() {
    const { method, path, summary, description } = this.operation;
    this.code = element("pre", { className: "code", tabIndex: 0, role: "region", ariaLabel: `${summary}: the request as a command` });
    this.trial = new Trial(this, this.code, [this.#copies("Copy as curl", curlCommand), this.#copies("Copy as Python", pythonCommand)]);
    return element("article", { id: this.id },
      element("h3", {}, element("span", { className: `method ${method.toLowerCase()}` }, method), " ",
        element("a", { className: "path", href: `#${this.id}` }, path)),
      element("p", { className: "summary" }, summary),
      ...(description ? [element("p", { className: "prose" }, ...prose(description))] : []),
      ...this.#parameters(), ...this.#body(), ...this.#answers(),
      this.trial.element);
  }

  #section(title, ...content) {
    return element("section", {}, element("h4", {}, title), ...content);
  }

  #parameters() {
    const all = (this.operation.parameters ?? []).map((each) => this.schemas.resolved(each))
      .filter((each) => (each.in === "path" || each.in === "query") && each.schema);
    if (all.length === 0) return [];
    const properties = Object.fromEntries(all.map((each) => [each.name, { description: each.description, ...each.schema }]));
    const required = all.filter((each) => each.required).map((each) => each.name);
    return [this.#section("In the address", this.schemas.table({ properties, required }))];
  }

  #body() {
    const content = this.operation.requestBody?.content;
    const schema = content?.["application/json"]?.schema;
    if (!schema) return [];
    const forms = element("p", { className: "small" }, "Sent as ", Object.keys(content).join(", "), ".");
    return [this.#section("Fields", this.schemas.table(schema), forms)];
  }

  #answers() {
    const entries = Object.entries(this.operation.responses ?? {}).map(([status, each]) => [status, this.schemas.resolved(each)]);
    const good = entries.filter(([status]) => status.startsWith("2"));
    const bad = entries.filter(([status]) => /^[45]/.test(status));
    const parts = good.map(([status, answer]) => {
      const schema = answer.content?.["application/json"]?.schema;
      const objects = schema ? (this.schemas.resolved(schema).anyOf ?? [schema]) : [];
      return element("details", { className: "answer" },
        element("summary", {}, element("b", {}, status), ` ${answer.description ?? ""}`),
        element("p", { className: "small" }, Object.keys(answer.content ?? {}).join(", ")),
        ...objects.map((each) => this.schemas.table(each, { isAsked: false })));
    });
    if (bad.length) {
      parts.push(element("details", { className: "answer" },
        element("summary", {}, element("b", {}, bad.map(([status]) => status).join(", ")), " Errors, as problem documents"),
        element("dl", { className: "statuses" }, ...bad.flatMap(([status, each]) => [
          element("dt", {}, status), element("dd", {}, each.description ?? "")]))));
    }
    return parts.length ? [this.#section("Answer", ...parts)] : [];
  }

  #copies(text, make) {
    const button = element("button", { type: "button" }, text);
    button.addEventListener("click", async () => {
      this.code.textContent = make(this.trial.request());
      try {
        await navigator.clipboard.writeText(this.code.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(this.code);
        button.textContent = "Selected: copy it";
      }
      setTimeout(() => (button.textContent = text), 1500);
    });
    return button;
  }

  /** Fills the example with what is chosen in the rail. */
  fill(subject) {
    this.trial.subject = subject;
    this.showCommand();
  }

  showCommand() {
    const request = this.trial.request(true);
    if (request) this.code.textContent = curlCommand(request);
  }
}
