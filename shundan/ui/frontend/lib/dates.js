// Fields of days, moments and months write 2026-11-23 for everybody, as all our pages do, whatever the browser's own
// language would make of it (11/23/2026). The field stays the browser's: its picker, its keys, its value.
import { h } from "./dom.js";
import { say } from "./strings.js";

const FIELDS = "input:is([type=date], [type=datetime-local], [type=month])";

/** What stands in a field, as our pages write it. */
export const written = (value) => value.replace("T", " ").slice(0, 16);

/** The day of the week in the language of the page; nothing for a month. */
export function weekday(value, language = document.documentElement.lang) {
  const day = /^\d{4}-\d\d-\d\d/.exec(value)?.[0];
  return day ? new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" }).format(new Date(day)) : "";
}

/** Bring what is shown up to the field. */
export function showDate(field) {
  const place = field.parentElement;
  if (!place.hasAttribute("data-dated")) return;
  const shown = place.lastElementChild;
  shown.classList.toggle("dated-none", !field.value);
  const example = say({ date: "dateShape", month: "monthShape" }[field.type] ?? "momentShape");
  shown.replaceChildren(h("span", {}, field.value ? written(field.value) : example), h("span", { class: "faint" }, weekday(field.value)));
}

/** Put a field that stands nowhere yet into its dress, and return that. */
export function dressed(field) {
  const place = h("span", { class: "dated", "data-dated": "" }, field, h("span", { class: "dated-shown", "aria-hidden": "true" }));
  showDate(field);
  return place;
}

/** Dress all fields below an element that are not dressed yet, and show anew those that are. */
export function dressDates(root) {
  for (const field of root.querySelectorAll(FIELDS)) {
    if (field.parentElement.hasAttribute("data-dated")) showDate(field);
    else {
      const next = document.createComment("");
      field.replaceWith(next);
      next.replaceWith(dressed(field));
    }
  }
}
