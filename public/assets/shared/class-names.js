// The classes of a model by name: its own labels, or, of a model without a classifier, numbers of its output.

/** @param detail The model's description. */
export class ClassNames {
  #labels;

  constructor(detail) {
    this.detail = detail;
    this.#labels = detail.labels ?? [];
    /** Of a CLIP the classes are texts that the user writes. */
    this.areTexts = (detail.towers ?? []).includes("text");
    /** Of an embedding they are dimensions. */
    this.areDimensions = Boolean(detail.embedding);
    /** Whether `/predict` answers without being told texts. */
    this.canPredict = !this.areTexts && detail.config?.return_type !== "pre_logits";
    this.count = this.#labels.length || detail.config?.n_classes || 0;
  }

  label(index) { return this.#labels[index]?.label ?? `${this.areDimensions ? "dimension" : "class"} ${index}`; }
  emoji(index) { return this.#labels[index]?.emoji ?? null; }
  /** With its emoji, where it has one. */
  full(index) { return [this.emoji(index), this.label(index)].filter(Boolean).join(" "); }

  /** A class by its label, one of its synonyms or its number; a text as it is where classes are texts.
   *  @returns {number | string | undefined} Undefined where there is none of this name. */
  find(text) {
    const wanted = text.trim().toLowerCase();
    if (/^\d+$/.test(wanted) && Number(wanted) < this.count) return Number(wanted);
    const labels = Array.from({ length: this.count }, (_, index) => this.label(index).toLowerCase());
    const found = [labels.indexOf(wanted), labels.findIndex((label) => label.split(/,\s*/).includes(wanted))];
    return found.find((index) => index >= 0) ?? (this.areTexts && text.trim() || undefined);
  }
}

/** What an answer names a class: {label, emoji}. */
export const nameOf = ({ index, label, emoji }) => [emoji, label ?? `class ${index}`].filter(Boolean).join(" ");
