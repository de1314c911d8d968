"""The palette (Ctrl K): one field that goes to any page, begins any document and finds any record."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from shundan.accounts.scopes import may_with_kind
from shundan.kernel.actor import Actor
from shundan.kernel.search import spoken_forms
from shundan.ui.doors import SIGNED_IN, page
from shundan.web.frame import PLACES
from shundan.web.kinds import FACES
from shundan.web.lists import state_of
from shundan.web.orders import create_url
from shundan.web.search import customers_found, lots_found, orders_found, products_found

# A sign in front narrows the field to one kind of thing.
COMMANDS, ORDERS, CUSTOMERS, PRODUCTS = ">", "#", "@", "/"
SIGNS = (COMMANDS, ORDERS, CUSTOMERS, PRODUCTS)
FOUND, FOUND_ALONE, COMMANDS_SHOWN = 4, 12, 7
KEYS = {
    "orders": "g o",
    "stock": "g s",
    "customers": "g c",
    "products": "g p",
    "home": "g i",
    "invoices": "g f",
    "payments": "g m",
    "shipments": "g d",
}
Finder = Callable[..., dict[str, Any] | None]
FINDERS: tuple[tuple[str, str, Finder], ...] = (
    (ORDERS, "clipboard-list", orders_found),
    (CUSTOMERS, "building-store", customers_found),
    (PRODUCTS, "package", products_found),
    (PRODUCTS, "barcode", lots_found),
)


@page(SIGNED_IN)
def palette(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what the field of the palette leads to; without words, the pages that are open to this person."""
    typed = state_of(request).text("q")
    sign = typed[0] if typed[:1] in SIGNS else ""
    words = typed.removeprefix(sign).strip()
    groups = [*_records(sign, words, by)]
    if sign in ("", COMMANDS):
        groups.insert(0, {"title": _("Go to"), "rows": _commands(words, by, alone=bool(sign) or not words)})
    if words and sign != COMMANDS:
        rows = [_row(_("Search everywhere"), f"{reverse('search')}?{urlencode({'q': words})}", "search", detail=words)]
        groups.append({"title": "", "rows": rows})
    numbered = _numbered([group for group in groups if group["rows"]])
    return render(request, "palette.html", {"groups": numbered})


def _records(sign: str, words: str, by: Actor) -> Iterator[dict[str, Any]]:
    if not words:
        return
    for own_sign, icon, find in FINDERS:
        if sign not in ("", own_sign):
            continue
        found = find(words, by, few=FOUND_ALONE if sign else FOUND)
        if found:
            rows = [_row(one["label"], one["url"], icon, one["detail"], one["aside"]) for one in found["rows"]]
            yield {"title": found["title"], "rows": rows}


def _commands(words: str, by: Actor, *, alone: bool) -> list[dict[str, Any]]:
    """Return the pages and new documents that fit all words, by label, pinyin or initials."""
    wanted = words.lower().split()
    fitting = [row for row in _all_commands(by) if all(word in _spoken(row["label"], row["name"]) for word in wanted)]
    # Who types the beginning of a name means that one first.
    fitting.sort(key=lambda row: not any(form.startswith(words.lower()) for form in spoken_forms(row["label"])))
    return fitting if alone else fitting[:COMMANDS_SHOWN]


def _all_commands(by: Actor) -> Iterator[dict[str, Any]]:
    for face in FACES.values():
        url = create_url(face, by)
        if url:
            yield _row(str(face.new), url, "plus", name=f"new {face.kind}")
    for name, label, permission in (
        ("customers.new", _("New customer"), "customer.create"),
        ("products.new", _("New product"), "product.edit"),
        ("suppliers.new", _("New supplier"), "supplier.edit"),
        ("purchase_requests.new", _("New purchase request"), "purchase_request.create"),
        ("payments.new", _("Record payment"), "payment.register"),
        ("counts.new", _("Plan a count"), "stock.adjust"),
    ):
        if by.may(permission):
            yield _row(label, reverse(name), "plus", name=name)
    for place in PLACES:
        if place.is_open_to(by):
            url = reverse("home") if place.name == "home" else reverse(f"{place.name}.list")
            yield _row(
                str(place.label), url, place.icon, str(place.section), key=KEYS.get(place.name, ""), name=place.name
            )
    if may_with_kind(by, "order.create", "sale"):
        yield _row(_("Import orders"), reverse("order_imports.list"), "upload", name="import orders")
    yield _row(_("Messages"), reverse("notices.list"), "bell", name="messages")
    yield _row(_("My account"), reverse("account"), "user-circle", name="account")


@lru_cache(maxsize=1024)
def _spoken(label: str, name: str) -> str:
    return " ".join((*spoken_forms(label), name.replace("_", " ")))


def _row(
    label: str,
    url: str,
    icon: str,
    detail: str = "",
    aside: str | None = None,
    *,
    key: str = "",
    name: str = "",
) -> dict[str, Any]:
    return {
        "label": label,
        "url": url,
        "icon": icon,
        "detail": detail,
        "aside": aside,
        "keys": key.split(),
        "name": name,
    }


def _numbered(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each row its place in the whole list, by which the keyboard walks."""
    at = 0
    for group in groups:
        for row in group["rows"]:
            row["at"] = at
            at += 1
    return groups
