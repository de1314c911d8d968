// A message for the toasts of main.js, from any bundle.

/** Tell the user something; action is {label, run}. */
export function tell(text, kind = "done", code = "", action = null) {
  document.dispatchEvent(new CustomEvent("shundan:toast", { detail: { text, kind, code, action } }));
}
