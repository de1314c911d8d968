// Scanners: bursts of keys, and what GS1 codes carry.
import assert from "node:assert/strict";
import test from "node:test";
import { parseGs1, wedge } from "../../shundan/ui/frontend/lib/barcode.js";

const type = (text, gap) => {
  const burst = wedge();
  let now = 0;
  let result = null;
  for (const key of [...text, "Enter"]) result = burst(key, (now += gap));
  return result;
};

test("tells a scanner from fingers", () => {
  assert.equal(type("6901234567892", 8), "6901234567892");
  assert.equal(type("6901234567892", 90), null);
  assert.equal(type("12345", 8), null);
});

test("reads GS1 codes, bracketed and raw", () => {
  assert.deepEqual(parseGs1("(01)06901234567892(10)L7(37)24"), { gtin: "06901234567892", lot: "L7", quantity: "24" });
  assert.deepEqual(parseGs1("010690123456789217271231" + "10L7\u001d3724"), { gtin: "06901234567892", expiry: "271231", lot: "L7", quantity: "24" });
  assert.equal(parseGs1("6901234567892"), null);
});
