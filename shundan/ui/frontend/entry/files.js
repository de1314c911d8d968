// Files in the cells of lines: a click or the space bar chooses one, Delete takes it away.
import { h } from "../lib/dom.js";
import { sendFile } from "../lib/upload.js";
import { COLUMNS } from "./columns.js";

/** Let the cells of file columns take files. */
export function bindFiles(root, view, cursor, lines, address) {
  const chooser = h("input", { type: "file", hidden: "", "aria-hidden": "true", tabindex: "-1" });
  root.after(chooser);
  let target = null;
  const isFile = () => COLUMNS[cursor.col].file;
  const ask = () => { target = { key: cursor.line.key, field: cursor.field }; chooser.click(); };
  root.addEventListener("click", (event) => { if (view.place(event.target) && isFile() && event.target.closest(".eg-here")) ask(); });
  cursor.input.addEventListener("keydown", (event) => {
    if (!isFile() || event.ctrlKey || event.metaKey) return;
    if (event.key === " ") { event.preventDefault(); ask(); }
    else if (event.key === "Delete" || event.key === "Backspace") { event.preventDefault(); keep(cursor.row, cursor.field, ""); }
  });
  chooser.addEventListener("change", async () => {
    const [file, { key, field }] = [chooser.files[0], target];
    if (!file) return;
    const told = await sendFile(address, file);
    chooser.value = "";
    // Lines may have moved while the file was on its way.
    const row = lines.all.findIndex((line) => line.key === key);
    if (row < 0) return;
    if (told.problem) lines.set(row, { errors: { ...lines.all[row].errors, [field]: told.problem } });
    else keep(row, field, told.value);
  });
  const keep = (row, field, value) => {
    lines.remember();
    lines.set(row, { [field]: value });
    cursor.mount();
    cursor.input.focus();
  };
}
