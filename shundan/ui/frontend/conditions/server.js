// Asks the server what a condition means: it alone reads and writes the text.
import { csrfToken } from "../lib/dom.js";

/** Send `asked` (condition.…) for the field in `box`; where the answer depends on the whole form, the form goes along. */
export async function ask(box, asked) {
  const body = box.dataset.at === undefined ? new FormData() : new FormData(box.closest("form"));
  // What only sends the form has no meaning here.
  for (const name of ["do", "csrfmiddlewaretoken"]) body.delete(name);
  body.set("condition.wanted", box.dataset.wanted);
  if (box.dataset.at !== undefined) body.set("condition.at", box.dataset.at);
  for (const [name, value] of Object.entries(asked)) body.set(`condition.${name}`, value);
  const answer = await fetch(box.dataset.condition, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": csrfToken() } });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}
