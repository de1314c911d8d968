// Pages for scanners: codes are sent one after the other, each answer is heard, the box is ready at once.
import { wedge } from "../lib/barcode.js";
import { csrfToken, isWriting, on } from "../lib/dom.js";
import { newKey, sound } from "../lib/sounds.js";

const GROUP = "\u001d";
const ATTEMPTS = 3;
const PAUSE = 700;
const waiting = [];
const burst = wedge();
let isSending = false;

const box = () => document.querySelector("[data-scanner]");
const input = () => box()?.querySelector("[name=code]");

on("submit", "[data-scanner]", (event, form) => {
  event.preventDefault();
  const code = form.elements.code.value.trim();
  form.elements.code.value = "";
  if (code) scanned(code);
});

on("submit", "[data-scan-form]", (event, form) => {
  event.preventDefault();
  waiting.push({ body: () => new FormData(form, event.submitter), key: newKey() });
  sendNext();
});

// The separator inside GS1 codes comes as Ctrl+] or F8: browsers would drop the one and hear a shortcut in the other.
document.addEventListener("keydown", (event) => {
  const field = input();
  if (!field || event.isComposing) return;
  if ((event.ctrlKey && event.key === "]") || event.key === "F8" || event.key === GROUP) {
    event.preventDefault();
    field.value += GROUP;
    return;
  }
  const code = burst(event.key, event.timeStamp);
  const other = document.activeElement;
  if (code && other !== field && other?.form === field.form) {
    // Scanned while another field had the focus: the code is no quantity.
    event.preventDefault();
    if (other.value?.endsWith(code)) other.value = other.value.slice(0, -code.length);
    scanned(code);
    return;
  }
  const isBusy = isWriting(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]");
  if (!isBusy && event.key.length === 1) field.focus(); // The key itself then falls into the box.
}, true);

on("click", "[data-scan-keyboard]", (event, button) => {
  const isOn = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(isOn));
  input().inputMode = isOn ? "text" : "none";
  input().blur();
  input().focus();
});

on("change", "[data-scan-single]", (event, tick) => {
  const field = tick.form.elements.quantity;
  field.value = tick.checked ? "1" : "";
  input().focus();
});

on("click", "[data-scan-camera]", async (event, button) => {
  const form = box();
  const view = form.querySelector("[data-scan-view]");
  if (button.getAttribute("aria-pressed") === "true") { view.dispatchEvent(new Event("scan:stop")); return; }
  button.setAttribute("aria-pressed", "true");
  view.hidden = false;
  try {
    const { watch } = await import(form.dataset.cameraSrc);
    await watch(view, form.dataset.cameraWasm, scanned);
  } catch {
    answer("bad", form.dataset.noCamera);
  }
  button.setAttribute("aria-pressed", "false");
  view.hidden = true;
});

function scanned(code) {
  const form = box();
  // The place scanned before is known when the answers before this one have come.
  const body = () => {
    const data = new FormData(form);
    data.set("code", code);
    return data;
  };
  waiting.push({ body, key: newKey() });
  sendNext();
}

async function sendNext() {
  if (isSending || !waiting.length) return;
  isSending = true;
  const { body, key } = waiting[0];
  const data = body();
  data.set("idempotency_key", key);
  const response = await send(box().action, data);
  waiting.shift();
  isSending = false;
  if (!response) { waiting.length = 0; answer("bad", box().dataset.offline); return; }
  const url = response.headers.get("HX-Redirect");
  if (url) { sound("good"); location.href = url; return; }
  show(await response.text());
  sendNext();
}

/** Send a scan, again if the answer was lost: its key counts it once. */
async function send(url, body) {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      const response = await fetch(url, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": csrfToken() } });
      if (response.status < 500) return response;
    } catch { /* The network may come back. */ }
    await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
  }
  return null;
}

function show(html) {
  const state = document.querySelector("[data-scan-state]");
  state.innerHTML = html;
  const tone = state.querySelector("[data-scan-answer]")?.dataset.scanAnswer || "bad";
  sound(tone);
  const form = box();
  const single = form.querySelector("[data-scan-single]");
  if (tone === "good" && form.elements.quantity && !single.checked) form.elements.quantity.value = "";
  if (tone === "bad") waiting.length = 0; // What was scanned blindly after a refusal is not counted either.
  if (document.activeElement !== form.elements.quantity) input().focus({ preventScroll: true });
}

function answer(tone, text) {
  const place = document.querySelector("[data-scan-answer]");
  place.className = `scan-answer scan-${tone}`;
  place.setAttribute("role", "alert");
  const title = document.createElement("p");
  title.className = "title";
  title.textContent = text;
  place.replaceChildren(title);
  sound(tone);
}

// What was scanned while this page was on its way (early-keys.js).
if (box()) (window.scannedEarly?.() ?? []).forEach(scanned);
