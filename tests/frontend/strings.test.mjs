// Both languages say the same things with the same values.
import assert from "node:assert/strict";
import test from "node:test";
import { catalogues, say } from "../../shundan/ui/frontend/lib/strings.js";

const names = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

test("each key has both languages and the same values", () => {
  assert.deepEqual(Object.keys(catalogues.zh).sort(), Object.keys(catalogues.en).sort());
  for (const key of Object.keys(catalogues.en)) assert.deepEqual(names(catalogues.zh[key]), names(catalogues.en[key]), key);
});

test("fills in values", () => {
  assert.equal(say("selected", { n: 3 }, "en"), "3 selected");
  assert.equal(say("selected", { n: 3 }, "zh-Hans"), "已选 3 行");
});

test("one is singular, all else plural", () => {
  assert.equal(say("rowsFound", { n: 1, bad: 0 }, "en"), "1 row found, 0 need attention");
  assert.equal(say("rowsFound", { n: 3, bad: 1 }, "en"), "3 rows found, 1 needs attention");
});

test("nothing is left in English", () => {
  for (const [key, words] of Object.entries(catalogues.zh)) assert.match(words, /[\u4e00-\u9fff]/, key);
});
