// <details data-menu>: one open at a time, closed by Esc or a click outside, arrows move inside.
import { on } from "../lib/dom.js";

const open = () => [...document.querySelectorAll("details[data-menu][open]")];

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

on("toggle", "details[data-menu]", (event, menu) => {
  if (menu.open) for (const other of open()) if (other !== menu && !other.contains(menu)) other.open = false;
}, true);

on("keydown", "details[data-menu]", (event, menu) => {
  if (event.key === "Escape" && menu.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  }
  if (!["ArrowDown", "ArrowUp"].includes(event.key) || menu.querySelector(".form-grid")) return;
  event.preventDefault();
  menu.open = true;
  const items = [...menu.querySelectorAll(".menu-item")];
  const step = event.key === "ArrowDown" ? 1 : -1;
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
});
