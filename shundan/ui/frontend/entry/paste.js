// Rows from a spreadsheet: read, looked up, checked and shown before they become lines.
import { problemOf } from "../lib/amounts.js";
import { Decimal } from "../lib/decimal.js";
import { h, icon } from "../lib/dom.js";
import { say } from "../lib/strings.js";
import { mapColumns, parseTsv } from "../lib/tsv.js";
import { lineOf } from "./model.js";
import { unitNamed } from "./units.js";

const SHOWN = 100;

/** Bind pasting; told(count) after rows came in. */
export function bindPaste(root, cursor, lines, products, ahead, told) {
  root.addEventListener("paste", async (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\t\n]/.test(text.trim())) {
      if (ahead.isHolding && event.target === cursor.input) { event.preventDefault(); ahead.keep(text.trim()); }
      return;
    }
    event.preventDefault();
    const { fields, records } = mapColumns(parseTsv(text), cursor.field);
    if (!records.length) return;
    if (!ahead.isHolding) cursor.revert();
    const checked = await check(fields, records, products);
    await ahead.typed();
    const row = cursor.row;
    const take = () => {
      const good = checked.filter((entry) => !entry.problems.length).map((entry) => entry.line);
      if (fields.includes("sku")) lines.insertMany(row, good);
      else lines.fillDown(row, good);
      cursor.go(Math.min(row + good.length, lines.all.length - 1), cursor.col);
      told(good.length);
    };
    if (checked.every((entry) => !entry.problems.length) && checked.length <= 5) take();
    else preview(fields, checked, take, () => cursor.input.focus());
  });
}

async function check(fields, records, products) {
  const found = fields.includes("sku") ? await products.find(records.map((record) => record.sku)).catch(() => new Map()) : new Map();
  return records.map((record) => {
    const problems = [];
    const line = {};
    if (fields.includes("sku")) {
      const product = found.get((record.sku ?? "").toUpperCase());
      if (!product) problems.push(say(products.retired.has((record.sku ?? "").toUpperCase()) ? "errorRetired" : "errorUnknownSku", { value: record.sku || "--" }));
      else {
        const unit = record.unit ? (unitNamed(product, record.unit) ?? (record.unit === product.unit ? product.units?.[0] : null)) : undefined;
        if (unit === null) problems.push(say("errorUnit", { value: record.unit }));
        Object.assign(line, lineOf(product, unit ?? undefined), { quantity: "1" });
      }
    } else if (record.unit) line.unit = record.unit;
    for (const field of ["quantity", "price", "discount"]) {
      if (!fields.includes(field) || (!record[field] && field !== "quantity")) continue;
      const problem = problemOf(field, record[field]);
      if (problem) problems.push(say(...problem));
      else line[field] = Decimal.parse(record[field])?.toString() ?? "";
      if (field === "price" && line.price) line.typed = true;
    }
    return { record, line, problems };
  });
}

function preview(fields, checked, take, leave) {
  const bad = checked.filter((entry) => entry.problems.length).length;
  const order = checked.map((entry, i) => ({ ...entry, number: i + 1 })).sort((a, b) => b.problems.length - a.problems.length || a.number - b.number);
  const names = { sku: say("colSku"), quantity: say("quantity"), unit: say("unit"), price: say("price"), discount: say("discount") };
  const dialog = h("dialog", { class: "dialog dialog-wide", "aria-labelledby": "paste-title" },
    h("header", { class: "dialog-head" }, h("h2", { id: "paste-title" }, say("paste")), h("button", { type: "button", class: "btn btn-ghost btn-icon", "data-close": "", "aria-label": say("close") }, icon("x"))),
    h("div", { class: "dialog-body" },
      h("p", { class: bad ? "warn" : "soft", role: "status" }, say("rowsFound", { n: checked.length, bad })),
      h("div", { class: "table-box card", tabindex: "0", role: "region", "aria-labelledby": "paste-title" }, h("table", { class: "table" },
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("pasteRow")), ...fields.map((field) => h("th", { scope: "col" }, names[field])), h("th", { scope: "col" }, say("name")), h("th", { scope: "col" }, say("pasteProblem")))),
        h("tbody", {}, ...order.slice(0, SHOWN).map((entry) => h("tr", {}, h("td", { class: "faint" }, String(entry.number)), ...fields.map((field) => h("td", {}, entry.record[field] ?? "")), h("td", {}, entry.line.name ?? ""), h("td", { class: "bad" }, entry.problems.join(" · ")))))))),
    h("footer", { class: "dialog-foot" }, h("button", { type: "button", class: "btn", "data-close": "" }, say("pasteCancel")),
      h("button", { type: "button", class: "btn btn-primary", disabled: bad === checked.length, onclick: () => { take(); dialog.close(); } }, say("pasteGood", { n: checked.length - bad }))));
  dialog.addEventListener("close", () => { dialog.remove(); leave(); });
  document.body.append(dialog);
  dialog.showModal();
  // All is well: Enter takes it. Else the keys first read what is wrong.
  dialog.querySelector(bad ? "[role=region]" : ".btn-primary").focus();
}
