// Dress the fields of days on every page, and keep what they show true.
import { dressDates, showDate } from "../lib/dates.js";
import { on, onContent } from "../lib/dom.js";

onContent(dressDates);
for (const type of ["input", "change", "focusin", "focusout"]) on(type, "[data-dated] > input", (event, field) => showDate(field));
// What the browser puts back by itself, after the way back or a reset, comes without an event of its own.
window.addEventListener("pageshow", () => dressDates(document));
document.addEventListener("reset", (event) => setTimeout(dressDates, 0, event.target));
