// The page where goods are received: the house says what a scan is, the page counts it, one hears and sees the answer.
import { Decimal, ZERO } from "../lib/decimal.js";
import { csrfToken, isWriting, on } from "../lib/dom.js";
import { sound } from "../lib/sounds.js";

const GROUP = "\u001d";
const waiting = [];
let isReading = false;

const place = () => document.querySelector("[data-arrivals]");
const box = () => document.querySelector("[data-arrival-scan]");
const read = (text) => Decimal.parse(text) ?? ZERO;

on("keydown", "[data-arrival-scan]", (event, input) => {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  const code = input.value.trim();
  input.value = "";
  if (code) scanned(code);
});

// What a scanner types while nothing has the focus is a scan, its separators with it.
document.addEventListener("keydown", (event) => {
  const input = box();
  if (!input || event.isComposing) return;
  if ((event.ctrlKey && event.key === "]") || event.key === "F8" || event.key === GROUP) {
    event.preventDefault();
    input.value += GROUP;
    return;
  }
  const isBusy = isWriting(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]");
  if (!isBusy && event.key.length === 1) input.focus();
}, true);

on("click", "[data-arrival-camera]", async (event, button) => {
  const view = place().querySelector("[data-scan-view]");
  if (button.getAttribute("aria-pressed") === "true") { view.dispatchEvent(new Event("scan:stop")); return; }
  button.setAttribute("aria-pressed", "true");
  view.hidden = false;
  try {
    const { watch } = await import(place().dataset.cameraSrc);
    await watch(view, place().dataset.cameraWasm, scanned);
  } catch {
    answer("bad", place().dataset.noCamera);
  }
  button.setAttribute("aria-pressed", "false");
  view.hidden = true;
});

// The page proposes that everything has come. Who scans counts, from nothing, unless something was counted before.
on("input", "[data-ship-line]", () => { place()?.setAttribute("data-counted", ""); });
on("click", "[data-ship-line] button, [data-ship-everything], [data-ship-nothing]", () => { place()?.setAttribute("data-counted", ""); });

function scanned(code) {
  waiting.push(code);
  readNext();
}

const fields = () => box().form.querySelectorAll("input[data-quantity]");

function startFromNothing() {
  place().setAttribute("data-counted", "");
  for (const field of fields()) {
    field.value = "0";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

async function readNext() {
  if (isReading || !waiting.length) return;
  isReading = true;
  const body = new FormData(box().form);
  body.set("code", waiting.shift());
  const isFirst = !place().hasAttribute("data-counted");
  if (isFirst) for (const field of fields()) body.set(field.name, "0");
  let response;
  let said;
  try {
    response = await fetch(place().dataset.arrivals, { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } });
    said = await response.json();
  } catch {
    response = null;
    answer("bad", place().dataset.offline);
  }
  isReading = false;
  if (response) {
    if (response.ok && isFirst) startFromNothing();
    if (response.ok) count(said);
    answer(response.ok ? (said.warning ? "info" : "good") : "bad", said.text, said.warning || said.code);
  }
  readNext();
}

function count(said) {
  const line = document.querySelector(`[data-ship-line][data-position="${said.line}"]`);
  const field = line.querySelector("input[data-quantity]");
  field.value = read(field.value).plus(read(said.quantity)).format({ trim: true });
  field.dispatchEvent(new Event("input", { bubbles: true }));
  if (said.unit && line.dataset.kept) note(line, said);
  const day = line.querySelector("input[type=date]");
  if (day && said.expires_on && !said.unit) {
    day.value = said.expires_on;
    day.dispatchEvent(new Event("input", { bubbles: true }));
  }
  line.scrollIntoView({ block: "center" });
}

const DAY = /^\d{4}-\d{1,2}-\d{1,2}$/;

/** Write the lot below those that came before, with how much of it and the day on its label; a serial number is one unit. */
function note(line, said) {
  const area = line.querySelector("textarea");
  const rows = area.value.split("\n").map((row) => row.trim()).filter(Boolean);
  if (line.dataset.kept === "serial") {
    area.value = [...rows, [said.unit, said.expires_on].filter(Boolean).join(" ")].join("\n");
    return;
  }
  const at = rows.findIndex((row) => row === said.unit || row.startsWith(`${said.unit} `));
  const words = at < 0 ? [] : rows[at].slice(said.unit.length).trim().split(/\s+/).filter(Boolean);
  const day = words.find((word) => DAY.test(word)) ?? "";
  const was = words.find((word) => !DAY.test(word)) ?? "0";
  const quantity = read(was).plus(read(said.quantity)).format({ trim: true });
  const row = [said.unit, quantity, said.expires_on || day].filter(Boolean).join(" ");
  if (at < 0) rows.push(row);
  else rows[at] = row;
  area.value = rows.join("\n");
}

function answer(tone, text, code = "") {
  const told = document.querySelector("[data-arrival-answer]");
  told.hidden = false;
  told.className = `scan-answer scan-${tone}`;
  told.setAttribute("role", tone === "bad" ? "alert" : "status");
  told.querySelector(".title").textContent = text;
  told.querySelector(".code").textContent = code;
  if (tone === "bad") {
    waiting.length = 0; // What was scanned blindly after a refusal is not counted either.
    told.scrollIntoView({ block: "center" });
  }
  sound(tone);
}

// What was scanned while this page was on its way (early-keys.js).
if (box()) (window.scannedEarly?.() ?? []).forEach(scanned);
