"""Take a picture of every page, in both languages and themes, wide and narrow (python -m tools.screenshots --help).

The demo company is made in a database of its own at a fixed moment, so the same code makes the same pictures.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from shundan.config.messages import compile_stale
from tools.album import SHOTS
from tools.chromium import FLAGS, need_chromium
from tools.found import facts_of_the_company
from tools.posing import VISITOR, Shot, Variant

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext
    from playwright.sync_api import Page as Tab

# What the README shows: whole screens, not whole pages.
README_SHOTS = {
    "home": ("light",),
    "orders-list": ("light", "dark"),
    "order-detail": ("light",),
    "order-entry": ("light",),
    "workflow": ("light",),
    "order-type-edit": ("light",),
    "report-stock": ("light",),
    "stock-why": ("light",),
}
ROOT = Path(__file__).resolve().parent.parent
ALBUM = ROOT / "build" / "screenshots"
README_PICTURES = ROOT / "docs" / "pictures"
# A Thursday afternoon in Shanghai; the demo company's fourteen months end here.
NOW = datetime(2026, 3, 12, 7, 30, tzinfo=UTC)
SIZES = {"1440": (1440, 900), "360": (360, 740)}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
MOST_BYTES = 300_000
README_SIZE = (1440, 800)
# Nothing is under way any more, and the counts of the views, which come after a list, are there.
SETTLED = """() => !document.querySelector(".htmx-request")
  && (!document.querySelector("[hx-trigger=load]") || document.querySelector(".views .n"))"""
WHOLE_HEIGHT = "document.documentElement.scrollHeight"

# Cookies of who has signed in, by e-mail (Any: Playwright's own type is known to the type checker alone).
Badges = dict[str, Any]


def main(words: Sequence[str] = ()) -> int:
    """Take the pictures; returns an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="pages whose name matches this regular expression")
    parser.add_argument("--variants", default="", help="like zh-light-1440,en-dark-360; all without")
    parser.add_argument("--data", type=Path, help="a folder to keep the company in, and to use it again")
    parser.add_argument("--readme", action="store_true", help="only the pictures of the README")
    arguments = parser.parse_args(words)
    shots = [shot for shot in SHOTS if re.search(arguments.only, shot.name) and not arguments.readme]
    compile_stale()
    variants = [each for each in all_variants() if str(each) in (arguments.variants or str(each)).split(",")]
    with _company(arguments.data), serving() as address, _browser() as browser:
        badges: Badges = {}
        for variant in variants if shots else ():
            since = monotonic()
            taken = take(browser, address, ALBUM, shots, variant, badges=badges)
            print(f"{variant}: {len(taken)} pictures in {monotonic() - since:.0f} s", flush=True)
        if not arguments.only and not arguments.variants:
            take_readme_pictures(browser, address, README_PICTURES, badges=badges)
    print(f"{ALBUM.relative_to(ROOT)}, {README_PICTURES.relative_to(ROOT)}")
    return 0


def all_variants() -> list[Variant]:
    """Return every combination of language, theme and width."""
    return [Variant(*each) for each in product(LANGUAGES, ("light", "dark"), SIZES)]


def take(
    browser: "Browser",
    address: str,
    folder: Path,
    shots: Iterable[Shot],
    variant: Variant,
    *,
    whole: bool = True,
    badges: Badges | None = None,
) -> list[Path]:
    """Take the pictures of one variant into a folder.

    `whole`: of the page with all that is below the fold; `badges`: who has signed in before need not do so again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    facts = facts_of_the_company()
    speak(variant.language, variant.theme)
    taken = []
    contexts: dict[str, BrowserContext] = {}
    tabs: dict[str, Tab] = {}
    for shot in shots:
        if shot.wide_only and variant.width != "1440":
            continue
        who = shot.who.format(**facts)
        if who not in contexts:
            contexts[who] = open_for(browser, address, who, variant, {} if badges is None else badges)
        # One tab a person: a new one costs a process of the browser.
        tab = tabs.get(who) or contexts[who].new_page()
        tabs[who] = tab
        if not whole:
            tab.set_viewport_size({"width": README_SIZE[0], "height": README_SIZE[1]})
        # Not "networkidle": that is half a second of silence for each of several hundred pictures.
        tab.goto(shot.path.format(**facts), wait_until="load")
        tab.wait_for_function(SETTLED)
        if shot.act is not None:
            shot.act(tab)
            tab.wait_for_function(SETTLED)
        tab.wait_for_timeout(80)
        path = folder / f"{shot.name}-{variant}.png"
        if whole and shot.act is None:
            # A window as high as the page: in a stitched picture the bars at the window's edges would stand midway.
            width, height = SIZES[variant.width]
            tab.set_viewport_size({"width": width, "height": max(height, int(tab.evaluate(WHOLE_HEIGHT)))})
            tab.screenshot(path=path, animations="disabled", caret="hide")
            tab.set_viewport_size({"width": width, "height": height})
        else:
            tab.screenshot(path=path, animations="disabled", caret="hide")
        taken.append(path)
        if shot.act is not None:
            # What was typed here would keep the tab from going on to the next page.
            tabs.pop(who).close()
    for context in contexts.values():
        context.close()
    return taken


def take_readme_pictures(browser: "Browser", address: str, folder: Path, *, badges: Badges | None = None) -> list[Path]:
    """Take the README's pictures into a folder."""
    taken = []
    for language in LANGUAGES:
        for theme in ("light", "dark"):
            shots = [shot for shot in SHOTS if theme in README_SHOTS.get(shot.name, ())]
            taken += take(browser, address, folder, shots, Variant(language, theme, "1440"), whole=False, badges=badges)
    return taken


