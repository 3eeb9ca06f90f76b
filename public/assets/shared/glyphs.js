// Emoji on canvases: each is set once at a size and copied from then on.

const kept = new Map();

/** Draws an emoji, or where a class has none its number, centred in a cell of device pixels. */
export function drawGlyph(context, emoji, index, x, y, width, height, ink) {
  const size = Math.round(Math.min(height, width) * 0.66);
  if (emoji) return void context.drawImage(glyph(emoji, size), Math.round(x + (width - size * 1.5) / 2), Math.round(y + (height - size * 1.5) / 2));
  if (index < 0) return;      // no class is the best
  const small = Math.min(height * 0.5, width / (String(index).length * 0.62 + 0.6), 18 * devicePixelRatio);
  if (small < 5) return;
  context.fillStyle = ink;
  context.font = `${Math.floor(small)}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(index, x + width / 2, y + height / 2);
}

function glyph(emoji, size) {
  const name = `${emoji} ${size}`;
  if (!kept.has(name)) {
    const canvas = new OffscreenCanvas(Math.max(1, size * 1.5), Math.max(1, size * 1.5));
    const context = canvas.getContext("2d");
    context.font = `${size}px "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    const { actualBoundingBoxAscent: up, actualBoundingBoxDescent: down } = context.measureText(emoji);
    context.fillText(emoji, canvas.width / 2, canvas.height / 2 + (up - down) / 2);
    if (kept.size > 2000) kept.clear();
    kept.set(name, canvas);
  }
  return kept.get(name);
}
