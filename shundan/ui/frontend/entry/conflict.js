// Two people changed one order: both values side by side, the user decides field by field.
import { h } from "../lib/dom.js";
import { say } from "../lib/strings.js";

const words = (value) => {
  if (value === null || value === undefined || value === "") return "--";
  return typeof value === "object" ? [value.sku, value.quantity && `× ${value.quantity}`].filter(Boolean).join(" ") : String(value);
};

/** Show the differences; decide([{path, value}]) gets what was taken from the others. */
export function askConflict({ message, details }, decide) {
  const rows = details.map((d, i) => {
    const name = `conflict-${i}`;
    const choice = (side, value, label) =>
      h("td", {}, h("label", { class: "check" }, h("input", { type: "radio", name, value: side, checked: side === "yours" }), h("span", {}, words(value), h("span", { class: "unseen" }, ` ${label}`))));
    return h("tr", {}, h("th", { scope: "row" }, d.field || d.path), choice("yours", d.yours, say("keepMine")), choice("theirs", d.theirs, say("takeTheirs")));
  });
  const all = (side) => h("button", { type: "button", class: "btn btn-sm", onclick: () => dialog.querySelectorAll(`input[value=${side}]`).forEach((input) => { input.checked = true; }) }, say(side === "yours" ? "keepMine" : "takeTheirs"));
  const dialog = h("dialog", { class: "dialog dialog-wide", "aria-labelledby": "conflict-title" },
    h("header", { class: "dialog-head" }, h("h2", { id: "conflict-title" }, say("conflictTitle"))),
    h("div", { class: "dialog-body" }, h("p", { class: "soft" }, message || say("conflictText")), h("div", { class: "row" }, all("yours"), all("theirs")),
      h("div", { class: "table-box card" }, h("table", { class: "table" }, h("thead", {}, h("tr", {}, ...["field", "mine", "theirs"].map((k) => h("th", { scope: "col" }, say(k))))), h("tbody", {}, ...rows)))),
    h("footer", { class: "dialog-foot" }, h("button", { type: "button", class: "btn btn-primary", onclick: () => dialog.close("done") }, say("apply"))));
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("close", () => {
    const taken = details.filter((_, i) => dialog.querySelector(`input[name=conflict-${i}][value=theirs]`).checked);
    dialog.remove();
    decide(taken.map((d) => ({ path: d.path, value: d.theirs })));
  });
  document.body.append(dialog);
  dialog.showModal();
}
