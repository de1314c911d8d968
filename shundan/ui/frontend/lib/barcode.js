// Scanners that type: tell their bursts from fingers, and read GS1 codes.

const GAP = 35;
const LEAST = 6;

/** Return a function that takes (key, milliseconds) and answers a whole scanned code on its Enter, else null. */
export function wedge() {
  let burst = "";
  let last = -Infinity;
  return (key, now) => {
    if (now - last > GAP) burst = "";
    last = now;
    if (key === "Enter") {
      const code = burst;
      burst = "";
      return code.length >= LEAST ? code : null;
    }
    if (key.length === 1) burst += key;
    return null;
  };
}

const FIXED = { "01": 14, 17: 6 };
const NAMES = { "01": "gtin", 10: "lot", 17: "expiry", 21: "serial", 30: "quantity", 37: "quantity" };

/** Read "(01)…(10)…" or a raw GS1 code with group separators; null when it is something else. */
export function parseGs1(code) {
  const found = {};
  if (/^\(\d{2}\)/.test(code)) {
    for (const [, ai, value] of code.matchAll(/\((\d{2,4})\)([^(]+)/g)) if (NAMES[ai]) found[NAMES[ai]] = value;
    return Object.keys(found).length ? found : null;
  }
  let rest = code.replace(/^\]C1|^\u001d/, "");
  if (!/^01\d{14}/.test(rest)) return null;
  while (rest) {
    const ai = rest.slice(0, 2);
    if (!NAMES[ai]) return Object.keys(found).length ? found : null;
    const end = FIXED[ai] ? 2 + FIXED[ai] : (rest.indexOf("\u001d") + 1 || rest.length + 1) - 1;
    found[NAMES[ai]] = rest.slice(2, end);
    rest = rest.slice(end).replace(/^\u001d/, "");
  }
  return found;
}
