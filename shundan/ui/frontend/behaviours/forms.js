// Forms: selects that apply themselves, a guard over unsaved changes, focus on the summary of problems.
import { dressDates } from "../lib/dates.js";
import { on, onContent } from "../lib/dom.js";

on("change", "select[data-submits]", (event, select) => select.form.requestSubmit());
on("change", "select[data-go-select]", (event, select) => location.assign(select.value));

let dirty = false;
on("input", "form[data-guard]", () => { dirty = true; });
on("submit", "form", () => { dirty = false; }, true);
window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

on("submit", "form[method=post]:not([hx-post], [data-decision])", (event, form) => {
  if (event.defaultPrevented) return;
  const button = event.submitter;
  // A second click must not send twice; the pause lets the browser collect the button's own value first.
  setTimeout(() => button?.setAttribute("data-busy", ""), 0);
});
window.addEventListener("pageshow", () => document.querySelectorAll("[data-busy]").forEach((b) => b.removeAttribute("data-busy")));

on("click", "[data-add-row]", (event, button) => {
  const pattern = document.getElementById(button.dataset.addRow);
  const target = document.getElementById(pattern.dataset.into);
  const row = pattern.content.cloneNode(true);
  const number = target.children.length;
  for (const field of row.querySelectorAll("[name*='__n__'], [id*='__n__'], [for*='__n__']")) {
    for (const name of ["name", "id", "for"]) {
      const value = field.getAttribute(name);
      if (value) field.setAttribute(name, value.replace("__n__", number));
    }
  }
  target.append(row);
  dressDates(target);
  target.lastElementChild.querySelector("input, select")?.focus();
});
on("click", "[data-remove-row]", (event, button) => button.closest("[data-row]").remove());

onContent(() => document.querySelector("[data-focus]")?.focus());

// A choice that decides what the rest of the form offers loads the page anew with it.
const UNCARRIED = ["csrfmiddlewaretoken", "idempotency_key"];

on("change", "input[data-reloads]", (event, input) => {
  const address = new URL(location.href);
  // What was typed before goes along where the page takes it.
  const typed = input.form?.matches("[data-carries]") ? [...new FormData(input.form)] : [];
  for (const [name, value] of typed) if (!UNCARRIED.includes(name) && value.length < 200) address.searchParams.set(name, value);
  address.searchParams.set(input.dataset.reloads, input.value);
  if (input.value) location.assign(address);
});
