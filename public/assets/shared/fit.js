// How large the cells of a map can be: whole device pixels, within the page's width and the window's height.

const LARGEST = 720;    // CSS pixels of a map's side
const GAP = 16;

/** Sizes a canvas that stands in a frame in a place, beside other children of the place.
 *  @returns {number | null} Device pixels of a cell's side; null while the place is hidden. */
export function fitCells(canvas, rows, columns) {
  const frame = canvas.parentElement, place = frame.parentElement;
  if (!place.clientWidth) return null;
  const isRow = getComputedStyle(place).flexDirection === "row";
  const others = [...place.children].filter((each) => isRow && each !== frame && each.offsetWidth > 0);
  const beside = others.reduce((sum, each) => sum + each.offsetWidth + GAP, 0);
  const room = Math.max(64, Math.min(place.clientWidth - beside, Math.max(innerHeight - 220, 320), LARGEST));
  const cell = Math.max(1, Math.floor(room * devicePixelRatio / Math.max(rows, columns)));
  const width = columns * cell, height = rows * cell;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.style.width = `${width / devicePixelRatio}px`;
  canvas.style.height = `${height / devicePixelRatio}px`;
  return cell;
}
