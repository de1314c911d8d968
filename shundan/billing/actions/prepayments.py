"""Prepayments to suppliers (预付款): paid by an approved request, offset by hand, taken back, returned."""

from datetime import date
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from shundan.billing.actions.disbursing import disburse, lock_bill, undo_disbursement
from shundan.billing.actions.exchange import worth_of_prepaid
from shundan.billing.models import Disbursement, PaymentRequest, Prepayment, PrepaymentReturn
from shundan.billing.queries.prepayments import ENDED, get_prepayment, is_prepayable, unpaid_of
from shundan.billing.rules import METHODS, PREPAID
from shundan.catalog.queries import COMPANY_CURRENCY, rate_of_exchange
from shundan.kernel.actor import Actor
from shundan.kernel.days import day_that_came
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, amount_out_of_range, require
from shundan.kernel.events import record
from shundan.kernel.money import decimal_places, decimals_of, round_amount
from shundan.kernel.numbering import next_gapless_number
from shundan.orders.models import Order
from shundan.parties.models import Supplier


class NotPrepayable(Refused):
    """Only a purchase that is released and has not ended is prepaid."""

    code = "not_prepayable"
    sentence = _("%(number)s cannot be prepaid: it is no purchase that is released and still runs.")


class PrepaymentTooLarge(Refused):
    """With this the supplier would have more than the purchase is worth."""

    code = "prepayment_too_large"
    sentence = _("Only %(left)s of %(number)s is neither paid nor prepaid. Withdraw the request and ask for less.")


class PrepaymentExceeded(Refused):
    """More is offset or returned than the supplier still holds."""

    code = "prepayment_exceeded"
    sentence = _("Only %(left)s of %(number)s is open.")


class OffsetMismatch(Refused):
    """A prepayment pays bills of its supplier in its currency, and of its purchase while that runs."""

    code = "offset_mismatch"
    sentence = _(
        "%(number)s cannot pay %(bill)s: choose an open bill of the same supplier and currency;"
        " while its purchase runs, one of that purchase."
    )


def refuse_prepayment(order: Order) -> None:
    """Refuse to prepay a locked order that is no running purchase. Raises: NotPrepayable."""
    if not is_prepayable(order):
        raise NotPrepayable(number=order.number)


def prepay(
    supplier: Supplier,
    order: Order | None,
    *,
    amount: Decimal,
    currency: str,
    method: str,
    reason: str,
    asked_by: PaymentRequest,
    by: Actor,
    reference: str = "",
    paid_on: date | None = None,
) -> Prepayment:
    """Pay a supplier before the bill; that it is allowed was asked before, not that the purchase still runs.

    Raises: NotPrepayable, PrepaymentTooLarge, NoExchangeRate.
    """
    if order is not None:
        refuse_prepayment(order)
        if amount > (left := unpaid_of(order)):
            raise PrepaymentTooLarge(left=str(left), number=order.number)
    on = day_that_came(paid_on, today=by.today, path="paid_on")
    rate = rate_of_exchange(currency, on=on)
    # It is seen by whoever sees the purchase, or by who asked for it.
    place = order or asked_by
    made = Prepayment.objects.create(
        number=next_gapless_number("prepayment", prefix="PP", on=by.today),
        supplier=supplier,
        order=order,
        currency=currency,
        exchange_rate=rate,
        amount=amount,
        paid_out=round_amount(amount * rate, currency=COMPANY_CURRENCY),
        method=method,
        reference=reference.replace("\x00", "").strip()[:100],
        reason=reason,
        paid_on=on,
        owner_id=place.owner_id,
        team_id=place.team_id,
        department_id=place.department_id,
        created_at=by.at,
        created_by_name=by.name,
    )
    record("prepayment.paid", subject=made.subject, by=by, data=_facts(made))
    return made


