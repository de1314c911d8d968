// A table that is typed like a spreadsheet: rows of inputs, keys that move, paste, sums, one field of JSON that is sent.
import { Decimal, ZERO } from "./lib/decimal.js";
import { h, on, onContent } from "./lib/dom.js";
import { say } from "./lib/strings.js";
import { pastedRows } from "./lib/sheet.js";

const SPARE = 2;

const cells = (row) => [...row.querySelectorAll("[data-cell-of]")];
const inputOf = (row, field) => row.querySelector(`[data-cell-of="${field}"]`);
const rowsOf = (sheet) => [...sheet.tBodies[0].rows];
const isBlank = (row) => cells(row).every((input) => !input.value.trim());

function start(sheet) {
  if (sheet.dataset.started) return;
  sheet.dataset.started = "yes";
  const { lines, errors } = JSON.parse(document.getElementById(sheet.dataset.sheet).textContent);
  lines.forEach((line) => fill(addRow(sheet), line));
  for (const [at, faults] of Object.entries(errors)) show(rowsOf(sheet)[Number(at)], faults);
  while (rowsOf(sheet).length < Math.max(lines.length + SPARE, Number(sheet.dataset.least))) addRow(sheet);
  changed(sheet);
}

function addRow(sheet) {
  const row = document.getElementById(sheet.dataset.row).content.firstElementChild.cloneNode(true);
  sheet.tBodies[0].append(row);
  number(row, sheet.tBodies[0].rows.length);
  row.classList.add("sheet-blank");
  return row;
}

/** Tell a row its number: what is shown, what names its inputs, and where links to its cells lead. */
function number(row, n) {
  row.querySelector("[data-row-number]").textContent = String(n);
  for (const input of cells(row)) {
    input.id = `f-lines[${n - 1}].${input.dataset.cellOf}`;
    input.setAttribute("aria-label", `${input.dataset.label} ${n}`);
    const list = input.parentElement.querySelector("[role=listbox]");
    if (list) { list.id = `sheet-options-${n}`; input.setAttribute("aria-controls", list.id); }
  }
  row.querySelector("[data-row-remove]").setAttribute("aria-label", say("remove", { n }));
}

function fill(row, line) {
  for (const [field, value] of Object.entries(line)) {
    const input = inputOf(row, field);
    if (!input || !value) continue;
    input.value = value;
    const hidden = input.parentElement.querySelector("input[type=hidden]");
    if (hidden) hidden.value = "";
  }
  look(row);
}

/** What hangs on a row's account: its name, and whether a customer or a supplier is asked for. */
function look(row) {
  const account = inputOf(row, "account");
  const option = account.list && [...account.list.options].find((one) => one.value === account.value.trim());
  row.querySelector("[data-account-name]").textContent = option ? option.label : "";
  const party = inputOf(row, "party");
  const kept = option?.dataset.kept ?? "";
  const box = party.closest("[data-combobox]");
  if (kept) box.dataset.combobox = box.dataset[`${kept}s`];
  party.disabled = Boolean(option) && !kept && !party.value;
  party.placeholder = kept ? party.dataset[kept] : "";
}

function show(row, faults) {
  if (!row) return;
  for (const [field, message] of Object.entries(faults)) {
    const input = inputOf(row, field) ?? inputOf(row, "account");
    input.setAttribute("aria-invalid", "true");
    input.title = message;
    input.closest("td").append(h("span", { class: "sheet-error" }, message));
  }
}

function forget(input) {
  input.removeAttribute("aria-invalid");
  input.removeAttribute("title");
  input.closest("td").querySelectorAll(".sheet-error").forEach((one) => one.remove());
}

