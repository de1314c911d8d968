"""Money that settles a supplier's bill: paid out or offset against a prepayment, and taken back."""

from datetime import date
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from shundan.billing.actions.exchange import worth_of_disbursement, worth_of_prepaid
from shundan.billing.models import Bill, Disbursement, Prepayment
from shundan.billing.queries import earliest_bill_due_day
from shundan.billing.rules import METHODS
from shundan.billing.scopes import visible_bills
from shundan.catalog.queries import rate_of_exchange
from shundan.kernel.actor import Actor
from shundan.kernel.days import day_that_came
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, amount_out_of_range
from shundan.kernel.events import record
from shundan.kernel.money import decimal_places, decimals_of
from shundan.kernel.numbering import next_gapless_number
from shundan.orders.actions import note_paid
from shundan.orders.models import Order
from shundan.orders.queries import lock_order_unscoped


class BillOverpaid(Refused):
    """More is to be paid than the bill has open."""

    code = "bill_overpaid"
    sentence = _("Only %(left)s of %(number)s is open.")


def lock_bill(number: str, *, by: Actor, permission: str) -> tuple[Bill, Order]:
    """Lock a bill that the actor may use so, its order first. Raises: NotFound."""
    found = (
        visible_bills(by, permission).filter(number=number.replace("\x00", "")).values_list("pk", "order_id").first()
    )
    if found is None:
        raise NotFound(what="bill", key=number[:100])
    order = lock_order_unscoped(found[1])
    return Bill.objects.select_for_update(of=("self",)).select_related("supplier").get(pk=found[0]), order


def disburse(
    bill: Bill,
    order: Order,
    *,
    amount: Decimal,
    method: str,
    by: Actor,
    reference: str = "",
    paid_on: date | None = None,
    prepayment: Prepayment | None = None,
) -> Disbursement:
    """Pay a locked bill, wholly or in part, or let a locked prepayment pay it; that it is allowed was asked before.

    Raises: Malformed, BillOverpaid, NoExchangeRate.
    """
    wrong = []
    if amount <= 0 or decimal_places(amount) > decimals_of(bill.currency):
        wrong.append(amount_out_of_range("amount", bill.currency, given=amount))
    if method not in METHODS and prepayment is None:
        wrong.append(Detail("method", "unknown", _("Choose one of the offered values.")))
    if wrong:
        raise Malformed(details=wrong)
    if amount > bill.open_amount:
        raise BillOverpaid(left=str(bill.open_amount), number=bill.number)
    on = day_that_came(paid_on, today=by.today, path="paid_on")
    rate = prepayment.exchange_rate if prepayment else rate_of_exchange(bill.currency, on=on)
    worth = worth_of_disbursement(bill, amount, rate)
    paid = Disbursement.objects.create(
        number=next_gapless_number("disbursement", prefix="PV", on=by.today),
        bill=bill,
        prepayment=prepayment,
        amount=amount,
        exchange_rate=rate,
        settled=worth.settled,
        paid_out=worth.received if prepayment is None else worth_of_prepaid(prepayment, amount),
        method=method,
        reference=reference.replace("\x00", "").strip()[:100],
        paid_on=on,
        created_at=by.at,
        created_by_name=by.name,
    )
    Bill.objects.filter(pk=bill.pk).update(paid=F("paid") + amount)
    facts = facts_of_bill(bill, order) | {"amount": str(amount)}
    if prepayment is None:
        record("bill.paid", subject=bill.subject, by=by, data=facts)
    else:
        Prepayment.objects.filter(pk=prepayment.pk).update(offset=F("offset") + amount)
        record("bill.offset", subject=bill.subject, by=by, data=facts | {"prepayment": prepayment.number})
    share = bill.paid_of_order(bill.paid + amount) - bill.paid_of_order(bill.paid)
    note_paid(order, amount=share, due_on=earliest_bill_due_day(order.pk), by=by)
    return paid


def undo_disbursement(paid: Disbursement, bill: Bill, order: Order, *, reason: str, by: Actor) -> None:
    """Take a locked payment of a locked bill back; a prepayment that it offset is open again."""
    paid.reversed_at, paid.reversal_reason = by.at, reason
    paid.save(update_fields=["reversed_at", "reversal_reason"])
    Bill.objects.filter(pk=bill.pk).update(paid=F("paid") - paid.amount)
    data = {"number": bill.number, "amount": str(paid.amount), "reason": reason, "order_id": order.pk}
    if paid.prepayment is None:
        record("bill.payment_taken_back", subject=bill.subject, by=by, data=data)
    else:
        Prepayment.objects.filter(pk=paid.prepayment.pk).update(offset=F("offset") - paid.amount)
        data["prepayment"] = paid.prepayment.number
        record("bill.offset_taken_back", subject=bill.subject, by=by, data=data)
    share = bill.paid_of_order(bill.paid) - bill.paid_of_order(bill.paid - paid.amount)
    bill.paid -= paid.amount
    note_paid(order, amount=-share, due_on=earliest_bill_due_day(order.pk), by=by)


def facts_of_bill(bill: Bill, order: Order) -> dict[str, str]:
    """Return what events of a bill say."""
    return {
        "number": bill.number,
        "order": order.number,
        "order_id": str(order.pk),
        "total": str(bill.total),
        "currency": bill.currency,
        "reference": bill.reference,
    }
