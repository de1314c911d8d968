// What the cells of the grid show.
import assert from "node:assert/strict";
import test from "node:test";
import { COLUMNS, column } from "../../shundan/ui/frontend/entry/columns.js";
import { Decimal } from "../../shundan/ui/frontend/lib/decimal.js";

test("an amount has its cents, however the server wrote it", () => {
  const shown = (gross) => COLUMNS[column("gross")].text({ sku: "A", amounts: { gross: Decimal.of(gross) } });
  assert.deepEqual(["900", "232.5", "1316.50", "184.000000"].map(shown), ["900.00", "232.50", "1,316.50", "184.00"]);
});
