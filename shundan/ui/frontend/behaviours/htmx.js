// htmx under a strict policy: CSRF header, errors told as toasts, redirects followed.
import htmx from "htmx.org";
import { csrfToken } from "../lib/dom.js";
import { say } from "../lib/strings.js";
import { toast } from "./toasts.js";

// The settings stand in meta[name=htmx-config]; asserting them here keeps them from being loosened by a page.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrfToken();
});

document.addEventListener("htmx:responseError", (event) => {
  const answer = event.detail.xhr;
  let problem = {};
  try {
    problem = JSON.parse(answer.responseText);
  } catch {
    // An answer that is no JSON has no better words than ours.
  }
  const code = [problem.code ?? `HTTP ${answer.status}`, answer.getResponseHeader("X-Request-ID")].filter(Boolean).join(" · ");
  toast(problem.message ?? say("failed"), "error", code);
});

document.addEventListener("htmx:sendError", () => toast(say("networkDown"), "warn"));

for (const [type, busy] of [["htmx:beforeRequest", true], ["htmx:afterRequest", false]]) {
  document.addEventListener(type, (event) => {
    const button = event.detail.requestConfig?.triggeringEvent?.submitter;
    if (button) button.toggleAttribute("data-busy", busy);
  });
}

export default htmx;
