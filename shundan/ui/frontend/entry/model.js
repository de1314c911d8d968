// The lines being entered. Lines are never changed in place, so a snapshot of the list is an undo step.
import { MONEY, lineAmounts, problemOf, totals } from "../lib/amounts.js";
import { Decimal } from "../lib/decimal.js";
import { say } from "../lib/strings.js";
import { keptAttributes } from "./columns.js";
import { inUnit, unitNamed } from "./units.js";

const UNDO_STEPS = 50;
let nextKey = 1;

const BLANK = { sku: "", name: "", spec: "", unit: "", unit_code: "", units: [], lot: "", lots: [], quantity: "", price: "", discount: "", off: "", typed: false, kept: false, tax_rate: "0", tax_word: "", available: null, errors: {} };

/** A list of lines that tells its listener which lines changed. */
export class Lines extends EventTarget {
  /** byRules: lists and promotions set the prices, so only a typed price is one's own. */
  constructor(lines, inclusive, byRules = false) {
    super();
    this.inclusive = inclusive;
    this.byRules = byRules;
    this.undoSteps = [];
    this.all = lines.map((line) => this.#make(line));
    this.ensureBlank();
  }

  #make(values) {
    const line = { key: nextKey++, ...BLANK, ...values };
    for (const field of ["quantity", "price", "discount"]) {
      const number = Decimal.parse(line[field]);
      if (number) line[field] = number.format({ trim: true, least: field === "quantity" ? 0 : MONEY.places }).replaceAll(",", "");
    }
    if (Decimal.parse(line.discount)?.sign === 0) line.discount = "";
    line.amounts = this.#amounts(line);
    return line;
  }

