"""A window of a browser with somebody in front of it, and what may not happen in any window."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from tests import make

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

# A busy machine of CI may need its time; what is there is not waited for.
PATIENCE = 120_000
WIDTHS = {1440: 900, 360: 740}
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# A click returns before the page it leads to is there. What is asked of a page right after a click must therefore wait:
# with `expect`, `wait_for_url` or one of these.
expect.set_options(timeout=PATIENCE)


def fits(page: "Page") -> None:
    """See that nothing runs out of the window sideways."""
    page.wait_for_function(f"() => {TOO_WIDE} <= 0")


@dataclass
class Desk:
    """One window: the page, and the keys pressed in it besides text."""

    page: "Page"
    presses: int = 0

    def open(self, path: str) -> "Page":
        """Open an address of ours and wait until its scripts are at work."""
        self.page.goto(path, wait_until="load")
        return self.page

    def press(self, *keys: str) -> None:
        """Press keys one after the other; each counts."""
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1

    def type(self, text: str) -> None:
        """Type a text; its letters do not count."""
        self.page.keyboard.type(text)

    def move(self, name: str, *, reason: str = "") -> None:
        """Take a transition of the order on the page by its button, wherever that stands, with a reason if asked."""
        # The answer to the move before is not the answer to this one.
        self.page.evaluate("document.querySelectorAll('#toasts .toast-done').forEach((told) => told.remove())")
        button = self.page.locator(f"form[action$='/do/{name}/'] button, [data-dialog='do-{name}']").first
        if not button.is_visible():
            self.page.click(".record-head details.menu > summary")
        if not reason:
            self.page.locator(f"form[action$='/do/{name}/'] button").first.click()
        else:
            button.click()
            why = self.page.locator(f"#do-{name}-why")
            if why.count():
                why.select_option("other")
            self.page.fill(f"#do-{name}-reason", reason)
            self.page.click(f"#do-{name} footer button:not([data-close])")
        self.page.locator("#toasts .toast-done").first.wait_for()

    def blocked(self, label: str) -> str:
        """Return why a button of the head cannot be pressed, as the reader sees it."""
        button = self.page.locator(".record-head [aria-disabled=true]", has_text=label).first
        return f"{button.get_attribute('data-why') or ''}{button.locator('.why').all_text_contents()}"

    def refusal(self) -> str:
        """Return the refusal that stands on the page."""
        shown = self.page.locator("[role=alert]").first
        shown.wait_for()
        return shown.inner_text()


@dataclass
class Office:
    """All windows of one test."""

    browser: "Browser"
    address: str
    contexts: "list[BrowserContext]" = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def window(self, *, width: int = 1440, language: str = "zh-CN", **more: Any) -> "Page":
        """Open a window of somebody who is not signed in."""
        size = {"width": width, "height": WIDTHS[width]}
        context = self.browser.new_context(
            base_url=self.address,
            viewport=size,
            locale=language,
            timezone_id="Asia/Shanghai",
            has_touch=width < 700,
            reduced_motion="reduce",
            **more,
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        self.watch(page)
        return page

    def watch(self, page: "Page") -> None:
        """Note what must not happen in a page: errors of scripts, breaches of the policy, lost files, crashes."""
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", _unless_refused(page, self.faults))
        page.on("response", _unless_answered(self.faults))

    def sign_in(self, email: str, **more: Any) -> Desk:
        """Return the desk of a person of the cast, who has just signed in and opened no page yet.

        The form of the first page is tried where it matters, in `test_approvals` and `test_changing`; here it would
        cost two pages for each person.
        """
        visitor = Client()
        answer = visitor.post("/sign-in/", {"email": email, "password": make.PASSWORD})
        assert answer.status_code in (302, 303), answer.content
        session = visitor.cookies[settings.SESSION_COOKIE_NAME].value
        page = self.window(**more)
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.address}])
        return Desk(page)

    def close(self) -> None:
        """Close all windows. Raises: AssertionError when something failed in one of them."""
        for context in self.contexts:
            for page in context.pages:
                # A window that is closed while it goes elsewhere may never answer.
                with suppress(PlaywrightError):
                    page.goto("about:blank", timeout=5_000)
            context.close()
        assert not self.faults, self.faults


def _unless_refused(page: "Page", faults: list[str]) -> "Callable[[ConsoleMessage], None]":
    def note(message: "ConsoleMessage") -> None:
        # A refusal is an answer: the browser reports its status, 409 or 403, as if a file were missing.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            faults.append(f"{page.url}: {message.text}")

    return note


def _unless_answered(faults: list[str]) -> "Callable[[Response], None]":
    def note(response: "Response") -> None:
        is_lost = response.status == 404 and response.request.resource_type != "document"
        if response.status >= 500 or is_lost:
            faults.append(f"{response.status} {response.url}")

    return note
