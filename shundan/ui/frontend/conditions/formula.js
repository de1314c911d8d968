// Puts facts and signs into a formula where the caret stands.
import { h } from "../lib/dom.js";
import { say } from "../lib/strings.js";
import { chooser } from "./chooser.js";

const SIGNS = [["+", "+"], ["-", "−"], ["*", "×"], ["/", "÷"], ["(", "("], [")", ")"]];

/** Draw into `box` what may be put into the field. */
export function drawFormula(box, field, state) {
  const put = (text) => {
    const [from, to] = [field.selectionStart, field.selectionEnd];
    const before = field.value.slice(0, from);
    const after = field.value.slice(to);
    const gap = before && !/[\s(]$/.test(before) && text !== ")" ? " " : "";
    field.setRangeText(`${gap}${text}${/^[\s)]|^$/.test(after) ? "" : " "}`, from, to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const numbers = [...state.facts.values()].filter((fact) => ["number", "integer"].includes(fact.kind));
  const options = numbers.map((fact) => ({ value: fact.name, label: fact.label, detail: fact.kind_label, group: fact.group }));
  const facts = () => {
    const made = chooser({ label: say("conditionFact"), options, isRequired: false, placeholder: say("conditionChooseFact"), choose: (name) => { put(name); const fresh = facts(); made.replaceWith(fresh); fresh.querySelector("input").focus(); } });
    return made;
  };
  const signs = SIGNS.map(([sign, shown]) => h("button", { type: "button", class: "btn btn-sm", "aria-label": say("conditionSign", { sign: shown }), onclick: () => put(sign) }, shown));
  box.replaceChildren(h("div", { class: "built-formula", role: "group", "aria-label": say("conditionFacts") }, facts(), h("span", { class: "built-signs" }, ...signs)));
}
