// What one hears without looking: a short high tone for yes, two long low ones and a shake for no.

const TONES = { good: [[880, 0, 0.09]], info: [[660, 0, 0.09]], bad: [[196, 0, 0.28], [147, 0.34, 0.5]] };
let context = null;

/** Sound an answer; what is heard is noted at the page, for those who cannot hear and for tests. */
export function sound(tone) {
  document.documentElement.dataset.sounded = tone;
  if (tone === "bad") navigator.vibrate?.([250, 90, 250]);
  try {
    context ??= new AudioContext();
    context.resume();
    for (const [frequency, from, length] of TONES[tone] ?? TONES.bad) play(frequency, context.currentTime + from, length);
  } catch { /* Without a loudspeaker the colour has to do. */ }
}

function play(frequency, start, length) {
  const wave = context.createOscillator();
  const volume = context.createGain();
  wave.type = frequency < 300 ? "sawtooth" : "sine";
  wave.frequency.value = frequency;
  volume.gain.setValueAtTime(frequency < 300 ? 0.5 : 0.25, start);
  volume.gain.exponentialRampToValueAtTime(0.001, start + length);
  wave.connect(volume).connect(context.destination);
  wave.start(start);
  wave.stop(start + length);
}

/** A key that no other request has; also where the address is not secure and randomUUID is missing. */
export function newKey() {
  return crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
