"""Every page, in both languages, both themes and two widths: what may be wrong in none of them."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client

from tests.browser.desk import TOO_WIDE, WIDTHS, Office
from tests.browser.judge import Judge
from tools import screenshots
from tools.album import SHOTS
from tools.posing import MANAGER, VISITOR, Shot, Variant

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Without transitions, or the colours would be measured on their way.
DARK = """() => {
  const still = new CSSStyleSheet();
  still.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important; }");
  document.adoptedStyleSheets.push(still);
  document.documentElement.dataset.theme = "dark";
  document.documentElement.getBoundingClientRect();
}"""
# The web font may come late or never, and another font is a little wider: a page must fit with it too.
SHAPE = f"""async () => {{
  const root = document.documentElement;
  await document.fonts.ready;
  const shape = {{
    lang: root.lang,
    headings: document.querySelectorAll("h1").length,
    title: document.title,
    excess: {TOO_WIDE},
  }};
  root.style.letterSpacing = "0.03em";
  shape.excess_in_a_wider_font = {TOO_WIDE};
  root.style.letterSpacing = "";
  return shape;
}}"""
OWN_WORDS = """() => [...document.querySelectorAll("nav a, button, summary, label, legend, th, dt, h1, h2, .badge")]
  .filter(e => e.checkVisibility() && e.lang !== "en").map(e => e.innerText.trim())"""
# What may go wrong on a page whose like was found in order a hundred times: how it looks, its markup, who must find it.
FAULTS = {
    "pale": ("color: #aaa", "<p class='fault'>文字</p>", "light: color-contrast"),
    "pale in the dark": ("color: light-dark(#222, #333)", "<p class='fault'>文字</p>", "dark: color-contrast"),
    "known colour, new ground": ("background: #555", "<p class='fault'>文字</p>", "light: color-contrast"),
    "faint": ("opacity: 0.4", "<p class='fault'>文字</p>", "light: color-contrast"),
    "laid over a dark thing": (
        "position: absolute; margin-top: -30px; height: 20px",
        "<div class='dark-fault'></div><p class='fault'>文字</p>",
        "light: color-contrast",
    ),
    "tiny and close": (
        "display: inline-block; width: 10px; height: 10px",
        "<button class='fault' aria-label='a'></button><button class='fault' aria-label='b'></button>",
        "360 px: target-size",
    ),
    "half covered": (
        "display: block; width: 40px; height: 30px; margin-top: -20px",
        "<button class='fault' aria-label='a'></button><button class='fault' aria-label='b'></button>",
        "360 px: target-size",
    ),
    "scrolled by no key": (
        "overflow: auto; width: 100px",
        f"<div class='fault'><p class='wide-fault'>{'文字' * 50}</p></div>",
        "360 px: scrollable-region-focusable",
    ),
    "no name": ("", "<button class='fault btn' type='button'></button>", "button-name"),
    "no label": ("", "<input class='fault input'>", "label"),
}
PLANT = """([style, html]) => {
  const rules = new CSSStyleSheet();
  const help = ".wide-fault { white-space: nowrap; } .dark-fault { height: 40px; background: #333; }";
  rules.replaceSync(`.fault { ${style} } ${help}`);
  document.adoptedStyleSheets = [rules];
  document.getElementById("content").insertAdjacentHTML("beforeend", `<div id="planted">${html}</div>`);
}"""
UPROOT = "document.getElementById('planted').remove()"
ENGLISH = re.compile(r"[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}")
# Names of the demo's companies and products are data, not our words.
DATA = re.compile(r"Ltd|Inc|GmbH|LLC|Co\.|SARL|Pty|PLC|Corp|Limited|B\.V|S\.A", re.IGNORECASE)
PAGES = [shot for shot in SHOTS if shot.act is None]


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
        self.judge = Judge()
        self.windows: dict[str, Page] = {}
        self.widths: dict[Page, int] = {}
        self.signed_in: dict[str, list[Any]] = {VISITOR: []}
        self.met: set[tuple[str, str]] = set()
        self.sitting: dict[Page, str] = {}

    def seat(self, who: str, language: str) -> "tuple[Page, bool]":
        """Return the window with this person at it, and whether it is their first page in this language."""
        if language not in self.windows:
            variant = Variant(language, "light", "1440")
            context = screenshots.open_for(self.browser, self.office.address, VISITOR, variant)
            self.office.contexts.append(context)
            if language == "zh":
                self.judge.prepare(context)
            window = self.windows[language] = context.new_page()
            self.office.watch(window)
            self.sitting[window], self.widths[window] = VISITOR, 1440
        window = self.windows[language]
        if who != self.sitting[window]:
            self._change_places(window, who, language)
        is_first = (who, language) not in self.met
        self.met.add((who, language))
        return window, is_first

    def both_widths(self, window: "Page") -> Iterator[int]:
        """Give the window one width after the other, first the one it has: each change draws the whole page anew."""
        yield self.widths[window]
        self.resize(window, next(width for width in WIDTHS if width != self.widths[window]))
        yield self.widths[window]

    def resize(self, window: "Page", width: int) -> None:
        """Give the window this width."""
        window.set_viewport_size({"width": width, "height": WIDTHS[width]})
        self.widths[window] = width

    def _change_places(self, window: "Page", who: str, language: str) -> None:
        """Let somebody else sit down, who finds nothing of what the last one's pages kept in the browser."""
        if who not in self.signed_in:
            client = Client()
            client.post("/sign-in/", {"demo": who})
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.office.address}
            self.signed_in[who] = [cookie]
        if window.url.startswith(self.office.address):
            window.evaluate("localStorage.clear(); sessionStorage.clear()")
        chosen = {"name": "language", "value": screenshots.LANGUAGES[language], "url": self.office.address}
        window.context.clear_cookies()
        window.context.add_cookies([*self.signed_in[who], chosen])
        self.sitting[window] = who


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
    wrong = []
    for width in desks.both_widths(page):
        wrong += _shape(page, language)
        # Markup, colours and the sizes of what is touched are the same in every language; no text is ever empty.
        if language == "zh":
            wrong += _judged(page, width, desks.judge, is_first)
    faults, desks.office.faults[:] = list(desks.office.faults), []
    assert wrong == []
    assert faults == []


