// The drawing surface: an outline drawn in one stroke is filled white on black, as the demo model knows it.

import { $ } from "./dom.js";

/** Opens the surface when the button `draw` is pressed; `use` is called with each picture taken from it. */
export function preparePad(use) {
  const paper = $("paper");
  const context = paper.getContext("2d");
  let stroke = null;

  const wipe = () => {
    context.fillStyle = "black";
    context.fillRect(0, 0, paper.width, paper.height);
    $("use").disabled = true;
  };
  const place = (event) => {
    const box = paper.getBoundingClientRect();
    const scale = paper.width / box.width;   // both are square
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  };

  $("draw").addEventListener("click", () => {
    wipe();
    $("pad").showModal();
  });
  $("wipe").addEventListener("click", wipe);

  paper.addEventListener("pointerdown", (event) => {
    paper.setPointerCapture(event.pointerId);
    wipe();
    stroke = new Path2D();
    stroke.moveTo(...place(event));
  });
  paper.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) stroke.lineTo(...place(each));
    context.strokeStyle = "white";
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.stroke(stroke);
  });
  paper.addEventListener("pointerup", () => {
    if (!stroke) return;
    stroke.closePath();
    context.fillStyle = "white";
    context.fill(stroke);
    stroke = null;
    $("use").disabled = false;
  });

  $("pad").addEventListener("close", () => {
    if ($("pad").returnValue !== "use") return;
    paper.toBlob((blob) => use(new File([blob], "drawing.png", { type: "image/png" })), "image/png");
  });
}
