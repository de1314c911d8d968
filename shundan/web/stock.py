"""Stock: the list by warehouse, a product's ledger and who holds it, receipts and adjustments."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.catalog.queries import Product, get_product, list_categories
from shundan.inventory.actions import adjust_stock, receive_stock
from shundan.inventory.queries import (
    StockLevel,
    StockMove,
    StockPosition,
    get_warehouse,
    level_state,
    list_moves,
    list_stock,
    list_warehouses,
    low_point_of,
    positions_of_product,
    stock_of_product,
    stock_sums,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.orders.queries import Arrival, Holder, Waiter, why_not_available
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.ledger_papers import LedgerPaper, papers_of_moves
from shundan.web.lists import pager, plain_list, state_of, tabs
from shundan.web.places import location_name, locations_to_choose, lots_typed
from shundan.web.reservations import why_url
from shundan.web.stock_words import MOVE_KINDS, expired_words
from shundan.web.words import ADJUSTMENT_REASONS, RECEIPT_REASONS, STOCK_REASONS, name_of, options

KINDS = (
    ("receipt", gettext_lazy("Receipt: incoming goods"), "stock.receive"),
    ("adjustment", gettext_lazy("Adjustment: stock count correction"), "stock.adjust"),
)
VIEWS = (("all", gettext_lazy("All")), ("low", gettext_lazy("Low")), ("short", gettext_lazy("None available")))


@page("stock.read")
def stock_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of stock levels."""
    state = state_of(request)
    view = state.choice("view", dict(VIEWS), "all")
    found = list_stock(
        by=by,
        search=state.text("q"),
        warehouse=state.text("warehouse"),
        category_id=state.whole("category"),
        only="" if view == "all" else view,
        cursor=state.cursor,
        limit=state.size,
        counted=True,
    )
    context = {
        "page": frame(request, by, title=_("Stock"), active="stock", create_url=_adjust_url(by)),
        "reservations_url": reverse("reservations.list") if by.may("order.read") else None,
        "consigned_url": reverse("consigned.list"),
        "views": tabs(state, VIEWS, active=view, counts={}),
        "choices": {
            "warehouses": [(one.code, name_of(one)) for one in list_warehouses(by=by)],
            "categories": [(one.pk, name_of(one)) for one in list_categories(by=by)],
        },
        "query": {"warehouse": state.text("warehouse"), "category": state.text("category")},
        **plain_list(
            state,
            found,
            [_row(one) for one in found.items],
            url=reverse("stock.list"),
            placeholder=_("SKU, name, pinyin, barcode or lot"),
            caption=_("Stock"),
            create_label=_("Receive or adjust"),
            empty_title=_("No stock yet"),
            empty_text=_("Receive goods into a warehouse, or import the opening stock."),
        ),
    }
    return render(request, "stock/list.html", context)


@page("stock.read")
def show(request: HttpRequest, sku: str, *, by: Actor) -> HttpResponse:
    """Show a product's stock: by warehouse, its ledger, and who holds it."""
    state = state_of(request)
    product = get_product(sku, by=by)
    levels = stock_of_product(product.pk, by=by)
    moves = list_moves(by=by, product_id=product.pk, cursor=state.cursor, limit=state.size)
    papers = papers_of_moves(moves.items, by=by)
    short = why_not_available(product.pk, by=by)
    footer = pager(state, next_cursor=moves.next, previous_cursor=moves.previous, count=None, shown=len(moves.items))
    context = {
        "page": frame(request, by, title=name_of(product), active="stock"),
        "product": {
            "sku": product.sku,
            "name": name_of(product),
            "spec": product.spec,
            "unit": name_of(product.unit),
            "url": reverse("products.show", kwargs={"sku": product.sku}),
            "category": name_of(product.category) if product.category else None,
        },
        "adjust_url": f"{_adjust_url(by)}?product={product.sku}" if _adjust_url(by) else None,
        "why_url": why_url(product.sku),
        "totals": stock_sums(levels),
        "is_tracked": product.tracking != "none",
        "positions": [_position(one) for one in levels],
        "places": [place_row(one, by) for one in positions_of_product(product.pk, by=by)],
        "reservations": [_holder(one) for one in short.holders],
        "waiting": [_waiter(one) for one in short.waiters],
        "coming": [_arrival(one) for one in short.arrivals],
        "moves": [_move(one, papers) for one in moves.items],
        "pager": footer,
    }
    return render(request, "stock/show.html", context)


