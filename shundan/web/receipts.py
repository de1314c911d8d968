"""Receipts: the list, one receipt, booking what came in for an order, and taking that back."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from shundan.fulfilment.actions import read_arrival, receive_goods, reverse_receipt
from shundan.fulfilment.queries import (
    Awaited,
    Receipt,
    awaited_of,
    get_receipt,
    inspection_of_receipt,
    list_receipts,
    lots_of_receipts,
    undo_of_receipt,
)
from shundan.inventory.actions import LotInput
from shundan.inventory.queries import consigned_units, expired_of_paper_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.orders.queries import Order, OrderLine, get_order, may_do, receivable_of, timeline_of_papers
from shundan.ui.doors import is_fragment, page
from shundan.ui.formatting import qty
from shundan.ui.policies import SCANNER_POLICIES
from shundan.ui.quantities import quantity_in_words
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form, refused_fragment
from shundan.web.frame import frame, leave_message
from shundan.web.kinds import state_label
from shundan.web.papers import Papers, show_papers
from shundan.web.places import lots_typed
from shundan.web.scanning import refused_scan, scanned_code
from shundan.web.stock_words import expired_words
from shundan.web.timeline import timeline
from shundan.web.undo import undo_context
from shundan.web.words import name_of, unit_words

VIEWS = (("all", gettext_lazy("All")), ("posted", gettext_lazy("Posted")), ("reversed", gettext_lazy("Reversed")))
FIELDS = ("reference", "note")


@page("receipt.read")
def receipt_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of receipts."""
    papers = Papers(
        place="receipts",
        title=_("Receipts"),
        views=VIEWS,
        find=list_receipts,
        row=_row,
        placeholder=_("Receipt, order or delivery note"),
        empty_title=_("No receipts yet"),
        empty_text=_("Goods that come in are booked from the page of the order they belong to."),
    )
    return show_papers(request, papers, by=by)


