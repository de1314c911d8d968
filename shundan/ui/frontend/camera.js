// Reads codes with the camera: by the browser's own detector, else by zxing in WebAssembly. Loaded when it is asked for.
import { BarcodeDetector as OwnDetector, prepareZXingModule } from "barcode-detector/ponyfill";

const FORMATS = ["code_128", "ean_13", "ean_8", "upc_a", "upc_e", "qr_code", "data_matrix", "code_39", "itf"];
const EVERY = 120;
// The same code in sight is one scan until it has been away so long, and was missed more than once: a slow phone looks
// seldom, and one blurred picture is no farewell.
const AGAIN = 1500;
const MISSES = 2;

/** Show the camera in `view` and hand each code to `scanned`, until `scan:stop` is dispatched on the view. */
export async function watch(view, wasm, scanned) {
  const detector = await detectorFor(wasm);
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
  view.srcObject = stream;
  await view.play();
  let isOn = true;
  let last = "";
  let missed = 0;
  let missedSince = 0;
  view.addEventListener("scan:stop", () => { isOn = false; }, { once: true });
  while (isOn && stream.active) {
    const looked = performance.now();
    const [found] = await detector.detect(view).catch(() => []);
    if (found) {
      const wasAway = missed >= MISSES && looked - missedSince > AGAIN;
      if (found.rawValue !== last || wasAway) scanned(found.rawValue);
      last = found.rawValue;
      missed = 0;
    } else {
      if (!missed) missedSince = looked;
      missed += 1;
    }
    await new Promise((resolve) => { setTimeout(resolve, EVERY); });
  }
  for (const track of stream.getTracks()) track.stop();
  view.srcObject = null;
}

async function detectorFor(wasm) {
  const native = window.BarcodeDetector;
  if (native) {
    const known = await native.getSupportedFormats();
    if (["code_128", "ean_13", "qr_code"].every((format) => known.includes(format))) return new native({ formats: FORMATS.filter((format) => known.includes(format)) });
  }
  prepareZXingModule({ overrides: { locateFile: () => wasm } });
  return new OwnDetector({ formats: FORMATS });
}
