"""Requests to pay: what was asked for, by whom, and what of a bill or a payment is promised by them."""

from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.billing.models import Bill, Payment, PaymentRequest
from shundan.billing.rules import PROMISING
from shundan.billing.scopes import visible_requests
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.money import ZERO
from shundan.parties.models import Customer, Supplier

REQUEST_VIEWS = {
    "pending": ("pending",),
    "to_pay": ("approved", "sending"),
    "paid": ("paid",),
    "ended": ("rejected", "withdrawn"),
}
METHOD_WORDS: dict[str, str | Promise] = {
    "bank_transfer": _("Bank transfer"),
    "cash": _("Cash"),
    "card": _("Card"),
    "cheque": _("Cheque"),
    "acceptance_draft": _("Acceptance draft"),
    "alipay": _("Alipay"),
    "wechat_pay": _("WeChat Pay"),
    "stripe": _("Stripe"),
    "other": _("Other"),
}


def list_requests(
    *, by: Actor, view: str = "all", search: str = "", cursor: str | None = None, limit: int = 50, counted: bool = False
) -> Page[PaymentRequest]:
    """Return one page of payment requests; views: all, pending, to_pay, paid, ended. Raises: NotPermitted."""
    require(by, "payment_request.read")
    rows = _whole(visible_requests(by))
    if view in REQUEST_VIEWS:
        rows = rows.filter(state__in=REQUEST_VIEWS[view])
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        rows = rows.filter(number__iexact=wanted) | rows.filter(payee__icontains=wanted)
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_request(number: str, *, by: Actor, permission: str = "payment_request.read") -> PaymentRequest:
    """Return a payment request. Raises: NotPermitted, NotFound."""
    require(by, permission)
    found = _whole(visible_requests(by, permission)).filter(number=number.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="payment request", key=number[:100])
    return found


def payment_request_number_of(subject: tuple[str, int], *, by: Actor) -> str | None:
    """Return the number of a visible request by its subject, or None for what is none or may not be seen."""
    if subject[0] != "payment_request" or not by.may("payment_request.read"):
        return None
    return visible_requests(by).filter(pk=subject[1]).values_list("number", flat=True).first()


def requests_of_bill(bill: Bill, *, by: Actor) -> list[PaymentRequest]:
    """Return the requests to pay a bill, newest first; none for who may not see requests."""
    return list(visible_requests(by).filter(bill_id=bill.pk).order_by("-id"))


def requests_of_payment(payment: Payment, *, by: Actor) -> list[PaymentRequest]:
    """Return the requests to refund a payment, newest first; none for who may not see requests."""
    return list(visible_requests(by).filter(payment_id=payment.pk).order_by("-id"))


def requested_of_bill(bill_id: int) -> Decimal:
    """Return how much of a bill is promised by requests that are pending or approved."""
    return _promised(PaymentRequest.objects.filter(bill_id=bill_id))


def requested_of_payment(payment_id: int) -> Decimal:
    """Return how much of a payment's rest is promised by requests that are pending or approved."""
    return _promised(PaymentRequest.objects.filter(payment_id=payment_id))


def requested_for_order(order_id: int) -> Decimal:
    """Return how much of a purchase is promised by requests for it or its bills that are pending or approved."""
    return _promised(PaymentRequest.objects.filter(Q(order_id=order_id) | Q(bill__order_id=order_id)))


def is_new_account(one: PaymentRequest) -> bool:
    """Tell whether the payee's account is neither on file nor was paid to before; none means that on file."""
    if not one.account:
        return False
    paid = PaymentRequest.objects.filter(account=one.account, state="paid")
    payee: Supplier | Customer | None = None
    if (creditor := one.creditor) is not None:
        theirs = Q(bill__supplier_id=creditor.pk) | Q(supplier_id=creditor.pk)
        payee, paid = creditor, paid.filter(theirs)
    elif one.payment is not None:
        payee, paid = one.payment.customer, paid.filter(payment__customer_id=one.payment.customer_id)
    if payee is not None and _digits(one.account) == _digits(payee.bank_account):
        return False
    return not paid.exists()


def _digits(account: str) -> str:
    return "".join(sign for sign in account if sign.isalnum()).upper()


def _promised(rows: QuerySet[PaymentRequest]) -> Decimal:
    return rows.filter(state__in=PROMISING).aggregate(sum=Sum("amount"))["sum"] or ZERO


def _whole(rows: QuerySet[PaymentRequest]) -> QuerySet[PaymentRequest]:
    return rows.select_related(
        "bill__supplier",
        "bill__order",
        "payment__customer",
        "supplier",
        "order",
        "disbursement",
        "refund",
        "prepayment",
    )
