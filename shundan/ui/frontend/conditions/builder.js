// Draws the rows of one condition and lets them be changed by pointer or key.
import { h, icon } from "../lib/dom.js";
import { say } from "../lib/strings.js";
import { chooser } from "./chooser.js";
import { chooseFact, chooseOperator, isGroup, move, newGroup, newRow, parentOf, placeOf, remove } from "./rows.js";
import { valuesOf } from "./values.js";

/**
 * Draw `state.rows` into `box`; `changed` is called after each change.
 * `state` holds rows, facts by name, words of operators, and the gaps that the server found, by place.
 */
export function drawRows(box, state, changed) {
  const whole = state.rows;
  const again = (part, selector) => {
    drawRows(box, state, changed);
    focusOn(box, part, selector);
    changed();
  };
  const options = [...state.facts.values()].map((fact) => ({ value: fact.name, label: fact.label, detail: fact.kind_label, group: fact.group }));

  const tools = (part, label) => h("span", { class: "built-tools" },
    tool("arrow-up", say("conditionUp", { label }), "up", () => step(part, -1, "[data-do=up]")),
    tool("arrow-down", say("conditionDown", { label }), "down", () => step(part, 1, "[data-do=down]")),
    tool("trash", say("conditionRemove", { label }), "remove", () => drop(part)));
  const step = (part, by, selector) => { if (move(whole, part, by)) again(part, selector); };
  const drop = (part) => {
    const next = remove(whole, part);
    again(next, "[role=combobox], select");
    if (!next) box.querySelector("[data-do=add]").focus();
  };

  const row = (part) => {
    const fact = state.facts.get(part.fact);
    const label = fact?.label ?? say("conditionRow", { n: placeOf(whole, part).split(".").map((at) => Number(at) + 1).join(".") });
    const element = h("li", { class: "built-row", onkeydown: (event) => keys(event, part) });
    const names = new Map(fact?.operators ?? []);
    const offered = [...names.keys(), ...(part.operator && !names.has(part.operator) ? [part.operator] : [])];
    const operator = h("select", { class: "select", "aria-label": say("conditionHow", { label }), disabled: !fact, required: true, onchange: (event) => { chooseOperator(part, event.target.value); again(part, ".built-operator"); } },
      ...offered.map((code) => h("option", { value: code }, [names.get(code), state.words[code]].filter(Boolean).join("  "))));
    operator.classList.add("built-operator");
    operator.value = part.operator;
    element.append(
      h("span", { class: "built-fact" }, chooser({ label: say("conditionFact"), options, value: part.fact, choose: (name) => { chooseFact(part, state.facts.get(name), fact); again(part, ".built-operator"); }, placeholder: say("conditionChooseFact") })),
      operator,
      h("span", { class: "built-values" }, ...valuesOf(part, fact, say("conditionValue", { label }), changed)),
      tools(part, label),
      h("p", { class: "built-gap", hidden: true }),
    );
    part.element = element;
    return element;
  };

  const group = (part) => {
    const isTop = part === whole;
    const joined = h("select", { class: "select built-joined", "aria-label": say(isTop ? "conditionJoined" : "conditionJoinedGroup"), onchange: (event) => { part.joined = event.target.value; changed(); } },
      h("option", { value: "all" }, say("conditionAll")), h("option", { value: "any" }, say("conditionAny")));
    joined.value = part.joined;
    const add = h("button", { type: "button", class: "btn btn-sm", "data-do": "add", onclick: () => { const fresh = newRow(); part.parts.push(fresh); again(fresh, "[role=combobox]"); } }, icon("plus"), say("conditionAddRow"));
    const nest = isTop ? h("button", { type: "button", class: "btn btn-sm btn-ghost", "data-do": "nest", onclick: () => { const fresh = newGroup(part.joined); part.parts.push(fresh); again(fresh.parts[0], "[role=combobox]"); } }, icon("plus"), say("conditionAddGroup")) : null;
    const element = h(isTop ? "div" : "li", { class: isTop ? "built-whole" : "built-group", role: isTop ? "group" : null, "aria-label": isTop ? say("conditionRows") : null, onkeydown: isTop ? false : (event) => keys(event, part) },
      h("div", { class: "built-head" }, joined, isTop ? null : tools(part, say("conditionGroup"))),
      h("ol", { class: "built-list" }, ...part.parts.map((one) => (isGroup(one) ? group(one) : row(one)))),
      h("div", { class: "built-add" }, add, nest));
    part.element = element;
    return element;
  };

  const keys = (event, part) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || !by) return;
    event.preventDefault();
    event.stopPropagation();
    step(part, by, isGroup(part) ? ".built-joined" : "[role=combobox]");
  };

  box.replaceChildren(group(whole));
  drawGaps(state);
}

/** Say at each row what it lacks, once somebody has chosen something in it. */
export function drawGaps(state) {
  const each = (part) => {
    if (isGroup(part)) return part.parts.forEach(each);
    const gap = part.fact ? state.gaps.find((one) => one.place === placeOf(state.rows, part)) : null;
    const said = part.element?.querySelector(".built-gap");
    if (!said) return;
    said.hidden = !gap;
    said.textContent = gap?.sentence ?? "";
  };
  each(state.rows);
}

function tool(glyph, label, what, onclick) {
  return h("button", { type: "button", class: "btn btn-ghost btn-icon btn-sm", "data-do": what, "aria-label": label, title: label, onclick }, icon(glyph));
}

function focusOn(box, part, selector) {
  if (!part) return;
  (part.element?.querySelector(selector) ?? box.querySelector("[data-do=add]"))?.focus();
}
