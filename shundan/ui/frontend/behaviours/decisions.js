// Decisions that can be taken back for five seconds: the form is sent when they are over, or when the page is left.
// Until then nothing has been decided; the message says so by offering the way back, and counts down.
import { csrfToken, h, on, onContent } from "../lib/dom.js";
import { say } from "../lib/strings.js";
import { toast } from "./toasts.js";

const SECONDS = 5;
const waiting = new Map();
let hasSwapped = false;

on("submit", "form[data-decision]", (event, form) => {
  if (event.defaultPrevented) return;
  event.preventDefault();
  const key = form.dataset.decision;
  if (waiting.has(key)) return;
  form.closest("dialog")?.close();
  const { said, page, next } = form.dataset;
  const one = { key, address: form.action, body: new FormData(form, event.submitter), page, left: SECONDS, isHeld: false };
  waiting.set(key, one);
  announce(one, said);
  hideDecided();
  if (next) show(`${next}?${[...waiting.keys()].map((each) => `not=${each}`).join("&")}`);
});

function announce(one, said) {
  const count = h("span", { "aria-hidden": "true" }, ` ${one.left}`);
  one.note = toast(said, "done", "", { label: say("takeBack"), run: () => takeBack(one) }, true);
  const button = one.note.querySelector(".toast-action");
  button.append(count);
  // Who points at the message or reached its button by keys is still thinking; a pointer that rests where the message
  // came up does not point at it.
  one.note.addEventListener("pointermove", (event) => { one.isHeld ||= event.movementX !== 0 || event.movementY !== 0; });
  one.note.addEventListener("pointerleave", () => { one.isHeld = false; });
  one.clock = setInterval(() => {
    if (one.isHeld || button.matches(":focus-visible")) return;
    one.left -= 1;
    count.textContent = ` ${one.left}`;
    if (one.left <= 0) send(one);
  }, 1000);
}

function takeBack(one) {
  forget(one);
  for (const card of cardsOf(one.key)) { card.hidden = false; card.classList.remove("leaving"); }
  toast(say("takenBack"), "done");
  if (!cardsOf(one.key).length) show(one.page);
}

function forget(one) {
  clearInterval(one.clock);
  waiting.delete(one.key);
  one.note.remove();
}

async function send(one) {
  if (one.sent) return one.sent;
  clearInterval(one.clock);
  one.note.remove();
  one.sent = fetch(one.address, {
    method: "POST", body: one.body, keepalive: true,
    headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" },
  }).then(async (answer) => {
    if (!answer.ok) throw await answer.json().catch(() => ({}));
    forget(one);
    if (document.querySelector(".asks") && !document.querySelector(".ask:not(.leaving)")) location.reload();
  }).catch((problem) => {
    forget(one);
    for (const card of cardsOf(one.key)) { card.hidden = false; card.classList.remove("leaving"); }
    toast(problem.message ?? say("failed"), "error", problem.code ?? "");
  });
  return one.sent;
}

const cardsOf = (key) => [...document.querySelectorAll(`[data-ask="${CSS.escape(key)}"]`)];

function hideDecided() {
  for (const key of waiting.keys()) {
    for (const card of cardsOf(key)) {
      const box = card.querySelector("input[name=ids]");
      if (box?.checked) box.click();
      card.classList.add("leaving");
      setTimeout(() => { if (waiting.has(key)) card.hidden = true; }, 160);
    }
  }
}
onContent(hideDecided);

/** Let another item slide in without leaving the page, so that what is on its way can still be taken back. */
async function show(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const found = new DOMParser().parseFromString(await answer.text(), "text/html");
  const content = document.adoptNode(found.getElementById("content"));
  content.classList.add("slides-in");
  document.getElementById("content").replaceWith(content);
  document.title = found.title;
  history.pushState({}, "", answer.url);
  hasSwapped = true;
  scrollTo(0, 0);
  content.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true }));
  content.focus({ preventScroll: true });
}

const flush = () => Promise.all([...waiting.values()].map(send));

// A link waits for what is on its way, so that the next page knows of it; leaving otherwise sends it along.
on("click", "a[href]", async (event, link) => {
  if (!waiting.size || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || link.target) return;
  event.preventDefault();
  await flush();
  location.assign(link.href);
});
window.addEventListener("pagehide", flush);
document.addEventListener("visibilitychange", () => { if (document.hidden) flush(); });
window.addEventListener("popstate", () => { if (hasSwapped) flush().then(() => location.reload()); });