@page("stock.receive", methods=("GET", "POST"))
def adjust(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Receive goods, or correct what a warehouse has."""
    if request.method == "GET":
        return _adjust_page(request, by, Given(request.GET))
    given = Given(request.POST)

    def work() -> str:
        product = get_product(given.text("product"), by=by)
        quantity = given.needed("quantity")
        place, reason, remark = given.text("warehouse"), given.text("reason"), given.text("note")
        lots = lots_typed(given, abs(quantity), product)
        happened_at = given.moment("happened_at", zone=by.company_zone)
        given.check()
        warehouse = get_warehouse(place, by=by)
        facts: dict[str, Any] = {
            "product_id": product.pk,
            "warehouse_id": warehouse.pk,
            "location": given.text("location"),
            "lots": lots,
            "effective_at": happened_at,
        }
        if given.text("kind") == "adjustment":
            booked = adjust_stock(delta=quantity, reason=reason, remark=remark, by=by, **facts)
        else:
            booked = receive_stock(quantity=quantity, reason=reason, remark=remark, by=by, **facts)
        return json.dumps([product.sku, expired_words(booked.expired)])

    try:
        sku, expired = json.loads(do_once(request, by=by, work=work))
    except Refused as refusal:
        return _adjust_page(request, by, given, refusal=refusal)
    posted = _("The stock movement of %(sku)s was posted.") % {"sku": sku}
    leave_message(request, f"{posted} {expired}".strip(), kind="warn" if expired else "done")
    return go(request, reverse("stock.show", kwargs={"sku": sku}))


def _adjust_page(request: HttpRequest, by: Actor, given: Given, *, refusal: Refused | None = None) -> HttpResponse:
    sku = given.data.get("product", "")
    product = get_product(sku, by=by) if sku else None
    kinds = [(kind, str(words)) for kind, words, need in KINDS if by.may(need)]
    kind = given.data.get("kind") if given.data.get("kind") in dict(kinds) else next(iter(dict(kinds)), "receipt")
    names = ("warehouse", "location", "quantity", "reason", "note", "lots", "expires_on", "happened_at")
    shown = RECEIPT_REASONS | ADJUSTMENT_REASONS
    context = {
        "page": frame(request, by, title=_("Receive or adjust"), active="stock"),
        "submit_url": reverse("stock.adjust"),
        "cancel_url": reverse("stock.show", kwargs={"sku": sku}) if product else reverse("stock.list"),
        "key": new_key(),
        "refusal": refusal_of_form(refusal, known={"quantity": "", "reason": ""}) if refusal else None,
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
        "product": _chosen(product, by) if product else None,
        "values": {name: given.data.get(name, "") for name in names} | {"kind": kind},
        "choices": {
            "kinds": kinds,
            "warehouses": [(one.code, name_of(one)) for one in list_warehouses(by=by)],
            "reasons": options(shown),
            "locations": locations_to_choose(by),
        },
    }
    return render(request, "stock/adjust.html", context, status=refusal.status if refusal else 200)


def _chosen(product: Product, by: Actor) -> dict[str, Any]:
    sums = stock_sums(stock_of_product(product.pk, by=by))
    return {
        "id": product.sku,
        "label": f"{product.sku} · {name_of(product)}",
        "unit": name_of(product.unit),
        "on_hand": sums.on_hand,
        "available": sums.available,
        "tracking": product.tracking,
        "has_expiry": product.has_expiry,
    }


def _adjust_url(by: Actor) -> str | None:
    return reverse("stock.adjust") if by.may("stock.receive") else None


def _row(one: StockLevel) -> dict[str, Any]:
    product = one.product
    return {
        "id": one.pk,
        "sku": product.sku,
        "name": name_of(product),
        "spec": product.spec,
        "url": reverse("stock.show", kwargs={"sku": product.sku}),
        "category": name_of(product.category) if product.category else None,
        "unit": name_of(product.unit),
        "is_new": False,
        **_position(one),
    }


def _position(one: StockLevel) -> dict[str, Any]:
    return {
        "warehouse": name_of(one.warehouse),
        "on_hand": one.on_hand,
        "reserved": one.reserved,
        "available": one.available,
        "reorder_point": low_point_of(one),
        "state": level_state(one),
    }


def place_row(one: StockPosition, by: Actor) -> dict[str, Any]:
    """Return where and in which state units lie, as pages show it."""
    lot = one.lot
    expires_on = lot.expires_on if lot else None
    has_expired = one.status == "usable" and expires_on is not None and expires_on < by.today
    is_open = by.may("stock.adjust") and one.status != "transit" and (one.free > 0 or lot is not None)
    return {
        "warehouse": name_of(one.warehouse),
        "location": location_name(one.location),
        "lot": lot.code if lot else None,
        "expires_on": expires_on,
        "owner": one.owner.name if one.owner else None,
        "status": "expired" if has_expired else one.status,
        "quantity": one.quantity,
        "held": one.held,
        "url": reverse("stock.position", kwargs={"position_id": one.pk}) if is_open else None,
    }


def _holder(one: Holder) -> dict[str, Any]:
    return _paper(one) | {"quantity": one.quantity, "picked": one.picked, "since": one.since, "until": one.until}


def _waiter(one: Waiter) -> dict[str, Any]:
    return _paper(one) | {"quantity": one.quantity, "on": one.wanted_on}


def _arrival(one: Arrival) -> dict[str, Any]:
    return _paper(one) | {"quantity": one.quantity, "on": one.on, "warehouse": one.warehouse}


def _paper(one: Holder | Waiter | Arrival) -> dict[str, Any]:
    return {
        "number": one.number or _("An order you have no access to"),
        "url": reverse("orders.show", kwargs={"number": one.number}) if one.number else None,
        "customer": one.party,
    }


def _move(one: StockMove, papers: dict[tuple[str, int], LedgerPaper]) -> dict[str, Any]:
    paper = papers.get((one.source_kind, one.source_id or 0))
    words = [str(STOCK_REASONS.get(one.reason, one.reason)), one.remark]
    return {
        "at": one.at,
        "happened_at": one.effective_at if one.effective_at != one.at else None,
        "location": location_name(one.location),
        "lot": one.lot.code if one.lot else None,
        "owner": one.owner.name if one.owner else None,
        "kind": str(MOVE_KINDS.get(one.kind, one.kind)),
        "warehouse": name_of(one.warehouse),
        "quantity": one.delta,
        "balance": one.balance,
        "document": paper.number if paper else None,
        "document_url": paper.url if paper else None,
        "reason": " · ".join(word for word in words if word) or None,
        "who": _("System") if one.actor_name == "system" else one.actor_name,
    }
