// Where the user is: one input that sits in the current cell, so that input methods work from the first stroke.
import { h } from "../lib/dom.js";
import { say } from "../lib/strings.js";
import { COLUMNS, column } from "./columns.js";
import { fileName } from "./filename.js";

const WAIT = 150;

/** The cursor: row, column, and whether the cell is being edited ("move", "type" after a key, "edit" after F2). */
export class Cursor {
  constructor(view, lines, picker) {
    this.view = view;
    this.lines = lines;
    this.picker = picker;
    this.row = 0;
    this.col = column("sku");
    this.mode = "move";
    this.quiet = false;
    this.input = h("input", { class: "eg-input", autocomplete: "off", spellcheck: "false", enterkeyhint: "next" });
    this.editable = COLUMNS.map((c, i) => (view.editable(c) ? i : -1)).filter((i) => i >= 0);
    this.input.addEventListener("input", () => {
      if (this.mode === "move") this.mode = "type";
      clearTimeout(this.asking);
      if (COLUMNS[this.col].source) this.asking = setTimeout(() => this.#ask(COLUMNS[this.col].source), WAIT);
    });
    this.input.addEventListener("dblclick", () => { this.mode = "edit"; });
    this.mount();
  }

  get field() {
    return COLUMNS[this.col].field;
  }

  get line() {
    return this.lines.all[this.row];
  }

  get changed() {
    return this.input.value.trim() !== this.shown;
  }

  /** What the cell holds, as its input shows it. */
  get shown() {
    const value = this.line?.[this.field] ?? "";
    return COLUMNS[this.col].file ? fileName(value) : value;
  }

  /** Put the input into the current cell without taking the focus. */
  mount() {
    const cell = this.view.cell(this.row, this.col);
    if (!cell) return;
    this.moving = true;
    this.#leave();
    const isProduct = this.field === "sku";
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": "eg-options" })) {
      if (isProduct) this.input.setAttribute(name, value);
      else this.input.removeAttribute(name);
    }
    this.input.removeAttribute("aria-activedescendant");
    const { attribute, number, choices, choicesOf, skips, file } = COLUMNS[this.col];
    this.input.readOnly = Boolean(file || skips?.(this.line));
    // A quantity may be written with its unit behind it: 2 boxes.
    const isWord = isProduct || choicesOf || (attribute && !number) || (this.field === "quantity" && this.line.units?.length);
    this.input.inputMode = isWord ? "text" : "decimal";
    this.offer(choicesOf?.(this.line) ?? choices ?? []);
    this.input.placeholder = file ? say("chooseFile") : isProduct && !this.line.sku ? say("emptyHint") : (this.field === "price" && this.line.hint) || "";
    this.input.setAttribute("aria-label", `${COLUMNS[this.col].label()}, ${say("line", { n: this.row + 1 })}`);
    this.input.setAttribute("aria-invalid", String(Boolean(this.line.errors[this.field])));
    this.input.value = this.shown;
    this.mode = "move";
    cell.replaceChildren(this.input);
    cell.classList.add("eg-here");
    this.moving = false;
  }

  /** Let the browser offer the values of a choice. */
  offer(choices) {
    this.choices ??= document.body.appendChild(h("datalist", { id: "eg-choices" }));
    this.choices.replaceChildren(...choices.map((one) => h("option", one.value ? one : { value: one })));
    if (choices.length || COLUMNS[this.col].source) this.input.setAttribute("list", "eg-choices");
    else this.input.removeAttribute("list");
  }

  /** Offer the records that fit what was typed. */
  async #ask(source) {
    const address = new URL(source, location.href);
    address.searchParams.set("q", this.input.value.trim());
    try {
      const { items } = await (await fetch(address, { headers: { Accept: "application/json" } })).json();
      if (COLUMNS[this.col].source === source) this.offer(items.map(({ id, label }) => ({ value: id, label })));
    } catch {
      // Without the network the value can still be typed; the server judges it.
    }
  }

  #leave() {
    const old = this.input.parentElement;
    if (!old) return;
    const place = this.view.place(old);
    old.classList.remove("eg-here");
    old.replaceChildren();
    if (place && place[0] >= 0) old.textContent = COLUMNS[place[1]].text(this.lines.all[place[0]], place[0]);
  }

  /** Write what was typed into the line; an unfinished product search is dropped. */
  commit() {
    // Taking the input out of its cell blurs it; by then row and column are already the next ones.
    if (this.moving || !this.line || this.field === "sku" || !this.changed) return;
    this.lines.set(this.row, { [this.field]: this.input.value.trim() });
  }

  go(row, col, { focus = true } = {}) {
    this.commit();
    this.picker.close();
    this.row = Math.min(Math.max(row, 0), this.lines.all.length - 1);
    this.col = this.editable.includes(col) ? col : (this.editable.find((c) => c >= col) ?? this.editable.at(-1));
    this.mount();
    // Written from afar, the first letter still replaces what the cell holds.
    if (this.quiet) this.input.setSelectionRange(0, this.input.value.length);
    if (!focus || this.quiet) return;
    this.input.focus({ preventScroll: true });
    this.input.select();
    this.view.cell(this.row, this.col).scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  goField(row, field) {
    this.go(row, column(field));
  }

  /** Move by whole editable cells, past those where a line has no choice; returns false at the ends of the grid. */
  step(by) {
    const width = this.editable.length;
    const end = this.lines.all.length * width;
    let at = this.row * width + this.editable.indexOf(this.col) + by;
    while (at >= 0 && at < end && COLUMNS[this.editable[at % width]].skips?.(this.lines.all[Math.floor(at / width)])) at += by;
    if (at < 0 || at >= end) return false;
    this.go(Math.floor(at / width), this.editable[at % width]);
    return true;
  }

  revert() {
    this.input.value = this.shown;
    this.mode = "move";
    this.input.select();
  }
}
