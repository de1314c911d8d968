// Keys typed while a product is looked up wait for it: a fast typist on a slow network loses none, and none lands in the wrong cell.

const COMMANDS = new Set(["Enter", "Tab", "F2", "Delete", "Backspace", "Home", "End", "PageUp", "PageDown", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]);
const WITH_CONTROL = new Set(["Enter", "Delete", "Backspace", "Home", "End", "d", "z", "s"]);

/** Holds the keys of one input, and types them when what they wait for is there. */
export class TypedAhead {
  #kept = [];
  #ended = null;
  #end = null;
  #others = new Set();

  /** abandon() calls the lookup off; missed(why) hears that nothing was taken while the reader was somewhere else. */
  constructor(cursor, abandon, missed) {
    const { input } = cursor;
    Object.assign(this, { cursor, input, missed });
    // An input method would begin a word that has no cell yet; under a thumb the keyboard would close.
    this.locks = matchMedia("(pointer: fine)").matches;
    input.addEventListener("keydown", (event) => this.#key(event, abandon));
    input.addEventListener("beforeinput", (event) => {
      if (!this.isHolding || event.isComposing) return;
      event.preventDefault();
      if (event.data) this.keep(event.data);
      else if (event.inputType === "deleteContentBackward") this.#takeBack();
    });
  }

  get isHolding() {
    return this.#ended !== null;
  }

  hold() {
    this.#ended = new Promise((end) => { this.#end = end; });
    this.key = this.cursor.line.key;
    this.input.readOnly = this.locks;
    this.input.setAttribute("aria-busy", "true");
  }

  /** Keep a text that was typed or pasted. */
  keep(text) {
    this.#kept.push({ text });
  }

  /** take() puts the product on its line and answers whether there was one; then the kept keys are typed. */
  release(take, why) {
    const { cursor, input } = this;
    const end = this.#end;
    let taken = false;
    this.#ended = null;
    input.removeAttribute("aria-busy");
    // Whoever is busy elsewhere by now keeps the focus: it would end what they are writing.
    cursor.quiet = document.activeElement !== input;
    try {
      // The line may have moved, or be gone, when others changed the draft.
      const row = cursor.lines.all.findIndex((line) => line.key === this.key);
      if (row >= 0) {
        cursor.row = row;
        taken = take();
      }
      if (taken) while (this.#kept.length && !this.isHolding) this.#type(this.#kept.shift());
      else {
        this.#kept = [];
        input.readOnly = false;
        if (cursor.quiet) this.missed(why);
      }
      if (cursor.quiet) cursor.commit();
    } finally {
      cursor.quiet = false;
      end(taken);
    }
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
    // AltGr writes letters, too.
    const writes = event.getModifierState("AltGraph");
    const control = (event.ctrlKey || event.metaKey) && !writes;
    const isLetter = event.key.length === 1 && !control && (writes || !event.altKey);
    const isCommand = control ? WITH_CONTROL.has(event.key.length === 1 ? event.key.toLowerCase() : event.key) : COMMANDS.has(event.key);
    if (event.key === "Escape") abandon();
    else if (event.key === "Backspace" && !control && this.#kept.at(-1)?.text) this.#takeBack();
    else if (isLetter) this.keep(event.key);
    else if (isCommand) this.#kept.push({ key: event.key, ctrlKey: event.ctrlKey, metaKey: event.metaKey, shiftKey: event.shiftKey });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #type({ text, ...key }) {
    const { input } = this;
    const isBack = key.key === "Backspace" && !key.ctrlKey && !key.metaKey && this.cursor.mode !== "move";
    if (!text && !isBack) input.dispatchEvent(new KeyboardEvent("keydown", { ...key, bubbles: true, cancelable: true }));
    else if (!input.readOnly) {
      if (isBack && input.selectionStart === input.selectionEnd) input.setSelectionRange(Math.max(input.selectionStart - 1, 0), input.selectionEnd);
      input.setRangeText(text ?? "", input.selectionStart, input.selectionEnd, "end");
      input.dispatchEvent(new InputEvent("input", { data: text ?? null, inputType: text ? "insertText" : "deleteContentBackward", bubbles: true }));
    }
  }
}