function sum(sheet) {
  const of = (field) => rowsOf(sheet).reduce((all, row) => all.plus(Decimal.parse(inputOf(row, field).value) ?? ZERO), ZERO);
  const [debit, credit] = [of("debit"), of("credit")];
  const left = debit.minus(credit);
  const write = (name, value) => { sheet.querySelector(`[data-sum=${name}]`).textContent = value.round(2).format(); };
  write("debit", debit);
  write("credit", credit);
  const place = sheet.querySelector("[data-difference]");
  const isEven = left.sign === 0;
  if (isEven && debit.sign === 0) { place.textContent = ""; return; }
  place.textContent = isEven ? place.dataset.even : `${place.dataset.off} ${left.round(2).format()}`;
  place.classList.toggle("bad", !isEven);
  place.classList.toggle("good", isEven);
}

function changed(sheet) {
  const all = rowsOf(sheet);
  all.forEach((row) => row.classList.toggle("sheet-blank", isBlank(row)));
  const typed = all.findLastIndex((row) => !isBlank(row)) + 1;
  for (let n = all.length; n < typed + SPARE; n += 1) addRow(sheet);
  sum(sheet);
}

onContent(() => document.querySelectorAll("table[data-sheet]").forEach(start));

on("input", "table[data-sheet] [data-cell-of]", (event, input) => {
  const row = input.closest("tr");
  forget(input);
  if (input.dataset.cellOf === "account") look(row);
  changed(input.closest("table"));
});
on("change", "table[data-sheet] [data-cell-of]", (event, input) => {
  const value = Decimal.parse(input.value);
  if (input.inputMode === "decimal" && value) input.value = value.round(Math.max(2, value.places)).format();
});

on("keydown", "table[data-sheet] [data-cell-of]", (event, input) => {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
  const isNumber = input.inputMode === "decimal";
  const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: isNumber ? 1 : 0, ArrowUp: isNumber ? -1 : 0 }[event.key];
  if (event.key === "Enter") event.preventDefault();
  if (!step) return;
  event.preventDefault();
  const next = rowsOf(input.closest("table"))[input.closest("tr").rowIndex - 1 + step];
  const target = next && inputOf(next, input.dataset.cellOf);
  (target?.disabled ? inputOf(next, "debit") : target)?.focus();
});
on("focusin", "table[data-sheet] [data-cell-of]", (event, input) => input.select());

on("paste", "table[data-sheet] [data-cell-of]", (event, input) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const sheet = input.closest("table");
  const fields = cells(input.closest("tr")).map((one) => one.dataset.cellOf);
  let at = input.closest("tr").rowIndex - 1;
  for (const line of pastedRows(text, fields, input.dataset.cellOf)) {
    const row = rowsOf(sheet)[at] ?? addRow(sheet);
    cells(row).forEach((one) => { if (one.dataset.cellOf in line) forget(one); });
    fill(row, line);
    at += 1;
  }
  changed(sheet);
  inputOf(rowsOf(sheet)[at] ?? addRow(sheet), input.dataset.cellOf).focus();
  sheet.dispatchEvent(new Event("input", { bubbles: true }));
});

on("click", "[data-sheet-add]", (event, button) => {
  const sheet = document.getElementById(button.dataset.sheetAdd);
  inputOf(addRow(sheet), "account").focus();
});
on("click", "table[data-sheet] [data-row-remove]", (event, button) => {
  const sheet = button.closest("table");
  const row = button.closest("tr");
  const after = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  rowsOf(sheet).forEach((one, at) => number(one, at + 1));
  changed(sheet);
  if (after) inputOf(after, "account").focus();
});

// Before the guard of unsaved input and the pause of the button: what is typed becomes one field.
on("submit", "form:has(table[data-sheet])", (event, form) => {
  const sheet = form.querySelector("table[data-sheet]");
  const typed = rowsOf(sheet).filter((row) => !isBlank(row)).map((row) => Object.fromEntries(
    cells(row).map((input) => {
      const hidden = input.parentElement.querySelector("input[type=hidden]");
      return [input.dataset.cellOf, hidden?.value || input.value.trim()];
    }),
  ));
  form.elements.rows.value = JSON.stringify(typed);
}, true);
