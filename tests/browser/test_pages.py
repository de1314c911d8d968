"""Every page, in both languages, both themes and two widths: what may be wrong in none of them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client

from tests.browser.desk import TOO_WIDE, WIDTHS, Office
from tools import screenshots
from tools.album import MANAGER, SHOTS, VISITOR, Shot, Variant

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
TAGS = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
COLOURS = {"type": "rule", "values": ["color-contrast"]}
TOUCH = {"type": "rule", "values": ["target-size", "scrollable-region-focusable"]}
# What it would load beforehand, style sheets and films, serves rules about turned screens and sound alone.
RUN = """async ([only, seen]) => {
  const context = { include: [document.documentElement], exclude: seen ? [...document.querySelectorAll(seen)] : [] };
  const { violations } = await axe.run(context, { runOnly: only, resultTypes: ["violations"], preload: false });
  return violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 200)).join(" | ")}`);
}"""
# The frame is the same around all pages of a person, but for the entry of the page that is open.
SEEN = ".topbar, .side-foot, .side-list > li:not(:has([aria-current])), .tabbar > :not([aria-current])"
# Without transitions, or the colours would be measured on their way.
DARK = """() => {
  const still = new CSSStyleSheet();
  still.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important; }");
  document.adoptedStyleSheets = [still];
  document.documentElement.dataset.theme = "dark";
  document.documentElement.getBoundingClientRect();
}"""
OWN_WORDS = """() => [...document.querySelectorAll("nav a, button, summary, label, legend, th, dt, h1, h2, .badge")]
  .filter(e => e.checkVisibility() && e.lang !== "en").map(e => e.innerText.trim())"""
ENGLISH = re.compile(r"[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}")
# Names of the demo's companies and products are data, not our words.
DATA = re.compile(r"Ltd|Inc|GmbH|LLC|Co\.|SARL|Pty|PLC|Corp|Limited|B\.V|S\.A", re.IGNORECASE)
PAGES = [shot for shot in SHOTS if shot.act is None]


def faults_of(page: "Page") -> list[str]:
    """Return what axe finds wrong with a page as it stands."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN, [TAGS, ""])
    return found


@pytest.fixture(params=["zh", "en"], scope="module")
def language(request: pytest.FixtureRequest, company: str) -> str:
    """Everybody speaks one language, then the other."""
    screenshots.speak(request.param)
    return str(request.param)


class Desks:
    """One window for each language, at which people take turns: a window of one's own costs seconds of processor."""

    def __init__(self, browser: "Browser", address: str) -> None:
        """Begin with no window."""
        self.browser = browser
        self.office = Office(browser, address)
        self.windows: dict[str, Page] = {}
        self.signed_in: dict[str, list[Any]] = {VISITOR: []}
        self.met: set[tuple[str, str]] = set()
        self.sitting = ""

    def seat(self, who: str, language: str) -> "tuple[Page, bool]":
        """Return the wide window with this person at it, and whether it is their first page in this language."""
        if language not in self.windows:
            variant = Variant(language, "light", "1440")
            context = screenshots.open_for(self.browser, self.office.address, VISITOR, variant)
            self.office.contexts.append(context)
            self.windows[language] = context.new_page()
            self.office.watch(self.windows[language])
            self.sitting = VISITOR
        window = self.windows[language]
        if who != self.sitting:
            self._change_places(window, who)
        window.set_viewport_size({"width": 1440, "height": WIDTHS[1440]})
        is_first = (who, language) not in self.met
        self.met.add((who, language))
        return window, is_first

    def _change_places(self, window: "Page", who: str) -> None:
        """Let somebody else sit down, who finds nothing of what the last one's pages kept in the browser."""
        if who not in self.signed_in:
            client = Client()
            client.post("/sign-in/", {"demo": who})
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.office.address}
            self.signed_in[who] = [cookie]
        if window.url.startswith(self.office.address):
            window.evaluate("localStorage.clear(); sessionStorage.clear()")
        window.context.clear_cookies()
        window.context.add_cookies(self.signed_in[who])
        self.sitting = who


@pytest.fixture(scope="module")
def desks(browser: "Browser", company: str) -> Iterator[Desks]:
    """The windows, closed before the company is: a window keeps a connection, and with it a thread and a session."""
    desks = Desks(browser, company)
    yield desks
    desks.office.close()


@pytest.mark.parametrize("shot", PAGES, ids=lambda shot: shot.name)
def test_a_page_is_in_order(shot: Shot, language: str, facts: dict[str, str], desks: Desks) -> None:
    page, is_first = desks.seat(shot.who.format(**facts), language)
    # Fifty rows are wrong in no other way than twenty.
    path = shot.path + ("?size=20" if shot.path.endswith("s/") and shot.name.endswith("-list") else "")
    page.goto(path.format(**facts), wait_until="load")
    wrong = [*_words(page, language), *_shape(page, language)]
    # Markup, colours and the sizes of what is touched are the same in every language; no text is ever empty.
    is_first_language = language == "zh"
    if is_first_language:
        page.evaluate(AXE)
        wrong += _axe(page, "light", TAGS, is_first)
        page.evaluate(DARK)
        wrong += _axe(page, "dark", COLOURS, is_first)
    page.set_viewport_size({"width": 360, "height": WIDTHS[360]})
    if is_first_language:
        page.wait_for_timeout(170)  # The page looks after a pause which of its tables can be scrolled now.
        wrong += _axe(page, "dark, 360 px", TOUCH, is_first)
    wrong += _shape(page, language)
    faults, desks.office.faults[:] = list(desks.office.faults), []
    assert wrong == []
    assert faults == []


def _axe(page: "Page", where: str, only: dict[str, object], is_first: bool) -> list[str]:
    """Return what is wrong for this reader: on their first page everywhere, then outside of what they have seen."""
    return [f"{where}: {violation}" for violation in page.evaluate(RUN, [only, "" if is_first else SEEN])]


def _words(page: "Page", language: str) -> list[str]:
    """Return our own words that nobody translated."""
    if language != "zh":
        return []
    return [text for text in page.evaluate(OWN_WORDS) if ENGLISH.search(text) and not DATA.search(text)]


def _shape(page: "Page", language: str) -> list[str]:
    facts = {
        "lang": page.evaluate("document.documentElement.lang") == ("en" if language == "en" else "zh-Hans"),
        "one h1": page.locator("h1").count() == 1,
        "title": bool(page.title().split(" · ")[0].strip()),
        "width": page.evaluate(TOO_WIDE) <= 0,
    }
    return [name for name, holds in facts.items() if not holds]


def test_a_first_visit_to_the_list_is_light(company: str, browser: "Browser") -> None:
    """Cold cache: at most 10 requests and 180 KB; the second visit takes only the page."""
    context = screenshots.open_for(browser, company, MANAGER, Variant("zh", "light", "1440"))
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    asked: set[str] = set()
    # Pictures that stand in a style sheet are no requests.
    wire.on(
        "Network.requestWillBeSent",
        lambda event: asked.add(event["requestId"]) if event["request"]["url"].startswith("http") else None,
    )
    wire.on(
        "Network.loadingFinished",
        lambda event: sizes.append(event["encodedDataLength"]) if event["requestId"] in asked else None,
    )
    wire.send("Network.clearBrowserCache")
    page.goto("/orders/", wait_until="networkidle")
    assert len(sizes) <= 10
    assert sum(sizes) <= 180_000
    sizes.clear()
    page.goto("/orders/", wait_until="networkidle")
    cold = [size for size in sizes if size > 0]
    context.close()
    assert len(cold) <= 3
