import assert from "node:assert/strict";
import test from "node:test";
import { chooseFact, chooseOperator, move, newRow, parentOf, placeOf, plain, remove } from "../../shundan/ui/frontend/conditions/rows.js";

const row = (fact) => ({ ...newRow(), fact });
function whole() {
  const [a, b, c, d] = ["a", "b", "c", "d"].map(row);
  return { a, b, c, d, group: { joined: "any", parts: [b, c] }, get all() { return (this.top ??= { joined: "all", parts: [a, this.group, d] }); } };
}
const shape = (part) => (part.parts ? part.parts.map(shape) : part.fact);

test("a row enters the group it meets and leaves it at the end", () => {
  const one = whole();
  assert.equal(move(one.all, one.a, 1), true);
  assert.deepEqual(shape(one.all), [["a", "b", "c"], "d"]);
  move(one.all, one.a, -1);
  assert.deepEqual(shape(one.all), ["a", ["b", "c"], "d"]);
  move(one.all, one.c, 1);
  assert.deepEqual(shape(one.all), ["a", ["b"], "c", "d"]);
  assert.equal(placeOf(one.all, one.b), "1.0");
  move(one.all, one.b, -1);
  assert.deepEqual(shape(one.all), ["a", "b", "c", "d"]);
  assert.equal(move(one.all, one.a, -1), false);
});

test("groups pass one another and rows", () => {
  const one = whole();
  move(one.all, one.group, 1);
  assert.deepEqual(shape(one.all), ["a", "d", ["b", "c"]]);
});

test("what is removed leaves its neighbour; an empty group goes", () => {
  const one = whole();
  assert.equal(remove(one.all, one.b), one.c);
  assert.equal(remove(one.all, one.c), one.d);
  assert.deepEqual(shape(one.all), ["a", "d"]);
  remove(one.all, one.a);
  assert.equal(remove(one.all, one.d), null);
  assert.equal(parentOf(one.all, one.a), null);
});

test("values stay where they can mean the same", () => {
  const number = { name: "x", kind: "number", operators: [["eq", ""], ["between", ""]] };
  const other = { name: "y", kind: "number", operators: [["eq", ""], ["between", ""]] };
  const flag = { name: "z", kind: "yes_no", operators: [["yes", ""]] };
  const one = { ...newRow(), fact: "x", operator: "between", values: ["1", "2"] };
  chooseFact(one, other, number);
  assert.deepEqual(plain(one), { fact: "y", operator: "between", values: ["1", "2"] });
  chooseOperator(one, "eq");
  assert.deepEqual(one.values, ["1"]);
  chooseFact(one, flag, other);
  assert.deepEqual(plain(one), { fact: "z", operator: "yes", values: [] });
});
