"""Who holds which stock: the list of reservations, those of one order, and why a product is not available."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.catalog.queries import get_product
from shundan.inventory.queries import (
    Reservation,
    consigned_of_product,
    list_warehouses,
    stock_of_product,
    stock_sums,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, Refused
from shundan.kernel.money import ZERO
from shundan.orders.actions import (
    allow_backorders,
    change_line_lot,
    hand_over_reservation,
    limit_order_reservations,
    plan_transfer,
    prioritise_order,
    release_order_reservations,
    reserve_backorder,
)
from shundan.orders.queries import (
    Arrival,
    Holder,
    LineHold,
    Order,
    OrderLine,
    PromisedLine,
    Waiter,
    backordered_of_line,
    get_order,
    holds_of_order,
    is_live,
    list_reservations,
    may_do,
    promises_of,
    why_not_available,
)
from shundan.ui.doors import page
from shundan.ui.names import path_of
from shundan.web.forms import Given, errors_of, go, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.kinds import face_of
from shundan.web.lists import plain_list, state_of, tabs
from shundan.web.lots import lot_choices
from shundan.web.order_flags import promise_words
from shundan.web.words import name_of, unit_words

VIEWS = (
    ("all", gettext_lazy("All")),
    ("ending", gettext_lazy("Ending in time")),
    ("long", gettext_lazy("Held for over 30 days")),
)
KINDS = {
    "purchase": gettext_lazy("Bought"),
    "transfer": gettext_lazy("From another warehouse"),
    "return": gettext_lazy("Comes back"),
}


@page("stock.read")
def reservation_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of what orders hold."""
    state = state_of(request)
    view = state.choice("view", dict(VIEWS), "all")
    held = list_reservations(
        by=by,
        view=view,
        search=state.text("q"),
        warehouse=state.text("warehouse"),
        cursor=state.cursor,
        limit=state.size,
        counted=True,
    )
    context = {
        "page": frame(request, by, title=_("Reservations"), active="stock"),
        "views": tabs(state, VIEWS, active=view, counts={}),
        "choices": {"warehouses": [(one.code, name_of(one)) for one in list_warehouses(by=by)]},
        "query": {"warehouse": state.text("warehouse")},
        **plain_list(
            state,
            held.page,
            [_row(one, held.lines[one.line_id]) for one in held.page.items],
            url=reverse("reservations.list"),
            placeholder=_("Order, SKU, name or pinyin"),
            caption=_("Reservations"),
            empty_title=_("Nothing is reserved"),
            empty_text=_("Orders reserve their goods when they are confirmed."),
        ),
    }
    return render(request, "reservations/list.html", context)


