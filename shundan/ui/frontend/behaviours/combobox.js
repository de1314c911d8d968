// A picker after the WAI-ARIA combobox pattern: asks the server while the user types, safe with input methods.
import { h, on } from "../lib/dom.js";
import { say } from "../lib/strings.js";

const WAIT = 120;
const states = new WeakMap();

// Who cannot see the list hears how much there is to choose from, and that nothing was found.
let status = null;
const heard = () => (status ??= document.body.appendChild(h("div", { class: "unseen", role: "status" })));

function state(box) {
  if (!states.has(box)) states.set(box, { timer: 0, request: null, items: [], at: -1, text: null, shownFor: null });
  return states.get(box);
}

const parts = (box) => ({ input: box.querySelector("[role=combobox]"), list: box.querySelector("[role=listbox]"), hidden: box.querySelector("input[type=hidden]") });

function close(box) {
  const { input, list } = parts(box);
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function mark(box, at) {
  const { input, list } = parts(box);
  const memory = state(box);
  memory.at = at;
  [...list.querySelectorAll("[role=option]")].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
  const option = list.querySelectorAll("[role=option]")[at];
  if (!option) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function render(box, text, items, hint) {
  const { input, list } = parts(box);
  Object.assign(state(box), { items, shownFor: text });
  list.replaceChildren(
    ...(items.length
      ? items.map((item, i) =>
          h("span", { class: "option", role: "option", id: `${list.id}-${i}`, "aria-selected": "false", "data-at": i },
            h("span", {}, item.label, item.detail ? h("span", { class: "detail" }, item.detail) : null),
            item.aside ? h("span", { class: "aside" }, item.aside) : null))
      : [h("span", { class: "hint", role: "option", "aria-disabled": "true", "aria-selected": "false" }, hint)]),
  );
  list.hidden = false;
  heard().textContent = items.length ? say("found", { n: items.length }) : hint;
  input.setAttribute("aria-expanded", "true");
  mark(box, items.length ? 0 : -1);
}

async function look(box) {
  const memory = state(box);
  const text = parts(box).input.value.trim();
  clearTimeout(memory.timer);
  memory.request?.abort();
  memory.request = new AbortController();
  const address = new URL(box.dataset.combobox, location.href);
  address.searchParams.set("q", text);
  try {
    const answer = await fetch(address, { signal: memory.request.signal, headers: { Accept: "application/json" } });
    const body = answer.ok ? await answer.json() : [];
    render(box, text, Array.isArray(body) ? body : body.items ?? [], say(answer.ok ? "noMatch" : "failed"));
  } catch (error) {
    if (error.name !== "AbortError") render(box, text, [], say("networkDown"));
  }
}

/** Whether the list is for what the input holds, and not for letters before the last ones. */
const isCurrent = (box) => state(box).shownFor === parts(box).input.value.trim();

/** The same keys lead to the same choice, however late the list comes. */
async function chooseWhenThere(box) {
  const { input } = parts(box);
  await look(box);
  if (isCurrent(box) && document.activeElement === input) choose(box, 0);
}

function choose(box, at) {
  const item = state(box).items[at];
  if (!item) return;
  const { input, hidden } = parts(box);
  input.value = item.label;
  state(box).text = item.label;
  hidden.value = item.id;
  close(box);
  hidden.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: item }));
}

on("input", "[data-combobox] [role=combobox]", (event, input) => {
  const box = input.closest("[data-combobox]");
  parts(box).hidden.value = "";
  clearTimeout(state(box).timer);
  if (!event.isComposing) state(box).timer = setTimeout(look, WAIT, box);
});
on("compositionend", "[data-combobox] [role=combobox]", (event, input) => {
  const box = input.closest("[data-combobox]");
  clearTimeout(state(box).timer);
  state(box).timer = setTimeout(look, WAIT, box);
});
on("keydown", "[data-combobox] [role=combobox]", (event, input) => {
  if (event.isComposing || event.keyCode === 229) return;
  const box = input.closest("[data-combobox]");
  const { list } = parts(box);
  const memory = state(box);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    if (list.hidden) look(box);
    else mark(box, (memory.at + step + memory.items.length) % Math.max(memory.items.length, 1));
  } else if (event.key === "Enter" && !list.hidden && isCurrent(box)) {
    event.preventDefault();
    choose(box, memory.at);
  } else if (event.key === "Enter" && input.value.trim() && !parts(box).hidden.value) {
    event.preventDefault();
    chooseWhenThere(box);
  } else if (event.key === "Escape" && !list.hidden) {
    event.stopPropagation();
    event.preventDefault();
    close(box);
  }
});
on("pointerdown", "[data-combobox] [role=option]", (event, option) => {
  event.preventDefault();
  if (option.dataset.at) choose(option.closest("[data-combobox]"), Number(option.dataset.at));
});
on("focusout", "[data-combobox]", (event, box) => {
  if (box.contains(event.relatedTarget)) return;
  close(box);
  const { input, hidden } = parts(box);
  if (input.value && !hidden.value && isCurrent(box) && state(box).items.length === 1) choose(box, 0);
});
