// Conditions on a page: the text is the truth; rows and sentence follow it, and rows write it, through the server.
import { h, icon, on } from "../lib/dom.js";
import { say } from "../lib/strings.js";
import { tell } from "../lib/tell.js";
import { drawGaps, drawRows } from "./builder.js";
import { drawFormula } from "./formula.js";
import { newRow, plain } from "./rows.js";
import { ask } from "./server.js";

const AFTER_TYPING = 300;
const AFTER_ROWS = 120;
// What the builder itself writes into the field is no typing.
const BUILT = "built";
const states = new WeakMap();

document.documentElement.classList.add("has-conditions");

const fieldOf = (box) => box.querySelector(".condition-text");
const builderOf = (box) => box.querySelector("[data-condition-builder]");
const isFormula = (box) => box.dataset.wanted === "number";

function state(box) {
  if (!states.has(box)) states.set(box, { rows: null, facts: new Map(), words: {}, gaps: [], timer: 0, asked: 0, waiting: null, isOpen: false });
  return states.get(box);
}

/** Show the sentence and what is wrong. */
function show(box, answer) {
  box.querySelector("[data-condition-words]").textContent = answer.sentence;
  if (answer.faults.length) fieldOf(box).setAttribute("aria-invalid", "true");
  else fieldOf(box).removeAttribute("aria-invalid");
  box.querySelector("[data-condition-faults]").replaceChildren(...answer.faults.map((fault) =>
    h("p", { class: "error" }, icon("alert-circle"), h("span", {}, h("b", {}, fault.place), " ", fault.sentence, " ", fault.cure))));
}

/** Ask about the field or the rows; only the newest answer counts. Fails with what went wrong on the way. */
async function look(box, kind, more = {}) {
  const own = state(box);
  clearTimeout(own.timer);
  own.timer = 0;
  own.asked += 1;
  const mine = own.asked;
  const asked = kind === "rows" ? { rows: JSON.stringify(plain(own.rows)) } : { text: fieldOf(box).value };
  own.waiting = ask(box, { ...asked, ...more });
  try {
    const answer = await own.waiting;
    if (mine !== own.asked) return null;
    own.waiting = null;
    own.gaps = answer.gaps;
    if (kind === "rows" && !answer.faults.length) write(box, answer.text);
    show(box, answer);
    return answer;
  } catch (error) {
    if (mine === own.asked) own.waiting = null;
    throw error;
  }
}

function write(box, text) {
  const field = fieldOf(box);
  if (field.value === text) return;
  field.value = text;
  field.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: BUILT }));
}

const failed = () => tell(say("networkDown"), "warn");

/** Ask soon about what was just changed; an answer that is still on its way is about something older. */
function soon(box, kind, wait, then) {
  const own = state(box);
  clearTimeout(own.timer);
  own.asked += 1;
  own.waiting = null;
  own.kind = kind;
  own.timer = setTimeout(() => look(box, kind).then((answer) => answer && then(answer)).catch(failed), wait);
}

function rowsChanged(box) {
  soon(box, "rows", AFTER_ROWS, () => drawGaps(state(box)));
}

function draw(box, answer) {
  const own = state(box);
  const builder = builderOf(box);
  if (isFormula(box)) return drawFormula(builder, fieldOf(box), own);
  own.rows = answer.rows;
  if (!own.rows) return builder.replaceChildren(h("p", { class: "built-note" }, icon("info-circle"), answer.note));
  if (own.rows.parts.length === 0) own.rows.parts.push(newRow());
  drawRows(builder, own, () => rowsChanged(box));
}

async function open(box, button) {
  const own = state(box);
  const answer = await look(box, "text", { facts: "1" });
  if (!answer) return;
  own.facts = new Map(answer.facts.map((fact) => [fact.name, fact]));
  own.words = answer.operators;
  own.isOpen = true;
  button.setAttribute("aria-expanded", "true");
  const builder = builderOf(box);
  builder.hidden = false;
  draw(box, answer);
  (builder.querySelector("[role=combobox]") ?? builder.querySelector("button"))?.focus();
}

function close(box, button) {
  state(box).isOpen = false;
  button.setAttribute("aria-expanded", "false");
  builderOf(box).hidden = true;
  // What is hidden must not keep the form from being sent.
  builderOf(box).replaceChildren();
}

/** Wait until what the rows say stands in the text. */
async function settle(box) {
  const own = state(box);
  if (own.timer && own.kind === "rows") await look(box, "rows");
  else if (own.waiting) await own.waiting;
}
const unsettled = (form) => [...form.querySelectorAll("[data-condition]")].filter((box) => states.has(box) && ((state(box).timer && state(box).kind === "rows") || state(box).waiting));

on("click", "[data-condition-open]", (event, button) => {
  const box = button.closest("[data-condition]");
  if (state(box).isOpen) close(box, button);
  else open(box, button).catch(failed);
});

on("input", ".condition-text", (event, field) => {
  if (event.detail === BUILT) return;
  const box = field.closest("[data-condition]");
  soon(box, "text", AFTER_TYPING, (answer) => { if (state(box).isOpen && !isFormula(box)) draw(box, answer); });
});

// A form that is sent right after the last change of a row takes the text with it.
document.addEventListener("submit", (event) => {
  const boxes = unsettled(event.target);
  if (!boxes.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  Promise.all(boxes.map(settle)).then(() => event.target.requestSubmit(event.submitter)).catch(failed);
}, true);
document.addEventListener("htmx:confirm", (event) => {
  const form = event.target.closest?.("form");
  const boxes = form && event.target.matches("button") ? unsettled(form) : [];
  if (!boxes.length) return;
  event.preventDefault();
  Promise.all(boxes.map(settle)).then(() => event.detail.issueRequest(true)).catch(failed);
});

// A row that is not complete is shown before the browser speaks of it.
document.addEventListener("invalid", (event) => {
  const way = event.target.closest?.("[data-condition-builder]")?.closest("details");
  if (way) way.open = true;
}, true);
