// Short messages: six seconds each, errors until they are closed.
import { h, icon, on, onContent } from "../lib/dom.js";
import { say } from "../lib/strings.js";

const LIFE = 6000;
const GLYPHS = { done: "circle-check", warn: "alert-triangle", error: "alert-circle" };

/** Tell the user something; action is {label, run}; what stays goes only when its maker removes it. */
export function toast(text, kind = "done", code = "", action = null, stays = false) {
  const note = h(
    "div",
    { class: `toast toast-${kind}`, "data-toast": "" },
    icon(GLYPHS[kind]),
    h("div", { class: "text" }, text, code ? h("span", { class: "code" }, code) : null),
    action ? h("button", { type: "button", class: "toast-action", onclick: () => { action.run(); note.remove(); } }, action.label) : null,
    stays ? null : h("button", { type: "button", "data-close": "", "aria-label": say("close") }, icon("x")),
  );
  if (stays) note.dataset.aged = "1";
  document.getElementById("toasts")?.append(note);
  age(note);
  return note;
}

function age(note) {
  if (note.dataset.aged || note.classList.contains("toast-error")) return;
  note.dataset.aged = "1";
  let timer = setTimeout(() => note.remove(), LIFE);
  note.addEventListener("pointerenter", () => clearTimeout(timer));
  note.addEventListener("pointerleave", () => { timer = setTimeout(() => note.remove(), LIFE); });
}

on("click", "[data-toast] [data-close]", (event, button) => button.closest("[data-toast]").remove());
onContent(() => document.querySelectorAll("[data-toast]").forEach(age));
document.addEventListener("shundan:toast", ({ detail }) => toast(detail.text ?? detail.value, detail.kind, detail.code, detail.action));

on("click", "[data-copy]", async (event, button) => {
  await navigator.clipboard.writeText(button.dataset.copy);
  toast(`${say("copied")} ${button.dataset.copy}`);
});

on("click", "[data-why]", (event, button) => toast(button.dataset.why, "warn"));
