"""Take a picture of every page, in both languages and themes, wide and narrow (python -m tools.screenshots --help).

The demo company is made in a database of its own at a fixed moment, so the same code makes the same pictures.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from tools.chromium import FLAGS, need_chromium

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from playwright.sync_api import Browser, BrowserContext
    from playwright.sync_api import Page as Tab

    from shundan.orders.models import Order

ROOT = Path(__file__).resolve().parent.parent
ALBUM = ROOT / "build" / "screenshots"
README_PICTURES = ROOT / "docs" / "pictures"
# A Thursday afternoon in Shanghai; the demo company's fourteen months end here.
NOW = datetime(2026, 3, 12, 7, 30, tzinfo=UTC)
SIZES = {"1440": (1440, 900), "360": (360, 740)}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
MOST_BYTES = 250_000
README_SIZE = (1440, 800)
# Nothing is under way any more, and the counts of the views, which come after a list, are there.
SETTLED = """() => !document.querySelector(".htmx-request")
  && (!document.querySelector("[hx-trigger=load]") || document.querySelector(".views .n"))"""

VISITOR = ""
REP, MANAGER = "wang.fang@example.com", "chen.jing@example.com"
FINANCE, WAREHOUSE = "sun.li@example.com", "ma.jun@example.com"
ADMIN, EXECUTIVE, SERVICE = "admin@example.com", "lin.guodong@example.com", "xu.ting@example.com"


@dataclass(frozen=True)
class Shot:
    """One page: who looks at it, and what they do before the picture is taken."""

    name: str
    path: str
    who: str
    act: "Callable[[Tab], None] | None" = None
    wide_only: bool = False


@dataclass(frozen=True)
class Variant:
    """Language, theme and width of a picture."""

    language: str
    theme: str
    width: str

    def __str__(self) -> str:
        return f"{self.language}-{self.theme}-{self.width}"


def _click(selector: str) -> "Callable[[Tab], None]":
    return lambda tab: tab.click(selector)


def _choose_rows(tab: "Tab") -> None:
    for row in (0, 1, 3):
        tab.locator("[data-pick]").nth(row).check()


def _open_picker(tab: "Tab") -> None:
    tab.locator(".eg-input").focus()
    tab.keyboard.type("bx")
    tab.locator("#eg-options [data-at]").first.wait_for()


def _paste(tab: "Tab") -> None:
    tab.locator(".eg-input").focus()
    paste(tab, f"{_some_sku(tab)}\t12\nNO-SUCH-SKU\t3\n{_some_sku(tab)}\tmany")


def _some_sku(tab: "Tab") -> str:
    found = tab.request.get("/products/pick/?q=a", headers={"Accept": "application/json"}).json()
    return str(found["items"][0]["sku"])


def paste(tab: "Tab", text: str) -> None:
    """Paste a text into the element that has the focus, as from a spreadsheet."""
    tab.evaluate(
        """text => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          const event = new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true});
          document.activeElement.dispatchEvent(event);
        }""",
        text,
    )


# Words in braces are the facts of `facts_of_the_company`.
SHOTS = (
    Shot("sign-in", "/sign-in/", VISITOR),
    Shot("home", "/", MANAGER),
    Shot("home-rep", "/", REP),
    Shot("home-finance", "/", FINANCE),
    Shot("home-warehouse", "/", WAREHOUSE),
    Shot("home-admin", "/", ADMIN),
    Shot("account-menu", "/", REP, _click("summary.who")),
    Shot("keys", "/orders/", REP, lambda tab: tab.keyboard.press("?")),
    Shot("orders-list", "/orders/", MANAGER),
    Shot("orders-filtered", "/orders/?lifecycle=confirmed&since=2026-01-01&amount_from=1000", MANAGER),
    Shot("orders-selected", "/orders/", MANAGER, _choose_rows),
    Shot("orders-filters", "/orders/", MANAGER, _click("form.query details.menu-start > summary")),
    Shot("orders-none", "/orders/?q=nosuchorder", MANAGER),
    Shot("order-detail", "/orders/{part_shipped}/", "{part_shipped_manager}"),
    Shot("order-completed", "/orders/{completed}/", FINANCE),
    Shot("order-documents", "/orders/{completed}/?tab=documents", FINANCE),
    Shot("order-history", "/orders/{completed}/?tab=history", "{completed_manager}"),
    Shot("order-draft", "/orders/{draft}/", "{draft_owner}"),
    Shot("order-submitted", "/orders/{submitted}/", "{submitted_manager}"),
    Shot("order-reject", "/orders/{submitted}/", "{submitted_manager}", lambda tab: tab.keyboard.press("r")),
    Shot("order-approved", "/orders/{approved}/", "{approved_owner}"),
    Shot("order-held", "/orders/{held}/", WAREHOUSE),
    Shot("order-cancelled", "/orders/{cancelled}/", EXECUTIVE),
    Shot("order-entry", "/orders/{draft}/edit/", "{draft_owner}"),
    Shot("order-entry-new", "/orders/new/", REP),
    Shot("order-entry-picker", "/orders/new/?customer={customer}", REP, _open_picker),
    Shot("order-entry-paste", "/orders/new/?customer={customer}", REP, _paste),
    Shot("approvals", "/approvals/", "{submitted_manager}"),
    Shot("approval", "/approvals/{approval}/", "{submitted_manager}"),
    Shot("ship", "/orders/{to_ship}/ship/", WAREHOUSE),
    Shot("shipments-list", "/shipments/", WAREHOUSE),
    Shot("shipment", "/shipments/{shipment}/", WAREHOUSE),
    Shot("shipment-picking", "/shipments/{picking}/", WAREHOUSE),
    Shot("invoices-list", "/invoices/", FINANCE),
    Shot("invoice", "/invoices/{invoice}/", FINANCE),
    Shot("invoice-open", "/invoices/{open_invoice}/", FINANCE),
    Shot("invoice-new", "/orders/{to_invoice}/invoice/", FINANCE),
    Shot("payments-list", "/payments/", FINANCE),
    Shot("payment", "/payments/{payment}/", FINANCE),
    Shot("payment-new", "/payments/new/?customer={debtor}", FINANCE),
    Shot("stock-list", "/stock/", WAREHOUSE),
    Shot("stock", "/stock/of/{sku}/", WAREHOUSE),
    Shot("stock-adjust", "/stock/adjust/?sku={sku}", WAREHOUSE),
    Shot("customers-list", "/customers/", MANAGER),
    Shot("customer", "/customers/{customer}/", MANAGER),
    Shot("customer-new", "/customers/new/", REP),
    Shot("customer-edit", "/customers/{customer}/edit/", REP),
    Shot("products-list", "/products/", MANAGER),
    Shot("product", "/products/of/{sku}/", MANAGER),
    Shot("product-new", "/products/new/", MANAGER),
    Shot("product-edit", "/products/edit/{sku}/", MANAGER),
    Shot("users-list", "/users/", ADMIN),
    Shot("user", "/users/{user}/", ADMIN),
    Shot("user-new", "/users/new/", ADMIN),
    Shot("user-edit", "/users/{user}/edit/", ADMIN),
    Shot("imports-list", "/imports/", ADMIN),
    Shot("account", "/account/", REP),
    Shot("search", "/search/?q=sz", MANAGER),
    Shot("not-here", "/orders/SO999999/", REP),
    Shot("not-allowed", "/users/", REP),
)
# What the README shows: whole screens, not whole pages.
README_SHOTS = {
    "home": ("light",),
    "orders-list": ("light", "dark"),
    "order-detail": ("light",),
    "order-entry": ("light",),
}


def main(words: Sequence[str] = ()) -> int:
    """Take the pictures; returns an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="pages whose name matches this regular expression")
    parser.add_argument("--variants", default="", help="like zh-light-1440,en-dark-360; all without")
    parser.add_argument("--data", type=Path, help="a folder to keep the company in, and to use it again")
    parser.add_argument("--readme", action="store_true", help="only the pictures of the README")
    arguments = parser.parse_args(words)
    shots = [shot for shot in SHOTS if re.search(arguments.only, shot.name) and not arguments.readme]
    variants = [each for each in all_variants() if str(each) in (arguments.variants or str(each)).split(",")]
    with _company(arguments.data), serving() as address, _browser() as browser:
        for variant in variants if shots else ():
            taken = take(browser, address, ALBUM, shots, variant)
            print(f"{variant}: {len(taken)} pictures", flush=True)
        if not arguments.only:
            take_readme_pictures(browser, address, README_PICTURES)
    print(f"{ALBUM.relative_to(ROOT)}, {README_PICTURES.relative_to(ROOT)}")
    return 0


