// Exact decimals for money and quantities: an integer and its number of places, never a float.

// Commas part groups of digits. What may be a decimal comma (12,5) is no number: without its comma it would be ten times.
const GROUPED = /^[(+-]?\d{1,4}(,\d{2,4})*,\d{3,4}(\.\d*)?%?\)?$/;
const SHAPE = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/** A decimal: units × 10^-places. */
export class Decimal {
  constructor(units, places) {
    this.units = units;
    this.places = places;
  }

  /** Read "1,234.50", full-width digits, a ¥ sign or a percent sign; null when it is no number. */
  static parse(text) {
    const typed = String(text ?? "")
      .normalize("NFKC")
      .replace(/[\s_¥￥$€£]/g, "")
      .replace(/^−/, "-");
    if (typed.includes(",") && !GROUPED.test(typed)) return null;
    const plain = typed.replaceAll(",", "");
    const bracketed = /^\((.+)\)$/.exec(plain);
    const percent = (bracketed?.[1] ?? plain).endsWith("%");
    const match = SHAPE.exec((bracketed?.[1] ?? plain).replace(/%$/, ""));
    if (!match || !(match[2] || match[3])) return null;
    const fraction = match[3] ?? "";
    const units = BigInt((match[2] || "0") + fraction);
    const negative = (match[1] === "-") !== Boolean(bracketed);
    return new Decimal(negative ? -units : units, fraction.length + (percent ? 2 : 0));
  }

  static of(value) {
    if (value instanceof Decimal) return value;
    const parsed = Decimal.parse(value);
    if (!parsed) throw new RangeError(`not a number: ${value}`);
    return parsed;
  }

  at(places) {
    if (places === this.places) return this.units;
    return this.units * 10n ** BigInt(places - this.places);
  }

  plus(other) {
    const places = Math.max(this.places, other.places);
    return new Decimal(this.at(places) + other.at(places), places);
  }

  minus(other) {
    return this.plus(new Decimal(-other.units, other.places));
  }

  times(other) {
    return new Decimal(this.units * other.units, this.places + other.places);
  }

  /** Divide and round half up to a number of places. */
  over(other, places) {
    const scale = BigInt(places + other.places - this.places);
    const [up, down] = scale >= 0n ? [10n ** scale, 1n] : [1n, 10n ** -scale];
    return new Decimal(divide(this.units * up, other.units * down), places);
  }

  /** Round half up, away from zero. */
  round(places) {
    if (places >= this.places) return new Decimal(this.at(places), places);
    return new Decimal(divide(this.units, 10n ** BigInt(this.places - places)), places);
  }

  /** The same number without zeros at its end. */
  trimmed() {
    return Decimal.parse(this.toString().replace(/(\.\d*?)0+$/, "$1"));
  }

  compare(other) {
    const places = Math.max(this.places, other.places);
    const [a, b] = [this.at(places), other.at(places)];
    return a < b ? -1 : a > b ? 1 : 0;
  }

  get sign() {
    return this.units < 0n ? -1 : this.units > 0n ? 1 : 0;
  }

  /** Plain text as the server reads it: "-1234.50". */
  toString() {
    const digits = (this.units < 0n ? -this.units : this.units).toString().padStart(this.places + 1, "0");
    const whole = digits.slice(0, digits.length - this.places);
    const fraction = digits.slice(digits.length - this.places);
    return (this.units < 0n ? "-" : "") + whole + (fraction ? `.${fraction}` : "");
  }

  /** Text for people: thousands separated; without trailing zeros when trimmed. */
  format({ trim = false, least = 0 } = {}) {
    let [whole, fraction = ""] = this.toString().split(".");
    whole = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    if (trim) fraction = fraction.replace(/0+$/, "").padEnd(least, "0");
    return fraction ? `${whole}.${fraction}` : whole;
  }
}

function divide(units, by) {
  const negative = units < 0n !== by < 0n;
  const [a, b] = [units < 0n ? -units : units, by < 0n ? -by : by];
  const result = (a * 2n + b) / (b * 2n);
  return negative ? -result : result;
}

export const ZERO = new Decimal(0n, 0);
