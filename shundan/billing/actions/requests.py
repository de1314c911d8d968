"""Requests to pay (付款申请, 退款申请): asked for, approved by whom the table names, then paid once."""

import hashlib
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.billing.actions.disbursing import disburse, lock_bill
from shundan.billing.actions.payments import give_back, lock_payment
from shundan.billing.actions.prepayments import prepay, refuse_prepayment
from shundan.billing.models import Bill, Payment, PaymentRequest
from shundan.billing.queries.prepayments import unpaid_of
from shundan.billing.queries.requests import (
    get_request,
    requested_for_order,
    requested_of_bill,
    requested_of_payment,
)
from shundan.billing.rules import METHODS
from shundan.catalog.queries import COMPANY_CURRENCY, rate_of_exchange
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotPermitted, Refused, amount_out_of_range, require
from shundan.kernel.events import record
from shundan.kernel.money import decimal_places, decimals_of, round_amount
from shundan.kernel.numbering import next_gapless_number
from shundan.orders.models import Order
from shundan.orders.queries import currency_choices, get_order
from shundan.parties.models import Supplier
from shundan.parties.queries import get_supplier
from shundan.workflow.actions import Request, end_approvals, start_approval, withdraw_approval
from shundan.workflow.queries import (
    LiveFacts,
    current_table_id,
    latest_run_of,
    needs_nobody,
    recorded,
    route_of,
    table_of,
)
from shundan.workflow.registries import Locked

SUBJECT = "payment_request"
RIGHT = "payment_request.approve"
LONGEST_TEXT = 500


class RequestTooLarge(Refused):
    """More is asked for than the bill or the payment has left, with what other requests promise."""

    code = "request_too_large"
    sentence = _("Only %(left)s of %(number)s is left: the rest is paid or asked for by other requests.")


class RequestNotApproved(Refused):
    """Only an approved request is paid, once."""

    code = "request_not_approved"
    sentence = _("%(number)s cannot be paid: it is %(state)s.")


class PaymentNeedsApproval(Refused):
    """The table asks somebody about a payment like this."""

    code = "payment_needs_approval"
    sentence = _("A payment like this needs approval. Make a payment request; it can be paid when it is approved.")


class RequestNotPending(Refused):
    """Only what is not decided or not paid can be taken back."""

    code = "request_not_pending"
    sentence = _("%(number)s cannot be withdrawn any more: it is %(state)s.")


STATES = {
    "pending": _("waiting for approval"),
    "approved": _("approved"),
    "sending": _("on its way by the payment gateway"),
    "rejected": _("rejected"),
    "withdrawn": _("withdrawn"),
    "paid": _("paid"),
}


@action
def request_bill_payment(
    number: str, *, amount: Decimal, method: str, by: Actor, account: str = "", reason: str = ""
) -> PaymentRequest:
    """Ask for a supplier's bill to be paid, wholly or in part; what the table asks nobody about is approved at once.

    Raises: NotPermitted, NotFound, Malformed, RequestTooLarge.
    """
    require(by, "payment_request.create")
    bill, _order = lock_bill(number, by=by, permission="bill.read")
    left = bill.open_amount - requested_of_bill(bill.pk)
    made = _new("bill", amount, bill.currency, method, by, account=account, reason=reason, bill=bill)
    return _submit(made, left=left, of=bill.number, by=by)


@action
def request_refund(
    number: str, *, amount: Decimal, method: str, by: Actor, reason: str, account: str = ""
) -> PaymentRequest:
    """Ask for money of a payment to go back to the customer. Raises: as request_bill_payment."""
    require(by, "payment_request.create")
    payment = lock_payment(number, by=by, permission="payment.read")
    if not reason.strip():
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    left = payment.unallocated - requested_of_payment(payment.pk)
    made = _new("refund", amount, payment.currency, method, by, account=account, reason=reason, payment=payment)
    return _submit(made, left=left, of=payment.number, by=by)


