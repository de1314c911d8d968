// The palette: Ctrl K (Ctrl Alt K inside editors) opens one field that goes anywhere; safe with input methods.
import { on } from "../lib/dom.js";
import { say } from "../lib/strings.js";

const WAIT = 90;
let timer = 0;
let request = null;

const sheet = () => document.getElementById("palette");
const field = () => sheet().querySelector("input");
const list = () => document.getElementById("palette-list");
const options = () => [...list().querySelectorAll("a[role=option]")];
const marked = () => options().findIndex((one) => one.getAttribute("aria-selected") === "true");

function mark(at) {
  const all = options();
  all.forEach((one, i) => one.setAttribute("aria-selected", String(i === at)));
  if (!all[at]) return field().removeAttribute("aria-activedescendant");
  field().setAttribute("aria-activedescendant", all[at].id);
  all[at].scrollIntoView({ block: "nearest" });
}

async function look() {
  request?.abort();
  request = new AbortController();
  const address = new URL(sheet().dataset.palette, location.href);
  address.searchParams.set("q", field().value);
  try {
    const answer = await fetch(address, { signal: request.signal, headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(answer.status);
    list().innerHTML = await answer.text();
    mark(0);
  } catch (error) {
    if (error.name !== "AbortError") list().textContent = say("networkDown");
  }
}

function open() {
  if (!sheet() || sheet().open || document.querySelector("dialog[open]")) return;
  document.getElementById("side")?.hidePopover?.();
  field().value = "";
  sheet().showModal();
  field().focus();
  look();
}

function go(option, { aside }) {
  if (!option) return;
  if (aside) window.open(option.href, "_blank", "noopener");
  else location.assign(option.href);
  sheet().close();
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
  // In a text the browser and the grid may have their own meaning for Ctrl K; with Alt it is always the palette.
  event.preventDefault();
  if (sheet()?.open) sheet().close();
  else open();
});
on("click", "[data-open-palette]", open);

on("input", "#palette input", (event) => {
  clearTimeout(timer);
  if (!event.isComposing) timer = setTimeout(look, WAIT);
});
on("compositionend", "#palette input", () => { clearTimeout(timer); timer = setTimeout(look, WAIT); });

on("keydown", "#palette input", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  const all = options();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && all.length) {
    event.preventDefault();
    mark((marked() + step + all.length) % all.length);
  } else if (event.key === "Enter") {
    event.preventDefault();
    go(all[marked()], { aside: event.ctrlKey || event.metaKey });
  }
});
