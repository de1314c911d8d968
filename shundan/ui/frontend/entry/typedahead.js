// Keys typed while a product is looked up wait for it: a fast typist on a slow network loses none, and none lands in the wrong cell.

const COMMANDS = new Set(["Enter", "Tab", "F2", "Delete", "Backspace", "Home", "End", "PageUp", "PageDown", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]);
const WITH_CONTROL = new Set(["Enter", "Delete", "Backspace", "Home", "End", "d", "z", "s"]);

/** Holds the keys of one input, and types them when what they wait for is there. */
export class TypedAhead {
  #kept = [];
  #ended = null;
  #end = null;
  #others = new Set();

  /** abandon() calls the lookup off; missed() hears that nothing was taken while the reader was somewhere else. */
  constructor(input, abandon, missed) {
    this.input = input;
    this.missed = missed;
    // An input method would begin a word that has no cell yet; under a thumb the keyboard would close.
    this.locks = matchMedia("(pointer: fine)").matches;
    input.addEventListener("keydown", (event) => this.#key(event, abandon));
    input.addEventListener("beforeinput", (event) => {
      if (!this.isHolding || event.isComposing) return;
      event.preventDefault();
      if (event.data) this.#kept.push({ text: event.data });
      else if (event.inputType === "deleteContentBackward") this.#takeBack();
    });
  }

  get isHolding() {
    return this.#ended !== null;
  }

  hold() {
    this.#ended = new Promise((end) => { this.#end = end; });
    this.input.readOnly = this.locks;
    this.input.setAttribute("aria-busy", "true");
  }

  /** take() puts the product on its line and answers whether there was one; then the kept keys are typed. */
  release(take) {
    const end = this.#end;
    const here = document.activeElement;
    const elsewhere = here !== this.input && here !== document.body ? here : null;
    this.#ended = null;
    this.input.removeAttribute("aria-busy");
    const taken = take();
    if (taken) while (this.#kept.length && !this.isHolding) this.#type(this.#kept.shift());
    else {
      this.#kept = [];
      this.input.readOnly = false;
      if (elsewhere) this.missed();
    }
    elsewhere?.focus();
    end(taken);
  }

  /** Answer when the typed lookups are through: true, or false when something was not found. */
  async typed() {
    while (this.isHolding) if (!(await this.#ended)) return false;
    return true;
  }

  /** Let done() wait for another lookup, a scanner's for example, that answers whether it found something. */
  also(lookup) {
    this.#others.add(lookup);
    lookup.finally(() => this.#others.delete(lookup));
  }

  /** Answer when nothing at all is looked up any more: true, or false when something was not found. */
  async done() {
    const found = await Promise.all(this.#others);
    return (await this.typed()) && found.every(Boolean);
  }

  /** Forget the last letters: a scanner typed them. */
  forget(count) {
    for (; count > 0 && this.#kept.at(-1)?.text; count -= 1) this.#takeBack();
  }

  #takeBack() {
    const last = this.#kept.at(-1);
    if (!last?.text) return;
    last.text = last.text.slice(0, -1);
    if (!last.text) this.#kept.pop();
  }

  #key(event, abandon) {
    if (!this.isHolding || event.isComposing || event.keyCode === 229) return;
    const control = event.ctrlKey || event.metaKey;
    const isLetter = event.key.length === 1 && !control && !event.altKey;
    const isCommand = control ? WITH_CONTROL.has(event.key.length === 1 ? event.key.toLowerCase() : event.key) : COMMANDS.has(event.key);
    if (event.key === "Escape") abandon();
    else if (event.key === "Backspace" && !control && this.#kept.at(-1)?.text) this.#takeBack();
    else if (isLetter) this.#kept.push({ text: event.key });
    else if (isCommand) this.#kept.push({ key: event.key, ctrlKey: event.ctrlKey, metaKey: event.metaKey, shiftKey: event.shiftKey });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #type({ text, ...key }) {
    const { input } = this;
    if (!text) input.dispatchEvent(new KeyboardEvent("keydown", { ...key, bubbles: true, cancelable: true }));
    else if (!input.readOnly) {
      input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");
      input.dispatchEvent(new InputEvent("input", { data: text, inputType: "insertText", bubbles: true }));
    }
  }
}
