// A file goes to the server as soon as it is chosen; the form keeps only what the server calls it.
import { csrfToken, on } from "../lib/dom.js";
import { say } from "../lib/strings.js";

on("change", "[data-upload] input[type=file]", async (event, input) => {
  const field = input.closest("[data-upload]");
  const file = input.files[0];
  if (!file) return;
  const body = new FormData();
  body.append("file", file);
  let told = {};
  let done = false;
  try {
    const answer = await fetch(field.dataset.upload, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": csrfToken() } });
    told = await answer.json();
    done = answer.ok;
  } catch {
    told = { message: say("networkDown") };
  }
  field.querySelector("[data-upload-error]").textContent = done ? "" : (told.details?.[0]?.message ?? told.message ?? say("failed"));
  input.value = "";
  if (done) keep(field, told.value, told.name);
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
