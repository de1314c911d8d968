// Lines in further units: converted exactly, named by keyboard, told beside the own unit.
import assert from "node:assert/strict";
import test from "node:test";
import { isShort } from "../../shundan/ui/frontend/entry/columns.js";
import { Lines, lineOf } from "../../shundan/ui/frontend/entry/model.js";
import { converted, unitNamed, unitText } from "../../shundan/ui/frontend/entry/units.js";

const UNITS = [
  { code: "", name: "件", numerator: 1, denominator: 1, price: "10" },
  { code: "box", name: "箱", numerator: 12, denominator: 1, price: "110" },
];
const PRODUCT = { sku: "A", name: "螺栓", unit: "件", units: UNITS, default_unit: "box", price: "10", tax_rate: "0.13", available: "20" };
const entered = (values = {}) => new Lines([{ ...lineOf(PRODUCT), quantity: "2", ...values }], true);

test("a conversion is exact or nothing", () => {
  const [own, box] = UNITS;
  assert.equal(converted("2", box, own).format({ trim: true }), "24");
  assert.equal(converted("30", own, box).format({ trim: true }), "2.5");
  assert.equal(converted("1", own, box), null);
  assert.equal(converted("", own, box), null);
});

test("entry begins in the default unit, at its price", () => {
  const line = entered().all[0];
  assert.deepEqual([line.unit, line.unit_code, line.price], ["箱", "box", "110.00"]);
  assert.equal(line.amounts.gross.toString(), "220.00");
  assert.equal(unitText(line), "箱 = 24 件");
  assert.equal(isShort(line), true);
  assert.equal(isShort({ ...line, quantity: "1" }), false);
});

test("a unit is written behind the quantity or in its own cell", () => {
  const lines = entered();
  lines.set(0, { quantity: "3 件" });
  assert.deepEqual([lines.all[0].quantity, lines.all[0].unit_code, lines.all[0].price], ["3", "", "10"]);
  lines.set(0, { unit: "b" });
  assert.deepEqual([lines.all[0].quantity, lines.all[0].unit_code, lines.all[0].price], ["3", "box", "110"]);
  lines.set(0, { unit: "桶" });
  assert.equal(lines.all[0].unit_code, "box");
  assert.ok(lines.all[0].errors.unit);
  lines.set(0, { unit: "箱" });
  assert.equal(lines.all[0].errors.unit, undefined);
});

test("a unit is found by code, name or their beginning", () => {
  assert.equal(unitNamed(PRODUCT, "BO").code, "box");
  assert.equal(unitNamed(PRODUCT, "件").code, "");
  assert.equal(unitNamed(PRODUCT, " "), null);
});
