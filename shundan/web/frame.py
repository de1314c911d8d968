"""The frame of every page: navigation from what the actor may do, messages of the last request, personal wishes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shundan.accounts.queries import role_labels
from shundan.accounts.scopes import Reader, may_with_kind, reader_of
from shundan.kernel.actor import Actor
from shundan.kernel.listing import Counting, counting_of
from shundan.notifications.queries import unread_notices
from shundan.orders.queries import rows_of_views
from shundan.ui.doors import SIGNED_IN, signed_in_of
from shundan.web.kinds import FACES
from shundan.workflow.queries import StandsInFor, rows_to_decide, stands_in_for

DENSITIES = ("compact", "standard", "comfortable")


# Where people work all day, most wanted first: the right that makes it somebody's work, and for which kind of order.
# The quick navigation of a phone holds the first of them.
THUMBS: tuple[tuple[str, str, str], ...] = (
    ("home", SIGNED_IN, ""),
    ("orders", "order.create", "sale"),
    ("purchases", "order.create", "purchase"),
    ("approvals", "order.approve", ""),
    ("scan", "shipment.create", ""),
    ("shipments", "shipment.create", ""),
    ("receipts", "receipt.post", ""),
    ("invoices", "invoice.issue", ""),
    ("payments", "payment.register", ""),
    ("stock", "stock.adjust", ""),
    ("customers", "customer.create", ""),
)
THUMBS_SHOWN = 4
MOST_COUNTED = 999


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the navigation: who may open it, and which view's count it wears for whom."""

    name: str
    label: str | Promise
    icon: str
    permission: str
    section: str | Promise = ""
    view: str = ""
    needs: str = ""
    kind: str = ""

    def is_open_to(self, by: Actor) -> bool:
        """Tell whether somebody may open it: lists of orders only with the right for their kind."""
        return may_with_kind(by, self.permission, self.kind) if self.kind else by.may(self.permission)


def _kind(name: str, section: str | Promise) -> Place:
    face = FACES[name]
    return Place(face.place, face.title, face.icon, "order.read", section, kind=name)


