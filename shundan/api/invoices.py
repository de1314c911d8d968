"""Invoices: bill what an order allows now, correct by credit note only."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    Amount,
    Answer,
    Code,
    DayText,
    Given,
    Moment,
    Plain,
    Row,
    Text,
    Words,
    amount,
    moment,
    number,
)
from shundan.api.lines import LineQuantities, chosen_lines
from shundan.api.narrowing import OfCustomer
from shundan.api.pagination import Next, Sorted, page_members
from shundan.api.routes import Routes
from shundan.billing.actions import credit_invoice, issue_gathered_invoice, issue_invoice
from shundan.billing.queries import get_invoice, list_invoices, waiting_orders
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.orders.queries import get_order, lines_of
from shundan.parties.queries import get_customer

routes = Routes("invoices")


class InvoiceRow(Answer):
    """An invoice, or a credit note with negative amounts, as lists show it."""

    number: str
    kind: str
    order: str
    order_revision: int
    # All that it bills, where it bills several orders of the customer.
    orders: list[str]
    customer: str
    customer_name: str
    currency: str
    net: Amount
    tax: Amount
    total: Amount
    allocated: Amount
    credited: Amount
    open_amount: Amount
    issued_on: DayText
    due_on: DayText
    created_by: str
    created_at: Moment


class InvoiceLine(Answer):
    """The part of an order line that is billed; company amounts are in company currency at the invoice's rate."""

    position: int
    sku: str
    name_zh: str
    name_en: str
    unit: str
    quantity: Plain
    unit_price: Plain
    tax_kind: str
    tax_rate: Plain
    net: Amount
    tax: Amount
    gross: Amount
    company_net: Amount
    company_gross: Amount


class Invoice(InvoiceRow):
    """An invoice with its lines."""

    tax_title: str
    tax_number: str
    exchange_rate: Plain
    reason: str
    lines: list[InvoiceLine]


class InvoiceList(Answer):
    """One page of invoices."""

    items: list[InvoiceRow]
    next: Next


class InvoiceGiven(Given):
    """What is billed: all that the order allows now, or the given quantities."""

    lines: LineQuantities = None
    tax_title: Words = ""


class GatheredGiven(Given):
    """The orders of one customer that one invoice bills, each with all that can be invoiced of it now."""

    orders: Annotated[list[Code], Field(min_length=1, max_length=100)]
    tax_title: Words = ""


class WaitingOrder(Answer):
    """An order of which something can be invoiced now; `held` names the holds that forbid it."""

    order: str
    customer: str
    currency: str
    net: Amount
    tax: Amount
    total: Amount
    due_on: DayText
    held: list[str]


class WaitingOrders(Answer):
    """The orders of a customer that one invoice may gather."""

    items: list[WaitingOrder]


class CreditNoteGiven(Given):
    """Why the invoice is corrected."""

    reason: Annotated[Text, Field(min_length=1)]


class InvoicesWanted(Sorted):
    """What the list is narrowed to."""

    view: Literal["all", "open", "overdue", "credit"] = "all"
    customer: OfCustomer = ""


@routes.get("/invoices", permission="invoice.read", answer=InvoiceList)
def index(request: HttpRequest, wanted: Query[InvoicesWanted]) -> InvoiceList:
    """List invoices and credit notes. Sort by id, due_on, issued_on or total, with a minus sign downward."""
    page = list_invoices(
        by=actor(request),
        view=wanted.view,
        search=wanted.search,
        customer=wanted.customer,
        cursor=wanted.cursor,
        limit=wanted.limit,
        sort=wanted.sort,
    )
    return InvoiceList(**page_members(page, lambda one: InvoiceRow(**_members(one, one.order.number, one.customer))))


@routes.get("/invoices/{number}", permission="invoice.read", answer=Invoice)
def show(request: HttpRequest, number: Code) -> Invoice:
    """Show an invoice with its lines."""
    invoice = get_invoice(number, by=actor(request))
    return invoice_answer(invoice, order=invoice.order.number, customer=invoice.customer)


