"""Landed costs: the list, spreading charges over receipts, one of them, and taking it back."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.fulfilment.actions import ChargeInput, post_landed_cost, reverse_landed_cost
from shundan.fulfilment.queries import (
    LandedCost,
    events_of_landed_cost,
    get_landed_cost,
    list_landed_costs,
    skus_without_cost,
    undo_of_landed_cost,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO, parse_decimal
from shundan.orders.queries.billed import BilledCost, open_billed_costs
from shundan.ui.doors import is_fragment, page
from shundan.ui.formatting import money, qty
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form, refused_fragment
from shundan.web.frame import frame, leave_message
from shundan.web.papers import Papers, show_papers
from shundan.web.receiving_words import CHARGES, SPREADS
from shundan.web.timeline import timeline
from shundan.web.undo import undo_context
from shundan.web.words import name_of

CURRENCIES = ("CNY", "USD", "EUR", "GBP", "JPY", "HKD")
LONGEST_ID = 19
NO_AMOUNT = Decimal(-1)
VIEWS = (("all", gettext_lazy("All")), ("posted", gettext_lazy("Posted")), ("reversed", gettext_lazy("Reversed")))


@page("landed_cost.read")
def cost_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of landed costs."""
    papers = Papers(
        place="landed_costs",
        title=_("Landed costs"),
        views=VIEWS,
        find=list_landed_costs,
        row=_row,
        placeholder=_("Number, receipt or paper"),
        empty_title=_("No landed costs yet"),
        empty_text=_("Freight, duty and the like are spread over what came in, and raise the cost of what is here."),
        create_url=reverse("landed_costs.new") if by.may("landed_cost.post") else None,
        create_label=_("Spread costs"),
    )
    return show_papers(request, papers, by=by)


