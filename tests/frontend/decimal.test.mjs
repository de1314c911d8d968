// Exact decimals: what people type, and arithmetic without floats.
import assert from "node:assert/strict";
import test from "node:test";
import { Decimal } from "../../shundan/ui/frontend/lib/decimal.js";

const show = (text) => Decimal.parse(text)?.toString() ?? null;

test("reads what people and spreadsheets write", () => {
  for (const [typed, read] of [["1,234.50", "1234.50"], ["１２．５", "12.5"], ["￥ 8", "8"], ["-3", "-3"], ["−3", "-3"], ["(12.00)", "-12.00"], ["13%", "0.13"], [".5", "0.5"], ["5.", "5"], ["", null], ["1.2.3", null], ["12e5", null], ["abc", null], ["-", null]]) {
    assert.equal(show(typed), read, typed);
  }
});

test("adds, multiplies and divides exactly", () => {
  const of = Decimal.of;
  assert.equal(of("0.1").plus(of("0.2")).toString(), "0.3");
  assert.equal(of("1.005").times(of("100")).toString(), "100.500");
  assert.equal(of("100").over(of("1.13"), 2).toString(), "88.50");
  assert.equal(of("99999999999999999999.99").plus(of("0.01")).toString(), "100000000000000000000.00");
});

test("rounds half up, away from zero", () => {
  for (const [value, rounded] of [["1.005", "1.01"], ["-1.005", "-1.01"], ["2.344", "2.34"], ["0.5", "0.50"], ["-0.004", "0.00"]]) {
    assert.equal(Decimal.of(value).round(2).toString(), rounded, value);
  }
});

test("formats for people", () => {
  assert.equal(Decimal.of("1234567.5").format(), "1,234,567.5");
  assert.equal(Decimal.of("1234.500000").format({ trim: true, least: 2 }), "1,234.50");
  assert.equal(Decimal.of("-1000").format(), "-1,000");
  assert.equal(Decimal.of("3.000").format({ trim: true }), "3");
});

test("a comma parts groups of digits and is never a decimal comma", () => {
  for (const [text, value] of [["1,234.5", "1234.5"], ["12，3456", "123456"], ["(1,234)", "-1234"]]) {
    assert.equal(Decimal.parse(text).toString(), value, text);
  }
  for (const text of ["12,5", "1,50", "1.234,56", ",5"]) assert.equal(Decimal.parse(text), null, text);
});
