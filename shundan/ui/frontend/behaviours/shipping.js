// The ship page: big steppers, "all of it", and a scanner that counts lines up.
import { on } from "../lib/dom.js";
import { Decimal, ZERO } from "../lib/decimal.js";

const read = (text) => Decimal.parse(text) ?? ZERO;
const least = (a, b) => (a.compare(b) < 0 ? a : b);

function set(line, value) {
  const most = read(line.dataset.most);
  const next = value.sign < 0 ? ZERO : least(value, most);
  line.querySelector("input[data-quantity]").value = next.format({ trim: true });
  paint(line);
}

function paint(line) {
  const value = read(line.querySelector("input[data-quantity]").value);
  const open = read(line.dataset.open);
  line.classList.toggle("full", value.sign > 0 && value.compare(open) === 0);
  line.classList.toggle("short", value.sign > 0 && value.compare(open) < 0);
  const form = line.closest("form");
  const filled = [...form.querySelectorAll("[data-ship-line]")].filter((l) => read(l.querySelector("input[data-quantity]").value).sign > 0);
  form.querySelector("[data-ship-count]").textContent = filled.length;
  form.querySelector("[data-ship-submit]").disabled = filled.length === 0;
}

on("click", "[data-ship-line] [data-step]", (event, button) => {
  const line = button.closest("[data-ship-line]");
  set(line, read(line.querySelector("input[data-quantity]").value).plus(read(button.dataset.step)));
});
on("click", "[data-ship-line] [data-all]", (event, button) => set(button.closest("[data-ship-line]"), read(button.closest("[data-ship-line]").dataset.most)));
on("click", "[data-ship-everything]", (event, button) => {
  for (const line of button.closest("form").querySelectorAll("[data-ship-line]")) set(line, read(line.dataset.most));
});
on("click", "[data-ship-nothing]", (event, button) => {
  for (const line of button.closest("form").querySelectorAll("[data-ship-line]")) set(line, ZERO);
});
on("input", "[data-ship-line] input[data-quantity]", (event, input) => paint(input.closest("[data-ship-line]")));
on("change", "[data-ship-line] input[data-quantity]", (event, input) => set(input.closest("[data-ship-line]"), read(input.value)));

on("keydown", "[data-ship-scan]", (event, input) => {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  const code = input.value.trim();
  const line = [...document.querySelectorAll("[data-ship-line]")].find((l) => l.dataset.codes.split(" ").includes(code));
  input.setAttribute("aria-invalid", String(!line));
  if (line) {
    set(line, read(line.querySelector("input[data-quantity]").value).plus(read("1")));
    line.scrollIntoView({ block: "center" });
  }
  input.value = "";
});
