// The column at the right: exact numbers, the legend, the same request elsewhere, downloads, times, where it came from.

import { curlCommand, pythonCommand } from "./commands.js";
import { $, choice, element, fillFacts } from "./dom.js";
import { milliseconds, shortened } from "./numbers.js";

/** Appends the sections that every page has to the element `inspector`. */
export class Inspector {
  #code = element("pre", { id: "command", className: "code", tabIndex: 0 }, "Choose a picture to see the command.");
  #times = element("dl", { id: "times", className: "facts" });
  #provenance = element("dl", { id: "provenance", className: "facts mono" });
  #downloads = element("div", { className: "row" });
  #status = element("p", { className: "small", role: "status" });
  #request = null;
  #which = element("div");

  constructor({ downloads = [] } = {}) {
    this.#code.setAttribute("aria-label", "The request as a command");
    this.#code.setAttribute("role", "region");
    const copy = (text, make) => {
      const button = element("button", { type: "button", disabled: true, className: "copies" }, text);
      button.addEventListener("click", () => this.#copy(button, text, make(this.#request)));
      return button;
    };
    const heading = (text) => element("h2", { className: "heading" }, text);
    $("inspector").append(
      element("section", {}, heading("The same from elsewhere"), this.#which, this.#code,
        element("p", { className: "row" }, copy("Copy as curl", curlCommand), copy("Copy as Python", pythonCommand))),
      ...(downloads.length ? [element("section", {}, heading("Download"), this.#downloads, this.#status)] : []),
      element("section", {}, heading("Time"), this.#times),
      element("section", {}, heading("Provenance"), this.#provenance));
    for (const [text, run] of downloads) this.#addDownload(text, run);
    this.#blank();
  }

  #blank() {
    fillFacts(this.#times, [["no answer yet", "–"]]);
    fillFacts(this.#provenance, [["no answer yet", "–"]]);
  }

  #addDownload(text, run) {
    const button = element("button", { type: "button", disabled: true, className: "saves" }, text);
    button.addEventListener("click", async () => {
      this.#status.textContent = "";
      try {
        await run();
      } catch (error) {
        this.#status.textContent = `${error.message} ${error.detail ?? ""}`;
      }
    });
    this.#downloads.append(button);
  }

  /** Shows the answer's times and provenance, and the request that gave it. */
  show({ document, timing, roundTrip }, request) {
    this.offer([["", request]]);
    for (const button of $("inspector").querySelectorAll(".copies, .saves")) button.disabled = false;
    const named = { queue: "in the queue", decode: "decoding", compute: "the model", encode: "encoding" };
    fillFacts(this.#times, [
      ...timing.map(([name, duration]) => [named[name] ?? name, milliseconds(duration)]),
      ["round trip", milliseconds(roundTrip)],
    ]);
    fillFacts(this.#provenance, Object.entries(document.provenance ?? {}).map(([name, value]) => [
      name.replaceAll("_", " "), typeof value === "string" ? shortened(value) : value ?? "not known yet",
    ]));
  }

  /** Offers several requests as commands, the last one shown: [[name, request], …]. */
  offer(requests) {
    const use = (place) => {
      this.#request = requests[place][1];
      this.#code.textContent = curlCommand(this.#request);
    };
    const names = requests.map(([name], place) => [String(place), name]);
    this.#which.replaceChildren(...(names.length > 1 ? [choice("Which request", names, names.at(-1)[0], use)] : []));
    use(requests.length - 1);
  }

  async #copy(button, name, text) {
    this.#code.textContent = text;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {   // no clipboard beyond the loopback without TLS
      getSelection().selectAllChildren(this.#code);
      button.textContent = "Selected: copy it";
    }
    setTimeout(() => (button.textContent = name), 1500);
  }
}
