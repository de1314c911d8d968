"""Price lists: the list, adding and changing one, with prices in rows or pasted from a spreadsheet."""

import re
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Refused
from shundan.kernel.money import ZERO, parse_decimal
from shundan.pricing.actions import ItemInput, PriceListInput, save_price_list
from shundan.pricing.queries import PriceItem, PriceList, get_price_list, list_price_lists, timeline_of_offer
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.lists import plain_list, state_of
from shundan.web.offer_form import (
    choices_of,
    kept_offer,
    new_offer,
    read_offer,
    row_day,
    row_number,
    shown_number,
    typed_offer,
    whole_of,
)
from shundan.web.price_words import audience_text
from shundan.web.timeline import timeline
from shundan.web.words import name_of

# More prices than these are not shown as fields: they are pasted, or kept over the API.
MOST_ROWS = 100
ROW = ("sku", "category", "unit", "min", "method", "value", "from", "to")


@page("price.read")
def price_list_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of price lists."""
    state = state_of(request)
    found = list_price_lists(
        by=by,
        search=state.text("q"),
        status=state.choice("status", ("active", "retired"), ""),
        cursor=state.cursor,
        limit=state.size,
        counted=True,
    )
    create_url = reverse("price_lists.new") if by.may("price.edit") else None
    context = {
        "page": frame(request, by, title=_("Price lists"), active="price_lists", create_url=create_url),
        "views": [],
        "choices": {"statuses": choices_of(by)["statuses"]},
        "query": {"status": state.text("status")},
        **plain_list(
            state,
            found,
            [_row(one) for one in found.items],
            url=reverse("price_lists.list"),
            placeholder=_("Code or name"),
            caption=_("Price lists"),
            create_label=_("New price list"),
            empty_title=_("No price lists yet"),
            empty_text=_("Without one everybody pays the list price of the product."),
        ),
    }
    return render(request, "price_lists/list.html", context)


@page("price.edit", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a price list."""
    return _form(request, by, None)


