// Paying several invoices with one receipt: sums as you type, and "oldest first" fills them.
import { on, onContent } from "../lib/dom.js";
import { Decimal, ZERO } from "../lib/decimal.js";

const read = (input) => Decimal.parse(input?.value ?? "") ?? ZERO;

function parts(form) {
  return { total: form.querySelector("[data-allocate-total]"), rows: [...form.querySelectorAll("input[data-allocate]")] };
}

function sum(form) {
  const { total, rows } = parts(form);
  if (!rows.length) return;
  const places = Number(rows[0].dataset.number);
  const used = rows.reduce((all, row) => all.plus(read(row)), ZERO);
  const left = read(total).minus(used);
  form.querySelector("[data-allocated]").textContent = used.round(places).format();
  const rest = form.querySelector("[data-unallocated]");
  rest.textContent = left.round(places).format();
  rest.classList.toggle("bad", left.sign < 0);
  for (const row of rows) {
    const over = read(row).compare(Decimal.of(row.dataset.allocate)) > 0;
    row.setAttribute("aria-invalid", String(over));
  }
}

on("input", "form[data-allocation]", (event, form) => sum(form));
on("click", "[data-allocate-oldest]", (event, button) => {
  const form = button.closest("form");
  const { total, rows } = parts(form);
  let left = read(total);
  for (const row of rows) {
    const open = Decimal.of(row.dataset.allocate);
    const part = left.compare(open) < 0 ? left : open;
    row.value = part.sign > 0 ? part.round(Number(row.dataset.number)).format() : "";
    left = left.minus(part);
  }
  sum(form);
});
onContent(() => document.querySelectorAll("form[data-allocation]").forEach(sum));