@page("order.read", methods=("GET", "POST"))
def of_order(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show what an order holds and lacks; limit it, give it back, reserve the rest, or serve the order earlier."""
    order = get_order(number, by=by)
    if request.method != "POST":
        return _order_page(request, order, by)
    given = Given(request.POST)
    try:
        said = _carry_out(number, given, by)
    except Refused as refusal:
        return _order_page(request, get_order(number, by=by), by, refusal=refusal, given=given)
    leave_message(request, said)
    return go(request, reverse("orders.reservations", kwargs={"number": number}))


@page("stock.read")
def why(request: HttpRequest, sku: str, *, by: Actor) -> HttpResponse:
    """Say why a product is not available: who holds it, who waits for it, and what comes when."""
    return _why_page(request, sku, by)


@page("stock.reallocate", methods=("POST",))
def hand_over(request: HttpRequest, sku: str, *, by: Actor) -> HttpResponse:
    """Give what one order holds to another one that lacks it."""
    given = Given(request.POST)
    giver, taker, reason = given.text("giver"), given.text("taker"), given.text("reason")
    try:
        quantity = given.needed("quantity")
        given.check()
        hand_over_reservation(giver, taker, sku=sku, quantity=quantity, reason=reason, by=by)
    except Refused as refusal:
        return _why_page(request, sku, by, refusal=refusal, given=given)
    leave_message(request, _("%(giver)s handed its stock over to %(taker)s.") % {"giver": giver, "taker": taker})
    return go(request, reverse("stock.why", kwargs={"sku": sku}))


def why_url(sku: str, number: str = "") -> str:
    """Return where it is said why a product is not available, on behalf of an order if one is named."""
    url = path_of("stock.why", sku=sku)
    return f"{url}?order={number}" if number else url


def reservations_link(order: Order) -> dict[str, Any]:
    """Return the entry of an order's menu that leads to what it holds."""
    url = reverse("orders.reservations", kwargs={"number": order.number})
    return {"label": _("Reservations and priority"), "url": url, "icon": "lock", "attrs": {}}


def _carry_out(number: str, given: Given, by: Actor) -> str:
    """Do what the pressed button says and return the sentence about it."""
    what = given.text("what")
    if what.startswith("release-") and what.removeprefix("release-").isdecimal():
        release_order_reservations(number, positions={int(what.removeprefix("release-"))}, by=by)
        return _("The reservation was given back.")
    if what.startswith("lot-") and what.removeprefix("lot-").isdecimal():
        change_line_lot(
            number, position=int(what.removeprefix("lot-")), lot=given.text(what.replace("-", "_of-")), by=by
        )
        return _("The lot was changed.")
    deeds: dict[str, tuple[Callable[[], object], str]] = {
        "release": (lambda: release_order_reservations(number, by=by), _("The reservations were given back.")),
        "reserve": (lambda: reserve_backorder(number, by=by), _("Reserved what is in stock.")),
        "limit": (lambda: _limit(number, given, by), _("The end of the reservations was saved.")),
        "backorders": (lambda: allow_backorders(number, is_allowed=True, by=by), _("Available goods may ship first.")),
        "complete": (lambda: allow_backorders(number, is_allowed=False, by=by), _("It is delivered complete only.")),
        "priority": (lambda: _prioritise(number, given, by), _("The priority was saved.")),
        "plan": (lambda: _plan(number, given, by), _("The planned day was saved.")),
    }
    if what not in deeds:
        raise Malformed()
    deed, said = deeds[what]
    deed()
    return said


def _limit(number: str, given: Given, by: Actor) -> None:
    until = given.moment("until", zone=by.company_zone)
    given.check()
    limit_order_reservations(number, until=until, by=by)


def _prioritise(number: str, given: Given, by: Actor) -> None:
    priority = given.needed("priority")
    given.check()
    # What is no whole number is out of the range as well.
    prioritise_order(number, priority=int(priority) if priority == int(priority) else 1000, by=by)


def _plan(number: str, given: Given, by: Actor) -> None:
    planned_on = given.day("planned_on")
    given.check()
    plan_transfer(number, planned_on=planned_on, by=by)


def _row(one: Reservation, line: OrderLine) -> dict[str, Any]:
    order = line.order
    return {
        "id": one.pk,
        "number": order.number,
        "url": reverse("orders.reservations", kwargs={"number": order.number}),
        "customer": order.party_name,
        "sku": line.sku,
        "name": name_of(line),
        "product_url": reverse("stock.show", kwargs={"sku": line.sku}),
        "warehouse": name_of(one.warehouse),
        "unit": name_of(one.product.unit),
        "quantity": one.quantity,
        "picked": line.picked,
        "since": one.at,
        "until": one.expires_at,
        "priority": order.priority,
        "is_new": False,
    }


def _order_page(
    request: HttpRequest, order: Order, by: Actor, *, refusal: Refused | None = None, given: Given | None = None
) -> HttpResponse:
    held = holds_of_order(order, by=by)
    units = unit_words(by)
    open_to = is_live(order)
    promised = {one.line.position: one for one in promises_of(order)} if open_to else {}
    may_confirm = open_to and may_do("order.confirm", order, by=by)
    ends = {one.until for one in held if one.until}
    typed = given.data if given else {}
    lots = _lots_to_name(held, order, by) if open_to and may_do("order.amend", order, by=by) else {}
    context = {
        "page": frame(
            request, by, title=_("Reservations of %(number)s") % {"number": order.number}, active=face_of(order).place
        ),
        "order": {
            "number": order.number,
            "url": reverse("orders.show", kwargs={"number": order.number}),
            "customer": order.party_name,
            "priority": order.priority,
            "backorder": order.allows_backorder,
        },
        "submit_url": request.path,
        "refusal": refusal_of_form(refusal, known={"until": "", "priority": "", "planned_on": ""}) if refusal else None,
        "error_of": errors_of(refusal),
        "lines": [
            _line_row(one, order, units, promised.get(one.line.position)) | {"lots": lots.get(one.line.position)}
            for one in held
        ],
        "may_release": may_confirm and any(one.line.reserved > one.line.picked for one in held),
        "may_reserve": may_confirm and any(backordered_of_line(one.line) > 0 for one in held),
        "may_limit": may_confirm,
        "may_complete": may_confirm
        and order.allows_backorder
        and not any(backordered_of_line(one.line) for one in held),
        "may_prioritise": open_to and may_do("stock.reallocate", order, by=by),
        "may_plan": order.target_warehouse_id is not None
        and any(one.line.quantity > one.line.shipped for one in held)
        and may_do("order.confirm", order, by=by),
        "values": {
            "until": typed.get("until", "") or (_local(min(ends), by) if ends else ""),
            "priority": typed.get("priority", "") or order.priority,
            "planned_on": order.planned_on,
        },
    }
    return render(request, "reservations/order.html", context, status=refusal.status if refusal else 200)


def _lots_to_name(held: list[LineHold], order: Order, by: Actor) -> dict[int, list[tuple[str, str]]]:
    """Return by position the lots that an unpicked line of goods kept by lot could be served from."""
    lines = [one.line for one in held if not one.line.picked and one.line.quantity > one.line.shipped]
    found = lot_choices([line.product_id for line in lines], order.warehouse_id, by)
    return {
        line.position: [(each["value"], f"{each['value']} · {each['label']}") for each in found[line.product_id]]
        for line in lines
        if found.get(line.product_id)
    }


def _local(at: Any, by: Actor) -> str:
    return str(at.astimezone(by.company_zone).strftime("%Y-%m-%dT%H:%M"))


def _line_row(one: LineHold, order: Order, units: dict[str, str], promised: PromisedLine | None) -> dict[str, Any]:
    line = one.line
    lacking = backordered_of_line(line)
    return {
        "position": line.position,
        "sku": line.sku,
        "name": name_of(line),
        "unit": units.get(line.unit, line.unit),
        "ordered": line.quantity - line.cancelled,
        "shipped": line.shipped,
        "picked": line.picked,
        "lot": line.lot_code,
        "held": line.reserved - line.picked,
        "lacking": lacking,
        "since": one.since,
        "until": one.until,
        "why_url": why_url(line.sku, order.number) if lacking > 0 else None,
        "promise": promise_words(promised),
    }


def _why_page(
    request: HttpRequest, sku: str, by: Actor, *, refusal: Refused | None = None, given: Given | None = None
) -> HttpResponse:
    product = get_product(sku, by=by)
    short = why_not_available(product.pk, by=by)
    levels = stock_of_product(product.pk, by=by)
    sums = stock_sums(levels)
    wished = (given.data.get("taker", "") if given else request.GET.get("order", "")).strip()
    typed = given.data if given else {}
    givers = _choices(short.holders)
    takers = _choices(short.waiters)
    waiter = next((one for one in short.waiters if one.number and one.number == wished), None)
    lacking = waiter.quantity if waiter else None
    lot = {"lot": waiter.lot, "lot_free": waiter.lot_free} if waiter else {}
    places = {one.code: name_of(one) for one in list_warehouses(by=by)}
    context = {
        "page": frame(
            request, by, title=_("Why is %(name)s not available?") % {"name": name_of(product)}, active="stock"
        ),
        "product": {
            "sku": product.sku,
            "name": name_of(product),
            "unit": name_of(product.unit),
            "url": reverse("stock.show", kwargs={"sku": product.sku}),
        },
        "wish": {"number": wished, "lacking": lacking, **lot} if waiter else None,
        "totals": sums,
        "waits": sum((one.quantity for one in short.waiters), ZERO),
        "comes": sum((one.quantity for one in short.arrivals), ZERO),
        "holders": [_holder(one, places) for one in short.holders],
        "waiting": [_waiter(one) for one in short.waiters],
        "coming": [_arrival(one, places) for one in short.arrivals],
        "consigned": [
            {
                "owner": one.supplier.name,
                "warehouse": places.get(one.warehouse, one.warehouse),
                "quantity": one.quantity,
            }
            for one in consigned_of_product(product.pk, by=by)
        ],
        "hand_over_url": reverse("stock.hand_over", kwargs={"sku": sku})
        if by.may("stock.reallocate") and givers and takers
        else None,
        "choices": {"givers": givers, "takers": takers},
        "values": {
            "giver": typed.get("giver", ""),
            "taker": wished,
            "quantity": typed.get("quantity", "") or _proposed(lacking),
            "reason": typed.get("reason", ""),
        },
        "refusal": refusal_of_form(refusal, known={"quantity": "", "reason": ""}) if refusal else None,
        "error_of": errors_of(refusal),
    }
    return render(request, "reservations/why.html", context, status=refusal.status if refusal else 200)


def _proposed(lacking: Decimal | None) -> Decimal | str:
    return "" if lacking is None else lacking.normalize()


def _choices(papers: list[Holder] | list[Waiter]) -> list[tuple[str, str]]:
    """Return the orders that may be named, each once."""
    found = {one.number: f"{one.number} · {one.party}" for one in papers if one.number}
    return list(found.items())


def _paper(one: Holder | Waiter | Arrival) -> dict[str, Any]:
    return {
        "number": one.number or _("An order you have no access to"),
        "url": reverse("orders.show", kwargs={"number": one.number}) if one.number else None,
        "customer": one.party,
        "quantity": one.quantity,
    }


def _holder(one: Holder, places: dict[str, str]) -> dict[str, Any]:
    own = {"picked": one.picked, "since": one.since, "until": one.until, "priority": one.priority, "lot": one.lot}
    return _paper(one) | own | {"warehouse": places.get(one.warehouse, one.warehouse)}


def _waiter(one: Waiter) -> dict[str, Any]:
    return _paper(one) | {"on": one.wanted_on, "priority": one.priority, "lot": one.lot, "lot_free": one.lot_free}


def _arrival(one: Arrival, places: dict[str, str]) -> dict[str, Any]:
    place = places.get(one.warehouse, one.warehouse)
    return _paper(one) | {"on": one.on, "warehouse": place, "kind": str(KINDS.get(one.kind, one.kind))}