@page("receipt.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one receipt."""
    return _receipt_page(request, number, by)


@page("receipt.post", methods=("GET", "POST"))
def receive(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Book what came in for an order: how much of each line, and how much of it is no good."""
    if request.method == "GET":
        return _receive_page(request, get_order(number, by=by, permission="receipt.post"), by)
    given = Given(request.POST)
    quantities, rejected = given.quantities(), _rejected(given)

    def work() -> str:
        lots = _lots(given, get_order(number, by=by, permission="receipt.post"), quantities, rejected)
        reference, remark = given.text("reference"), given.text("note")
        given.check()
        made = receive_goods(
            number,
            by=by,
            quantities=quantities,
            rejected=rejected,
            reference=reference,
            remark=remark,
            lots=lots,
            consigned=bool(given.text("consigned")),
        )
        return made.number

    try:
        made = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _receive_page(request, get_order(number, by=by), by, refusal=refusal, typed=request.POST)
    posted = _("Receipt %(number)s was posted.") % {"number": made}
    expired = expired_words(expired_of_paper_unscoped(get_receipt(made, by=by).subject))
    leave_message(request, f"{posted} {expired}".strip(), kind="warn" if expired else "done")
    return go(request, reverse("receipts.show", kwargs={"number": made}))


@page("receipt.post", methods=("POST",))
def read_scan(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Say what a scan adds to what the page has counted so far; it is booked with the page alone."""
    given = Given(request.POST)
    try:
        counted = given.quantities()
        given.check()
        found = read_arrival(number, scanned_code(given), counted=counted, by=by)
    except Refused as refusal:
        said = refused_scan(refusal)
        return JsonResponse({"text": said["text"], "code": said["code"]}, status=refusal.status)
    answer = {
        "line": found.line.position,
        "quantity": plain(found.quantity),
        "unit": found.unit,
        "expires_on": found.expires_on.isoformat() if found.expires_on else "",
        "text": f"{qty(found.quantity)} × {found.line.sku}" + (f" · {found.unit}" if found.unit else ""),
        "warning": _("Expired on %(day)s: it will not be usable.") % {"day": found.expired_on}
        if found.expired_on
        else "",
    }
    return JsonResponse(answer)


@page("receipt.reverse", methods=("POST",))
def reverse_it(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take a receipt back while its goods are free and not billed."""
    given = Given(request.POST)
    try:
        reason = given.text("reason")
        given.check()
        reverse_receipt(number, by=by, reason=reason)
    except Refused as refusal:
        if is_fragment(request):
            return refused_fragment(request, refusal)
        return _receipt_page(request, number, by, refusal=refusal)
    leave_message(request, _("Receipt %(number)s was reversed.") % {"number": number})
    return go(request, reverse("receipts.show", kwargs={"number": number}))


def _rejected(given: Given) -> dict[int, Decimal]:
    found = {}
    for name in given.data:
        position = name.removeprefix("rejected-")
        if position != name and position.isascii() and position.isdigit() and len(position) < 6:
            number = given.number(name, path=f"lines[{int(position) - 1}].rejected")
            if number:
                found[int(position)] = number
    return found


def _lots(
    given: Given, order: Order, quantities: dict[int, Decimal], rejected: dict[int, Decimal]
) -> dict[int, list[LotInput]]:
    lots = {}
    for line in receivable_of(order):
        name, position = f"lots-{line.position}", line.position
        if given.text(name):
            good = quantities.get(position, Decimal(0)) - rejected.get(position, Decimal(0))
            lots[position] = lots_typed(given, good, line.product, name=name, expires=f"expires-{position}")
    return lots


def _receive_page(
    request: HttpRequest, order: Order, by: Actor, *, refusal: Refused | None = None, typed: Any = None
) -> HttpResponse:
    errors, units = errors_of(refusal), unit_words(by)
    place = order.target_warehouse or order.warehouse
    awaited = {line: one for line, one in awaited_of(order).items() if one.most > 0}
    here = _consigned(order, awaited, by)
    lines = [
        _line(line, one, errors, typed, units) | {"here": here.get(line.product_id)} for line, one in awaited.items()
    ]
    context = {
        "page": frame(request, by, title=_("Receive %(number)s") % {"number": order.number}, active="receipts"),
        "order": {
            "number": order.number,
            "url": reverse("orders.show", kwargs={"number": order.number}),
            "party": order.party.name if order.party else name_of(order.warehouse),
            "warehouse": name_of(place) if place else "",
            "note": order.remark or None,
        },
        "submit_url": request.path,
        "scan_url": reverse("orders.receive_scan", kwargs={"number": order.number}),
        "key": new_key(),
        "refusal": refusal_of_form(refusal, known=dict.fromkeys(errors, "")) if refusal else None,
        "lines": lines,
        "consigned": {"owner": order.party_name, "chosen": bool((typed or {}).get("consigned"))} if here else None,
        "values": {name: (typed or {}).get(name, "") for name in FIELDS},
    }
    response = render(request, "receipts/receive.html", context, status=refusal.status if refusal else 200)
    for header, value in SCANNER_POLICIES.items():
        response.headers[header] = value
    return response


def _consigned(order: Order, lines: Iterable[OrderLine], by: Actor) -> dict[int, Decimal]:
    """Return by product what of a purchase lies here already as its supplier's."""
    if order.supplier_id is None or order.warehouse_id is None or not by.may("stock.read"):
        return {}
    products = {line.product_id for line in lines}
    return consigned_units(order.supplier_id, warehouse_id=order.warehouse_id, product_ids=products, by=by)


def _line(
    line: OrderLine, awaited: Awaited, errors: dict[str, str], typed: Any, units: dict[str, str]
) -> dict[str, Any]:
    came, path = (typed or {}).get(f"quantity-{line.position}"), f"lines[{line.position - 1}]"
    said = (errors.get(f"{path}.quantity"), errors.get(f"{path}.rejected"), errors.get(path))
    return {
        "id": line.position,
        "sku": line.sku,
        "name": name_of(line),
        "spec": line.product.spec,
        "unit": units.get(line.unit, line.unit),
        "packed": quantity_in_words(awaited.open, line, units) if line.order_unit else None,
        "awaited": awaited.open,
        "most": awaited.most,
        "examined": awaited.rule.examined != "none",
        "quantity": awaited.open if came is None else came,
        "rejected": (typed or {}).get(f"rejected-{line.position}", ""),
        "tracking": line.product.tracking,
        "has_expiry": line.product.has_expiry,
        "lots": (typed or {}).get(f"lots-{line.position}", ""),
        "expires_on": (typed or {}).get(f"expires-{line.position}", ""),
        "error": next((one for one in said if one), None),
    }


def _row(one: Receipt) -> dict[str, Any]:
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("receipts.show", kwargs={"number": one.number}),
        "order_number": one.order.number,
        "order_url": reverse("orders.show", kwargs={"number": one.order.number}),
        "party": one.order.party_name,
        "warehouse": name_of(one.warehouse),
        "value": one.state,
        "posted_on": one.posted_at,
        "posted_by": one.posted_by_name,
        "reference": one.reference or None,
        "quantity": one.units,
        "is_new": False,
    }


def _receipt_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    one = get_receipt(number, by=by)
    units, expired, lots = unit_words(by), expired_of_paper_unscoped(one.subject), lots_of_receipts([one])
    context = {
        "page": frame(request, by, title=one.number, active="receipts"),
        "receipt": {
            **_row(one),
            "note": one.remark or None,
            "reversed_on": one.reversed_at,
            "consigned": one.is_consigned,
        },
        "lines": [
            {
                "position": line.order_line.position,
                "sku": line.order_line.sku,
                "name": name_of(line.order_line),
                "spec": line.order_line.product.spec,
                "ordered": quantity_in_words(line.order_line.quantity, line.order_line, units),
                "came": quantity_in_words(line.quantity, line.order_line, units),
                "taken": quantity_in_words(line.accepted, line.order_line, units),
                "rejected": line.quantity - line.accepted,
                "over": line.over,
                "closed": line.closed,
                "lots": lots.get(line.pk, []),
                "tracking": line.order_line.product.tracking,
                "expired": [part for part in expired if part.line_id == line.order_line_id],
            }
            for line in one.lines.all()
        ],
        "transitions": [_reversal(one)] if one.state == "posted" and _may_reverse(one, by) else [],
        "refusal": refusal_of_form(refusal) if refusal else None,
        "documents": _chain(one, by),
        "spread_url": f"{reverse('landed_costs.new')}?receipt={one.number}"
        if one.state == "posted" and one.order.kind == "purchase" and by.may("landed_cost.post")
        else None,
        **undo_context(one.number, undo_of_receipt(one, by=by), kind=one.order.kind),
        "events": timeline(timeline_of_papers(one.order, [one.subject], by=by)),
    }
    return render(request, "receipts/show.html", context, status=refusal.status if refusal else 200)


def _may_reverse(one: Receipt, by: Actor) -> bool:
    return may_do("receipt.reverse", one.order, by=by)


def _reversal(one: Receipt) -> dict[str, Any]:
    return {
        "name": "reverse",
        "label": pgettext("receipt", "Reverse"),
        "kind": "danger",
        "url": reverse("receipts.reverse", kwargs={"number": one.number}),
        "allowed": True,
        "why": None,
        "icon": "arrow-back-up",
        "confirm": _("The goods are the supplier's again and stay where they lie.")
        if one.is_consigned
        else _("The goods leave the shelf again and are awaited as before."),
        "reason": "needed",
        "reasons": [_("Counted twice"), _("Wrong quantity"), _("Wrong order")],
    }


def _chain(one: Receipt, by: Actor) -> list[list[dict[str, Any]]]:
    order = one.order
    above = {
        "kind": name_of(order.type),
        "number": order.number,
        "url": reverse("orders.show", kwargs={"number": order.number}),
        "axis": "lifecycle",
        "value": order.category,
        "label": state_label(order),
        "amount": "",
        "current": False,
    }
    own = {
        "kind": pgettext("paper", "Receipt"),
        "number": one.number,
        "axis": "goods_receipt",
        "value": one.state,
        "label": None,
        "amount": qty(plain(one.units)),
        "current": True,
    }
    inspection = inspection_of_receipt(one.pk, by=by)
    if inspection is None:
        return [[above], [own]]
    below = {
        "kind": _("Inspection"),
        "number": inspection.number,
        "url": reverse("inspections.show", kwargs={"number": inspection.number}),
        "axis": "inspection",
        "value": inspection.state,
        "label": None,
        "amount": "",
        "current": False,
    }
    return [[above], [own], [below]]
