// What a page tells of itself in one pass, so that axe, which is slow, is asked only about what it has not yet judged.
globalThis.look = (() => {
  const LEAST = 24; // px: what WCAG wants of a target, and between the centres of two small ones
  const OPERATED =
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=link], [role=checkbox]," +
    "[role=radio], [role=option], [role=tab], [role=menuitem], [role=switch], [role=combobox], [role=treeitem]";
  let situations = new Map(), suspects = [];

  function hash(text) {
    let a = 0xdeadbeef, b = 0x41c6ce57;
    for (let i = 0; i < text.length; i++) {
      a = Math.imul(a ^ text.charCodeAt(i), 2654435761);
      b = Math.imul(b ^ text.charCodeAt(i), 1597334677);
    }
    return (b >>> 0) * 2097152 + ((a >>> 0) >>> 11);
  }

  // What lies behind a text: all that its ancestors paint, and which of them left the flow to lie on something else.
  function behind(element, known) {
    if (!element) return "";
    let ground = known.get(element);
    if (ground === undefined) {
      const style = getComputedStyle(element);
      ground = behind(element.parentElement, known);
      if (style.backgroundColor !== "rgba(0, 0, 0, 0)") ground += style.backgroundColor;
      if (style.backgroundImage !== "none") ground += style.backgroundImage;
      if (style.opacity !== "1") ground += `o${style.opacity}`;
      if (style.filter !== "none") ground += style.filter;
      if (style.mixBlendMode !== "normal") ground += style.mixBlendMode;
      if (style.position === "absolute" || style.position === "fixed") ground += `@${element.getAttribute("class")}`;
      known.set(element, ground);
    }
    return ground;
  }

  // One key for all texts of the same colour and size on the same ground; the first three of each are kept.
  function colours() {
    const known = new Map();
    const texts = new Set(document.querySelectorAll("input:not([type=hidden]), select, textarea"));
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (walker.currentNode.data.trim()) texts.add(walker.currentNode.parentElement);
    situations = new Map();
    for (const element of texts) {
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      if (element.closest("[aria-hidden=true], [aria-disabled=true], :disabled, .unseen")) continue;
      const style = getComputedStyle(element), size = parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
      const paint = element instanceof SVGElement ? style.fill : style.color;
      const key = hash([paint, isLarge, style.textShadow, behind(element, known)].join("|"));
      if (!situations.has(key)) situations.set(key, [element]);
      else if (situations.get(key).length < 3) situations.get(key).push(element);
    }
    return [...situations.keys()];
  }

  // Let axe judge these; which of them are proven, and which are wrong.
  async function contrast(keys) {
    const options = { runOnly: { type: "rule", values: ["color-contrast"] }, preload: false, elementRef: true };
    const { violations, passes } = await axe.run({ include: keys.flatMap(key => situations.get(key)) }, options);
    const passed = new Set(passes.flatMap(rule => rule.nodes.map(node => node.element)));
    return [say(violations), keys.filter(key => situations.get(key).some(element => passed.has(element)))];
  }

  // All that axe could call too small, too near or covered; whatever is large and stands alone is right by its measure.
  function crowded() {
    const targets = [];
    for (const element of document.querySelectorAll(OPERATED)) {
      if (element.tabIndex < 0 || element.disabled || !element.checkVisibility({ visibilityProperty: true })) continue;
      const box = element.getBoundingClientRect();
      if (!box.width || !box.height) continue;
      const isSmall = box.width < LEAST || box.height < LEAST;
      const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
      targets.push({ element, box, x, y, isSmall, layer: layerOf(element) });
    }
    targets.sort((a, b) => a.box.top - b.box.top);
    const found = new Set();
    for (let i = 0; i < targets.length; i++) {
      for (let j = i + 1; j < targets.length && targets[j].box.top < targets[i].box.bottom + LEAST; j++) {
        // What stays when the rest is scrolled covers everything at one moment or another.
        if (targets[i].layer !== targets[j].layer || !areCrowded(targets[i], targets[j])) continue;
        found.add(targets[i].element).add(targets[j].element);
      }
    }
    return [...found];
  }

  function layerOf(element) {
    for (let one = element; one; one = one.parentElement) {
      if (/fixed|sticky/.test(getComputedStyle(one).position)) return one;
    }
    return null;
  }

  function areCrowded(a, b) {
    if (a.element.contains(b.element) || b.element.contains(a.element)) return true;
    if (a.isSmall && b.isSmall && Math.hypot(a.x - b.x, a.y - b.y) < LEAST) return true;
    if ((a.isSmall && away(a, b.box) < LEAST / 2) || (b.isSmall && away(b, a.box) < LEAST / 2)) return true;
    return isCovered(a.box, b.box) || isCovered(b.box, a.box);
  }

  function away({ x, y }, box) {
    return Math.hypot(Math.max(0, box.left - x, x - box.right), Math.max(0, box.top - y, y - box.bottom));
  }

  function isCovered(a, b) {
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const along = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (across <= 0 || along <= 0) return false;
    // Edges that share a border's pixel hide nothing.
    return Math.min(across, along) > 1 || a.width - across < LEAST || a.height - along < LEAST;
  }

  // What can be scrolled by a finger, and perhaps not by a key.
  function stuck() {
    const isLonger = element =>
      element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
    const candidates = [...document.body.querySelectorAll("*")].filter(isLonger);
    return candidates.filter(element => /auto|scroll/.test(getComputedStyle(element).overflow) && element.tabIndex < 0);
  }

  function touched() {
    suspects = [...new Set([...crowded(), ...stuck()])];
    return suspects.length;
  }

  async function touch() {
    const rules = { type: "rule", values: ["target-size", "scrollable-region-focusable"] };
    // A bar that stays at the edge covers what is scrolled under it, as everything is at one moment or another.
    const bars = [...document.querySelectorAll("body *")].filter(one => getComputedStyle(one).position === "sticky");
    for (const bar of bars) bar.style.position = "static";
    const { violations } = await axe.run({ include: suspects }, { runOnly: rules, resultTypes: ["violations"] });
    for (const bar of bars) bar.style.position = "";
    return say(violations);
  }

  // All rules about markup; colours and targets are judged above.
  async function structure(tags, seen) {
    const exclude = seen ? [...document.querySelectorAll(seen)] : [];
    const rules = { "color-contrast": { enabled: false }, "target-size": { enabled: false } };
    // What it would load beforehand, style sheets and films, serves rules about turned screens and sound alone.
    const options = { runOnly: { type: "tag", values: tags }, rules, resultTypes: ["violations"], preload: false };
    return say((await axe.run({ include: [document.documentElement], exclude }, options)).violations);
  }

  function say(violations) {
    const shown = node => node.html.slice(0, 200);
    return violations.map(rule => `${rule.id}: ${rule.nodes.slice(0, 3).map(shown).join(" | ")}`);
  }

  return { colours, contrast, touched, touch, structure };
})();
