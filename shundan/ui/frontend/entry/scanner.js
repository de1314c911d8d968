// A scanner anywhere on the page: a known code counts its line up, an unknown one is told and beeps.
import { parseGs1, wedge } from "../lib/barcode.js";
import { Decimal } from "../lib/decimal.js";
import { say } from "../lib/strings.js";
import { tell } from "../lib/tell.js";

/** Listen for bursts of keys that end with Enter. */
export function bindScanner(cursor, lines, products) {
  const burst = wedge();
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const code = burst(event.key, event.timeStamp);
    if (!code) return;
    event.preventDefault();
    event.stopPropagation();
    if (cursor.input === document.activeElement) cursor.revert();
    scanned(code, cursor, lines, products);
  }, true);
}

async function scanned(code, cursor, lines, products) {
  const gs1 = parseGs1(code);
  const wanted = gs1?.gtin ?? code;
  const found = await products.find([wanted]).catch(() => new Map());
  const product = found.get(wanted.toUpperCase());
  if (!product) { beep(); tell(say("unknownCode", { code }), "error"); return; }
  const more = Decimal.parse(gs1?.quantity ?? "1") ?? Decimal.of("1");
  const row = lines.all.findIndex((line) => line.sku === product.sku);
  if (row >= 0) {
    lines.set(row, { quantity: (Decimal.parse(lines.all[row].quantity) ?? Decimal.of("0")).plus(more).format({ trim: true }).replaceAll(",", "") });
    cursor.goField(row, "quantity");
    return;
  }
  const last = lines.all.length - 1;
  lines.set(last, { quantity: more.toString() }, { quiet: true });
  lines.choose(last, product);
  cursor.goField(last, "quantity");
}

function beep() {
  const sound = new AudioContext();
  const tone = sound.createOscillator();
  tone.frequency.value = 220;
  tone.connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + 0.18);
  tone.onended = () => sound.close();
}
