// The keys of the grid. "move" mode: arrows walk cells; "type": up and down walk; "edit" (F2): arrows move in the text.
import { COLUMNS, stops } from "./columns.js";

/** Bind the keys; actions: {save, submit, undo, pick}. */
export function bindKeys(root, cursor, lines, picker, actions) {
  let leaving = false;

  const next = () => {
    const { field, row } = cursor;
    if (field === "sku" && cursor.line.sku) return cursor.goField(row, "quantity");
    if (field === "sku") return undefined;
    const following = cursor.editable.find((col) => col > cursor.col && stops(COLUMNS[col]));
    if (following !== undefined && stops(COLUMNS[cursor.col])) return cursor.go(row, following);
    cursor.commit();
    if (row === lines.all.length - 1) return undefined;
    return cursor.goField(row + 1, "sku");
  };

  const COMMANDS = {
    Enter: () => { cursor.commit(); lines.insert(cursor.row + 1); cursor.goField(cursor.row + 1, "sku"); },
    Delete: () => { lines.remove(cursor.row); cursor.go(Math.min(cursor.row, lines.all.length - 1), cursor.col); },
    Backspace: () => COMMANDS.Delete(),
    d: () => copyAbove(cursor, lines),
    z: () => actions.undo(),
    Home: () => cursor.go(0, cursor.editable[0]),
    End: () => cursor.go(lines.all.length - 1, cursor.editable.at(-1)),
  };
  const MOVES = {
    ArrowUp: () => cursor.go(cursor.row - 1, cursor.col),
    ArrowDown: () => cursor.go(cursor.row + 1, cursor.col),
    ArrowLeft: () => cursor.mode === "move" && cursor.step(-1),
    ArrowRight: () => cursor.mode === "move" && cursor.step(1),
    Home: () => cursor.mode === "move" && cursor.go(cursor.row, cursor.editable[0]),
    End: () => cursor.mode === "move" && cursor.go(cursor.row, cursor.editable.at(-1)),
    PageDown: () => cursor.go(cursor.row + 12, cursor.col),
    PageUp: () => cursor.go(cursor.row - 12, cursor.col),
  };

  root.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.target !== cursor.input) return;
    const command = event.ctrlKey || event.metaKey;
    const handled = () => { event.preventDefault(); event.stopPropagation(); };
    if (command && !event.shiftKey && !event.altKey) {
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (key === "z" && cursor.changed) return;
      if (key === "Backspace" && cursor.mode !== "move") return;
      if (COMMANDS[key]) { handled(); COMMANDS[key](); }
      return;
    }
    if (command || event.altKey) return;
    if (event.key === "Tab") {
      if (!leaving && cursor.step(event.shiftKey ? -1 : 1)) handled();
      leaving = false;
      return;
    }
    leaving = event.key === "Escape" && cursor.mode === "move" && !picker.isOpen;
    if (cursor.field === "sku" && picker.key(event)) return handled();
    if (event.key === "Enter") { handled(); if (cursor.field === "sku" && cursor.changed) actions.pick(); else next(); }
    else if (event.key === "F2") { handled(); cursor.mode = cursor.mode === "edit" ? "move" : "edit"; cursor.input.setSelectionRange(cursor.input.value.length, cursor.input.value.length); }
    else if (event.key === "Escape") { handled(); picker.close(); cursor.revert(); }
    else if (MOVES[event.key] && cursor.mode !== "edit") { if (MOVES[event.key]() !== false) handled(); }
  });

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.isComposing) return;
    if (event.key.toLowerCase() === "s") { event.preventDefault(); actions.save(); }
    else if (event.key === "Enter" && event.shiftKey) { event.preventDefault(); actions.submit(); }
  });

  return { next };
}

function copyAbove(cursor, lines) {
  const above = lines.all[cursor.row - 1];
  if (!above) return;
  lines.remember();
  if (cursor.field === "sku") {
    const { sku, name, spec, unit, unit_code: code, units, price, typed, tax_rate: rate, tax_word: word, available, quantity } = above;
    lines.set(cursor.row, { sku, name, spec, unit, unit_code: code, units, price, typed, tax_rate: rate, tax_word: word, available, quantity: cursor.line.quantity || quantity });
  } else lines.set(cursor.row, { [cursor.field]: above[cursor.field] });
  cursor.mount();
  cursor.input.focus();
  cursor.input.select();
}
