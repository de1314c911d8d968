// The rows of a condition as data: {joined: all|any, parts: [row | group]}, two levels; no page is needed for it.

export const NO_VALUE = ["yes", "no", "empty", "filled"];
export const MANY_VALUES = ["one_of", "none_of"];

export const isGroup = (part) => Array.isArray(part.parts);
export const newRow = () => ({ fact: "", operator: "", values: [] });
export const newGroup = (joined) => ({ joined: joined === "all" ? "any" : "all", parts: [newRow()] });

/** The group of `whole` that a row or group stands in. */
export function parentOf(whole, part) {
  if (whole.parts.includes(part)) return whole;
  return whole.parts.find((one) => isGroup(one) && one.parts.includes(part)) ?? null;
}

/** Take a part out; a group that is left with nothing goes too. Returns what then stands in its place, or before it. */
export function remove(whole, part) {
  const parent = parentOf(whole, part);
  const at = parent.parts.indexOf(part);
  parent.parts.splice(at, 1);
  if (parent !== whole && parent.parts.length === 0) return remove(whole, parent);
  return parent.parts[at] ?? parent.parts[at - 1] ?? (parent === whole ? null : parent);
}

/** Move a part one place up (-1) or down (1); a row enters the group it meets and leaves its own at the end. */
export function move(whole, part, step) {
  const parent = parentOf(whole, part);
  const at = parent.parts.indexOf(part);
  const next = parent.parts[at + step];
  if (!next) {
    if (parent === whole) return false;
    const place = whole.parts.indexOf(parent) + (step > 0 ? 1 : 0);
    parent.parts.splice(at, 1);
    whole.parts.splice(place, 0, part);
    if (parent.parts.length === 0) whole.parts.splice(whole.parts.indexOf(parent), 1);
    return true;
  }
  parent.parts.splice(at, 1);
  if (isGroup(next) && !isGroup(part)) next.parts.splice(step > 0 ? 0 : next.parts.length, 0, part);
  else parent.parts.splice(at + step, 0, part);
  return true;
}

/** The place of a part as the server names it, such as 1.0. */
export function placeOf(whole, part) {
  const parent = parentOf(whole, part);
  const at = parent.parts.indexOf(part);
  return parent === whole ? String(at) : `${whole.parts.indexOf(parent)}.${at}`;
}

/** Let a row ask another fact: its operator stays where the fact has it, its values where they can mean the same. */
export function chooseFact(row, fact, before) {
  const offered = fact.operators.map(([code]) => code);
  const fits = before && before.kind === fact.kind && !before.choices && !fact.choices;
  row.fact = fact.name;
  if (!offered.includes(row.operator)) row.operator = offered[0];
  if (!fits) row.values = [];
}

/** Let a row ask otherwise: values stay as far as the operator takes them. */
export function chooseOperator(row, operator) {
  row.operator = operator;
  if (NO_VALUE.includes(operator)) row.values = [];
  else if (!MANY_VALUES.includes(operator)) row.values = row.values.slice(0, operator === "between" ? 2 : 1);
}

/** What travels to the server: without what only the page knows. */
export const plain = (part) => (isGroup(part) ? { joined: part.joined, parts: part.parts.map(plain) } : { fact: part.fact, operator: part.operator, values: part.values });
