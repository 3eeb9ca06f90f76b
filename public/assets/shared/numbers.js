// Figures as text: digits that mean something, a true minus sign.

const counts = new Intl.NumberFormat("en");
export const count = (n) => counts.format(n);

/** Milliseconds, three digits that mean something. */
export const milliseconds = (ms) => `${ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : ms.toFixed(0)} ms`;

export const bytes = (n) =>
  n < 1024 ? `${n} B` : n < 1024 ** 2 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1024 ** 2).toFixed(1)} MiB`;

/** Any number; small ones keep their magnitude: 0.97, 0.0123, 3.1e-6. What is not finite, which JSON has as null, is a dash. */
export function number(value, digits = 4) {
  if (!Number.isFinite(value)) return "–";
  const small = digits > 1 && value !== 0 && Math.abs(value) < 10 ** -digits;
  return (small ? value.toExponential(1) : value.toFixed(digits)).replaceAll("-", "−");
}

export const percent = (p) =>
  !Number.isFinite(p) ? "" : p > 0 && p < 0.0005 ? "< 0.1 %" : `${(p * 100).toFixed(p > 0.9995 && p < 1 ? 2 : 1)} %`;

/** Digests are recognised by their beginning. */
export const shortened = (text) =>
  /^[\w:-]{40,}$/.test(text) ? `${text.slice(0, text.indexOf(":") + 13)}…` : text;
