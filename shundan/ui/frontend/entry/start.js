// Builds the entry page from its data and wires the parts to each other.
import { MONEY } from "../lib/amounts.js";
import { Decimal } from "../lib/decimal.js";
import { h, icon } from "../lib/dom.js";
import { say } from "../lib/strings.js";
import { tell } from "../lib/tell.js";
import { arrange } from "./columns.js";
import { askConflict } from "./conflict.js";
import { Cursor } from "./cursor.js";
import { bindFiles } from "./files.js";
import { bindKeys } from "./keys.js";
import { Lines } from "./model.js";
import { bindPaste } from "./paste.js";
import { Picker, Products } from "./picker.js";
import { Saving } from "./saving.js";
import { bindScanner } from "./scanner.js";
import { TypedAhead } from "./typedahead.js";
import { View } from "./view.js";

/** Start the grid in its root element. */
export function startEntry(root) {
  const data = JSON.parse(document.getElementById("grid-data").textContent);
  const form = root.closest("form");
  MONEY.places = Number(root.dataset.places);
  arrange(data.columns, root);
  const head = () => Object.fromEntries([...form.elements].filter((field) => field.name && field.name !== "csrfmiddlewaretoken" && field.type !== "submit").map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]));
  const lines = new Lines(data.lines, root.dataset.inclusive === "yes", root.dataset.pricesBy === "rules");
  const editable = (c) => Boolean(c.edits) && (c.field !== "price" || root.dataset.priceEditable === "yes");
  const view = new View(root, lines, editable);
  const products = new Products(root, head);
  const picker = new Picker(products, root.dataset.symbol, (product) => {
    lines.choose(cursor.row, product);
    cursor.goField(cursor.row, "quantity");
  });
  const cursor = new Cursor(view, lines, picker);
  const ahead = new TypedAhead(cursor, () => picker.close(), (why) => {
    picker.close();
    tell(why === "answered" ? say("unknownCode", { code: cursor.input.value.trim() }) : say("failed"), "error");
    cursor.input.value = cursor.shown;
  });
  const saving = new Saving(root, lines, head);
  const actions = {
    // What is still looked up belongs to the order; without it nothing is sent.
    save: async () => { if (await ahead.done()) { cursor.commit(); saving.now(); } },
    submit: async () => { if (await ahead.done()) { cursor.commit(); submit(form, lines, saving); } },
    undo: () => { if (lines.undo()) { cursor.go(Math.min(cursor.row, lines.all.length - 1), cursor.col); } },
    pick: () => picker.takeTyped(cursor.input.value.trim(), ahead),
  };
  bindKeys(root, cursor, lines, picker, actions);
  bindPaste(root, cursor, lines, products, ahead, (n) => tell(say("added", { n }), "done", "", { label: say("undo"), run: actions.undo }));
  bindScanner(cursor, lines, products, ahead);
  bindPointer(root, view, cursor, lines, ahead);
  bindFiles(root, view, cursor, lines, root.dataset.uploadUrl);
  bindSaving(root, form, lines, view, cursor, saving);
  document.querySelector("[data-grid-save]")?.addEventListener("click", actions.save);
  document.querySelector("[data-grid-submit]")?.addEventListener("click", actions.submit);
  bindParty(root.dataset.party, form, lines, saving, async () => { await ahead.done(); cursor.commit(); });
  offerDraft(form, lines, view, saving);
  showTotals(root, lines);
  // The keyboard goes on where the page begins: at the customer, or at the first free line.
  // Under a thumb it would only scroll away what the reader came to see.
  const focus = matchMedia("(pointer: fine)").matches;
  const party = form.elements[root.dataset.party];
  if (!party || party.value) cursor.go(lines.all.length - 1, cursor.editable[0], { focus });
  else document.getElementById(`f-${root.dataset.party}`).focus();
}

/** Another customer or supplier brings other addresses, terms, prices and currency: the page is made anew for it. */
function bindParty(party, form, lines, saving, finish) {
  form.addEventListener("change", async (event) => {
    if (event.target.name !== party || !event.target.value) return;
    await finish();
    const isEmpty = !saving.version && !lines.filled().length;
    if (isEmpty) { saving.dirty = false; const address = new URL(location.href); address.searchParams.set(party, event.target.value); location.assign(address); return; }
    for (const name of ["address", "terms"]) if (form.elements[name]) form.elements[name].value = "";
    if (await saving.now()) location.assign(saving.url);
  });
}