@page("price.read")
def show(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show a price list as a form; only who keeps prices can change it."""
    return _form(request, by, get_price_list(code, by=by))


@page("price.edit", methods=("POST",))
def save(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Change a price list on the version that the reader saw."""
    return _form(request, by, get_price_list(code, by=by))


def _form(request: HttpRequest, by: Actor, one: PriceList | None) -> HttpResponse:
    kept = list(one.items.all()) if one else []
    has_rows = len(kept) <= MOST_ROWS
    values = new_offer() | {"decimals": 2, "items": [{"method": "amount"}], "pasted": ""}
    if one is not None:
        rows = [_item_row(item) for item in kept] if has_rows else []
        values = kept_offer(one) | {"decimals": one.decimals, "items": rows, "pasted": ""}
    given, refusal = Given(request.POST), None
    if request.method == "POST":
        values = _typed(given)

        def work() -> str:
            wanted = _read(given, one, kept if not has_rows else [])
            return save_price_list(wanted, version=given.whole("version") or 0 if one else None, by=by).code

        try:
            code = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The price list was saved."))
            return go(request, reverse("price_lists.show", kwargs={"code": code}))
    may = by.may("price.edit")
    context = {
        "page": frame(request, by, title=name_of(one) if one else _("New price list"), active="price_lists"),
        "submit_url": reverse("price_lists.save", kwargs={"code": one.code}) if one else request.path,
        "cancel_url": reverse("price_lists.list"),
        "key": new_key(),
        "version": one.version if one else None,
        "may_edit": may,
        "values": values,
        "items": values["items"],
        "item_count": len(kept),
        "has_rows": has_rows,
        "choices": choices_of(by),
        "events": timeline(timeline_of_offer(one)) if one else [],
        "refusal": refusal_of_form(refusal, known={d.path: "" for d in refusal.details}) if refusal else None,
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
    }
    return render(request, "price_lists/edit.html", context, status=refusal.status if refusal else 200)


def _read(given: Given, one: PriceList | None, kept: list[PriceItem]) -> PriceListInput:
    """Return what was typed as the domain takes it; pasted prices take the place of those of the same kind.

    Raises: Malformed.
    """
    items = [_kept_item(item) for item in kept]
    for at, row in enumerate(given.rows("item")):
        if {name for name, value in row.items() if value} <= {"method"}:
            continue
        path = f"items[{at}]"
        items.append(
            ItemInput(
                sku=row.get("sku", ""),
                category=row.get("category", ""),
                unit=row.get("unit", ""),
                min_quantity=row_number(given, row, "min", f"{path}.min_quantity", default=ZERO) or ZERO,
                method=row.get("method") or "amount",
                value=_needed(given, row, f"{path}.value"),
                valid_from=row_day(given, row, "from", f"{path}.valid_from"),
                valid_to=row_day(given, row, "to", f"{path}.valid_to"),
            )
        )
    by_key = {_key(item): item for item in items} if given.text("pasted") else {}
    pasted = {_key(item): item for item in _pasted(given)}
    found = PriceListInput(
        **read_offer(given, one.code if one else given.text("code")),
        decimals=whole_of(given, "decimals", 2),
        items=tuple((by_key | pasted).values()) if pasted else tuple(items),
    )
    given.check()
    return found


def _needed(given: Given, row: dict[str, str], path: str) -> Decimal:
    found = row_number(given, row, "value", path, default=None)
    if found is None:
        given.problems.append(Detail(path, "required", _("This field is required.")))
    return found or ZERO


def _key(item: ItemInput) -> tuple[object, ...]:
    return (item.sku, item.category, item.unit, item.min_quantity, item.valid_from)


def _pasted(given: Given) -> list[ItemInput]:
    """Return prices that were pasted: a line each with SKU, price, and maybe from which quantity and per which unit."""
    found: list[ItemInput] = []
    for at, line in enumerate(given.data.get("pasted", "").replace("\x00", "").splitlines()):
        cells = [cell.strip() for cell in re.split(r"\t|[;；]", line)]
        if not any(cells):
            continue
        sku, price, least, unit, *_more = [*cells, "", "", "", ""]
        value, from_quantity = parse_decimal(price), parse_decimal(least or "0")
        if value is None and not found and at == 0:
            # The heads of the columns.
            continue
        if not sku or value is None or from_quantity is None:
            sentence = _("Line %(n)s is not readable: a SKU, a price, and if need be a quantity and a unit.")
            given.problems.append(Detail("pasted", "not_readable", sentence % {"n": at + 1}))
            continue
        found.append(ItemInput(sku=sku, value=value, min_quantity=from_quantity, unit=unit))
    return found


def _kept_item(item: PriceItem) -> ItemInput:
    return ItemInput(
        sku=item.product.sku if item.product else "",
        category=item.category.code if item.category else "",
        unit=item.unit.code if item.unit else "",
        min_quantity=item.min_quantity,
        method=item.method,
        value=item.value,
        valid_from=item.valid_from,
        valid_to=item.valid_to,
    )


def _item_row(item: PriceItem) -> dict[str, Any]:
    return {
        "sku": item.product.sku if item.product else "",
        "label": name_of(item.product) if item.product else "",
        "category": item.category.code if item.category else "",
        "unit": item.unit.code if item.unit else "",
        "min": shown_number(item.min_quantity) if item.min_quantity else "",
        "method": item.method,
        "value": shown_number(item.value),
        "from": item.valid_from,
        "to": item.valid_to,
    }


def _typed(given: Given) -> dict[str, Any]:
    rows = [{name: row.get(name, "") for name in ROW} for row in given.rows("item")]
    kept = {"decimals": given.data.get("decimals", ""), "pasted": given.data.get("pasted", "")}
    return typed_offer(given) | kept | {"items": rows}


def _row(one: Any) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "name": name_of(one),
        "code": one.code,
        "url": reverse("price_lists.show", kwargs={"code": one.code}),
        "audience": audience_text(one),
        "currency": one.currency,
        "items": one.item_count,
        "rank": one.rank,
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
        "state": "active" if one.status == "active" else "inactive",
    }


routes = [
    path("price-lists/", price_list_list, name="price_lists.list"),
    path("price-lists/new/", new, name="price_lists.new"),
    path("price-lists/<str:code>/", show, name="price_lists.show"),
    path("price-lists/<str:code>/save/", save, name="price_lists.save"),
]
