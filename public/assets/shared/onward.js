// A link from what is pointed at to another page about it, in the element `onward`.

import { $, element } from "./dom.js";

/** @param onward [address, text], or null where there is none. An unchanged link stays, so that it keeps the focus. */
export function showOnward(onward) {
  const key = onward?.join() ?? "";
  if ($("onward").dataset.key === key) return;
  $("onward").dataset.key = key;
  $("onward").replaceChildren(...(onward ? [element("a", { href: onward[0] }, onward[1])] : []));
}
