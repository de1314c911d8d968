// The product picker under the SKU cell: server search with price, stock and the last price of this customer.
import { MONEY } from "../lib/amounts.js";
import { h } from "../lib/dom.js";
import { Decimal } from "../lib/decimal.js";
import { say } from "../lib/strings.js";

const WAIT = 100;
const SLOW = 300;
const LIMIT = 10_000;

/** Asks data-products-url?q=&customer=&warehouse= → {items: [{sku, name, spec, unit, price, tax_rate, tax_word, available, last_price, last_on}]}. */
export class Products {
  constructor(root, head) {
    this.address = root.dataset.productsUrl;
    this.head = head;
    this.retired = new Set();
  }

  async #ask(parameters, signal) {
    const address = new URL(this.address, location.href);
    const { customer, supplier, warehouse } = this.head();
    for (const [name, value] of [...parameters, ["customer", customer ?? ""], ...(supplier ? [["supplier", supplier]] : []), ["warehouse", warehouse ?? ""]]) address.searchParams.append(name, value);
    // Who waits for an answer is told when there will be none.
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new DOMException("", "TimeoutError")), LIMIT);
    signal?.addEventListener("abort", () => limit.abort());
    try {
      const answer = await fetch(address, { signal: limit.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      const { items, retired = [] } = await answer.json();
      for (const sku of retired) this.retired.add(sku.toUpperCase());
      return items;
    } finally {
      clearTimeout(timer);
    }
  }

  search(text, signal) {
    return this.#ask([["q", text]], signal);
  }

  /** Return Map sku → product for many SKUs or barcodes at once: ?sku=A&sku=B…, 100 a request. */
  async find(skus) {
    const wanted = [...new Set(skus.filter(Boolean))];
    const parts = [];
    for (let i = 0; i < wanted.length; i += 100) parts.push(this.#ask(wanted.slice(i, i + 100).map((sku) => ["sku", sku])));
    const found = new Map();
    for (const item of (await Promise.all(parts)).flat()) for (const code of [item.sku, ...(item.barcodes ?? [])]) found.set(code.toUpperCase(), item);
    return found;
  }
}

/** The list of options, placed below the input it serves. */
export class Picker {
  /** choose(product) takes a product of the list. */
  constructor(products, symbol, choose) {
    this.products = products;
    this.symbol = symbol;
    this.choose = choose;
    this.list = h("div", { class: "options eg-options", role: "listbox", id: "eg-options", "aria-label": say("product"), hidden: true });
    document.body.append(this.list);
    this.status = document.body.appendChild(h("div", { class: "unseen", role: "status" }));
    this.items = [];
    this.at = -1;
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[data-at]");
      if (option) this.take(Number(option.dataset.at));
    });
  }

  get isOpen() {
    return !this.list.hidden;
  }

  open(input) {
    this.input = input;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#look(input.value.trim()), WAIT);
  }

  async #look(text) {
    this.request?.abort();
    this.request = new AbortController();
    const { signal } = this.request;
    try {
      const items = text ? await this.products.search(text, signal) : [];
      if (signal.aborted) return "off";
      this.#show(text, items, say("noMatch"));
      return "answered";
    } catch (error) {
      if (error.name === "AbortError") return "off";
      this.#show(text, [], say("networkDown"));
      return "down";
    }
  }

  /** Take the first exact match, or the first result, for text typed faster than the list came; ahead keeps the next keys. */
  async takeTyped(text, ahead) {
    clearTimeout(this.timer);
    const slow = setTimeout(() => this.#show(null, [], say("searching")), SLOW);
    ahead.hold();
    // An answer that was called off leaves an older list behind, which was for other letters.
    const ended = await this.#look(text);
    clearTimeout(slow);
    const exact = this.items.findIndex((item) => item.sku.toUpperCase() === text.toUpperCase());
    ahead.release(() => ended === "answered" && this.take(exact >= 0 ? exact : this.at), ended);
  }

  /** text: what the list is for, which need not be what the input holds by now. */
  #show(text, items, hint) {
    this.items = items.slice(0, 8);
    this.shownFor = text;
    this.list.replaceChildren(...(this.items.length ? this.items.map((item, i) => this.#option(item, i)) : [h("div", { class: "hint", role: "option", "aria-disabled": "true", "aria-selected": "false" }, hint)]));
    this.list.hidden = false;
    this.status.textContent = this.items.length ? say("found", { n: this.items.length }) : hint;
    this.input.setAttribute("aria-expanded", "true");
    this.#place();
    this.#mark(this.items.length ? 0 : -1);
  }

  #option(item, i) {
    const stock = Decimal.parse(item.available ?? "");
    const none = stock && stock.sign <= 0;
    const price = Decimal.parse(item.price ?? "");
    return h("div", { class: "option", role: "option", id: `eg-option-${i}`, "data-at": i, "aria-selected": "false" },
      h("span", {}, item.name, h("span", { class: "detail" }, [item.sku, item.spec].filter(Boolean).join(" · "))),
      h("span", { class: "aside" }, price ? `${this.symbol}${price.format({ trim: true, least: MONEY.places })}` : say("noPrice"),
        h("span", { class: `detail${none ? " bad" : ""}` }, none ? say("noStock") : stock ? say("stock", { n: stock.format({ trim: true }) }) : ""),
        item.last_price ? h("span", { class: "detail" }, item.last_on ? say("last", { price: item.last_price, day: item.last_on }) : say("lastPaid", { price: item.last_price })) : null));
  }

  #place() {
    const box = this.input.getBoundingClientRect();
    const width = Math.min(460, innerWidth - 16);
    const below = innerHeight - box.bottom > 300 || box.top < 300;
    const { style } = this.list;
    style.width = `${width}px`;
    style.left = `${Math.max(8, Math.min(box.left - 8, innerWidth - width - 8))}px`;
    style.top = below ? `${box.bottom + 6}px` : "auto";
    style.bottom = below ? "auto" : `${innerHeight - box.top + 6}px`;
  }

  #mark(at) {
    this.at = at;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    if (at >= 0) this.input.setAttribute("aria-activedescendant", `eg-option-${at}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  take(at) {
    const item = this.items[at];
    if (!item) return false;
    this.close();
    this.choose(item);
    return true;
  }

  /** Handle a key while open; true when it was used. */
  key(event) {
    if (!this.isOpen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.items.length) { this.#mark((this.at + step + this.items.length) % this.items.length); return true; }
    if (event.key === "Enter" && this.shownFor === this.input.value.trim()) return this.take(this.at);
    return false;
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.list.hidden = true;
    this.status.textContent = "";
    this.input?.setAttribute("aria-expanded", "false");
    this.input?.removeAttribute("aria-activedescendant");
  }
}
