// Sends a file to the server at once; what a form keeps of it is what the server calls it.
import { csrfToken } from "./dom.js";
import { say } from "./strings.js";

/** Return {value, name} of the kept file, or {problem} with the sentence that says why not. */
export async function sendFile(address, file) {
  const body = new FormData();
  body.append("file", file);
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": csrfToken() } });
    const told = await answer.json();
    return answer.ok ? told : { problem: told.details?.[0]?.message ?? told.message ?? say("failed") };
  } catch {
    return { problem: say("networkDown") };
  }
}
