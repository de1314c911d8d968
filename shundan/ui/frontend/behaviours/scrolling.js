// A table wider than its box scrolls sideways: the box takes the focus then, so that arrow keys can scroll it.
import { onContent } from "../lib/dom.js";

function check() {
  for (const box of document.querySelectorAll(".table-box")) {
    if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

let timer = 0;
window.addEventListener("resize", () => {
  clearTimeout(timer);
  timer = setTimeout(check, 150);
});
onContent(check);
