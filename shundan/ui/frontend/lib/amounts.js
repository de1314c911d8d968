// What a line and an order come to, by the same rules as the server (which has the last word).
import { Decimal, ZERO } from "./decimal.js";

const ONE = new Decimal(1n, 0);

/** How many decimals the amounts of the page's currency have; the page sets it once: yen have none. */
export const MONEY = { places: 2 };

/** Return {gross, net, tax} of a line, or null while one of its figures is no number. */
export function lineAmounts({ quantity, price, discount, tax_rate: rate }, inclusive, places = MONEY.places) {
  const figures = [quantity, price, discount || "0", rate || "0"].map(Decimal.parse);
  if (figures.includes(null)) return null;
  const [q, p, d, r] = figures;
  const base = q.times(p).round(places).minus(d).round(places);
  if (!inclusive) {
    const tax = base.times(r).round(places);
    return { gross: base.plus(tax), net: base, tax };
  }
  const net = base.over(ONE.plus(r), places);
  return { gross: base, net, tax: base.minus(net) };
}

/** Sum amounts; totals are sums of lines and never recomputed. */
export function totals(amounts) {
  const sum = { net: ZERO, tax: ZERO, total: ZERO };
  for (const amount of amounts) {
    if (!amount) continue;
    sum.net = sum.net.plus(amount.net);
    sum.tax = sum.tax.plus(amount.tax);
    sum.total = sum.total.plus(amount.gross);
  }
  return sum;
}

const LIMITS = { quantity: 6, price: 6 };
const WHOLE_DIGITS = 12;

/** Return what is wrong with one figure as [key, values] for say(), or null. */
export function problemOf(field, text) {
  if (field === "discount" && !String(text ?? "").trim()) return null;
  const number = Decimal.parse(text);
  if (!number) return ["errorNumber", { value: text || "--" }];
  if (number.sign < 0 || (field === "quantity" && number.sign === 0)) return ["errorNegative", {}];
  const most = LIMITS[field] ?? MONEY.places;
  if (number.trimmed().places > most) return most ? ["errorPlaces", { n: most }] : ["errorWhole", {}];
  if (number.toString().split(".")[0].length > WHOLE_DIGITS) return ["errorRange", {}];
  return null;
}
