// Draws the lines: a row is redrawn only when its line is another object than before.
import { h, icon } from "../lib/dom.js";
import { say } from "../lib/strings.js";
import { COLUMNS, isShort } from "./columns.js";

/** The rows of the grid in the document. */
export class View {
  constructor(root, lines, editable) {
    this.lines = lines;
    this.editable = editable;
    this.drawn = new Map();
    this.body = h("div", { class: "eg-body", role: "rowgroup" });
    root.setAttribute("role", "grid");
    root.setAttribute("aria-labelledby", "lines-title");
    root.setAttribute("aria-colcount", COLUMNS.length);
    root.append(this.#head(), this.body);
    this.root = root;
    this.redraw(true);
  }

  #head() {
    const cells = COLUMNS.map((c) => h("div", { role: "columnheader", class: `eg-cell eg-${c.attribute ? "attribute" : c.field}${c.number ? " num" : ""}` }, c.label() || h("span", { class: "unseen" }, say("remove", { n: "" }))));
    return h("div", { class: "eg-head", role: "rowgroup" }, h("div", { class: "eg-row", role: "row" }, ...cells));
  }

  #row(key) {
    const cells = COLUMNS.map((c, i) =>
      h("div", { role: "gridcell", class: `eg-cell eg-${c.attribute ? "attribute" : c.field}${c.number ? " num" : ""}${this.editable(c) ? " eg-edits" : ""}`, "aria-readonly": String(!this.editable(c)), "data-col": i, "data-label": c.label() }));
    cells.at(-1).append(h("button", { type: "button", class: "copy eg-x", tabindex: "-1", "data-eg-remove": "" }, icon("x")));
    return h("div", { class: "eg-row", role: "row", "data-key": key }, ...cells);
  }

  /** Bring the document up to the lines; structure says that lines came, went or moved. */
  redraw(structure) {
    const { all } = this.lines;
    if (structure) {
      const keep = new Set(all.map((line) => line.key));
      for (const [key, entry] of this.drawn) if (!keep.has(key)) { entry.element.remove(); this.drawn.delete(key); }
    }
    all.forEach((line, row) => {
      let entry = this.drawn.get(line.key);
      if (!entry) this.drawn.set(line.key, (entry = { element: this.#row(line.key), line: null, row: -1 }));
      if (structure && this.body.children[row] !== entry.element) this.body.insertBefore(entry.element, this.body.children[row] ?? null);
      if (entry.line !== line || entry.row !== row) this.#paint(entry, line, row);
    });
    this.root.setAttribute("aria-rowcount", all.length + 1);
  }

  #paint(entry, line, row) {
    const { element } = entry;
    element.setAttribute("aria-rowindex", row + 2);
    element.classList.toggle("eg-blank", !line.sku);
    element.classList.toggle("eg-short", isShort(line));
    const words = Object.values(line.errors);
    COLUMNS.forEach((c, i) => {
      const cell = element.children[i];
      const problem = line.errors[c.field];
      if (c.skips) cell.classList.toggle("eg-fixed", Boolean(c.skips(line)));
      if (problem) cell.setAttribute("aria-invalid", "true");
      else cell.removeAttribute("aria-invalid");
      if (c.field === "remove") {
        cell.firstChild.setAttribute("aria-label", say("remove", { n: row + 1 }));
        cell.firstChild.hidden = !line.sku && !line.quantity;
      } else if (c.field === "name") {
        cell.replaceChildren(h("span", { class: "clip" }, line.name), ...(words.length ? [h("span", { class: "eg-error clip" }, words.join(" · "))] : line.spec ? [h("span", { class: "sub clip" }, line.spec)] : []));
      } else if (cell.querySelector("input")) {
        // What is being written stays.
      } else if (c.field === "price" && !line.price && line.hint) cell.replaceChildren(h("span", { class: "faint" }, line.hint));
      else cell.textContent = c.text(line, row);
    });
    entry.line = line;
    entry.row = row;
  }

  cell(row, col) {
    return this.drawn.get(this.lines.all[row]?.key)?.element.children[col];
  }

  /** Return [row, column] of an element inside the grid. */
  place(element) {
    const cell = element.closest("[data-col]");
    const key = Number(element.closest("[data-key]")?.dataset.key);
    return cell ? [this.lines.all.findIndex((line) => line.key === key), Number(cell.dataset.col)] : null;
  }
}
