// The designer: rows that are added, moved and removed by click or key; names picked from lists; the diagram leads to rows.
import { h, icon, on, onContent } from "../lib/dom.js";
import { say } from "../lib/strings.js";

const names = () => JSON.parse(document.getElementById("designer-names")?.textContent ?? "{}");
const isEnglish = () => document.documentElement.lang.startsWith("en");

/** The states that stand in the table now, as [code, label]. */
function states() {
  return [...document.querySelectorAll("#states [data-row]")].map((row) => {
    const field = (part) => row.querySelector(`[name$="-${part}"]`)?.value ?? "";
    return [field("name"), field(isEnglish() ? "en" : "zh") || field("zh") || field("name")];
  });
}

const offered = (what) => (what === "state" ? states() : names()[what] ?? []);
const codesOf = (input) => input.value.split(/\s+/).filter(Boolean);

function set(input, codes) {
  input.value = codes.join(" ");
  input.dispatchEvent(new Event("input", { bubbles: true }));
  draw(input.closest("[data-picker]"));
}

/** Draw the chips of a picker and the select that adds one. */
function draw(box) {
  const input = box.querySelector("input");
  const label = box.querySelector("label").textContent;
  const codes = codesOf(input);
  const known = new Map(offered(box.dataset.picker));
  const chips = codes.map((code, at) => {
    const name = known.get(code) ?? code;
    const earlier = at > 0 && ["effect"].includes(box.dataset.picker)
      ? h("button", { type: "button", class: "chip-do", "aria-label": say("chipEarlier", { name }), title: say("chipEarlier", { name }), onclick: () => set(input, [...codes.slice(0, at - 1), code, codes[at - 1], ...codes.slice(at + 1)]) }, icon("arrow-left"))
      : null;
    const remove = h("button", { type: "button", class: "chip-do", "aria-label": say("chipRemove", { name }), title: say("chipRemove", { name }), onclick: () => { set(input, codes.filter((_, i) => i !== at)); box.querySelector("select").focus(); } }, icon("x"));
    return h("span", { class: known.has(code) ? "chip" : "chip chip-unknown" }, earlier, name, remove);
  });
  const rest = [...known].filter(([code]) => code && !codes.includes(code));
  const add = h("select", { class: "select picker-add", "aria-label": say("chipAdd", { label }), onchange: (event) => { if (event.target.value) set(input, [...codes, event.target.value]); box.querySelector("select").focus(); } },
    h("option", { value: "" }, say("chipAddOne")), ...rest.map(([code, name]) => h("option", { value: code }, name)));
  box.querySelector(".picker-chips")?.remove();
  box.querySelector("label").after(h("div", { class: "picker-chips" }, ...chips, add));
}

function enhance(root) {
  for (const box of root.querySelectorAll("[data-picker]")) {
    if (box.closest("template")) continue;
    box.querySelector("input").type = "hidden";
    box.querySelector("label").removeAttribute("for");
    draw(box);
  }
}

/** Let selects and pickers offer the states of the table; a renamed code is followed. */
function follow(before, after) {
  const offers = states();
  for (const select of document.querySelectorAll("#ways [data-states]")) {
    const chosen = select.value === before && before ? after : select.value;
    const fixed = [...select.options].slice(0, 2);
    select.replaceChildren(...fixed, ...offers.map(([code, label]) => h("option", { value: code }, label)));
    select.value = chosen;
  }
  for (const box of document.querySelectorAll("#ways [data-picker=state]")) {
    const input = box.querySelector("input");
    if (before) input.value = codesOf(input).map((code) => (code === before ? after : code)).join(" ");
    draw(box);
  }
}

/** Number the fields of a list of rows by their order on the page. */
function renumber(list) {
  const rows = [...list.querySelectorAll(":scope > [data-row]")];
  rows.forEach((row, number) => {
    for (const field of row.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
      for (const attribute of ["name", "id", "for", "aria-describedby"]) {
        const value = field.getAttribute(attribute);
        if (value) field.setAttribute(attribute, value.replace(/^(states|ways|rows)-(\d+|__n__)-/, `$1-${number}-`));
      }
      if (field.name === "initial" || field.name?.endsWith("-at")) field.value = number;
    }
  });
  return rows.length;
}

/** Renumbering must not mix up radios of one name: do it when the form goes, and when a row comes. */
on("submit", "form[data-designer]", (event, form) => form.querySelectorAll("[data-rows-of]").forEach(renumber), true);

on("click", "[data-new-row]", (event, button) => {
  const pattern = document.getElementById(button.dataset.newRow);
  const list = document.getElementById(pattern.dataset.into);
  const row = pattern.content.querySelector("[data-row]").cloneNode(true);
  list.append(row);
  renumber(list);
  row.removeAttribute("id");
  const code = row.querySelector("[data-state-code]");
  if (code) {
    const taken = new Set(states().map(([name]) => name));
    let number = list.children.length;
    while (taken.has(`state_${number}`)) number += 1;
    code.value = `state_${number}`;
    code.dataset.before = code.value;
    row.id = `state-${code.value}`;
    follow("", "");
  }
  enhance(row);
  row.querySelector("input:not([type=hidden]):not([type=radio]), textarea")?.focus();
  row.dispatchEvent(new Event("input", { bubbles: true }));
});

on("click", "[data-drop-row]", (event, button) => {
  const row = button.closest("[data-row]");
  const list = row.closest("[data-rows-of]");
  const next = row.nextElementSibling ?? row.previousElementSibling;
  list.dispatchEvent(new Event("input", { bubbles: true }));
  if (row.nextElementSibling?.matches(".row-wrong-line")) row.nextElementSibling.remove();
  row.remove();
  if (list.id === "states") follow("", "");
  (next?.querySelector("summary, [data-drop-row]") ?? document.querySelector(`[data-new-row]`))?.focus();
});

on("click", "[data-move]", (event, button) => {
  const row = button.closest("[data-row]");
  const rows = [...row.parentElement.querySelectorAll(":scope > [data-row]")];
  const other = rows[rows.indexOf(row) + (button.dataset.move === "up" ? -1 : 1)];
  if (!other) return;
  if (button.dataset.move === "up") other.before(row);
  else other.after(row);
  button.dispatchEvent(new Event("input", { bubbles: true }));
  button.focus();
});

on("focusin", "[data-state-code]", (event, input) => { input.dataset.before = input.value; });
on("change", "[data-state-code]", (event, input) => { follow(input.dataset.before ?? "", input.value); input.dataset.before = input.value; });
on("change", "#states [name$='-zh'], #states [name$='-en']", () => follow("", ""));

/** Lead to a row: open it, bring it into sight, put the focus there. */
function goto(id) {
  const row = document.getElementById(id);
  if (!row) return;
  if (row instanceof HTMLDetailsElement) row.open = true;
  row.scrollIntoView({ block: "center" });
  row.querySelector("summary, input:not([type=hidden])")?.focus({ preventScroll: true });
}
on("click", "[data-goto]", (event, link) => {
  if (!document.getElementById(link.dataset.goto)) return;
  event.preventDefault();
  goto(link.dataset.goto);
});

onContent((root) => { if (document.querySelector("[data-designer]")) enhance(root); });
