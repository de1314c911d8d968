"""Axe as the judge of pages, asked only once about what is the same on all of them."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
LOOK = Path(__file__).with_name("look.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
# What it would load beforehand, style sheets and films, serves rules about turned screens and sound alone.
EVERYTHING = """async tags => {
  const options = { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"], preload: false };
  const { violations } = await axe.run(document, options);
  return violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 200)).join(" | ")}`);
}"""
# The frame is the same around all pages of a person, but for the entry of the page that is open.
SEEN = ".topbar, .side-foot, .side-list > li:not(:has([aria-current])), .tabbar > :not([aria-current])"
# Axe cannot see through a picture behind a text, on whatever page it stands.
TRIES = 3


def faults_of(page: "Page") -> list[str]:
    """Return what axe finds wrong with a page as it stands."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(EVERYTHING, TAGS)
    return found


class Judge:
    """Judges one page after the other.

    Markup: everywhere, the frame once for each person. Colours: each text colour and size on each ground once, on the
    first page that has it. Targets: axe is asked where two are near, small or covered, or a region cannot be scrolled.
    """

    def __init__(self) -> None:
        """Begin without experience."""
        self.proven: set[tuple[str, int]] = set()
        self.tried: Counter[tuple[str, int]] = Counter()

    @staticmethod
    def prepare(context: "BrowserContext") -> None:
        """Have what is needed in every page of this window."""
        context.add_init_script(AXE)
        context.add_init_script(LOOK)

    def markup(self, page: "Page", *, is_first: bool) -> list[str]:
        """Return what is wrong for this reader: on their first page everywhere, then outside of what they saw."""
        found: list[str] = page.evaluate(
            "([tags, seen]) => look.structure(tags, seen)", [TAGS, "" if is_first else SEEN]
        )
        return found

    def colours(self, page: "Page", theme: str) -> list[str]:
        """Return the texts that cannot be read on their ground."""
        keys = [(theme, key) for key in page.evaluate("look.colours()")]
        new = [key for key in keys if key not in self.proven and self.tried[key] < TRIES]
        if not new:
            return []
        wrong, passed = page.evaluate("keys => look.contrast(keys)", [key for _theme, key in new])
        if not wrong:
            self.proven.update((theme, key) for key in passed)
            self.tried.update(new)
        return [f"{theme}: {each}" for each in wrong]

    def touch(self, page: "Page", width: int) -> list[str]:
        """Return the targets that a finger misses and the regions that a key cannot scroll."""
        if not page.evaluate("look.touched()"):
            return []
        return [f"{width} px: {each}" for each in page.evaluate("look.touch()")]
