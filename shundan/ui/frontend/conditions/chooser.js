// Chooses one of many by typing, after the WAI-ARIA combobox pattern: options under headings, or looked up on the server.
import { h } from "../lib/dom.js";
import { say } from "../lib/strings.js";

const WAIT = 150;
const MOST_SHOWN = 200;
let number = 0;

/**
 * Return a field in which one of `options` ({value, label, detail, group}) is chosen, or one that `lookup` finds.
 * `choose` hears the value. A text that chooses nothing goes back to what was chosen before; `isFree` keeps it.
 */
export function chooser({ label, options = [], lookup = "", value = "", choose, isFree = false, isRequired = true, placeholder = "" }) {
  number += 1;
  const id = `choice-${number}`;
  const labelOf = (one) => options.find((option) => option.value === one)?.label ?? one;
  let shown = [];
  let at = -1;
  let chosen = value;
  let timer = 0;
  let asked = 0;

  const input = h("input", { class: "input", type: "text", role: "combobox", id, value: labelOf(value), "aria-label": label, "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": `${id}-options`, autocomplete: "off", spellcheck: "false", required: isRequired, placeholder });
  const list = h("span", { class: "options choices", id: `${id}-options`, role: "listbox", "aria-label": label, hidden: true });

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (next) => {
    at = next;
    const rows = [...list.querySelectorAll("[data-at]")];
    rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === at)));
    if (!rows[at]) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", rows[at].id);
    rows[at].scrollIntoView({ block: "nearest" });
  };
  const render = (found, hint) => {
    shown = found.slice(0, MOST_SHOWN);
    const groups = [...new Set(shown.map((one) => one.group ?? ""))];
    const ordered = groups.flatMap((group) => shown.filter((one) => (one.group ?? "") === group));
    shown = ordered;
    const row = (one) => {
      const place = ordered.indexOf(one);
      return h("span", { class: "option", role: "option", id: `${id}-${place}`, "aria-selected": "false", "data-at": place }, h("span", {}, one.label), one.detail ? h("span", { class: "aside" }, one.detail) : null);
    };
    list.replaceChildren(...(ordered.length
      ? groups.map((group) => group
        ? h("span", { class: "option-group", role: "group", "aria-label": group }, h("span", { class: "option-head", "aria-hidden": "true" }, group), ...ordered.filter((one) => (one.group ?? "") === group).map(row))
        : h("span", { class: "option-group", role: "presentation" }, ...ordered.filter((one) => !one.group).map(row)))
      : [h("span", { class: "hint", role: "option", "aria-disabled": "true", "aria-selected": "false" }, hint)]));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    const known = input.value === labelOf(chosen) ? ordered.findIndex((one) => one.value === chosen) : 0;
    mark(ordered.length ? Math.max(0, known) : -1);
  };
  const open = async (typed) => {
    if (!lookup) {
      const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
      const fits = (one) => words.every((word) => `${one.label} ${one.value} ${one.group ?? ""}`.toLowerCase().includes(word));
      return render(options.filter(fits), say("noMatch"));
    }
    const address = new URL(lookup, location.href);
    address.searchParams.set("q", typed);
    asked += 1;
    const mine = asked;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      const items = answer.ok ? (await answer.json()).items : [];
      if (mine === asked && document.activeElement === input) render(items.map((one) => ({ value: one.id, label: one.label, detail: one.detail })), say("noMatch"));
    } catch {
      render([], say("networkDown"));
    }
  };
  const take = (one) => {
    if (!one) return;
    chosen = one.value;
    input.value = lookup ? one.value : one.label;
    asked += 1;
    close();
    choose(one.value);
  };
  const leave = () => {
    clearTimeout(timer);
    asked += 1;
    close();
    const typed = input.value.trim();
    if (isFree && typed && typed !== labelOf(chosen)) take({ value: typed, label: typed });
    else input.value = labelOf(chosen);
  };

  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => { if (list.hidden) open(""); });
  input.addEventListener("input", (event) => {
    event.stopPropagation();
    clearTimeout(timer);
    if (event.isComposing) return;
    // What is at hand is there before the next key, such as Enter.
    if (lookup) timer = setTimeout(() => open(input.value.trim()), WAIT);
    else open(input.value.trim());
  });
  input.addEventListener("compositionend", () => open(input.value.trim()));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (list.hidden) open("");
      else if (shown.length) mark((at + step + shown.length) % shown.length);
    } else if (event.key === "Enter") {
      // Enter never sends the form from here.
      event.preventDefault();
      if (list.hidden) open("");
      else if (shown[at]) take(shown[at]);
      else if (isFree) leave();
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      event.preventDefault();
      leave();
    }
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const row = event.target.closest("[data-at]");
    if (row) take(shown[Number(row.dataset.at)]);
  });
  input.addEventListener("blur", leave);
  return h("span", { class: "combo" }, input, list);
}
