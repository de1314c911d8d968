// Autosave. PUT data-save-url {version, <head fields>, lines: [{sku, quantity, unit (code, "" for the own one), price ("" where rules set it), discount, attributes, source?: position in the origin order}]} with X-CSRFToken and Idempotency-Key.
// 200: {version, number, url, lines: [{position, gross, net, tax, available, errors}], totals: {net, tax, total}, attributes: {shown, computed}, warnings: [str], credit: {limit, available}}.
// 409 version_conflict: {code, message, version, details: [{field, path, yours, theirs}]}, path as "lines[0].quantity" or a head field's name.
// 422: {code, message, details: [{path, message}]}. Anything else that fails keeps the draft on this device and tries again.
import { csrfToken } from "../lib/dom.js";
import { attributesOf } from "./columns.js";

const PAUSE = 2000;
const RETRY = [3000, 6000, 12000, 30000];

const key = () => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

/** Keeps the server up to date with the lines and the head; events: state, saved, conflict, invalid. */
export class Saving extends EventTarget {
  constructor(root, lines, head) {
    super();
    this.address = root.dataset.saveUrl;
    this.version = Number(root.dataset.version);
    this.draft = `shundan:${root.dataset.draftKey}`;
    this.lines = lines;
    this.head = head;
    this.failures = 0;
    this.dirty = false;
    window.addEventListener("online", () => this.dirty && this.now());
    window.addEventListener("pagehide", () => this.dirty && this.keep());
    window.addEventListener("beforeunload", (event) => { if (this.dirty && this.failures) event.preventDefault(); });
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** Something changed: save when the user pauses. */
  touch() {
    this.dirty = true;
    this.attempt = null;
    this.#say("state", "dirty");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), PAUSE);
  }

  /** Save now; one request at a time. Answers true when all is on the server. */
  async now() {
    clearTimeout(this.timer);
    if (this.running) { await this.running; return this.dirty ? this.now() : true; }
    this.running = this.#send();
    try {
      return await this.running;
    } finally {
      this.running = null;
    }
  }

  async #send() {
    const sent = this.lines.filled();
    const body = JSON.stringify({ version: this.version, ...this.head(), lines: sent.map((line) => ({ sku: line.sku, quantity: line.quantity, unit: line.unit_code, price: this.lines.byRules && !line.typed ? "" : line.price, discount: line.discount || "0", ...(line.kept ? { kept: true } : {}), lot: line.lot, attributes: attributesOf(line), ...(line.source ? { source: line.source } : {}) })) });
    this.attempt ??= key();
    this.dirty = false;
    this.#say("state", "saving");
    let answer;
    let told;
    try {
      answer = await fetch(this.address, { method: "PUT", body, headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken(), "Idempotency-Key": this.attempt } });
      told = await answer.json();
    } catch {
      return this.#failed();
    }
    if (answer.status >= 500) return this.#failed();
    this.failures = 0;
    this.attempt = null;
    if (answer.ok) {
      this.version = told.version;
      this.url = told.url;
      if (!this.dirty) this.forget();
      if (told.url && told.url !== location.pathname) history.replaceState(null, "", told.url);
      this.lines.settle(sent, told.lines ?? []);
      this.#say("saved", told);
      this.#say("state", this.dirty ? "dirty" : "saved");
      return true;
    }
    this.dirty = true;
    this.keep();
    this.#say(answer.status === 409 && told.code === "version_conflict" ? "conflict" : "invalid", { ...told, sent });
    this.#say("state", "dirty");
    return false;
  }

  #failed() {
    this.dirty = true;
    this.keep();
    this.#say("state", "offline");
    this.timer = setTimeout(() => this.now(), RETRY[Math.min(this.failures, RETRY.length - 1)]);
    this.failures += 1;
    return false;
  }

  /** Keep the input on this device. */
  keep() {
    try {
      localStorage.setItem(this.draft, JSON.stringify({ at: Date.now(), version: this.version, head: this.head(), lines: this.lines.filled().map(({ amounts, key: _key, ...line }) => line) }));
    } catch {
      // A full or forbidden store must not stop the entry.
    }
  }

  kept() {
    try {
      return JSON.parse(localStorage.getItem(this.draft));
    } catch {
      return null;
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.draft);
    } catch {
      // Nothing was kept.
    }
  }
}