@action
def request_prepayment(
    *,
    amount: Decimal,
    method: str,
    by: Actor,
    order: str = "",
    supplier: str = "",
    currency: str = "",
    account: str = "",
    reason: str = "",
) -> PaymentRequest:
    """Ask for money to go to a supplier before the bill: for a purchase that is released, or free with a reason.

    Raises: NotPermitted, NotFound, Malformed, NotPrepayable, RequestTooLarge.
    """
    require(by, "payment_request.create")
    if order:
        # Whoever may see what bills say of it, not only the purchase, may ask.
        purchase = get_order(order, by=by, lock=True, permission="bill.read")
        refuse_prepayment(purchase)
        left = unpaid_of(purchase) - requested_for_order(purchase.pk)
        made = _new(
            "prepayment",
            amount,
            purchase.currency,
            method,
            by,
            account=account,
            reason=reason,
            supplier=purchase.supplier,
            order=purchase,
        )
        return _submit(made, left=left, of=purchase.number, by=by)
    payee = get_supplier(supplier, by=by)
    if not reason.strip():
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    worth = currency or payee.currency
    if worth != COMPANY_CURRENCY and worth not in currency_choices():
        raise Malformed(details=[Detail("currency", "unknown", _("Choose one of the offered values."))])
    made = _new("prepayment", amount, worth, method, by, account=account, reason=reason, supplier=payee)
    return _submit(made, left=amount, of=payee.number, by=by)


@action
def pay_request(number: str, *, by: Actor, reference: str = "", paid_on: date | None = None) -> PaymentRequest:
    """Pay what an approved request asks for, once.

    Raises: NotPermitted, NotFound, RequestNotApproved, BillOverpaid, NotPrepayable, PrepaymentTooLarge.
    """
    known = get_request(number, by=by)
    require(by, "payment.refund" if known.kind == "refund" else "bill.pay")
    if known.bill is not None:
        bill, order = lock_bill(known.bill.number, by=by, permission="bill.pay")
        one = lock_approved(known)
        one.disbursement = disburse(
            bill, order, amount=one.amount, method=one.method, by=by, reference=reference, paid_on=paid_on
        )
    elif known.supplier is not None:
        # In the place of its purchase, as bills are paid; a free one in that of who asked for it.
        purchase = None
        if known.order is not None:
            purchase = get_order(known.order.number, by=by, lock=True, permission="bill.pay")
        else:
            get_request(number, by=by, permission="bill.pay")
        one = lock_approved(known)
        one.prepayment = prepay(
            known.supplier,
            purchase,
            amount=one.amount,
            currency=one.currency,
            method=one.method,
            reason=one.reason,
            asked_by=one,
            by=by,
            reference=reference,
            paid_on=paid_on,
        )
    else:
        assert known.payment is not None
        payment = lock_payment(known.payment.number, by=by, permission="payment.refund")
        one = lock_approved(known)
        one.refund = give_back(
            payment,
            amount=one.amount,
            method=one.method,
            reason=one.reason,
            by=by,
            reference=reference,
            paid_on=paid_on,
        )
    one.state, one.paid_at = "paid", by.at
    one.save(update_fields=["state", "paid_at", "disbursement", "refund", "prepayment"])
    record("payment_request.paid", subject=one.subject, by=by, data=facts_of_request(one) | {"notify": ["applicant"]})
    return one


@action
def withdraw_request(number: str, *, by: Actor, remark: str = "") -> PaymentRequest:
    """Take back one's request: while nobody has decided, or approved and not paid yet.

    Raises: NotPermitted, NotFound, RequestNotPending, NotYourRequest, LevelDecided.
    """
    known = get_request(number, by=by, permission="payment_request.create")
    one = PaymentRequest.objects.select_for_update().get(pk=known.pk)
    if one.state == "pending":
        run = latest_run_of(one.subject)
        assert run is not None
        withdraw_approval(run.pk, by=by, remark=remark)
    elif one.state == "approved":
        if by.id is not None and by.id != one.owner_id:
            raise NotPermitted(permission="payment_request.create")
        end_approvals(subject=one.subject, state="withdrawn", by=by)
        _end(one, "withdrawn", by)
    else:
        raise RequestNotPending(number=one.number, state=str(STATES[one.state]))
    one.refresh_from_db()
    return one


def require_no_approval(
    kind: str, *, amount: Decimal, method: str, by: Actor, bill: Bill | None = None, payment: Payment | None = None
) -> None:
    """Refuse money that would leave directly although the table asks somebody, or that a request has promised.

    Raises: PaymentNeedsApproval, RequestTooLarge.
    """
    if bill is not None:
        number, currency, left = bill.number, bill.currency, bill.open_amount - requested_of_bill(bill.pk)
    else:
        assert payment is not None
        number, currency = payment.number, payment.currency
        left = payment.unallocated - requested_of_payment(payment.pk)
    one = _new(kind, amount, currency, method, by, bill=bill, payment=payment)
    if not needs_nobody(current_table_id(SUBJECT), LiveFacts(SUBJECT, one, by)):
        raise PaymentNeedsApproval()
    if amount > left:
        raise RequestTooLarge(left=str(left), number=number)


def lock_request(request_id: int) -> Locked:
    """Lock a request, which is never changed, only made anew."""
    one = PaymentRequest.objects.select_for_update().get(pk=request_id)
    return Locked(one, one.content_hash, 1)