_SALES, _BUYING, _WAREHOUSE = _("Sales"), _("Purchasing"), _("Warehouse and logistics")
_MONEY, _FIGURES, _MASTER, _SETTINGS = _("Finance"), _("Analysis"), _("Master data"), _("Settings")
PLACES = (
    Place("home", _("My work"), "home", SIGNED_IN),
    Place("approvals", _("Approvals"), "clipboard-check", SIGNED_IN),
    Place("scan", _("Scan"), "barcode", "shipment.create"),
    replace(_kind("sale", _SALES), view="to_approve", needs="order.approve"),
    _kind("return", _SALES),
    _kind("service", _SALES),
    Place("customers", _("Customers"), "building-store", "customer.read", _SALES),
    _kind("purchase", _BUYING),
    Place("demand", _("Demand"), "chart-line", "purchase_request.source", _BUYING),
    Place("purchase_requests", _("Purchase requests"), "clipboard-text", "purchase_request.read", _BUYING),
    Place("sourcing", _("To be ordered"), "shopping-cart-plus", "purchase_request.source", _BUYING),
    Place("inquiries", _("Inquiries"), "file-search", "inquiry.read", _BUYING),
    Place("suppliers", _("Suppliers"), "building", "supplier.read", _BUYING),
    Place("supplier_scores", _("Supplier evaluation"), "star", "supplier.read", _BUYING),
    Place("shipments", _("Shipments"), "truck-delivery", "shipment.read", _WAREHOUSE, "to_ship", "shipment.create"),
    Place("receipts", _("Receipts"), "package-import", "receipt.read", _WAREHOUSE),
    Place("inspections", _("Inspections"), "clipboard-check", "inspection.read", _WAREHOUSE),
    _kind("transfer", _WAREHOUSE),
    Place("logistics", _("Logistics"), "map-pin", "shipment.read", _WAREHOUSE),
    Place("stock", _("Stock"), "building-warehouse", "stock.read", _WAREHOUSE),
    Place("alerts", _("Stock alerts"), "alert-triangle", "stock.read", _WAREHOUSE),
    Place("counts", _("Stock counts"), "clipboard-check", "stock.read", _WAREHOUSE, needs="stock.adjust"),
    Place("invoices", _("Invoices"), "file-invoice", "invoice.read", _MONEY, "to_invoice", "invoice.issue"),
    Place("payments", _("Payments"), "cash", "payment.read", _MONEY),
    Place("deposits", _("Deposits"), "coin", "invoice.read", _MONEY),
    Place("drafts", _("Acceptance drafts"), "receipt", "payment.read", _MONEY),
    Place("receivables", _("Receivables"), "clock", "invoice.read", _MONEY),
    Place("credit", _("Credit desk"), "shield", "credit.read", _MONEY),
    Place("statements", _("Statements of account"), "file-search", "statement.read", _MONEY),
    Place("dunning", _("Reminders"), "bell", "dunning.read", _MONEY),
    Place("bank", _("Bank entries"), "transfer", "bank.read", _MONEY),
    Place("bills", _("Bills"), "receipt", "bill.read", _MONEY),
    Place("payables", _("Payables by age"), "clock", "bill.read", _MONEY),
    Place("prepayments", _("Prepayments"), "coin", "bill.read", _MONEY),
    Place("payment_requests", _("Payment requests"), "wallet", "payment_request.read", _MONEY),
    Place("landed_costs", _("Landed costs"), "coin", "landed_cost.read", _MONEY),
    Place("journals", _("Ledger"), "file-text", "ledger.read", _MONEY),
    Place("exchange_rates", _("Exchange rates"), "transfer", "exchange_rate.read", _MONEY),
    Place("reports", _("Reports"), "chart-bar", "stock.read", _FIGURES),
    Place("forecasts", _("Demand forecast"), "chart-line", "forecast.read", _FIGURES),
    Place("products", _("Products"), "package", "product.read", _MASTER),
    Place("categories", _("Categories and units"), "list", "product.read", _MASTER),
    Place("price_lists", _("Price lists"), "tags", "price.read", _MASTER),
    Place("promotions", _("Promotions"), "star", "price.read", _MASTER),
    Place("discount_limits", _("Discount limits"), "shield", "price.limit", _MASTER),
    Place("terms", _("Payment terms"), "clock", "payment_term.edit", _MASTER),
    Place("taxes", _("Taxes"), "receipt", "tax.read", _MASTER),
    Place("warehouses", _("Warehouses"), "building-warehouse", "stock.read", _MASTER),
    Place("shipping_rules", _("Which warehouse ships"), "truck-delivery", "warehouse.edit", _MASTER),
    Place("reorder_rules", _("Reorder rules"), "repeat", "reorder_rule.edit", _MASTER),
    Place("receiving_rules", _("Receiving rules"), "package-import", "receiving_rule.edit", _MASTER),
    Place("imports", _("Imports"), "upload", "import.run", _MASTER),
    Place("workflows", _("Workflows"), "adjustments", "workflow.manage", _SETTINGS),
    Place("tables", _("Approval tables"), "shield", "approval_table.manage", _SETTINGS),
    Place("migrations", _("Workflow migrations"), "transfer", "workflow.manage", _SETTINGS),
    Place("what_if", _("What if"), "help", "workflow.manage", _SETTINGS),
    Place("company", _("Our company"), "building", "company.edit", _SETTINGS),
    Place("paper_looks", _("Looks of papers"), "printer", "company.edit", _SETTINGS),
    Place("einvoices", _("E-invoices"), "file-invoice", "company.edit", _SETTINGS),
    Place("users", _("Users"), "users", "user.read", _SETTINGS),
    Place("carriers", _("Carriers"), "truck-delivery", "carrier.manage", _SETTINGS),
    Place("gateways", _("Payment gateways"), "credit-card", "gateway.manage", _SETTINGS),
    Place("settlement_terms", _("Terms of settlement"), "adjustments", "payment.terms", _SETTINGS),
    Place("order_types", _("Order types"), "tags", "order_type.manage", _SETTINGS),
    Place("reasons", _("Reasons"), "message", "order_type.manage", _SETTINGS),
)


