// The value of a row in the control that its fact and operator need.
import { dressed } from "../lib/dates.js";
import { h, icon } from "../lib/dom.js";
import { say } from "../lib/strings.js";
import { chooser } from "./chooser.js";
import { MANY_VALUES, NO_VALUE } from "./rows.js";

// A list this short is a plain select.
const SHORT = 12;

/** Return the controls for the values of `row`; `changed` is called whenever they are others. */
export function valuesOf(row, fact, label, changed) {
  if (!fact || !row.operator || NO_VALUE.includes(row.operator)) return [];
  if (MANY_VALUES.includes(row.operator)) return [many(row, fact, label, changed)];
  const set = (at) => (value) => { row.values[at] = value; changed(); };
  if (row.operator !== "between") return [one(fact, label, row.values[0] ?? "", set(0))];
  return [one(fact, say("conditionFrom", { label }), row.values[0] ?? "", set(0)), h("span", { class: "built-to" }, say("conditionTo")), one(fact, say("conditionUpTo", { label }), row.values[1] ?? "", set(1))];
}

function one(fact, label, value, set) {
  if (fact.choices) return choice(withUnknown(fact.choices, [value]), label, value, set);
  if (fact.lookup) return chooser({ label, lookup: fact.lookup, value, choose: set, isFree: true });
  return typed(fact, label, value, set, true);
}

function choice(choices, label, value, set) {
  if (choices.length > SHORT) return chooser({ label, options: choices.map(([code, name]) => ({ value: code, label: name })), value, choose: set });
  const select = h("select", { class: "select", "aria-label": label, required: true, onchange: (event) => set(event.target.value) }, h("option", { value: "" }, say("conditionChoose")), ...choices.map(([code, name]) => h("option", { value: code }, name)));
  select.value = value;
  return select;
}

function typed(fact, label, value, set, isRequired) {
  const isNumber = ["number", "integer", "person"].includes(fact.kind);
  const type = { date: "date", datetime: "datetime-local" }[fact.kind] ?? "text";
  const input = h("input", { class: isNumber ? "input input-num" : "input", type, value, "aria-label": label, inputmode: isNumber ? "decimal" : null, step: type === "datetime-local" ? "1" : null, autocomplete: "off", spellcheck: "false", required: isRequired, maxlength: type === "text" ? 200 : null, oninput: (event) => set(event.target.value.trim()) });
  input.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) event.preventDefault(); });
  if (type !== "text") return dressed(input);
  if (!fact.sign) return input;
  return h("span", { class: "affix" }, h("span", { class: "sign", "aria-hidden": "true" }, fact.sign), input);
}

/** Several values as chips, with a control that adds one. */
function many(row, fact, label, changed) {
  const box = h("span", { class: "built-many" });
  const names = new Map(fact.choices ?? []);
  const keep = (values, isBack = true) => {
    row.values = values;
    draw();
    if (isBack) box.querySelector("input, select")?.focus();
    changed();
  };
  const add = (value) => { if (value && !row.values.includes(value)) keep([...row.values, value]); };
  const chip = (value) => {
    const name = names.get(value) ?? value;
    return h("span", { class: "chip" }, name, h("button", { type: "button", class: "chip-do", "aria-label": say("chipRemove", { name }), title: say("chipRemove", { name }), onclick: () => keep(row.values.filter((other) => other !== value)) }, icon("x")));
  };
  const adder = () => {
    const wanted = say("chipAdd", { label });
    const isRequired = row.values.length === 0;
    const rest = (fact.choices ?? []).filter(([code]) => !row.values.includes(code));
    // A select would add whatever the arrow keys pass.
    if (fact.choices) return chooser({ label: wanted, options: rest.map(([code, name]) => ({ value: code, label: name })), choose: add, isRequired, placeholder: say("chipAddOne") });
    if (fact.lookup) return chooser({ label: wanted, lookup: fact.lookup, choose: add, isFree: true, isRequired, placeholder: say("chipAddOne") });
    const held = typed({ ...fact, sign: "" }, wanted, "", () => {}, isRequired);
    held.placeholder = say("conditionAddEnter");
    held.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) add(held.value.trim()); });
    held.addEventListener("blur", () => { const value = held.value.trim(); if (value && !row.values.includes(value)) keep([...row.values, value], false); });
    return held;
  };
  const draw = () => box.replaceChildren(...row.values.map(chip), adder());
  draw();
  return box;
}

/** A value that is offered no more stays to be seen. */
function withUnknown(choices, values) {
  const known = new Set(choices.map(([code]) => code));
  return [...choices, ...values.filter((value) => value && !known.has(value)).map((value) => [value, value])];
}
