// What a scanner types while its page is still on its way is kept here until scanning.js or arriving.js take it over.
// A small file of its own at the very top of the page: it must listen before the rest has come, and pages hold no scripts.
(() => {
  const GROUP = "\u001d";
  const codes = [];
  let ahead = ""; // Typed before there was a box.

  const box = () => document.querySelector("[data-scanner] [name=code], [data-arrival-scan]");

  function fill(field) {
    if (ahead) field.value = ahead + field.value;
    ahead = "";
  }

  function key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const field = box();
    const isFree = event.target === document.body || event.target === document.documentElement;
    if (!isFree && event.target !== field) return;
    const isGroup = (event.ctrlKey && event.key === "]") || event.key === "F8" || event.key === GROUP;
    if (!isGroup && (event.ctrlKey || event.metaKey || event.altKey)) return;
    if (field) fill(field);
    if (event.key === "Enter") {
      // The plain form would leave the page, and what is scanned next would be lost with it.
      event.preventDefault();
      const code = (field ? field.value : ahead).trim();
      if (field) field.value = "";
      ahead = "";
      if (code) codes.push(code);
    } else if (isGroup) {
      event.preventDefault();
      if (field) field.value += GROUP;
      else ahead += GROUP;
    } else if (event.key.length === 1) {
      if (field) field.focus(); // The key itself then falls into the box.
      else ahead += event.key;
    }
  }

  function stop() {
    document.removeEventListener("keydown", key, true);
    document.removeEventListener("error", failed, true);
    const field = box();
    if (field) fill(field);
  }

  /** Without the script that counts, the plain form serves; that what was scanned so far counts nothing is told. */
  function failed(event) {
    if (!(event.target instanceof HTMLScriptElement)) return;
    stop();
    if (!codes.length) return;
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", tell);
    else tell();
  }

  function tell() {
    const place = document.querySelector("[data-scan-answer], [data-arrival-answer]");
    place.hidden = false;
    place.className = "scan-answer scan-bad";
    place.setAttribute("role", "alert");
    (place.querySelector(".title") ?? place).textContent = document.querySelector("[data-offline]").dataset.offline;
  }

  document.addEventListener("keydown", key, true);
  document.addEventListener("error", failed, true);

  /** Hand over: answer the codes that were scanned, in their order; what was typed since stands in the box. */
  window.scannedEarly = () => {
    stop();
    return codes.splice(0);
  };
})();
