// A page that takes its time to come says so: a line soon, words with the seconds after two of them.
import { h, on } from "../lib/dom.js";
import { say } from "../lib/strings.js";

const LINE_AFTER = 300;
const WORDS_AFTER = 2000;
// Nothing tells a page that what it asked for came as a file, so the words do not stay for good.
const GIVEN_UP_AFTER = 60000;
const FILES = /[?&]format=|\.(csv|xlsx|pdf|xml|toml)$|\/file\/$/;

const words = h("p", { class: "opening", role: "status" });
document.body.append(words);
let timers = [];
let isFile = false;

function rest() {
  for (const timer of timers) clearTimeout(timer);
  timers = [];
  words.replaceChildren();
  document.querySelector(".progress-line")?.classList.remove("is-opening");
}

function tell(since) {
  const seconds = words.querySelector("[aria-hidden]") ?? h("span", { "aria-hidden": "true" });
  // Said once; the seconds are only seen.
  if (!seconds.isConnected) words.append(say("opening"), seconds);
  seconds.textContent = ` ${say("seconds", { n: Math.floor((performance.now() - since) / 1000) })}`;
  timers.push(setTimeout(tell, 1000, since));
}

on("click", "a[href]", (event, link) => { isFile = FILES.test(link.href); }, true);
on("submit", "form", (event, form) => { isFile = FILES.test(event.submitter?.formAction ?? form.action); }, true);

window.addEventListener("beforeunload", (event) => {
  if (event.defaultPrevented || isFile) return;
  rest();
  timers = [
    setTimeout(() => document.querySelector(".progress-line")?.classList.add("is-opening"), LINE_AFTER),
    setTimeout(tell, WORDS_AFTER, performance.now()),
    setTimeout(rest, GIVEN_UP_AFTER),
  ];
});
window.addEventListener("pageshow", rest);