def all_variants() -> list[Variant]:
    """Return every combination of language, theme and width."""
    return [Variant(*each) for each in product(LANGUAGES, ("light", "dark"), SIZES)]


def take(
    browser: "Browser", address: str, folder: Path, shots: Iterable[Shot], variant: Variant, *, whole: bool = True
) -> list[Path]:
    """Take the pictures of one variant into a folder; `whole`: of the page with all that is below the fold."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = facts_of_the_company()
    speak(variant.language, variant.theme)
    taken = []
    contexts: dict[str, BrowserContext] = {}
    for shot in shots:
        who = shot.who.format(**facts)
        if who not in contexts:
            contexts[who] = open_for(browser, address, who, variant)
        tab = contexts[who].new_page()
        if not whole:
            tab.set_viewport_size({"width": README_SIZE[0], "height": README_SIZE[1]})
        tab.goto(shot.path.format(**facts), wait_until="networkidle")
        if shot.act is not None:
            shot.act(tab)
            tab.wait_for_load_state("networkidle")
        tab.wait_for_function(SETTLED)
        tab.wait_for_timeout(80)
        path = folder / f"{shot.name}-{variant}.png"
        tab.screenshot(path=path, full_page=whole and shot.act is None, animations="disabled", caret="hide")
        taken.append(path)
        tab.close()
    for context in contexts.values():
        context.close()
    return taken


def take_readme_pictures(browser: "Browser", address: str, folder: Path) -> list[Path]:
    """Take the README's pictures into a folder."""
    taken = []
    for language in LANGUAGES:
        for theme in ("light", "dark"):
            shots = [shot for shot in SHOTS if theme in README_SHOTS.get(shot.name, ())]
            taken += take(browser, address, folder, shots, Variant(language, theme, "1440"), whole=False)
    return taken


