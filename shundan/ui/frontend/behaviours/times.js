// <time data-ago>: keeps "3 minutes ago" true while the page stays open.
const steps = [[60, "minute", 60], [24, "hour", 3600]];
const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "always", style: "long" });

function refresh() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const age = (Date.now() - Date.parse(time.dateTime)) / 1000;
    const step = steps.find(([limit, , unit]) => age >= unit && age < limit * unit);
    if (step) time.textContent = words.format(-Math.floor(age / step[2]), step[1]);
  }
}

setInterval(() => { if (!document.hidden) refresh(); }, 60_000);