def speak(language: str, theme: str = "light") -> None:
    """Give everybody in the company this language and this theme."""
    from shundan.accounts.models import User

    User.objects.update(language=LANGUAGES[language], theme=theme)


def open_for(
    browser: "Browser", address: str, email: str, variant: Variant, badges: Badges | None = None
) -> "BrowserContext":
    """Return a window of the variant's size in which this person is signed in, once through the demo's buttons."""
    width, height = SIZES[variant.width]
    badges = {} if badges is None else badges
    context = browser.new_context(
        storage_state=badges.get(email),
        base_url=address,
        viewport={"width": width, "height": height},
        has_touch=variant.width == "360",
        color_scheme="dark" if variant.theme == "dark" else "light",
        locale="zh-CN" if variant.language == "zh" else "en-GB",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    context.clock.set_fixed_time(NOW)
    # Who is not signed in reads a customer's page in the customer's language, unless they chose one themselves.
    context.add_cookies([{"name": "language", "value": LANGUAGES[variant.language], "url": address}])
    if email != VISITOR and email not in badges:
        tab = context.new_page()
        tab.goto("/sign-in/")
        tab.evaluate("for (const hidden of document.querySelectorAll('details')) hidden.open = true")
        tab.click(f"button[name=demo][value='{email}']")
        tab.wait_for_url(f"{address}/")
        tab.close()
        # Only the cookies: what a page remembers in the browser belongs to its own variant.
        badges[email] = {"cookies": context.storage_state()["cookies"], "origins": []}
    return context


@contextmanager
def serving(now: datetime = NOW) -> Iterator[str]:
    """Serve the application of this process, whose clock stands still at `now`; yields its address."""
    from django.core.wsgi import get_wsgi_application
    from django.test.testcases import LiveServerThread

    # The static files come from WhiteNoise, as in production.
    application: Any = lambda _handler: get_wsgi_application()  # noqa: E731 - called like the class it stands for
    thread = LiveServerThread("127.0.0.1", static_handler=application)
    thread.daemon = True
    with patch("django.utils.timezone.now", lambda: now):
        thread.start()
        thread.is_ready.wait()
        if thread.error:
            raise thread.error
        try:
            yield f"http://127.0.0.1:{thread.port}"
        finally:
            thread.terminate()


@contextmanager
def _company(kept: Path | None) -> Iterator[None]:
    """Start a database of its own that holds the demo company."""
    folder = kept or Path(tempfile.mkdtemp(prefix="shundan-pictures-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    os.environ["SHUNDAN_DATA"] = str(folder)
    os.environ["SHUNDAN_DEMO"] = "1"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shundan.config.settings")
    os.environ.pop("DATABASE_URL", None)
    from shundan.config.postgres import embedded_server

    server = embedded_server()
    server.claim()
    server.start(lambda text: None)
    try:
        import django

        django.setup()
        with patch("django.utils.timezone.now", lambda: NOW):
            from shundan.config.prepare import prepare

            prepare()
            _forecast()
            _write_journals()
        yield
    finally:
        server.stop()
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)


def _write_journals() -> None:
    """Do what the night does: journals of all that the company has posted."""
    from shundan.ledger.actions import post_missing_journals

    while post_missing_journals(at=NOW):
        pass


def _forecast() -> None:
    """Do the job of the demo's forecast, which a worker would do."""
    from shundan.analytics.actions import run_forecast
    from shundan.analytics.queries import last_forecast_run
    from shundan.kernel.actor import system_actor

    by = system_actor(NOW)
    run = last_forecast_run(by=by)
    if run is not None:
        run_forecast(run.pk, by=by)


@contextmanager
def _browser() -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    chromium = need_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.path, args=FLAGS, env={**chromium.environment})
        yield browser
        browser.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
