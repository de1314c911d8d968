"""Invoice plans of orders: which parts there are, what each is worth now, and invoicing those that are due."""

from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Amount, Answer, Code, DayText, Given, Plain, amount, day
from shundan.api.fields import number as plain_number
from shundan.api.invoices import Invoice
from shundan.api.invoices import show as show_invoice
from shundan.api.routes import Routes
from shundan.api.terms import PlanPartGiven, parts_given
from shundan.billing.actions import invoice_part, note_part_reached, plan_invoices
from shundan.billing.queries import invoice_plan
from shundan.orders.queries import get_order

routes = Routes("invoice_plans")


class PlannedPartAnswer(Answer):
    """A part: its weight among those not invoiced, its event, when it is due, and what it is worth now.

    A step that one shipment raised names its part in `of_part`.
    """

    position: int
    of_part: int | None
    percent: Plain
    event: str
    days: int
    name: str
    amount: Amount
    reached_on: DayText | None
    due_from: DayText | None
    is_due: bool
    invoice: str | None


class InvoicePlanAnswer(Answer):
    """All parts of an order's plan; together they are worth what the order is."""

    order: str
    currency: str
    parts: list[PlannedPartAnswer]


class InvoicePlanGiven(Given):
    """The parts of what is not invoiced yet; none end the plan."""

    parts: Annotated[list[PlanPartGiven], Field(max_length=24)]


@routes.get("/orders/{number}/invoice-plan", permission="invoice.read", answer=InvoicePlanAnswer)
def show(request: HttpRequest, number: Code) -> InvoicePlanAnswer:
    """Show an order's invoice plan."""
    by = actor(request)
    order = get_order(number, by=by, permission="invoice.read")
    return InvoicePlanAnswer(
        order=order.number,
        currency=order.currency,
        parts=[
            PlannedPartAnswer(
                position=one.part.position,
                of_part=one.part.of_part,
                percent=plain_number(round(one.part.percent, 4)),
                event=one.part.event,
                days=one.part.days,
                name=one.part.name,
                amount=amount(one.amount, order.currency),
                reached_on=day(one.part.reached_on),
                due_from=day(one.due_from),
                is_due=one.is_due,
                invoice=one.part.invoice.number if one.part.invoice is not None else None,
            )
            for one in invoice_plan(order, by=by)
        ],
    )


@routes.put("/orders/{number}/invoice-plan", permission="invoice.issue", answer=InvoicePlanAnswer)
def change(request: HttpRequest, number: Code, given: InvoicePlanGiven) -> InvoicePlanAnswer:
    """Say in which parts what is not invoiced yet shall be; invoiced parts stay."""
    plan_invoices(number, parts_given(given.parts), by=actor(request))
    return show(request, number)


@routes.post("/orders/{number}/invoice-plan/{position}/invoice", permission="invoice.issue", answer=Invoice)
def issue(request: HttpRequest, number: Code, position: int) -> Invoice:
    """Invoice a part that is due."""
    return show_invoice(request, invoice_part(number, position, by=actor(request)).number)


@routes.post(
    "/orders/{number}/invoice-plan/{position}/reached", permission="invoice.issue", answer=InvoicePlanAnswer, status=200
)
def reached(request: HttpRequest, number: Code, position: int) -> InvoicePlanAnswer:
    """Note that what a part waits for has happened today."""
    note_part_reached(number, position, by=actor(request))
    return show(request, number)
