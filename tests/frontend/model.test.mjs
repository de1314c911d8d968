// The lines of order entry: who set a price, and what was taken off by rules.
import assert from "node:assert/strict";
import test from "node:test";
import { Lines, lineOf } from "../../shundan/ui/frontend/entry/model.js";

const BOLT = { sku: "BOLT", name: "Bolt", unit: "pcs", units: [], price: "100.00", tax_rate: "0.13" };
const line = (lines) => { const { price, typed, kept } = lines.all[0]; return { price, typed, kept }; };
const gross = (lines) => lines.all[0].amounts.gross.toString();

test("a chosen product's price is not one's own, a typed one is, and an emptied one no more", () => {
  const lines = new Lines([], true, true);
  lines.choose(0, BOLT);
  assert.deepEqual(line(lines), { price: "100.00", typed: false, kept: false });
  lines.set(0, { price: "90" });
  assert.deepEqual(line(lines), { price: "90", typed: true, kept: false });
  lines.set(0, { price: "" });
  assert.equal(lines.all[0].typed, false);
  assert.equal(lines.hasErrors(), false);
});

test("where people set prices an empty one is an error", () => {
  const lines = new Lines([], true);
  lines.choose(0, BOLT);
  lines.set(0, { price: "" });
  assert.equal(lines.hasErrors(), true);
});

test("the server's price takes the place of one that was not typed, and what it took off counts until it answers anew", () => {
  const lines = new Lines([], true, true);
  lines.choose(0, BOLT);
  lines.set(0, { quantity: "10" });
  const sent = lines.filled();
  lines.settle(sent, [{ position: 1, price: "80", off: "40", gross: "760.00", net: "672.57", tax: "87.43" }]);
  assert.deepEqual([lines.all[0].price, gross(lines)], ["80.00", "760.00"]);
  lines.set(0, { quantity: "11" });
  assert.equal(gross(lines), "840.00");
});

test("a typed price stays when the server answers, and an agreed one is agreed until it is changed", () => {
  const lines = new Lines([{ ...lineOf(BOLT), quantity: "1", price: "70", typed: true, kept: true }], true, true);
  lines.settle(lines.filled(), [{ position: 1, price: "80", off: "", gross: "70.00", net: "61.95", tax: "8.05" }]);
  assert.deepEqual(line(lines), { price: "70.00", typed: true, kept: true });
  lines.set(0, { price: "75" });
  assert.deepEqual(line(lines), { price: "75", typed: true, kept: false });
});
