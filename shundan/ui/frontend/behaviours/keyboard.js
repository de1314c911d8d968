// Single-letter keys outside text fields; lists are walked row by row. data-keys="off" on <html> silences the letters.
import { isWriting, on } from "../lib/dom.js";
import { extendTo, toggle } from "./selection.js";

const GO = { o: "orders", s: "stock", c: "customers", p: "products", i: "home", f: "invoices", m: "payments", d: "shipments" };
let pending = 0;

const rows = () => [...document.querySelectorAll("table[data-rows] tbody tr")];
const here = () => document.querySelector("table[data-rows] tbody tr.here");

function move(step) {
  const all = rows();
  if (!all.length) return;
  const now = all.indexOf(here());
  const next = all[Math.min(Math.max(now + step, 0), all.length - 1)];
  here()?.classList.remove("here");
  next.classList.add("here");
  next.scrollIntoView({ block: "nearest" });
  next.querySelector("a.main")?.focus({ preventScroll: true });
}

const openRow = (where) => {
  const link = here()?.querySelector("a.main");
  if (!link) return;
  if (where === "tab") window.open(link.href, "_blank", "noopener");
  else link.click();
};

const view = (step) => {
  const tabs = [...document.querySelectorAll(".views a.tab")];
  const next = tabs[tabs.findIndex((t) => t.hasAttribute("aria-current")) + step];
  next?.click();
};

const LETTERS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => here() && toggle(here()),
  X: () => here() && extendTo(here()),
  o: () => openRow("tab"),
  c: () => { const link = document.querySelector("[data-create]")?.dataset.create; if (link) location.assign(link); },
  "?": () => help(),
  "/": () => (document.querySelector("[data-list-search]") ?? document.getElementById("search"))?.focus(),
  "[": () => view(-1),
  "]": () => view(1),
};

function help() {
  const sheet = document.getElementById("keys");
  if (sheet && !sheet.open) sheet.showModal();
}

on("click", "[data-help-keys]", () => { document.getElementById("side")?.hidePopover?.(); help(); });

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || isWriting(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]") || event.target.closest("[role=grid]")) return;
  if (event.key === "ArrowDown" && here()) { event.preventDefault(); move(1); return; }
  if (event.key === "ArrowUp" && here()) { event.preventDefault(); move(-1); return; }
  if (event.key === "Enter" && here() && event.target === document.body) { openRow(); return; }
  if (document.documentElement.dataset.keys === "off") return;
  if (Date.now() - pending < 1200 && GO[event.key]) {
    pending = 0;
    document.querySelector(`[data-nav="${GO[event.key]}"]`)?.click();
    event.preventDefault();
    return;
  }
  if (event.key === "g") { pending = Date.now(); return; }
  const action = LETTERS[event.key];
  const button = action ? null : document.querySelector(`[data-key="${CSS.escape(event.key)}"]:not([disabled])`);
  if (!action && !button) return;
  event.preventDefault();
  if (action) action();
  else if (!button.closest("[hidden]")) button.click();
});
