// data-dialog="id" opens a native dialog, data-close closes it; data-fill puts a frequent reason into its field.
import { on } from "../lib/dom.js";

on("click", "[data-dialog]", (event, button) => {
  const dialog = document.getElementById(button.dataset.dialog);
  const menu = button.closest("details[data-menu]");
  if (menu) menu.open = false;
  dialog?.showModal();
});

// An address that ends in #do-… opens that sheet, so that a button of a list leads straight to it.
if (location.hash.startsWith("#do-")) {
  const sheet = document.getElementById(location.hash.slice(1));
  if (sheet instanceof HTMLDialogElement) sheet.showModal();
}

on("click", "dialog [data-close]", (event, button) => button.closest("dialog").close());

on("click", "dialog", (event, dialog) => {
  if (event.target !== dialog) return;
  const box = dialog.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside && event.detail > 0) dialog.close();
});

on("click", "[data-fill]", (event, chip) => {
  const field = document.getElementById(chip.dataset.fill);
  field.value = chip.textContent.trim();
  field.focus();
});

on("submit", "form[data-confirm]", (event, form) => {
  if (!window.confirm(form.dataset.confirm)) event.preventDefault();
});

on("click", "button[data-confirm]", (event, button) => {
  if (!window.confirm(button.dataset.confirm)) event.preventDefault();
});
