// What is pasted into a table that is typed like a spreadsheet.
import assert from "node:assert/strict";
import test from "node:test";
import { pastedRows } from "../../shundan/ui/frontend/lib/sheet.js";

const FIELDS = ["account", "party", "debit", "credit", "currency", "amount"];

test("headings say which column is which, customer and supplier are one", () => {
  const text = "科目编码\t客户\t供应商\t期初借方\t期初贷方\n1122\tC000001\t\t500\t\n2202\t\tS-1\t\t500";
  assert.deepEqual(pastedRows(text, FIELDS, "debit"), [
    { account: "1122", party: "C000001", debit: "500", credit: "" },
    { account: "2202", party: "S-1", debit: "", credit: "500" },
  ]);
});

test("without headings columns begin at the cell that was pasted into", () => {
  assert.deepEqual(pastedRows("1,200.00\t\n\t80", FIELDS, "debit"), [{ debit: "1,200.00", credit: "" }, { debit: "", credit: "80" }]);
  assert.deepEqual(pastedRows("1002\n1122", FIELDS, "account"), [{ account: "1002" }, { account: "1122" }]);
});
