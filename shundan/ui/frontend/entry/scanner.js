// A scanner anywhere on the page: a known code counts its line up, an unknown one is told and beeps.
import { parseGs1, wedge } from "../lib/barcode.js";
import { Decimal } from "../lib/decimal.js";
import { say } from "../lib/strings.js";
import { tell } from "../lib/tell.js";
import { lineOf } from "./model.js";
import { converted, unitOf } from "./units.js";

/** Listen for bursts of keys that end with Enter. */
export function bindScanner(cursor, lines, products, ahead) {
  const burst = wedge();
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const code = burst(event.key, event.timeStamp);
    if (!code) return;
    event.preventDefault();
    event.stopPropagation();
    // What was scanned into the cell is no text of it.
    if (cursor.input === document.activeElement) { if (ahead.isHolding) ahead.forget(code.length); else cursor.revert(); }
    ahead.also(scanned(code, cursor, lines, products, ahead));
  }, true);
}

/** Count what was scanned; answers whether the code is known. */
async function scanned(code, cursor, lines, products, ahead) {
  const gs1 = parseGs1(code);
  const wanted = gs1?.gtin ?? code;
  const found = await products.find([wanted]).catch(() => new Map());
  const product = found.get(wanted.toUpperCase());
  await ahead.typed();
  if (!product) { beep(); tell(say("unknownCode", { code }), "error"); return false; }
  const counted = Decimal.parse(gs1?.quantity ?? "");
  // What a label counts is in the product's own unit; else the code of a box counts a box.
  const unit = (counted ? null : product.units?.find((one) => one.barcode && one.barcode === wanted)) ?? product.units?.[0] ?? OWN;
  const quantity = counted ?? Decimal.of("1");
  const row = lines.all.findIndex((line) => line.sku === product.sku && converted(quantity, unit, unitOf(line) ?? OWN));
  if (row >= 0) {
    const more = converted(quantity, unit, unitOf(lines.all[row]) ?? OWN);
    lines.set(row, { quantity: (Decimal.parse(lines.all[row].quantity) ?? Decimal.of("0")).plus(more).format({ trim: true }).replaceAll(",", "") });
    cursor.goField(row, "quantity");
    return true;
  }
  const last = lines.all.length - 1;
  lines.set(last, { ...lineOf(product, product.units?.length ? unit : null), quantity: quantity.toString(), errors: {} });
  cursor.goField(last, "quantity");
  return true;
}

const OWN = { code: "", numerator: 1, denominator: 1 };

function beep() {
  const sound = new AudioContext();
  const tone = sound.createOscillator();
  tone.frequency.value = 220;
  tone.connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + 0.18);
  tone.onended = () => sound.close();
}