def speak(language: str, theme: str = "light") -> None:
    """Give everybody in the company this language and this theme."""
    from shundan.accounts.models import User

    User.objects.update(language=LANGUAGES[language], theme=theme)


def open_for(browser: "Browser", address: str, email: str, variant: Variant) -> "BrowserContext":
    """Return a window of the variant's size in which this person is signed in through the demo's buttons."""
    width, height = SIZES[variant.width]
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        has_touch=variant.width == "360",
        color_scheme="dark" if variant.theme == "dark" else "light",
        locale="zh-CN" if variant.language == "zh" else "en-GB",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    context.clock.set_fixed_time(NOW)
    if email != VISITOR:
        tab = context.new_page()
        tab.goto("/sign-in/")
        tab.evaluate("for (const hidden of document.querySelectorAll('details')) hidden.open = true")
        tab.click(f"button[name=demo][value='{email}']")
        tab.wait_for_url(f"{address}/")
        tab.close()
    return context


def facts_of_the_company() -> dict[str, str]:
    """Return numbers and people of the demo company that the pages of SHOTS are about."""
    from django.db.models import F

    from shundan.accounts.models import User
    from shundan.billing.models import Invoice, Payment
    from shundan.exchange.demo.people import MANAGERS
    from shundan.exchange.demo.present import FATES
    from shundan.fulfilment.models import Shipment
    from shundan.inventory.models import StockLevel
    from shundan.orders.models import Order
    from shundan.parties.models import Customer
    from shundan.workflow.models import ApprovalRun

    orders = Order.objects.select_related("owner", "department").order_by("-line_count", "-id")
    # The company's last two days were lived by the product's own actions.
    fresh = orders.filter(id__gt=Order.objects.order_by("-id")[sum(number for _fate, number in FATES)].pk)

    def one(among: "QuerySet[Order]", **wanted: object) -> dict[str, str]:
        """Return an order like that with its people, one of the first sales department if it has any."""
        found = (among.filter(department__code="sales-1", **wanted) or among.filter(**wanted))[0]
        assert found.owner
        assert found.department
        return {"": found.number, "_owner": found.owner.email, "_manager": MANAGERS[found.department.code]}

    under_way = orders.filter(category="in_progress", fulfilment__in=["partly_shipped", "shipped", "delivered"])
    # The more papers it has, the more its page shows.
    under_way = (
        under_way.filter(invoicing="part", line_count__gte=3)
        or under_way.filter(fulfilment="partly_shipped")
        or under_way
    )
    wanted = {
        "part_shipped": one(under_way),
        "completed": one(orders, category="completed", payment="paid"),
        "draft": one(fresh, category="draft"),
        "submitted": one(fresh, category="submitted"),
        "approved": one(fresh, category="approved"),
        "held": one(fresh, holds__len__gt=0),
        "cancelled": one(orders, category="cancelled"),
        "to_ship": one(fresh, category="confirmed", holds__len=0),
        "to_invoice": one(fresh, invoicing="to_invoice"),
    }
    open_invoice = Invoice.objects.filter(kind="normal", total__gt=F("credited") + F("allocated")).order_by("-id")[0]
    return {
        **{f"{name}{part}": text for name, parts in wanted.items() for part, text in parts.items()},
        "shipment": Shipment.objects.filter(state="delivered").order_by("-id")[0].number,
        "approval": str(ApprovalRun.objects.get(title=wanted["submitted"][""], state="pending").pk),
        "picking": Shipment.objects.filter(state="picking").order_by("-id")[0].number,
        "invoice": Invoice.objects.filter(kind="normal", total=F("allocated")).order_by("-id")[0].number,
        "open_invoice": open_invoice.number,
        "payment": Payment.objects.order_by("-id")[0].number,
        "debtor": Customer.objects.get(pk=open_invoice.customer_id).number,
        "customer": Customer.objects.filter(owner__email=REP).order_by("id")[0].number,
        "sku": StockLevel.objects.filter(reserved__gt=0).order_by("-reserved")[0].product.sku,
        "user": str(User.objects.get(email=REP).pk),
    }


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
        yield
    finally:
        server.stop()
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)


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
