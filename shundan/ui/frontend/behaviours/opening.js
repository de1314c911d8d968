// A page that takes its time to come says so: a line soon, words with the seconds after two of them.
import { h, on } from "../lib/dom.js";
import { say } from "../lib/strings.js";

const LINE_AFTER = 300;
const WORDS_AFTER = 2000;
// Nothing tells a page that what it asked for came as a file, so the words do not stay for good.
const GIVEN_UP_AFTER = 60000;
const FILES = /[?&]format=|\.(csv|xlsx|pdf|xml|toml)$/;

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

// A link with `download` leaves no page; the others that bring files say so by their address.
on("click", "a[href]", (event, link) => { isFile = FILES.test(link.href); }, true);
on("submit", "form", (event, form) => {
  const button = event.submitter;
  isFile = FILES.test(button?.hasAttribute("formaction") ? button.formAction : form.action);
}, true);

function begin() {
  rest();
  timers = [
    setTimeout(() => document.querySelector(".progress-line")?.classList.add("is-opening"), LINE_AFTER),
    setTimeout(tell, WORDS_AFTER, performance.now()),
    setTimeout(rest, GIVEN_UP_AFTER),
  ];
}

window.addEventListener("beforeunload", (event) => {
  // Others may keep somebody on the page after us: asked for later, when all have spoken and the dialog is answered.
  if (!isFile) setTimeout(() => { if (!event.defaultPrevented) begin(); });
});
window.addEventListener("pageshow", rest);
// Escape stops a page that is loading.
window.addEventListener("keydown", (event) => { if (event.key === "Escape") rest(); });
