// A table wider than its box scrolls sideways: the box takes the focus then, so that arrow keys can scroll it.
import { onContent } from "../lib/dom.js";

function check() {
  for (const box of document.querySelectorAll(".table-box")) {
    if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
    else if (box !== document.activeElement) box.removeAttribute("tabindex"); // or the keys would be nowhere
  }
}

let timer = 0;
window.addEventListener("resize", () => {
  clearTimeout(timer);
  timer = setTimeout(check, 150);
});
onContent(check);

// A navigation longer than the window shows where one is.
function showPlace(side) {
  const here = side.querySelector('[aria-current="page"]');
  if (!here) return;
  const end = here.offsetTop + here.offsetHeight;
  side.scrollTop = end > side.clientHeight ? here.offsetTop - side.clientHeight / 2 : 0;
}

const side = document.getElementById("side");
if (side) {
  showPlace(side);
  side.addEventListener("toggle", () => showPlace(side));
}
