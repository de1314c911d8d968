// data-number="places": read what people type (full-width, ¥, commas), show it tidy on leaving the field.
import { on } from "../lib/dom.js";
import { Decimal } from "../lib/decimal.js";

on("focusout", "input[data-number]", (event, input) => {
  const number = Decimal.parse(input.value);
  if (!input.value.trim() || !number || number.trimmed().places > Number(input.dataset.number)) return;
  const places = Number(input.dataset.number);
  // Amounts have the decimals of their currency; quantities, six at most, only those they need.
  input.value = places < 6 ? number.round(places).format() : number.format({ trim: true });
});

// The server reads plain decimals.
on("submit", "form", (event, form) => {
  for (const input of form.querySelectorAll("input[data-number]")) {
    const number = Decimal.parse(input.value);
    if (number) input.value = number.toString();
  }
}, true);