function bindPointer(root, view, cursor, lines, ahead) {
  root.addEventListener("pointerdown", async (event) => {
    if (event.target === cursor.input) return;
    const place = view.place(event.target);
    if (!place || event.target.closest("[data-eg-remove]")) return;
    event.preventDefault();
    // What was not found stays where it was typed, for the reader to see.
    if (ahead.isHolding && !(await ahead.typed())) return;
    cursor.go(...place);
  });
  root.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-eg-remove]");
    if (!button) return;
    if (ahead.isHolding) await ahead.typed();
    lines.remove(view.place(button)[0]);
    cursor.go(Math.min(cursor.row, lines.all.length - 1), cursor.col);
  });
  cursor.input.addEventListener("input", (event) => {
    if (cursor.field === "sku" && !event.isComposing && !ahead.isHolding) cursor.picker.open(cursor.input);
  });
  cursor.input.addEventListener("compositionend", () => { if (cursor.field === "sku" && !ahead.isHolding) cursor.picker.open(cursor.input); });
  cursor.input.addEventListener("focusout", () => {
    if (ahead.isHolding) return;
    cursor.commit();
    cursor.picker.close();
    if (cursor.field === "sku" && cursor.changed) cursor.input.value = cursor.line?.sku ?? "";
  });
}

function bindSaving(root, form, lines, view, cursor, saving) {
  let settling = false;
  lines.addEventListener("change", (event) => {
    view.redraw(event.detail.structure);
    if (!cursor.input.isConnected) cursor.mount();
    showTotals(root, lines);
    if (!settling) saving.touch();
  });
  form.addEventListener("change", (event) => { if (!event.target.closest(".eg-cell")) saving.touch(); });
  const settle = lines.settle.bind(lines);
  lines.settle = (...given) => { settling = true; settle(...given); settling = false; };
  saving.addEventListener("state", (event) => showState(event.detail));
  saving.addEventListener("saved", (event) => {
    showTotals(root, lines, event.detail);
    showCoupon(root, event.detail.coupon);
    notices(event.detail.warnings ?? [], "warn");
    showAttributes(form, event.detail.attributes);
    if (event.detail.number) document.querySelector("h1").textContent = event.detail.number;
  });
  saving.addEventListener("invalid", (event) => {
    const loose = mark(lines, event.detail);
    notices([...new Set([event.detail.message, ...loose])].filter(Boolean), "bad", event.detail.code);
  });
  saving.addEventListener("conflict", (event) => askConflict(event.detail, (taken) => {
    saving.version = event.detail.version ?? saving.version;
    for (const { path, value } of taken) take(form, lines, event.detail.sent, path, value);
    saving.touch();
    saving.now();
  }));
}

const LINE = /^lines\[(\d+)\](?:\.(\w+))?$/;
const rowOf = (lines, sent, index) => lines.all.findIndex((line) => line.key === sent[index]?.key);

function mark(lines, { details = [], sent }) {
  return details.flatMap(({ path, message }) => {
    const [, index, field] = LINE.exec(path) ?? [];
    const row = index === undefined ? -1 : rowOf(lines, sent, Number(index));
    if (row < 0) {
      document.getElementsByName(path)[0]?.setAttribute("aria-invalid", "true");
      return [message];
    }
    lines.all[row] = { ...lines.all[row], errors: { ...lines.all[row].errors, [field ?? "sku"]: message } };
    lines.dispatchEvent(new CustomEvent("change", { detail: { structure: false } }));
    return [];
  });
}

function take(form, lines, sent, path, value) {
  const [, index, field] = LINE.exec(path) ?? [];
  if (index === undefined) { if (form.elements[path]) fill(form.elements[path], value ?? ""); return; }
  const row = rowOf(lines, sent, Number(index));
  if (field && row >= 0) lines.set(row, { [field]: String(value ?? "") });
  else if (value && row >= 0) lines.set(row, { ...value });
  else if (value) lines.insertMany(lines.all.length - 1, [value]);
  else if (row >= 0) lines.remove(row);
}

