"""Invoices over several orders of one customer (合并开票): what can be gathered, and how an invoice is shared out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q

from shundan.billing.models import GatheredOrder, Invoice
from shundan.billing.queries.books import billed_parts, due_day_of
from shundan.billing.queries.plans import goes_by_plan
from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.money import ZERO
from shundan.orders.models import Order
from shundan.orders.queries import invoiceable_of, is_released
from shundan.orders.queries.record import codes_that_block
from shundan.orders.scopes import visible_orders
from shundan.parties.models import Customer

# A customer with more orders to invoice gets several invoices.
MOST_ORDERS = 100
MOST_CUSTOMERS = 200
# As the index of orders to invoice has it.
_WAITING = Q(invoicing__in=["to_invoice", "part"], is_history=False) & ~Q(category__in=["draft", "cancelled"])


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """An order of which something can be invoiced now, and what; `held` names the codes of holds that block it."""

    order: Order
    net: Decimal
    tax: Decimal
    total: Decimal
    due_on: date
    held: Sequence[str]


@dataclass(frozen=True, slots=True)
class WaitingCustomer:
    """A customer with orders to invoice, and how many in which currency."""

    number: str
    name: str
    currency: str
    orders: int


def waiting_customers(*, by: Actor) -> list[WaitingCustomer]:
    """Return whose orders may be invoiced now, those with most orders first. Raises: NotPermitted."""
    require(by, "invoice.issue")
    rows = visible_orders(by, "invoice.issue").filter(_WAITING, kind__in=["sale", "service"])
    sums = rows.values("customer_id", "currency").annotate(n=Count("id")).order_by("-n", "customer_id")
    found = list(sums[:MOST_CUSTOMERS])
    known = Customer.objects.in_bulk([row["customer_id"] for row in found])
    return [
        WaitingCustomer(known[row["customer_id"]].number, known[row["customer_id"]].name, row["currency"], row["n"])
        for row in found
        if row["customer_id"] in known
    ]


def waiting_orders(customer: Customer, *, by: Actor, currency: str = "") -> list[WaitingOrder]:
    """Return the orders of a customer of which something can be invoiced now, oldest first. Raises: NotPermitted."""
    require(by, "invoice.issue")
    rows = visible_orders(by, "invoice.issue").filter(_WAITING, customer_id=customer.pk, kind__in=["sale", "service"])
    if currency:
        rows = rows.filter(currency=currency)
    found = (waiting_of(one, by=by) for one in rows.select_related("payment_term").order_by("id")[:MOST_ORDERS])
    return [one for one in found if one is not None]


def waiting_of(order: Order, *, by: Actor) -> WaitingOrder | None:
    """Return what of an order can be invoiced now, or None."""
    if not is_released(order) or order.is_history or goes_by_plan(order):
        return None
    free = {line: quantity for line, quantity in invoiceable_of(order).items() if quantity > 0}
    if not free:
        return None
    parts = billed_parts(order, free)
    return WaitingOrder(
        order=order,
        net=sum((part.net for part in parts), ZERO),
        tax=sum((part.tax for part in parts), ZERO),
        total=sum((part.gross for part in parts), ZERO),
        due_on=due_day_of(order.payment_term, issued_on=by.today),
        held=codes_that_block(order, "invoice"),
    )


def gathered_by(invoice_ids: Iterable[int]) -> dict[int, list[GatheredOrder]]:
    """Return the orders that invoices gather, in the order of their numbers; none for invoices of one order."""
    found: dict[int, list[GatheredOrder]] = {}
    rows = GatheredOrder.objects.filter(invoice_id__any_of=list(invoice_ids)).select_related("order")
    for one in rows.order_by("invoice_id", "order_id"):
        found.setdefault(one.invoice_id, []).append(one)
    return found


def orders_of_invoices_unscoped(invoice_ids: Iterable[int]) -> set[int]:
    """Return the ids of all orders that invoices bill, to be locked before the invoices are."""
    ids = list(invoice_ids)
    alone = Invoice.objects.filter(pk__any_of=ids).values_list("order_id")
    return {pk for (pk,) in alone.union(GatheredOrder.objects.filter(invoice_id__any_of=ids).values_list("order_id"))}


def gathered_with_unscoped(order_id: int) -> set[int]:
    """Return the ids of an order and of all that some invoice gathers with it."""
    mine = GatheredOrder.objects.filter(order_id=order_id).values("invoice_id")
    rows = GatheredOrder.objects.filter(invoice_id__in=mine).values_list("order_id", flat=True)
    return {order_id, *rows}
