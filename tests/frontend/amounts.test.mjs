// Line amounts with tax inside and outside the price.
import assert from "node:assert/strict";
import test from "node:test";
import { MONEY, lineAmounts, problemOf, totals } from "../../shundan/ui/frontend/lib/amounts.js";

const text = (amounts) => amounts && Object.fromEntries(Object.entries(amounts).map(([name, value]) => [name, value.toString()]));
const line = { quantity: "3", price: "33.33", discount: "0.99", tax_rate: "0.13" };

test("tax inside the price leaves the agreed sum alone", () => {
  assert.deepEqual(text(lineAmounts(line, true)), { gross: "99.00", net: "87.61", tax: "11.39" });
});

test("tax outside the price is added", () => {
  assert.deepEqual(text(lineAmounts(line, false)), { gross: "111.87", net: "99.00", tax: "12.87" });
});

test("no amount while a figure is no number", () => {
  assert.equal(lineAmounts({ ...line, quantity: "x" }, true), null);
});

test("totals are the sums of the lines", () => {
  const amounts = lineAmounts(line, true);
  assert.deepEqual(text(totals([amounts, null, amounts])), { net: "175.22", tax: "22.78", total: "198.00" });
});

test("says what is wrong with a figure", () => {
  assert.equal(problemOf("quantity", "3"), null);
  assert.equal(problemOf("discount", ""), null);
  assert.equal(problemOf("quantity", "0")[0], "errorNegative");
  assert.equal(problemOf("price", "-1")[0], "errorNegative");
  assert.equal(problemOf("price", "a")[0], "errorNumber");
  assert.equal(problemOf("quantity", "0.0000001")[0], "errorPlaces");
  assert.equal(problemOf("quantity", "1".repeat(40))[0], "errorRange");
});

test("amounts in yen have no decimals, nor have discounts", (t) => {
  MONEY.places = 0;
  t.after(() => { MONEY.places = 2; });
  assert.deepEqual(text(lineAmounts({ quantity: "7", price: "99.4", tax_rate: "0.1" }, false)), { gross: "766", net: "696", tax: "70" });
  assert.deepEqual(problemOf("discount", "0.5"), ["errorWhole", {}]);
  assert.equal(problemOf("discount", "5.00"), null);
});