@routes.post("/orders/{number}/invoices", permission="invoice.issue", answer=Invoice)
def create(request: HttpRequest, number: Code, given: InvoiceGiven | None = None) -> Invoice:
    """Bill what an order allows now, or a part of it; the parts of a line add up to its amount exactly."""
    by, wished = actor(request), given or InvoiceGiven()
    chosen = chosen_lines(
        wished.lines, skus=lambda: [(line.position, line.sku) for line in lines_of(get_order(number, by=by))]
    )
    with chosen.places_in_request():
        invoice = issue_invoice(number, by=by, quantities=chosen.quantities, tax_title=wished.tax_title)
    return show(request, invoice.number)


@routes.get("/customers/{number}/orders-to-invoice", permission="invoice.issue", answer=WaitingOrders)
def waiting(request: HttpRequest, number: Code) -> WaitingOrders:
    """List the orders of a customer of which something can be invoiced now, oldest first."""
    by = actor(request)
    customer = get_customer(number, by=by)
    return WaitingOrders(items=[_waiting(one, customer.number) for one in waiting_orders(customer, by=by)])


@routes.post("/invoices", permission="invoice.issue", answer=Invoice)
def gather(request: HttpRequest, given: GatheredGiven) -> Invoice:
    """Bill several orders of one customer in one invoice (合并开票): all that each allows now."""
    invoice = issue_gathered_invoice(given.orders, by=actor(request), tax_title=given.tax_title)
    return show(request, invoice.number)


@routes.post("/invoices/{number}/credit-note", permission="invoice.credit", answer=Invoice)
def credit(request: HttpRequest, number: Code, given: CreditNoteGiven) -> Invoice:
    """Correct an unpaid invoice in full by a credit note (红字发票); its quantities can be invoiced again."""
    note = credit_invoice(number, reason=given.reason, by=actor(request))
    return show(request, note.number)


def invoice_answer(invoice: Row, *, order: str, customer: Row) -> Invoice:
    """Return an invoice with its lines."""
    return Invoice(
        **_members(invoice, order, customer),
        tax_title=invoice.tax_title,
        tax_number=invoice.tax_number,
        exchange_rate=number(invoice.exchange_rate),
        reason=invoice.reason,
        lines=[_line(one, invoice.currency) for one in invoice.lines.all()],
    )


def _members(invoice: Row, order: str, customer: Row) -> dict[str, Any]:
    currency = invoice.currency
    return {
        "number": invoice.number,
        "kind": invoice.kind,
        "order": order,
        "order_revision": invoice.order_revision,
        "orders": [one.order.number for one in invoice.gathered.all()],
        "customer": customer.number,
        "customer_name": customer.name,
        "currency": currency,
        "net": amount(invoice.net, currency),
        "tax": amount(invoice.tax, currency),
        "total": amount(invoice.total, currency),
        "allocated": amount(invoice.allocated, currency),
        "credited": amount(invoice.credited, currency),
        "open_amount": amount(invoice.open_amount, currency),
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
        "created_by": invoice.created_by_name,
        "created_at": moment(invoice.created_at),
    }


def _waiting(one: Row, customer: str) -> WaitingOrder:
    currency = one.order.currency
    return WaitingOrder(
        order=one.order.number,
        customer=customer,
        currency=currency,
        net=amount(one.net, currency),
        tax=amount(one.tax, currency),
        total=amount(one.total, currency),
        due_on=one.due_on.isoformat(),
        held=list(one.held),
    )


def _line(one: Row, currency: str) -> InvoiceLine:
    line = one.order_line
    return InvoiceLine(
        position=line.position,
        sku=line.sku,
        name_zh=line.name_zh,
        name_en=line.name_en,
        unit=line.unit,
        quantity=number(one.quantity),
        unit_price=number(one.unit_price),
        tax_kind=line.tax_kind,
        tax_rate=number(one.tax_rate),
        net=amount(one.net, currency),
        tax=amount(one.tax, currency),
        gross=amount(one.gross, currency),
        company_net=amount(one.company_net, COMPANY_CURRENCY),
        company_gross=amount(one.company_gross, COMPANY_CURRENCY),
    )
