// Rows from a spreadsheet's clipboard.
import assert from "node:assert/strict";
import test from "node:test";
import { fieldOf, mapColumns, parseTsv } from "../../shundan/ui/frontend/lib/tsv.js";

test("splits rows and quoted cells", () => {
  assert.deepEqual(parseTsv('A\t1\r\n"B\tb"\t"say ""hi"""\r\n\t\r\n'), [["A", "1"], ["B\tb", 'say "hi"']]);
});

test("knows headings in both languages", () => {
  assert.deepEqual(["商品编码", "数量", "含税单价（元）", "Qty", "Unit Price", "备注"].map(fieldOf), ["sku", "quantity", "price", "quantity", "price", null]);
});

test("maps by heading row in any order and skips unknown columns", () => {
  assert.deepEqual(mapColumns([["数量", "备注", "编码"], ["5", "x", "A1"]]), { titled: true, fields: ["quantity", "sku"], records: [{ quantity: "5", sku: "A1" }] });
});

test("maps by position from the cell pasted into", () => {
  assert.deepEqual(mapColumns([["A1", "5", "9.90"]]).records, [{ sku: "A1", quantity: "5", price: "9.90" }]);
  assert.deepEqual(mapColumns([["5", "9.90"], ["6", "1"]], "quantity").records, [{ quantity: "5", price: "9.90" }, { quantity: "6", price: "1" }]);
});

test("reads two thousand rows at once", () => {
  const rows = parseTsv(Array.from({ length: 2000 }, (_, i) => `SKU-${i}\t${i}`).join("\n"));
  assert.equal(mapColumns(rows).records.length, 2000);
});