/** Write into a field of the head; who shows it in another way is told. */
function fill(field, value) {
  field.value = value;
  if (field instanceof Element) field.dispatchEvent(new Event("input", { bubbles: true }));
}

async function submit(form, lines, saving) {
  if (lines.hasErrors()) { notices([say("fixFirst")], "bad"); return; }
  if (!(await saving.now())) return;
  if (lines.hasErrors()) { notices([say("fixFirst")], "bad"); return; }
  for (const old of form.querySelectorAll("input[name=version]")) old.remove();
  form.append(h("input", { type: "hidden", name: "version", value: saving.version }));
  form.requestSubmit();
}

/** The server decides which attributes are asked now, and works out the computed ones. */
function showAttributes(form, state) {
  for (const field of form.querySelectorAll("[aria-invalid=true][name]")) field.removeAttribute("aria-invalid");
  if (!state) return;
  for (const part of form.querySelectorAll("[data-attribute]")) part.hidden = !state.shown.includes(part.dataset.attribute);
  for (const place of form.querySelectorAll("[data-computed]")) place.textContent = state.computed[place.dataset.computed] || "--";
}

function showState(state) {
  const place = document.getElementById("save-state");
  const words = { dirty: "unsavedDraft", saving: "saving", saved: "saved", offline: "offline" }[state];
  place.replaceChildren(...(state === "saved" ? [icon("check")] : state === "offline" ? [icon("wifi-off")] : []), say(words));
  place.dataset.state = state;
}

function showTotals(root, lines, answer = null) {
  const sums = lines.totals();
  for (const name of ["net", "tax", "total"]) {
    const sum = Decimal.parse(answer?.totals?.[name] ?? "") ?? sums[name];
    document.querySelector(`[data-total=${name}]`).textContent = root.dataset.symbol + sum.round(MONEY.places).format();
  }
  const count = document.querySelector("[data-grid-count]");
  if (count) count.textContent = say("lines", { n: lines.filled().length });
  if (!answer?.credit) return;
  const left = Decimal.parse(answer.credit.available ?? "");
  const place = document.querySelector("[data-credit]");
  place.closest("[data-credit-row]").hidden = !left;
  if (left) { place.textContent = root.dataset.symbol + left.round(MONEY.places).format(); place.classList.toggle("bad", left.sign < 0); }
}

/** What the coupon takes off, and why the order could not be submitted with it yet. */
function showCoupon(root, coupon) {
  const row = document.querySelector("[data-coupon-row]"), note = document.querySelector("[data-coupon-note]");
  row.hidden = !coupon;
  row.querySelector("[data-coupon]").textContent = coupon ? root.dataset.symbol + (Decimal.parse(coupon.off)?.round(MONEY.places).format() ?? "") : "";
  note.hidden = !coupon?.refusal;
  note.textContent = coupon?.refusal ?? "";
}

function notices(messages, kind, code = "") {
  const glyph = { warn: "alert-triangle", bad: "alert-circle", info: "info-circle" }[kind];
  document.getElementById("grid-notices").replaceChildren(...messages.map((text, i) =>
    h("div", { class: `notice notice-${kind}` }, icon(glyph), h("div", {}, h("p", {}, text), code && i === 0 ? h("p", { class: "code" }, code) : null))));
}

function offerDraft(form, lines, view, saving) {
  const draft = saving.kept();
  if (!draft?.lines?.length) return;
  const place = document.getElementById("grid-notices");
  const done = () => place.replaceChildren();
  const time = new Date(draft.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  place.append(h("div", { class: "notice notice-info" }, icon("history"), h("div", {}, h("p", {}, say("draftFound", { time }))),
    h("button", { type: "button", class: "btn btn-sm", onclick: () => {
      for (const [name, value] of Object.entries(draft.head)) if (form.elements[name] && name !== "csrfmiddlewaretoken") fill(form.elements[name], value);
      lines.replaceAll(draft.lines);
      done();
    } }, say("restore")),
    h("button", { type: "button", class: "btn btn-sm btn-ghost", onclick: () => { saving.forget(); done(); } }, say("discard"))));
}
