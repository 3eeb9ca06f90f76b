// Pointing at the cells of a grid: with the pointer, and with the arrow keys while the canvas has the focus.

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** Listens on a canvas.
 *  @param grid `locate(x, y)` (in CSS pixels of the canvas) and the answers of `bounds()` = {rows, columns} speak of
 *    cells {row, column}; `point(cell | null)`, `pin(cell)` and `free()` hear what happens; `current()` is where the
 *    keys start from. */
export function walkGrid(canvas, grid) {
  const under = (event) => {
    const box = canvas.getBoundingClientRect();
    return grid.locate(event.clientX - box.left, event.clientY - box.top);
  };
  canvas.addEventListener("pointermove", (event) => grid.point(under(event)));
  canvas.addEventListener("pointerleave", () => grid.point(null));
  canvas.addEventListener("click", (event) => {
    const cell = under(event);
    if (cell) grid.pin(cell);
  });
  canvas.addEventListener("keydown", (event) => {
    const cell = grid.current();
    if (event.key === "Escape") return void grid.free();
    if ((event.key === "Enter" || event.key === " ") && cell) {
      event.preventDefault();
      return void grid.pin(cell);
    }
    const step = STEPS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const { rows, columns } = grid.bounds();
    const keep = (value, end) => Math.min(Math.max(value, 0), end - 1);
    grid.point(cell
      ? { row: keep(cell.row + step[0], rows), column: keep(cell.column + step[1], columns) }
      : { row: 0, column: 0 });
  });
}

export const sameCell = (a, b) => a?.row === b?.row && a?.column === b?.column;
