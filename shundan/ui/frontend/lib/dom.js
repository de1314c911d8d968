// The few helpers every behaviour needs.

/** Listen on the document for events of elements that match a selector, now or after a swap. */
export function on(type, selector, handler, options) {
  document.addEventListener(
    type,
    (event) => {
      const target = event.target instanceof Element ? event.target.closest(selector) : null;
      if (target) handler(event, target);
    },
    options,
  );
}

/** Run at start and after each htmx swap. */
export function onContent(run) {
  run(document);
  document.addEventListener("htmx:afterSettle", (event) => run(event.target));
}

/** Make an element with attributes and children; text stays text. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** One drawing of the icon sprite. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${document.getElementById("toasts")?.dataset.icons ?? "/static/icons.svg"}#${name}`);
  svg.append(use);
  return svg;
}

export const csrfToken = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** True while the keys belong to a text the user is writing, or to an input method. */
export function isWriting(event) {
  if (event.isComposing || event.keyCode === 229) return true;
  const target = event.target;
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio|button|submit)$/.test(target.type));
}