def take_on_decided_request(one: PaymentRequest, outcome: str, by: Actor, *, remark: str) -> None:
    """Note what became of a request when its approval has ended; sent back to the applicant, it is made anew."""
    _end(one, {"approved": "approved", "withdrawn": "withdrawn"}.get(outcome, "rejected"), by)


def _new(
    kind: str,
    amount: Decimal,
    currency: str,
    method: str,
    by: Actor,
    *,
    account: str = "",
    reason: str = "",
    bill: Bill | None = None,
    payment: Payment | None = None,
    supplier: Supplier | None = None,
    order: Order | None = None,
) -> PaymentRequest:
    """Return a request that is not kept yet. Raises: Malformed."""
    wrong = []
    if not 0 < amount < 10**15 or decimal_places(amount) > decimals_of(currency):
        wrong.append(amount_out_of_range("amount", currency, given=amount))
    if method not in METHODS:
        wrong.append(Detail("method", "unknown", _("Choose one of the offered values.")))
    for path, text in (("account", account), ("reason", reason)):
        if "\x00" in text or len(text) > LONGEST_TEXT:
            sentence = _("This text is too long or contains characters that cannot be stored.")
            wrong.append(Detail(path, "invalid_text", sentence))
    if wrong:
        raise Malformed(details=wrong)
    rate = Decimal(1) if currency == COMPANY_CURRENCY else rate_of_exchange(currency, on=by.today)
    payee = bill.supplier if bill is not None else payment.customer if payment is not None else supplier
    one = PaymentRequest(
        kind=kind,
        bill=bill,
        payment=payment,
        supplier=supplier,
        order=order,
        payee=payee.name if payee is not None else "",
        amount=amount,
        currency=currency,
        company_amount=round_amount(amount * rate, currency=COMPANY_CURRENCY),
        method=method,
        account=account.strip(),
        reason=reason.strip(),
        owner_id=by.id,
        team_id=by.team_id,
        department_id=by.department_id,
        requested_by_name=by.name,
        created_at=by.at,
    )
    sources = [str(source and source.pk) for source in (bill, payment)]
    if supplier is not None:
        sources += [str(supplier.pk), str(order and order.pk)]
    content = (kind, *sources, str(amount), currency, method, one.account)
    one.content_hash = hashlib.sha256("\n".join(content).encode()).hexdigest()
    return one


def _submit(one: PaymentRequest, *, left: Decimal, of: str, by: Actor) -> PaymentRequest:
    if one.amount > left:
        raise RequestTooLarge(left=str(left), number=of)
    one.number = next_gapless_number("payment_request", prefix="PQ", on=by.today)
    table_id, facts = current_table_id(SUBJECT), LiveFacts(SUBJECT, one, by)
    is_free = needs_nobody(table_id, facts)
    one.state = "approved" if is_free else "pending"
    one.save()
    record("payment_request.made", subject=one.subject, by=by, data=facts_of_request(one))
    if is_free:
        record("payment_request.approved", subject=one.subject, by=by.as_system(), data=facts_of_request(one))
        return one
    way = route_of(table_id, facts, applicant_id=by.id, owner_id=one.owner_id)
    start_approval(_asked(one, table_id, facts), way, by=by)
    return one


def _asked(one: PaymentRequest, table_id: int, facts: LiveFacts) -> Request:
    return Request(
        subject=one.subject,
        content_hash=one.content_hash,
        version=1,
        right=RIGHT,
        title=one.number,
        party=one.payee,
        amount=one.company_amount,
        currency=COMPANY_CURRENCY,
        owner_id=one.owner_id,
        team_id=one.team_id,
        department_id=one.department_id,
        allows_own=table_of(table_id).allows_own,
        table_id=table_id,
        facts=recorded(facts),
    )


def lock_approved(known: PaymentRequest) -> PaymentRequest:
    """Lock a request that may be paid. Raises: RequestNotApproved."""
    one = PaymentRequest.objects.select_for_update().get(pk=known.pk)
    if one.state != "approved":
        raise RequestNotApproved(number=one.number, state=str(STATES[one.state]))
    return one


def _end(one: PaymentRequest, state: str, by: Actor) -> None:
    one.state = state
    one.save(update_fields=["state"])
    record(f"payment_request.{state}", subject=one.subject, by=by, data=facts_of_request(one))


def facts_of_request(one: PaymentRequest) -> dict[str, object]:
    """Return what events say of a request."""
    return {"number": one.number, "of": one.source_number, "amount": str(one.amount), "currency": one.currency}
