// The columns of the grid: what they show and which of them can be edited.
import { MONEY } from "../lib/amounts.js";
import { Decimal } from "../lib/decimal.js";
import { say } from "../lib/strings.js";
import { fileName } from "./filename.js";
import { ownQuantity, unitText } from "./units.js";

const shown = (text, options) => Decimal.parse(text)?.format(options) ?? text;

// A day of this year goes without its year, for room; in another year it would be misread.
const shortDay = (day) => (day.startsWith(`${new Date().getFullYear()}-`) ? day.slice(5) : day);

// When goods that are short can be there; nothing where it was not asked yet.
const promised = (line) => (isShort(line) && line.promise !== null && line.promise !== undefined ? shortDay(line.promise) || say("noDay") : "");

const ALL = [
  { field: "position", label: () => "#", text: (line, row) => String(row + 1) },
  { field: "sku", label: () => say("colSku"), edits: true, text: (line) => line.sku },
  { field: "name", label: () => say("name"), text: (line) => line.name },
  { field: "unit", label: () => say("unit"), edits: true, text: unitText, choicesOf: (line) => (line.units ?? []).map((unit) => unit.name), skips: (line) => !line.units?.length },
  { field: "quantity", label: () => say("quantity"), edits: true, number: true, text: (line) => shown(line.quantity, { trim: true }) },
  { field: "price", label: () => say("price"), edits: true, number: true, text: (line) => shown(line.price, { trim: true, least: MONEY.places }) },
  { field: "discount", label: () => say("discount"), edits: true, number: true, text: (line) => [shown(line.discount, { trim: true, least: MONEY.places }), Decimal.parse(line.off || "")?.sign > 0 ? `+ ${shown(line.off, { trim: true, least: MONEY.places })}` : ""].filter(Boolean).join(" ") },
  { field: "tax_rate", label: () => say("taxRate"), number: true, text: (line) => (line.sku ? line.tax_word || `${Decimal.of(line.tax_rate).times(Decimal.of("100")).format({ trim: true })}%` : "") },
  { field: "gross", label: () => say("amount"), number: true, text: (line) => line.amounts?.gross.format({ trim: true, least: MONEY.places }) ?? "" },
  { field: "available", label: () => say("available"), number: true, text: (line) => (line.available === null || !line.sku ? "" : [shown(line.available, { trim: true }), promised(line)].filter(Boolean).join(" · ")) },
  { field: "lot", label: () => say("lot"), edits: true, text: (line) => line.lot ?? "", choicesOf: (line) => line.lots ?? [], skips: (line) => !line.lots?.length && !line.lot },
  { field: "remove", label: () => "", text: () => "" },
];
const WIDTHS = { position: "44px", sku: "minmax(130px, 1.1fr)", name: "minmax(140px, 2fr)", unit: "minmax(56px, 0.7fr)", quantity: "96px", price: "108px", discount: "96px", tax_rate: "60px", gross: "124px", available: "128px", lot: "minmax(96px, 0.8fr)", remove: "40px" };
const CODE = "a_";

/** The columns of this page; `arrange` chooses them before anything is drawn. */
export const COLUMNS = ALL.filter((c) => c.field !== "lot");

/** Take the columns of the order's type: those we know by their field, its attributes as they are described. */
export function arrange(wanted, root) {
  const known = (field) => ALL.find((c) => c.field === field);
  const own = (c) => ({ ...c, attribute: true, label: () => c.label, text: (line) => (c.file ? fileName(line[c.field]) : (line[c.field] ?? "")) });
  const chosen = (wanted ?? []).map((c) => (c.field.startsWith(CODE) ? own(c) : known(c.field))).filter(Boolean);
  const fixed = ["position", "sku", "name"].map(known);
  if (wanted) COLUMNS.splice(0, COLUMNS.length, ...fixed, ...chosen, known("remove"));
  root.style.setProperty("--eg-cols", COLUMNS.map((c) => WIDTHS[c.field] ?? "minmax(96px, 0.8fr)").join(" "));
  const extra = COLUMNS.filter((c) => c.attribute).length;
  if (extra > 2) root.style.setProperty("min-width", `${960 + extra * 100}px`);
}

/** The attributes of a line that were entered, by code; one that nobody touched takes the type's default. */
export function attributesOf(line) {
  const typed = COLUMNS.filter((c) => c.attribute && c.edits && line[c.field] !== undefined);
  return Object.fromEntries(typed.map((c) => [c.field.slice(CODE.length), line[c.field]]));
}

/** What the server kept of a line's attributes. */
export const keptAttributes = (answer) => Object.fromEntries(Object.entries(answer).filter(([field]) => field.startsWith(CODE)));

/** Where Enter stops on its way through a line. */
export const stops = (c) => c.field === "quantity" || c.field === "price" || Boolean(c.attribute);

export const column = (field) => COLUMNS.findIndex((c) => c.field === field);

/** True when the stock of the chosen warehouse does not cover the line. */
export function isShort(line) {
  const [available, quantity] = [Decimal.parse(line.available ?? ""), ownQuantity(line)];
  return Boolean(line.sku && available && quantity && available.compare(quantity) < 0);
}
