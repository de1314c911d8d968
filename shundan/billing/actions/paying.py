"""Paying out directly, where the approval table asks nobody: bills of suppliers, refunds to customers."""

from datetime import date
from decimal import Decimal

from shundan.billing.actions.disbursing import BillOverpaid, disburse, lock_bill, undo_disbursement
from shundan.billing.actions.payments import give_back, lock_payment
from shundan.billing.actions.requests import require_no_approval
from shundan.billing.models import Bill, Disbursement, Refund
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import require


@action
def pay_bill(
    number: str, *, amount: Decimal, method: str, by: Actor, reference: str = "", paid_on: date | None = None
) -> Disbursement:
    """Pay a supplier's bill, wholly or in part, where nobody must approve it.

    Raises: NotPermitted, NotFound, Malformed, BillOverpaid, PaymentNeedsApproval, RequestTooLarge.
    """
    require(by, "bill.pay")
    bill, order = lock_bill(number, by=by, permission="bill.pay")
    if amount > bill.open_amount:
        raise BillOverpaid(left=str(bill.open_amount), number=bill.number)
    require_no_approval("bill", amount=amount, method=method, by=by, bill=bill)
    return disburse(bill, order, amount=amount, method=method, by=by, reference=reference, paid_on=paid_on)


@action
def take_back_disbursement(disbursement_id: int, *, reason: str, by: Actor) -> Bill:
    """Take back a payment that did not hold, such as by a draft that was dishonoured: its bill is open again.

    Whether that is so was asked before. A second time nothing happens.
    """
    known = Disbursement.objects.select_related("bill").get(pk=disbursement_id)
    bill, order = lock_bill(known.bill.number, by=by, permission="bill.pay")
    paid = Disbursement.objects.select_for_update().get(pk=disbursement_id)
    if paid.reversed_at is not None:
        return bill
    undo_disbursement(paid, bill, order, reason=reason, by=by)
    return bill


@action
def refund_payment(
    number: str,
    *,
    amount: Decimal,
    method: str,
    reason: str,
    by: Actor,
    reference: str = "",
    refunded_on: date | None = None,
) -> Refund:
    """Pay back what a payment has left on the customer's account, where nobody must approve it.

    Raises: NotPermitted, NotFound, Malformed, OverRefunded, PaymentNeedsApproval, RequestTooLarge.
    """
    require(by, "payment.refund")
    payment = lock_payment(number, by=by, permission="payment.refund")
    if amount <= payment.unallocated:  # what is too much is refused below, with its own sentence
        require_no_approval("refund", amount=amount, method=method, by=by, payment=payment)
    return give_back(
        payment, amount=amount, method=method, reason=reason, by=by, reference=reference, paid_on=refunded_on
    )