@page("landed_cost.post", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Spread charges over receipts."""
    given, refusal = Given(request.POST), None
    if request.method == "POST":

        def work() -> str:
            receipts = given.text("receipts").replace(",", " ").replace("，", " ").split()
            charges = [_charge(row) for row in given.rows("charges")]
            reference, remark = given.text("reference"), given.text("remark")
            given.check()
            return post_landed_cost(receipts, charges, reference=reference, remark=remark, by=by).number

        try:
            made = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _posted(made, by))
            return go(request, reverse("landed_costs.show", kwargs={"number": made}))
    names = ("receipts", "reference", "remark")
    context = {
        "page": frame(request, by, title=_("Spread costs"), active="landed_costs"),
        "cancel_url": reverse("landed_costs.list"),
        "key": new_key(),
        "values": {name: given.data.get(name, "") for name in names}
        | ({} if request.method == "POST" else {"receipts": request.GET.get("receipt", "")[:100]}),
        "charges": given.rows("charges") or _first_charges(request, by),
        "choices": {
            "kinds": list(CHARGES.items()),
            "spreads": list(SPREADS.items()),
            "currencies": [(code, code) for code in CURRENCIES],
            "billed": [(str(one.pk), _billed_said(one)) for one in open_billed_costs(by=by)],
        },
        "refusal": refusal_of_form(refusal) if refusal else None,
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
    }
    return render(request, "landed_costs/new.html", context, status=refusal.status if refusal else 200)


@page("landed_cost.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a landed cost with its parts."""
    return _cost_page(request, number, by)


@page("landed_cost.reverse", methods=("POST",))
def reverse_it(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take a landed cost back."""
    given = Given(request.POST)
    try:
        reason = given.text("reason")
        given.check()
        reverse_landed_cost(number, reason=reason, by=by)
    except Refused as refusal:
        if is_fragment(request):
            return refused_fragment(request, refusal)
        return _cost_page(request, number, by, refusal=refusal)
    leave_message(request, _("Landed cost %(number)s was reversed.") % {"number": number})
    return go(request, reverse("landed_costs.show", kwargs={"number": number}))


def _first_charges(request: HttpRequest, by: Actor) -> list[dict[str, str]]:
    """Return the rows that the form begins with: what a bill leaves open, or one empty row."""
    bill = request.GET.get("bill", "")[:100]
    billed = open_billed_costs(by=by, bill_number=bill) if bill else []
    first = {"kind": "freight", "spread_by": "value"}
    return [first | {"billed": str(one.pk)} for one in billed] or [first]


def _charge(row: dict[str, str]) -> ChargeInput:
    billed, typed = row.get("billed", ""), row.get("amount", "").strip()
    amount = parse_decimal(typed)
    return ChargeInput(
        kind=row.get("kind", ""),
        # What is no number is refused as an amount that is not above 0, at its place.
        amount=NO_AMOUNT if typed and amount is None else amount,
        spread_by=row.get("spread_by", ""),
        currency=row.get("currency") or COMPANY_CURRENCY,
        billed=int(billed) if billed.isdecimal() and len(billed) < LONGEST_ID else None,
    )


def _billed_said(one: BilledCost) -> str:
    line = one.order_line
    left, whole = money(one.left, one.currency), money(one.net, one.currency)
    worth = _("%(left)s of %(whole)s left") % {"left": left, "whole": whole} if one.taken else whole
    return f"{one.bill_number} · {name_of(line)} · {worth} · {line.order.party_name}"


def _source_of(charge: Any) -> list[dict[str, Any]]:
    """Return what a charge was before it was in company currency, and the bill that it came with."""
    found: list[dict[str, Any]] = []
    if charge.billed_cost is not None:
        number = charge.billed_cost.bill_number
        found.append({"text": number, "url": reverse("bills.show", kwargs={"number": number})})
    if charge.foreign_amount is not None:
        worth = money(charge.foreign_amount, charge.currency)
        found.append({"text": f"{worth} × {qty(charge.exchange_rate)}", "url": None})
    return found


def _posted(number: str, by: Actor) -> str:
    """Say that it was posted, and which goods it could not raise."""
    said = _("Landed cost %(number)s was posted.") % {"number": number}
    bare = skus_without_cost(get_landed_cost(number, by=by))
    if not bare:
        return said
    told = _("No cost of %(skus)s is known, so nothing was raised there: reverse it, enter the cost, and spread again.")
    return f"{said} {told % {'skus': ', '.join(bare[:5])}}"


def _cost_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    one = get_landed_cost(number, by=by)
    parts = [part for charge in one.charges.all() for part in charge.parts.all()]
    on_stock = sum((part.on_stock for part in parts), ZERO)
    sees_costs, bare = by.may("product.cost"), skus_without_cost(one)
    context = {
        "page": frame(request, by, title=one.number, active="landed_costs"),
        "cost": {
            **_row(one),
            "remark": one.remark or None,
            "on_stock": on_stock,
            "gone": one.total - on_stock,
            "reversed_at": one.reversed_at,
            "reversed_by": one.reversed_by_name or None,
            "reason": one.reason or None,
        },
        "currency": COMPANY_CURRENCY,
        "charges": [
            {
                "kind": str(CHARGES[charge.kind]),
                "spread_by": str(SPREADS[charge.spread_by]),
                "amount": charge.amount,
                "sources": _source_of(charge),
                "parts": [_part(part) for part in charge.parts.all()],
            }
            for charge in one.charges.all()
        ],
        "raises": [
            {
                "name": name_of(each.product),
                "sku": each.product.sku,
                "url": reverse("products.show", kwargs={"sku": each.product.sku}),
                "on_hand": each.on_hand,
                "raised": each.raised if each.cost_id else None,
                "is_bare": each.product.sku in bare,
                "cost": each.cost.cost if each.cost and sees_costs else None,
            }
            for each in one.raises.all()
        ],
        "refusal": refusal_of_form(refusal) if refusal else None,
        **undo_context(one.number, undo_of_landed_cost(one, by=by)),
        "events": timeline(events_of_landed_cost(one, by=by)),
    }
    return render(request, "landed_costs/show.html", context, status=refusal.status if refusal else 200)


def _part(part: Any) -> dict[str, Any]:
    line = part.receipt_line.order_line
    receipt = part.receipt_line.receipt
    return {
        "name": name_of(line),
        "sku": line.sku,
        "receipt": receipt.number,
        "receipt_url": reverse("receipts.show", kwargs={"number": receipt.number}),
        "amount": part.amount,
        "on_stock": part.on_stock,
        "gone": part.amount - part.on_stock,
    }


def _row(one: LandedCost) -> dict[str, Any]:
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("landed_costs.show", kwargs={"number": one.number}),
        "value": one.state,
        "kinds": ", ".join(dict.fromkeys(str(CHARGES[charge.kind]) for charge in one.charges.all())),
        "reference": one.reference or None,
        "total": one.total,
        "posted_at": one.posted_at,
        "posted_by": one.posted_by_name,
        "is_new": False,
    }


routes = [
    path("landed-costs/", cost_list, name="landed_costs.list"),
    path("landed-costs/new/", new, name="landed_costs.new"),
    path("landed-costs/of/<str:number>/", show, name="landed_costs.show"),
    path("landed-costs/of/<str:number>/reverse/", reverse_it, name="landed_costs.reverse"),
]
