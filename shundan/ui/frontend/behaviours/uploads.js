// A file goes to the server as soon as it is chosen; the form keeps only what the server calls it.
import { on } from "../lib/dom.js";
import { sendFile } from "../lib/upload.js";

on("change", "[data-upload] input[type=file]", async (event, input) => {
  const field = input.closest("[data-upload]");
  const file = input.files[0];
  if (!file) return;
  const told = await sendFile(field.dataset.upload, file);
  field.querySelector("[data-upload-error]").textContent = told.problem ?? "";
  input.value = "";
  if (!told.problem) keep(field, told.value, told.name);
});

on("click", "[data-upload-clear]", (event, button) => keep(button.closest("[data-upload]"), "", ""));

function keep(field, value, name) {
  const hidden = field.querySelector("input[type=hidden]");
  const link = field.querySelector("[data-upload-name]");
  hidden.value = value;
  link.textContent = name;
  link.href = value ? `${field.dataset.upload}${value.split(":")[0]}/` : "#";
  for (const part of [link, field.querySelector("[data-upload-clear]")]) part.hidden = !value;
  hidden.dispatchEvent(new Event("change", { bubbles: true }));
}