def _judged(page: "Page", width: int, judge: Judge, is_first: bool) -> list[str]:
    if width == 360:
        page.wait_for_timeout(170)  # The page looks after a pause which of its tables can be scrolled now.
        return judge.touch(page, width)
    wrong = [*_words(page), *judge.touch(page, width), *judge.markup(page, is_first=is_first)]
    wrong += judge.colours(page, "light")
    page.evaluate(DARK)
    return wrong + judge.colours(page, "dark")


def test_a_judge_of_experience_finds_what_is_planted(company: str, desks: Desks) -> None:
    screenshots.speak("zh")
    page, _is_first = desks.seat(MANAGER, "zh")

    def judged() -> list[str]:
        wrong = []
        for width in (1440, 360):
            desks.resize(page, width)
            wrong += _judged(page, width, desks.judge, False)
            page.evaluate("document.documentElement.dataset.theme = 'light'")
        return wrong

    page.goto("/customers/?size=20", wait_until="load")
    assert judged() == []
    missed = {}
    for name, (style, html, expected) in FAULTS.items():
        page.evaluate(PLANT, [style, html])
        found = judged()
        if not any(each.startswith(expected) for each in found):
            missed[name] = found
        page.evaluate(UPROOT)
    assert missed == {}


def _words(page: "Page") -> list[str]:
    """Return our own words that nobody translated."""
    return [text for text in page.evaluate(OWN_WORDS) if ENGLISH.search(text) and not DATA.search(text)]


def _shape(page: "Page", language: str) -> list[str]:
    found = page.evaluate(SHAPE)
    facts = {
        "lang": found["lang"] == ("en" if language == "en" else "zh-Hans"),
        "one h1": found["headings"] == 1,
        "title": bool(found["title"].split(" · ")[0].strip()),
        "width": found["excess"] <= 0,
        "width in a wider font": found["excess_in_a_wider_font"] <= 0,
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
