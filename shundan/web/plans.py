"""The invoice plan of an order: its parts with what they are worth, changing it, and invoicing what is due."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.billing.actions import invoice_part, note_part_reached, plan_invoices
from shundan.billing.queries import PlanPart, invoice_plan
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO, plain
from shundan.orders.queries import Order, get_order, may_do
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.kinds import face_of
from shundan.web.plan_parts import EVENTS, part_rows, typed_parts, typed_rows
from shundan.web.words import options

ENDED = ("cancelled", "closed", "completed")


@page("invoice.read")
def plan(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show the invoice plan of an order."""
    return _page(request, number, by)


@page("invoice.issue", methods=("POST",))
def save(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Keep in which parts what is not invoiced yet shall be."""
    rows = typed_rows(Given(request.POST))

    def work() -> str:
        return str(len(plan_invoices(number, typed_parts(rows), by=by)))

    return _done(request, number, by, work, _("The invoice plan was saved."), rows=rows)


@page("invoice.issue", methods=("POST",))
def issue(request: HttpRequest, number: str, position: int, *, by: Actor) -> HttpResponse:
    """Invoice a part that is due."""
    return _done(request, number, by, lambda: invoice_part(number, position, by=by).number, _("The part was invoiced."))


@page("invoice.issue", methods=("POST",))
def reached(request: HttpRequest, number: str, position: int, *, by: Actor) -> HttpResponse:
    """Note that what a part waits for has happened."""
    return _done(
        request,
        number,
        by,
        lambda: str(note_part_reached(number, position, by=by).position),
        _("The part is due from now on."),
    )


def _done(
    request: HttpRequest,
    number: str,
    by: Actor,
    work: Callable[[], str],
    said: str,
    *,
    rows: list[dict[str, str]] | None = None,
) -> HttpResponse:
    try:
        do_once(request, by=by, work=work)
    except Refused as refusal:
        return _page(request, number, by, refusal=refusal, rows=rows)
    leave_message(request, said)
    return go(request, reverse("plans.show", kwargs={"number": number}))


def _page(
    request: HttpRequest,
    number: str,
    by: Actor,
    *,
    refusal: Refused | None = None,
    rows: list[dict[str, str]] | None = None,
) -> HttpResponse:
    order = get_order(number, by=by, permission="invoice.read")
    parts = invoice_plan(order, by=by)
    may_issue = may_do("invoice.issue", order, by=by)
    # Steps that shipments raised are no parts of their own: saved anew, what has left raises one again.
    waiting = [one.part for one in parts if one.part.invoice is None and one.part.of_part is None]
    errors = errors_of(refusal)
    context: dict[str, Any] = {
        "page": frame(request, by, title=_("Invoice plan"), active=face_of(order).place),
        "order": order,
        "back_url": reverse("orders.show", kwargs={"number": order.number}),
        "parts": [_part(one, order, may_issue=may_issue) for one in parts],
        "total": sum((one.amount for one in parts), ZERO),
        "may_change": may_issue and order.category not in ENDED,
        "rows": rows if rows is not None else part_rows(waiting),
        "events": options(EVENTS),
        "key": new_key(),
        "error_of": errors,
        "refusal": refusal_of_form(refusal, known={}) if refusal else None,
    }
    return render(request, "plans/show.html", context, status=refusal.status if refusal else 200)


def _part(one: PlanPart, order: Order, *, may_issue: bool) -> dict[str, Any]:
    part, invoice = one.part, one.part.invoice
    where = {"number": order.number, "position": part.position}
    waits = invoice is None and part.reached_on is None
    return {
        "position": part.position,
        "name": part.name,
        "percent": plain(round(part.percent, 4)),
        "event": _("Shipment on %(day)s, of part %(position)s") % {"day": part.reached_on, "position": part.of_part}
        if part.of_part
        else str(EVENTS[part.event]),
        "days": part.days,
        "due_from": one.due_from,
        "is_due": one.is_due,
        "amount": one.amount,
        "invoice": invoice.number if invoice is not None else None,
        "url": reverse("invoices.show", kwargs={"number": invoice.number}) if invoice is not None else None,
        "issue_url": reverse("plans.issue", kwargs=where) if one.is_due and may_issue else None,
        "reach_url": reverse("plans.reached", kwargs=where) if waits and may_issue else None,
    }


routes = [
    path("orders/<str:number>/plan/", plan, name="plans.show"),
    path("orders/<str:number>/plan/save/", save, name="plans.save"),
    path("orders/<str:number>/plan/<int:position>/invoice/", issue, name="plans.issue"),
    path("orders/<str:number>/plan/<int:position>/reached/", reached, name="plans.reached"),
]
