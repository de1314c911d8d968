"""Suppliers' bills: the list, one bill, booking it against order and receipt, and paying it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.billing.actions import pay_bill, register_bill, reverse_bill
from shundan.billing.queries import (
    Bill,
    bill_parts,
    billable_lines,
    examined_lines,
    get_bill,
    list_bills,
    requests_of_bill,
    undo_of_bill,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO, plain
from shundan.orders.queries import Order, get_order, may_do, timeline_of_papers
from shundan.orders.queries.billed import open_billed_costs
from shundan.ui.doors import is_fragment, page
from shundan.ui.formatting import amount as written
from shundan.ui.formatting import money
from shundan.ui.quantities import price_in_words, quantity_in_words
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form, refused_fragment
from shundan.web.frame import frame, leave_message
from shundan.web.kinds import state_label
from shundan.web.lists import plain_list, state_of, tabs
from shundan.web.order_view import bill_value
from shundan.web.subjects import request_link
from shundan.web.timeline import timeline
from shundan.web.undo import undo_context
from shundan.web.words import METHODS, PAID_BY, name_of, options, unit_words

VIEWS = (
    ("all", gettext_lazy("All")),
    ("open", gettext_lazy("Open")),
    ("soon", gettext_lazy("Due within 7 days")),
    ("overdue", gettext_lazy("Overdue")),
    ("debit", gettext_lazy("Debit notes")),
)


@page("bill.read")
def bill_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of bills."""
    state = state_of(request)
    view = state.choice("view", dict(VIEWS), "all")
    found = list_bills(
        by=by,
        view=view,
        search=state.text("q"),
        supplier=state.text("supplier"),
        cursor=state.cursor,
        limit=state.size,
        counted=True,
    )
    context = {
        "page": frame(request, by, title=_("Bills"), active="bills"),
        "views": tabs(state, VIEWS, active=view, counts={}),
        **plain_list(
            state,
            found,
            [_row(one, by) for one in found.items],
            url=reverse("bills.list"),
            placeholder=_("Bill, number on the paper, order or supplier"),
            caption=_("Bills"),
            empty_title=_("No bills yet"),
            empty_text=_("A supplier's bill is booked from the page of the purchase it belongs to."),
        ),
    }
    return render(request, "bills/list.html", context)


