// The API page: the server's own description of its interface, to be read and tried.

import { describeInterface } from "../shared/client.js";
import { $, element } from "../shared/dom.js";
import { sample, SAMPLES } from "../shared/pictures.js";
import { Workbench } from "../shared/workbench.js";
import { EndpointArticle } from "./endpoint.js";
import { prose, Schemas } from "./schema.js";

let articles = [];
let described = null;     // the document's arrival
let subject = null;

function build(document) {
  const schemas = new Schemas(document);
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase() })));
  articles = operations.map((operation) => new EndpointArticle(schemas, operation));
  const tags = [...new Set(operations.map((each) => each.tags?.[0] ?? "Other"))];
  const of = (tag) => articles.filter(({ operation }) => (operation.tags?.[0] ?? "Other") === tag);
  $("document").replaceChildren(
    element("header", {},
      element("p", { className: "lead" }, `${document.info.title} ${document.info.version}`),
      element("p", {}, ...prose(document.info.description)),
      element("p", { className: "small" }, "Made from ", element("a", { href: "/openapi.json" }, "/openapi.json"),
        ", which is made from what routes the requests. Examples use the model and the picture chosen at the left.")),
    ...tags.map((tag) => element("section", { className: "group" },
      element("h2", { className: "lead" }, tag), ...of(tag).map((each) => each.element))));
  $("contents").replaceChildren(...tags.flatMap((tag) => [
    element("p", { className: "heading" }, tag),
    element("ul", {}, ...of(tag).map(({ id, operation }) => element("li", {},
      element("a", { href: `#${id}` },
        element("span", { className: `method ${operation.method.toLowerCase()}` }, operation.method), operation.summary)))),
  ]));
  if (location.hash) window.document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

async function fill() {
  described ??= describeInterface().then(build);
  try {
    await described;
  } catch (error) {
    described = null;    // tried again with the next choice
    throw error;
  }
  for (const article of articles) article.fill(subject);
}

new Workbench({
  async ready(about) {
    const picture = about.file ? about : await sample(SAMPLES[0][0]);
    subject = { detail: about.detail, file: picture.file, sample: picture.sample };
    await fill();
  },
});
