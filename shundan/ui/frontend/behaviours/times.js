// <time data-ago>: keeps "3 minutes ago" true while the page stays open.
import { onContent } from "../lib/dom.js";

const steps = [[60, "minute", 60], [24, "hour", 3600]];
const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "always", style: "long" });

function refresh() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const age = (Date.now() - Date.parse(time.dateTime)) / 1000;
    const step = steps.find(([limit, , unit]) => age >= unit && age < limit * unit);
    if (step) time.textContent = words.format(-Math.floor(age / step[2]), step[1]);
  }
}

/** <time data-until>: how long is left, or for how long it has been over. */
function refreshUntil() {
  for (const time of document.querySelectorAll("time[data-until]")) {
    const left = (Date.parse(time.dateTime) - Date.now()) / 1000;
    const [unit, size] = Math.abs(left) < 3600 ? ["minute", 60] : Math.abs(left) < 172_800 ? ["hour", 3600] : ["day", 86_400];
    time.title ||= time.textContent;
    time.textContent = words.format(Math.trunc(left / size), unit);
  }
}

onContent(refreshUntil);
setInterval(() => { if (!document.hidden) { refresh(); refreshUntil(); } }, 60_000);
