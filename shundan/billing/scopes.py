"""Which invoices and payments an actor sees: those of the orders and customers in the scope."""

from django.db.models import Exists, OuterRef, QuerySet

from shundan.accounts.scopes import scope_filter
from shundan.billing.models import Bill, Deposit, GatheredOrder, Invoice, Payment, PaymentRequest, Prepayment
from shundan.kernel.actor import Actor
from shundan.orders.scopes import order_scope


def visible_invoices(by: Actor, permission: str = "invoice.read") -> QuerySet[Invoice]:
    """Return the invoices for which the actor holds the permission: for each of its orders, where it gathers some."""
    scope = order_scope(by, permission, path="order__")
    rows = Invoice.objects.filter(scope)
    if not scope:
        return rows
    others = GatheredOrder.objects.filter(invoice=OuterRef("pk")).exclude(scope)
    return rows.filter(~Exists(others))


def visible_deposits(by: Actor, permission: str = "invoice.read") -> QuerySet[Deposit]:
    """Return the deposits of the orders for which the actor holds the permission."""
    return Deposit.objects.filter(order_scope(by, permission, path="order__"))


def visible_bills(by: Actor, permission: str = "bill.read") -> QuerySet[Bill]:
    """Return the bills for which the actor holds the permission."""
    return Bill.objects.filter(order_scope(by, permission, path="order__"))


def visible_payments(by: Actor, permission: str = "payment.read") -> QuerySet[Payment]:
    """Return the payments for which the actor holds the permission."""
    return Payment.objects.filter(
        scope_filter(
            by,
            permission,
            owner="customer__owner_id",
            team="customer__team_id",
            department="customer__department_id",
        )
    )


def visible_prepayments(by: Actor, permission: str = "bill.read") -> QuerySet[Prepayment]:
    """Return the prepayments for which the actor holds the permission: for whose purchase, or asked for by whom."""
    return Prepayment.objects.filter(scope_filter(by, permission))


def visible_requests(by: Actor, permission: str = "payment_request.read") -> QuerySet[PaymentRequest]:
    """Return the payment requests for which the actor holds the permission."""
    return PaymentRequest.objects.filter(scope_filter(by, permission))
