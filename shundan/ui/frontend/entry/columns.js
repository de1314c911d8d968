// The columns of the grid: what they show and which of them can be edited.
import { Decimal } from "../lib/decimal.js";
import { say } from "../lib/strings.js";

const shown = (text, options) => Decimal.parse(text)?.format(options) ?? text;

export const COLUMNS = [
  { field: "position", label: () => "#", text: (line, row) => String(row + 1) },
  { field: "sku", label: () => say("colSku"), edits: true, text: (line) => line.sku },
  { field: "name", label: () => say("name"), text: (line) => line.name },
  { field: "unit", label: () => say("unit"), text: (line) => line.unit },
  { field: "quantity", label: () => say("quantity"), edits: true, number: true, text: (line) => shown(line.quantity, { trim: true }) },
  { field: "price", label: () => say("price"), edits: true, number: true, text: (line) => shown(line.price, { trim: true, least: 2 }) },
  { field: "discount", label: () => say("discount"), edits: true, number: true, text: (line) => shown(line.discount, { trim: true, least: 2 }) },
  { field: "tax_rate", label: () => say("taxRate"), number: true, text: (line) => (line.sku ? `${Decimal.of(line.tax_rate).times(Decimal.of("100")).format({ trim: true })}%` : "") },
  { field: "gross", label: () => say("amount"), number: true, text: (line) => line.amounts?.gross.format({ trim: true, least: 2 }) ?? "" },
  { field: "available", label: () => say("available"), number: true, text: (line) => (line.available === null || !line.sku ? "" : shown(line.available, { trim: true })) },
  { field: "remove", label: () => "", text: () => "" },
];

export const column = (field) => COLUMNS.findIndex((c) => c.field === field);

/** True when the stock of the chosen warehouse does not cover the line. */
export function isShort(line) {
  const [available, quantity] = [Decimal.parse(line.available ?? ""), Decimal.parse(line.quantity)];
  return Boolean(line.sku && available && quantity && available.compare(quantity) < 0);
}