  /** What a line comes to, with what promotions and the order's discount last took off it. */
  #amounts(line) {
    if (!line.sku) return null;
    const [own, off] = [Decimal.parse(line.discount || "0"), Decimal.parse(line.off || "0")];
    return lineAmounts(own && off ? { ...line, discount: own.plus(off).toString() } : line, this.inclusive);
  }

  #tell(structure) {
    this.dispatchEvent(new CustomEvent("change", { detail: { structure } }));
  }

  remember() {
    this.undoSteps.push(this.all);
    if (this.undoSteps.length > UNDO_STEPS) this.undoSteps.shift();
  }

  undo() {
    const before = this.undoSteps.pop();
    if (!before) return false;
    this.all = before;
    this.#tell(true);
    return true;
  }

  ensureBlank() {
    if (!this.all.length || this.all.at(-1).sku) this.all = [...this.all, this.#make({})];
  }

  /** Change fields of one line; errors of the changed fields are found anew. */
  set(row, values, { quiet = false } = {}) {
    const old = this.all[row];
    const errors = { ...old.errors };
    values = withUnit(old, values, errors);
    if ("price" in values && !("sku" in values) && !("unit_code" in values) && !("typed" in values)) values = { ...values, typed: Boolean(values.price), kept: false };
    for (const field of Object.keys(values)) {
      if (field !== "unit") delete errors[field];
      if (!["quantity", "price", "discount"].includes(field)) continue;
      // Without a price the last one that was paid is taken, which the cell shows.
      const problem = field === "price" && !values.price && (this.byRules || (values.hint ?? old.hint)) ? null : problemOf(field, values[field]);
      if (problem) errors[field] = say(...problem);
    }
    const line = { ...old, ...values, errors: values.errors ?? errors };
    line.amounts = this.#amounts(line);
    this.all = this.all.with ? this.all.with(row, line) : Object.assign([...this.all], { [row]: line });
    const length = this.all.length;
    this.ensureBlank();
    if (!quiet) this.#tell(this.all.length !== length);
  }

  /** Put a product on a line; quantity and a typed price stay. */
  choose(row, product) {
    this.set(row, { ...lineOf(product), quantity: this.all[row].quantity || "1", errors: {} });
  }

  insert(row, values = {}) {
    this.remember();
    this.all = [...this.all.slice(0, row), this.#make(values), ...this.all.slice(row)];
    this.#tell(true);
  }

  remove(row) {
    this.remember();
    this.all = this.all.filter((_, i) => i !== row);
    this.ensureBlank();
    this.#tell(true);
  }

  /** Insert many lines at once, over the blank line they start on; one undo step. */
  insertMany(row, records) {
    this.remember();
    const over = this.all[row] && !this.all[row].sku ? 1 : 0;
    this.all = [...this.all.slice(0, row), ...records.map((record) => this.#make(record)), ...this.all.slice(row + over)];
    this.ensureBlank();
    this.#tell(true);
  }

  /** Write fields of existing lines downwards from a row; one undo step. */
  fillDown(row, records) {
    this.remember();
    records.forEach((record, i) => { if (this.all[row + i]?.sku) this.set(row + i, record, { quiet: true }); });
    this.#tell(true);
  }

  replaceAll(lines) {
    this.remember();
    this.all = lines.map((line) => this.#make(line));
    this.ensureBlank();
    this.#tell(true);
  }

  filled() {
    return this.all.filter((line) => line.sku);
  }

  hasErrors() {
    return this.all.some((line) => Object.keys(line.errors).length > 0);
  }

  totals() {
    return totals(this.all.map((line) => line.amounts));
  }

  /** Take over what the server worked out, except on lines that were changed meanwhile. */
  settle(sent, answers) {
    const byLine = new Map(answers.map((answer, i) => [sent[answer.position ? answer.position - 1 : i]?.key, answer]));
    const untouched = new Map(sent.map((line) => [line.key, line]));
    this.all = this.all.map((line) => {
      const answer = byLine.get(line.key);
      if (!answer || untouched.get(line.key) !== line) return line;
      const money = ["gross", "net", "tax"].every((name) => Decimal.parse(answer[name]));
      const amounts = money ? { gross: Decimal.of(answer.gross), net: Decimal.of(answer.net), tax: Decimal.of(answer.tax) } : line.amounts;
      const priced = this.byRules && !line.typed && answer.price ? { price: shownPrice(answer.price) } : {};
      return { ...line, ...keptAttributes(answer), ...priced, off: answer.off ?? "", amounts, available: answer.available ?? line.available, promise: answer.promise ?? null, errors: answer.errors ?? {} };
    });
    this.#tell(false);
  }
}

const shownPrice = (text) => Decimal.parse(text)?.format({ trim: true, least: MONEY.places }).replaceAll(",", "") ?? text;

/** The fields of a line that follow from its product, in the unit that entry begins in or in a chosen one. */
export function lineOf(product, unit = product.units?.find((one) => one.code && one.code === product.default_unit)) {
  return {
    sku: product.sku, name: product.name, spec: product.spec ?? "", unit: product.unit ?? "", unit_code: "", units: product.units ?? [], lot: "", lots: product.lots ?? [], off: "", typed: false, kept: false,
    price: String(product.price ?? ""), hint: product.price ? "" : String(product.last_price ?? ""), tax_rate: String(product.tax_rate ?? "0"), tax_word: product.tax_word ?? "", available: product.available ?? null,
    ...(unit ? inUnit(unit) : {}),
  };
}

/** Values with the unit that was written: in its own cell, or behind the quantity. */
function withUnit(line, values, errors) {
  if (!line.units?.length || "units" in values || "unit_code" in values) return values;
  const [, number, behind] = /^([\d.,\s]*\d)\s*([^\d\s.,].*)$/.exec(values.quantity ?? "") ?? [];
  const text = values.unit ?? behind;
  if (text === undefined) return values;
  delete errors.unit;
  const unit = unitNamed(line, text);
  if (!unit) {
    errors.unit = say("errorUnit", { value: text || "--" });
    const { unit: _unknown, ...rest } = values;
    return rest;
  }
  const quantity = behind === undefined ? {} : { quantity: number.trim() };
  return unit.code === line.unit_code ? { ...values, ...quantity, unit: unit.name } : { ...values, ...quantity, ...inUnit(unit) };
}
