// The drawing surface: an outline drawn in one stroke is filled white on black, as the demo model knows it.

import { element } from "./dom.js";

/** Makes the dialog that the button `opener` opens; `use` is called with each picture taken from it. */
export function preparePad(opener, use) {
  const paper = element("canvas", { width: 256, height: 256 });
  paper.setAttribute("role", "img");
  paper.setAttribute("aria-label", "Drawing surface, for a pointer");
  const wipeButton = element("button", { type: "button" }, "Wipe");
  const useButton = element("button", { type: "submit", value: "use", className: "accent" }, "See");
  const title = element("h2", { className: "lead", id: "pad-title" }, "Draw a shape");
  const pad = element("dialog", { className: "pad", id: "pad" },
    element("form", { method: "dialog" },
      title,
      element("p", { className: "small" },
        "Draw its outline; lifting the pen fills it. A square, an ellipse, a heart."),
      paper,
      element("p", { className: "row" },
        wipeButton, element("button", { type: "submit", value: "cancel" }, "Close"), useButton)));
  pad.setAttribute("aria-labelledby", title.id);
  document.body.append(pad);

  const context = paper.getContext("2d");
  let stroke = null;
  const wipe = () => {
    context.fillStyle = "black";
    context.fillRect(0, 0, paper.width, paper.height);
    useButton.disabled = true;
  };
  const place = (event) => {
    const box = paper.getBoundingClientRect();
    const scale = paper.width / box.width;   // both are square
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  };

  opener.addEventListener("click", () => {
    wipe();
    pad.showModal();
  });
  wipeButton.addEventListener("click", wipe);
  paper.addEventListener("pointerdown", (event) => {
    paper.setPointerCapture(event.pointerId);
    wipe();
    stroke = new Path2D();
    stroke.moveTo(...place(event));
  });
  paper.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const each of between.length ? between : [event]) stroke.lineTo(...place(each));
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
    useButton.disabled = false;
  });
  pad.addEventListener("close", () => {
    if (pad.returnValue !== "use") return;
    pad.returnValue = "";
    paper.toBlob((blob) => use(new File([blob], "drawing.png", { type: "image/png" })), "image/png");
  });
}
