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
from tools.posing import REP, VISITOR, Shot, Variant

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from playwright.sync_api import Browser, BrowserContext
    from playwright.sync_api import Page as Tab

    from shundan.orders.models import Order

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
MOST_BYTES = 250_000
README_SIZE = (1440, 800)
# Nothing is under way any more, and the counts of the views, which come after a list, are there.
INSPECTED = ("open", "waiting", "decided")
SETTLED = """() => !document.querySelector(".htmx-request")
  && (!document.querySelector("[hx-trigger=load]") || document.querySelector(".views .n"))"""
WHOLE_HEIGHT = "document.documentElement.scrollHeight"

# Orders of the other kinds: by which type and state each is found.
OTHER_KINDS = {
    "purchase_requested": ("purchase", "requested"),
    "purchase_submitted": ("purchase", "submitted"),
    "purchase_receiving": ("purchase", "receiving"),
    "purchase_completed": ("purchase", "completed"),
    "return_awaited": ("sales_return", "in_return"),
    "return_received": ("sales_return", "received"),
    "return_completed": ("sales_return", "completed"),
    "service_working": ("service", "working"),
    "service_completed": ("service", "completed"),
    "transfer_planned": ("transfer", "planned"),
    "transfer_in_transit": ("transfer", "in_transit"),
    "inner_work": ("service_transfer", "performed"),
}
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


def facts_of_the_company() -> dict[str, str]:
    """Return numbers and people of the demo company that the pages of SHOTS are about."""
    from django.db.models import F

    from shundan.accounts.models import User
    from shundan.billing.models import Bill, Invoice, Payment
    from shundan.exchange.demo.people import MANAGERS
    from shundan.exchange.demo.present import FATES
    from shundan.fulfilment.models import (
        DeliveryProblem,
        DirectDelivery,
        Inspection,
        LandedCost,
        Parcel,
        Receipt,
        Shipment,
        Waybill,
    )
    from shundan.inventory.models import StockLevel
    from shundan.orders.models import Order, Promise, TransferDifference
    from shundan.parties.models import Customer
    from shundan.purchasing.models import Inquiry, Invitation, SupplierAnswer
    from shundan.purchasing.queries import token_of_invitation, token_of_order
    from shundan.workflow.models import ApprovalRun

    sales = Order.objects.filter(kind="sale")
    orders = sales.select_related("owner", "department").order_by("-line_count", "-id")
    # The company's last two days were lived by the product's own actions.
    fresh = orders.filter(id__gt=sales.order_by("-id")[sum(number for _fate, number in FATES)].pk)

    def one(among: "QuerySet[Order]", **wanted: object) -> dict[str, str]:
        """Return an order like that with its people, one of the first sales department if it has any."""
        found = (among.filter(department__code="sales-1", **wanted) or among.filter(**wanted))[0]
        assert found.owner
        assert found.department
        return {"": found.number, "_owner": found.owner.email, "_manager": MANAGERS[found.department.code]}

    def other(code: str, state: str) -> str:
        return Order.objects.filter(type__code=code, state=state).order_by("-line_count", "-id")[0].number

    under_way = orders.filter(category="in_progress", fulfilment__in=["partly_shipped", "shipped", "delivered"])
    # The more papers it has, the more its page shows.
    fuller = under_way.filter(invoicing="part", line_count__gte=3) or under_way.filter(fulfilment="partly_shipped")
    under_way = fuller or under_way
    wanted = {
        "part_shipped": one(under_way),
        "completed": one(orders, category="completed", payment="paid"),
        "draft": one(fresh, category="draft"),
        "submitted": one(fresh, category="submitted"),
        "approved": one(fresh, category="approved"),
        "held": one(fresh, holds__len__gt=0),
        "backordered": one(fresh, pk__in=Promise.objects.order_by("-slipped_at").values("order_id")),
        "cancelled": one(orders, category="cancelled"),
        "to_ship": one(fresh, category="confirmed", holds__len=0),
        "to_invoice": one(fresh, invoicing="to_invoice"),
        "priced": one(orders, discount_percent__isnull=False),
        "coupon": one(orders, coupon_code__gt="", category__in=["submitted", "approved"]),
        "coupon_draft": one(orders, coupon_code__gt="", category="draft"),
    }
    lot_list = Shipment.objects.filter(
        state="picking", order__kind="transfer", lines__order_line__product__tracking="lot"
    ).select_related("order")[0]
    open_invoice = Invoice.objects.filter(kind="normal", total__gt=F("credited") + F("allocated")).order_by("-id")[0]
    direct = DirectDelivery.objects.filter(state="delivered").latest("id")
    assert direct.order.owner
    assert direct.purchase.supplier
    return {
        **{f"{name}{part}": text for name, parts in wanted.items() for part, text in parts.items()},
        "direct_sale": direct.order.number,
        "direct_sale_owner": direct.order.owner.email,
        "direct_purchase": direct.purchase.number,
        "direct_supplier": direct.purchase.supplier.number,
        "direct_sku": direct.lines.all()[0].order_line.sku,
        "parcel": Parcel.objects.order_by("id")[0].shipment.number,
        "shipment": Shipment.objects.filter(state="delivered").order_by("-id")[0].number,
        "approval": str(ApprovalRun.objects.get(title=wanted["submitted"][""], state="pending").pk),
        "waybill": Waybill.objects.filter(tracking="delivered", account__code="sf").latest("id").order_key,
        "troubled": DeliveryProblem.objects.filter(resolved_at=None).latest("opened_at").waybill.order_key,
        "differing": TransferDifference.objects.latest("id").order.number,
        "picking": Shipment.objects.filter(state="picking").order_by("-id")[0].number,
        "invoice": Invoice.objects.filter(kind="normal", total=F("allocated")).order_by("-id")[0].number,
        "open_invoice": open_invoice.number,
        "payment": Payment.objects.order_by("-id")[0].number,
        "debtor": Customer.objects.get(pk=open_invoice.customer_id).number,
        "customer": Customer.objects.filter(owner__email=REP).order_by("id")[0].number,
        "lot_list": lot_list.number,
        "lot_order": lot_list.order.number,
        "sku": StockLevel.objects.filter(reserved__gt=0).order_by("-reserved")[0].product.sku,
        "short_sku": Order.objects.get(number=wanted["backordered"][""]).lines.order_by("reserved")[0].sku,
        "user": str(User.objects.get(email=REP).pk),
        "purchase_request": Inquiry.objects.get(state="awarded").lines.all()[0].request_line.request.number,
        "inquiry_open": Inquiry.objects.get(state="open").number,
        "inquiry_awarded": Inquiry.objects.get(state="awarded").number,
        "answered": SupplierAnswer.objects.latest("id").order.number,
        "supply": token_of_order(SupplierAnswer.objects.latest("id").order),
        "quotation": token_of_invitation(Invitation.objects.filter(inquiry__state="open", state="invited")[0]),
        "supplier": Bill.objects.latest("id").supplier.number,
        "bill": Bill.objects.filter(paid=0).latest("id").number,
        **{f"inspection_{one}": Inspection.objects.filter(state=one).earliest("id").number for one in INSPECTED},
        "landed_cost": LandedCost.objects.latest("id").number,
        "receipt": Receipt.objects.filter(order__kind="purchase").latest("id").number,
        **{name: other(*wanted) for name, wanted in OTHER_KINDS.items()},
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
