// The units a line may be entered in: its product's own first, then further ones with exact factors.
import { Decimal } from "../lib/decimal.js";

const same = (a, b) => a.localeCompare(b, undefined, { sensitivity: "accent" }) === 0;

/** The unit that a line is entered in, or null for a product with no further ones. */
export const unitOf = (line) => line.units?.find((unit) => unit.code === (line.unit_code ?? "")) ?? null;

/** The unit that a text names, by its code or name or the beginning of one. */
export function unitNamed(line, text) {
  const wanted = text.trim();
  if (!wanted) return null;
  const units = line.units ?? [];
  return units.find((unit) => same(unit.name, wanted) || same(unit.code, wanted))
    ?? units.find((unit) => [unit.name, unit.code].some((name) => name && same(name.slice(0, wanted.length), wanted))) ?? null;
}

/** What a line becomes in another unit: the price is that of the unit, the quantity stays as it is written. */
export const inUnit = (unit) => ({ unit: unit.name, unit_code: unit.code, price: String(unit.price ?? ""), hint: unit.price ? "" : String(unit.hint ?? "") });

/** A quantity of one unit in another one, or null where it does not come out even. */
export function converted(quantity, from, to) {
  const number = Decimal.parse(quantity);
  if (!number) return null;
  const over = BigInt(from.denominator) * BigInt(to.numerator);
  const exact = number.times(new Decimal(BigInt(from.numerator) * BigInt(to.denominator), 0)).over(new Decimal(over, 0), 6);
  const back = exact.times(new Decimal(over, 0)).compare(number.times(new Decimal(BigInt(from.numerator) * BigInt(to.denominator), 0)));
  return back === 0 ? exact : null;
}

/** A line's quantity in its product's own unit; as it is written where there is but one. */
export function ownQuantity(line) {
  const unit = unitOf(line);
  return unit?.code ? converted(line.quantity, unit, line.units[0]) : Decimal.parse(line.quantity);
}

/** What stands in the cell of the unit: its name, and behind it how much that is in the product's own. */
export function unitText(line) {
  const unit = unitOf(line);
  const own = unit?.code ? ownQuantity(line) : null;
  return own ? `${line.unit} = ${own.format({ trim: true })} ${line.units[0].name}` : line.unit;
}