def frame(request: HttpRequest, by: Actor, *, title: str, active: str = "", **more: Any) -> dict[str, Any]:
    """Return the `page` that every signed-in template expects (Any: a template's context)."""
    signed_in = signed_in_of(request)
    assert signed_in is not None
    open_places = [place for place in PLACES if place.is_open_to(by)]
    counts = _counts(by, open_places)
    navigation = _navigation(by, active, open_places, counts)
    return {
        "title": title,
        "language": language_tag(),
        "theme": signed_in.theme,
        "density": density_of(request),
        "keys": signed_in.has_letter_keys,
        "user": {
            "name": by.name,
            "email": signed_in.email,
            "department": " · ".join(role_labels(signed_in.roles, language=get_language() or "")),
            "initial": initial_of(by.name),
        },
        "nav": navigation,
        "thumbs": _thumbs(by, navigation),
        "unread": counts["unread"],
        "messages": take_messages(request),
        "create_url": None,
        **more,
    }


def bare_frame(request: HttpRequest, *, title: str) -> dict[str, Any]:
    """Return the `page` of templates that a visitor sees."""
    return {"title": title, "language": language_tag(), "theme": "auto", "messages": take_messages(request)}


def leave_message(request: HttpRequest, text: str, *, kind: str = "done", code: str = "") -> None:
    """Keep a message for the next page of this session: done, warn or error."""
    waiting = request.session.get("messages", [])
    request.session["messages"] = [*waiting, {"kind": kind, "text": text, "code": code}][-5:]


def take_messages(request: HttpRequest) -> list[dict[str, str]]:
    """Return the messages that wait for this session, once."""
    found: list[dict[str, str]] = request.session.pop("messages", []) if "messages" in request.session else []
    return found


def language_tag() -> str:
    """Return the active language as HTML writes it."""
    return "en" if (get_language() or "").startswith("en") else "zh-Hans"


def density_of(request: HttpRequest) -> str:
    """Return the row height this browser was set to."""
    wished = request.COOKIES.get("density", "")
    return wished if wished in DENSITIES else "standard"


@dataclass(frozen=True, slots=True)
class _Piles:
    """All that decides what is counted for somebody."""

    reader: Reader
    stands_in: StandsInFor
    views: tuple[str, ...]


def _counts(by: Actor, open_places: Sequence[Place]) -> dict[str, int]:
    """Return what waits, by view and for `approvals` and `unread`, as it is now: only the statement is kept."""
    sees_sales = may_with_kind(by, "order.read", "sale")
    views = tuple(place.view for place in open_places if sees_sales and place.view and by.may(place.needs))
    return _counting(_Piles(reader_of(by), stands_in_for(by), views)).run()


@lru_cache(maxsize=512)
def _counting(piles: _Piles) -> Counting:
    """Return the statement that counts for somebody; making it costs more than running it."""
    by = piles.reader.by
    rows: dict[str, QuerySet[Any]] = {
        **rows_of_views(by=by, views=piles.views, kinds=("sale",)),
        "approvals": rows_to_decide(piles.stands_in, by=by),
        "unread": unread_notices(by),
    }
    return counting_of(rows, cap=MOST_COUNTED)


def _navigation(
    by: Actor, active: str, open_places: Sequence[Place], counts: Mapping[str, int]
) -> list[dict[str, Any]]:
    items, section = [], ""
    for place in open_places:
        heading = str(place.section)
        items.append(
            {
                "name": place.name,
                "label": str(place.label),
                "url": _url_of(place.name),
                "icon": place.icon,
                "active": place.name == active,
                "count": counts.get("approvals" if place.name == "approvals" else place.view) or None,
                "section": heading if heading != section else None,
            }
        )
        section = heading
    return items


def _thumbs(by: Actor, navigation: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what a thumb reaches: first where somebody works, then what else is open to them."""
    items = {item["name"]: item for item in navigation}
    own = [
        name
        for name, right, kind in THUMBS
        if name in items and (may_with_kind(by, right, kind) if kind else by.may(right))
    ]
    return [items[name] for name in [*own, *(name for name in items if name not in own)][:THUMBS_SHOWN]]


@cache
def _url_of(place: str) -> str:
    """Return the address of a place; it changes only with a release, and every page asks for all of them."""
    return reverse("home" if place == "home" else f"{place}.list")


def initial_of(name: str) -> str:
    """Return the letters on a person's face."""
    words = name.split()
    if not words:
        return "·"
    return "".join(word[0] for word in words[:2]).upper() if name.isascii() else name[0]
