// Theme, density and single-letter keys apply at once and are sent to the server; language needs its page anew.
import { csrfToken, on } from "../lib/dom.js";

const root = document.documentElement;
const address = () => document.querySelector("form[data-preferences]")?.action;

function keep(name, value) {
  if (!address()) return;
  const body = new URLSearchParams({ [name]: value });
  fetch(address(), { method: "POST", body, headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" } }).catch(() => {});
}

on("click", "form[data-preferences] button[name=theme]", (event, button) => {
  event.preventDefault();
  root.dataset.theme = button.value;
  for (const other of document.querySelectorAll("form[data-preferences] button[name=theme]")) {
    if (other === button) other.setAttribute("aria-current", "true");
    else other.removeAttribute("aria-current");
  }
  keep("theme", button.value);
});

on("click", "[data-density-choice]", (event, button) => {
  root.dataset.density = button.dataset.densityChoice;
  button.closest("details").open = false;
  keep("density", button.dataset.densityChoice);
});

on("change", "[data-keys-toggle]", (event, box) => {
  root.dataset.keys = box.checked ? "on" : "off";
  keep("keys", box.checked ? "on" : "off");
});
