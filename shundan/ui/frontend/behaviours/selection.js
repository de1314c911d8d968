// Rows chosen for a bulk action: single, range with shift, the page, or everything that matches.
import { on, onContent } from "../lib/dom.js";
import { say } from "../lib/strings.js";

let anchor = null;

const boxes = () => [...document.querySelectorAll("[data-pick]")];
const bar = () => document.querySelector("[data-bulk]");

function show() {
  const form = bar();
  if (!form) return;
  const all = boxes();
  const chosen = all.filter((box) => box.checked);
  const everything = form.querySelector("[data-all-matching]");
  if (chosen.length < all.length) everything.value = "";
  form.hidden = chosen.length === 0;
  const count = form.querySelector("[data-bulk-count]");
  count.textContent = everything.value ? say("allSelected", { n: count.dataset.total }) : say("selected", { n: chosen.length });
  const more = form.querySelector("[data-bulk-everything]");
  if (more) more.hidden = chosen.length < all.length || everything.value === "1";
  const head = document.querySelector("[data-pick-all]");
  if (head) {
    head.checked = all.length > 0 && chosen.length === all.length;
    head.indeterminate = chosen.length > 0 && chosen.length < all.length;
  }
}

/** Choose or release one row. */
export function toggle(row) {
  const box = row.querySelector("[data-pick]");
  if (!box) return;
  box.checked = !box.checked;
  anchor = box;
  show();
}

/** Choose every row from the last chosen one to this one. */
export function extendTo(row) {
  range(row.querySelector("[data-pick]"), true);
  show();
}

function range(box, checked) {
  const all = boxes();
  const [from, to] = [all.indexOf(anchor ?? box), all.indexOf(box)].sort((a, b) => a - b);
  for (const between of all.slice(from, to + 1)) between.checked = checked;
}

on("click", "[data-pick]", (event, box) => {
  if (event.shiftKey && anchor) range(box, box.checked);
  anchor = box;
  show();
});
on("change", "[data-pick-all]", (event, head) => {
  for (const box of boxes()) box.checked = head.checked;
  show();
});
on("click", "[data-bulk-everything]", () => {
  bar().querySelector("[data-all-matching]").value = "1";
  show();
});
const clear = () => {
  for (const box of boxes()) box.checked = false;
  show();
};
on("click", "[data-bulk-clear]", clear);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && bar() && !bar().hidden && !document.querySelector("dialog[open]")) clear();
});
onContent(show);
