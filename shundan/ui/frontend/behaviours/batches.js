// Many approved at once: one kind, one currency, at most fifty, and what they come to.
import { on, onContent } from "../lib/dom.js";
import { Decimal, ZERO } from "../lib/decimal.js";
import { say } from "../lib/strings.js";

function show() {
  const form = document.querySelector("form[data-batch]");
  const output = document.querySelector("[data-batch-sum]");
  if (!form || !output) return;
  const boxes = [...form.elements].filter((one) => one.name === "ids");
  const chosen = boxes.filter((box) => box.checked);
  const [first] = chosen;
  const most = Number(form.dataset.batch);
  for (const box of boxes) {
    const fits = !first || (box.dataset.kind === first.dataset.kind && box.dataset.currency === first.dataset.currency);
    box.disabled = !box.checked && (!fits || chosen.length >= most);
    box.parentElement.title = fits ? (box.disabled ? say("atMost", { n: most }) : "") : say("oneKind");
  }
  const total = chosen.reduce((sum, box) => sum.plus(Decimal.of(box.dataset.sum)), ZERO);
  const sum = first ? `${first.dataset.currency} ${total.round(2).format()}` : "";
  output.textContent = first ? say("chosenSum", { n: chosen.length, sum }) : "";
}

on("change", "input[name=ids][form=batch]", show);
onContent(show);