@action
def offset_prepayment(number: str, *, bill: str, by: Actor, amount: Decimal | None = None) -> Disbursement:
    """Let a prepayment pay a bill of its supplier; without an amount as much as both have open.

    Raises: NotPermitted, NotFound, Malformed, OffsetMismatch, PrepaymentExceeded, BillOverpaid.
    """
    require(by, "bill.pay")
    known = get_prepayment(number, by=by, permission="bill.pay")
    paid, order = lock_bill(bill, by=by, permission="bill.pay")
    one = _locked(known.pk)
    bound = one.order is not None and one.order.category not in ENDED and one.order_id != paid.order_id
    fits = paid.supplier_id == one.supplier_id and paid.currency == one.currency and paid.kind == "normal"
    if not fits or bound or paid.open_amount <= 0:
        raise OffsetMismatch(number=one.number, bill=paid.number)
    share = min(one.open_amount, paid.open_amount) if amount is None else amount
    if share > one.open_amount or one.open_amount <= 0:
        raise PrepaymentExceeded(left=str(one.open_amount), number=one.number)
    return disburse(paid, order, amount=share, method=PREPAID, by=by, prepayment=one)


@action
def take_back_offset(number: str, *, offset: str, reason: str, by: Actor) -> Prepayment:
    """Take back what a prepayment paid of a bill: both are open again.

    A second time nothing happens. Raises: NotPermitted, NotFound, Malformed.
    """
    require(by, "bill.pay")
    kept = _reason(reason)
    known = get_prepayment(number, by=by, permission="bill.pay")
    rows = Disbursement.objects.filter(prepayment_id=known.pk, number=offset.replace("\x00", ""))
    found = rows.select_related("bill").first()
    if found is None:
        raise NotFound(what="offset", key=offset[:100])
    bill, order = lock_bill(found.bill.number, by=by, permission="bill.pay")
    paid = rows.select_related("prepayment").select_for_update(of=("self",)).get(pk=found.pk)
    if paid.reversed_at is None:
        undo_disbursement(paid, bill, order, reason=kept, by=by)
    return get_prepayment(number, by=by, permission="bill.pay")


@action
def return_prepayment(
    number: str,
    *,
    amount: Decimal,
    method: str,
    reason: str,
    by: Actor,
    reference: str = "",
    returned_on: date | None = None,
) -> PrepaymentReturn:
    """Record money that the supplier paid back, wholly or in part, such as of a purchase that was cancelled.

    Raises: NotPermitted, NotFound, Malformed, PrepaymentExceeded, NoExchangeRate.
    """
    require(by, "bill.pay")
    known = get_prepayment(number, by=by, permission="bill.pay")
    wrong = []
    if amount <= 0 or decimal_places(amount) > decimals_of(known.currency):
        wrong.append(amount_out_of_range("amount", known.currency, given=amount))
    if method not in METHODS:
        wrong.append(Detail("method", "unknown", _("Choose one of the offered values.")))
    if wrong:
        raise Malformed(details=wrong)
    kept = _reason(reason)
    one = _locked(known.pk)
    if amount > one.open_amount:
        raise PrepaymentExceeded(left=str(one.open_amount), number=one.number)
    on = day_that_came(returned_on, today=by.today, path="returned_on")
    rate = rate_of_exchange(one.currency, on=on)
    made = PrepaymentReturn.objects.create(
        prepayment=one,
        number=next_gapless_number("prepayment_return", prefix="PB", on=by.today),
        amount=amount,
        exchange_rate=rate,
        carried=worth_of_prepaid(one, amount),
        received=round_amount(amount * rate, currency=COMPANY_CURRENCY),
        method=method,
        reference=reference.replace("\x00", "").strip()[:100],
        reason=kept,
        returned_on=on,
        created_at=by.at,
        created_by_name=by.name,
    )
    Prepayment.objects.filter(pk=one.pk).update(returned=F("returned") + amount)
    record("prepayment.returned", subject=one.subject, by=by, data=_facts(one) | {"returned": str(amount)})
    return made


def _locked(pk: int) -> Prepayment:
    rows = Prepayment.objects.select_related("order", "supplier")
    return rows.select_for_update(of=("self",)).get(pk=pk)


def _reason(text: str) -> str:
    kept = text.replace("\x00", "").strip()[:500]
    if not kept:
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    return kept


def _facts(one: Prepayment) -> dict[str, object]:
    return {
        "number": one.number,
        "amount": str(one.amount),
        "currency": one.currency,
        "supplier_id": one.supplier_id,
        "order": one.order.number if one.order is not None else "",
        "order_id": str(one.order_id or ""),
    }