@page("bill.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one bill, with the form that pays it."""
    return _bill_page(request, number, by)


@page("bill.register", methods=("GET", "POST"))
def new(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Book a supplier's bill for what came in; its total must be that of order and receipt."""
    if request.method == "GET":
        return _new_page(request, get_order(number, by=by, permission="bill.register"), by, None)
    given = Given(request.POST)
    quantities = given.quantities()

    def work() -> str:
        total, reference, billed_on = given.needed("total"), given.text("reference"), given.day("billed_on")
        given.check()
        made = register_bill(
            number, by=by, reference=reference, quantities=quantities, total=total, billed_on=billed_on
        )
        return made.number

    try:
        made = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _new_page(request, get_order(number, by=by), by, given, refusal=refusal)
    leave_message(request, _("Bill %(number)s was booked.") % {"number": made})
    return go(request, reverse("bills.show", kwargs={"number": made}))


@page("bill.pay", methods=("POST",))
def pay(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Note that a bill was paid, wholly or in part."""
    given = Given(request.POST)

    def work() -> str:
        amount, method = given.needed("amount"), given.text("method")
        reference, paid_on = given.text("reference"), given.day("paid_on")
        given.check()
        return pay_bill(number, amount=amount, method=method, by=by, reference=reference, paid_on=paid_on).number

    try:
        made = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _bill_page(request, number, by, refusal=refusal)
    leave_message(request, _("Payment %(number)s was recorded.") % {"number": made})
    return go(request, reverse("bills.show", kwargs={"number": number}))


@page("bill.reverse", methods=("POST",))
def reverse_it(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take an unpaid bill back as a whole."""
    given = Given(request.POST)
    try:
        reason = given.text("reason")
        given.check()
        reverse_bill(number, reason=reason, by=by)
    except Refused as refusal:
        if is_fragment(request):
            return refused_fragment(request, refusal)
        return _bill_page(request, number, by, refusal=refusal)
    leave_message(request, _("Bill %(number)s was reversed.") % {"number": number})
    return go(request, reverse("bills.show", kwargs={"number": number}))


def _new_page(
    request: HttpRequest, order: Order, by: Actor, given: Given | None, *, refusal: Refused | None = None
) -> HttpResponse:
    errors, units = errors_of(refusal), unit_words(by)
    free = {line: quantity for line, quantity in billable_lines(order).items() if quantity > 0}
    parts = {part.line.pk: part for part in bill_parts(order, free)}
    typed = given.data if given else {}
    context = {
        "page": frame(request, by, title=_("Register bill for %(number)s") % {"number": order.number}, active="bills"),
        "order": {
            "number": order.number,
            "url": reverse("orders.show", kwargs={"number": order.number}),
            "supplier": order.party_name,
            "currency": order.currency,
        },
        "submit_url": request.path,
        "key": new_key(),
        "refusal": refusal_of_form(refusal, known=dict.fromkeys(errors, "")) if refusal else None,
        "errors": [{"field": f"f-{path}", "message": said} for path, said in errors.items() if path == "total"],
        "error_of": errors,
        "examined": [
            f"{name_of(line)}: {quantity_in_words(quantity, line, units)}"
            for line, quantity in examined_lines(order).items()
        ],
        "expected": sum((part.gross for part in parts.values()), ZERO),
        "values": {
            "total": typed.get("total", ""),
            "reference": typed.get("reference", ""),
            "billed_on": (given.day("billed_on") if given else None) or by.today,
        },
        "lines": [
            {
                "id": line.position,
                "sku": line.sku,
                "name": name_of(line),
                "price": price_in_words(line, order.currency, units),
                "counted": quantity_in_words(line.shipped, line, units),
                "ordered": line.quantity,
                "received": line.shipped,
                "free": quantity,
                "quantity": typed.get(f"quantity-{line.position}", plain(quantity)),
                "gross": parts[line.pk].gross,
                "error": errors.get(f"lines[{line.position - 1}].quantity")
                or errors.get(f"lines[{line.position - 1}]"),
            }
            for line, quantity in free.items()
        ],
    }
    return render(request, "bills/new.html", context, status=refusal.status if refusal else 200)


def _row(one: Bill, by: Actor) -> dict[str, Any]:
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("bills.show", kwargs={"number": one.number}),
        "supplier": one.supplier.name,
        "reference": one.reference or None,
        "order_number": one.order.number,
        "order_url": reverse("orders.show", kwargs={"number": one.order.number}),
        "value": bill_value(one, by),
        "billed_on": one.billed_on,
        "due_on": one.due_on,
        "currency": one.currency,
        "amount": one.total,
        "open": one.open_amount,
        "is_new": False,
    }


def _bill_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    one = get_bill(number, by=by)
    order, units = one.order, unit_words(by)
    may_pay = one.open_amount > 0 and may_do("bill.pay", order, by=by)
    typed = Given(request.POST)
    values: dict[str, Any] = {name: typed.data.get(name, "") for name in ("amount", "reference", "method")}
    values["amount"] = values["amount"] or written(one.open_amount, one.currency)
    values["method"] = values["method"] or "bank_transfer"
    values["paid_on"] = typed.day("paid_on") or by.today
    sees_supplier = by.may("supplier.read")
    supplier_url = reverse("suppliers.show", kwargs={"number": one.supplier.number}) if sees_supplier else None
    context = {
        "page": frame(request, by, title=one.number, active="bills"),
        "bill": {
            **_row(one, by),
            "supplier": {"name": one.supplier.name, "url": supplier_url},
            "bank": " ".join(part for part in (one.supplier.bank_name, one.supplier.bank_account) if part),
            "net": one.net,
            "tax": one.tax,
            "difference": one.difference,
            "paid": one.paid,
        },
        "spread_url": f"{reverse('landed_costs.new')}?bill={one.number}"
        if by.may("landed_cost.post") and open_billed_costs(by=by, bill_number=one.number)
        else None,
        "lines": [
            {
                "position": line.order_line.position,
                "sku": line.order_line.sku,
                "name": name_of(line.order_line),
                "counted": quantity_in_words(line.quantity, line.order_line, units),
                "price": price_in_words(line.order_line, one.currency, units),
                "net": line.net,
                "tax": line.tax,
                "gross": line.gross,
            }
            for line in one.lines.all()
        ],
        "payments": [
            {
                "number": paid.number,
                "paid_on": paid.paid_on,
                "method": str(PAID_BY.get(paid.method, paid.method)),
                "reference": paid.reference or None,
                "amount": paid.amount,
                "by": paid.created_by_name,
            }
            for paid in one.disbursements.all()
        ],
        **undo_context(one.number, undo_of_bill(one, by=by), kind="purchase"),
        "pay_url": reverse("bills.pay", kwargs={"number": one.number}) if may_pay else None,
        "request_url": reverse("bills.request", kwargs={"number": one.number})
        if one.open_amount > 0 and by.may("payment_request.create")
        else None,
        "requests": [request_link(asked) for asked in requests_of_bill(one, by=by)],
        "key": new_key(),
        "values": values,
        "error_of": errors_of(refusal),
        "choices": {"methods": options(METHODS)},
        "refusal": refusal_of_form(refusal) if refusal else None,
        "documents": _chain(one, by),
        "events": timeline(timeline_of_papers(order, [one.subject], by=by)),
    }
    return render(request, "bills/show.html", context, status=refusal.status if refusal else 200)


def _chain(one: Bill, by: Actor) -> list[list[dict[str, Any]]]:
    order = one.order
    above = {
        "kind": name_of(order.type),
        "number": order.number,
        "url": reverse("orders.show", kwargs={"number": order.number}),
        "axis": "lifecycle",
        "value": order.category,
        "label": state_label(order),
        "amount": money(order.total, order.currency),
        "current": False,
    }
    own = {
        "kind": _("Bill") if one.kind == "normal" else _("Debit note"),
        "number": one.number,
        "axis": "bill",
        "value": bill_value(one, by),
        "label": None,
        "amount": money(one.total, one.currency),
        "current": True,
    }
    return [[above], [own]]
