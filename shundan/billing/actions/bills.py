"""Checking a supplier's bill against order and receipt, and taking one back."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.billing.actions.disbursing import facts_of_bill
from shundan.billing.actions.offsets import free_offsets, offset_open_prepayments
from shundan.billing.models import Bill, BillLine
from shundan.billing.queries import (
    bill_parts,
    billable_lines,
    check_bill_reversal,
    due_day_of,
    earliest_bill_due_day,
    examined_lines,
    tolerated_difference,
)
from shundan.billing.scopes import visible_bills
from shundan.kernel.actor import Actor
from shundan.kernel.days import day_that_came
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, amount_out_of_range, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, decimal_places, decimals_of, plain
from shundan.kernel.numbering import next_gapless_number
from shundan.orders.actions import note_billed_costs, note_invoiced, withdraw_billed_costs
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import Choice, direction_of, get_order, is_released, lock_order_unscoped


class NothingToBill(Refused):
    """The supplier has delivered nothing that is not billed."""

    code = "nothing_to_bill"
    sentence = _("%(number)s has nothing that can be billed now. Goods are billed after they came in.")


class GoodsExamined(Refused):
    """Goods are billed that are still being inspected."""

    code = "inspection_open"
    sentence = _(
        "%(number)s: goods are still being inspected. Bill them once the inspection is decided; bill only the rest now."
    )


class BillMismatch(Refused):
    """More is billed than came in, or at another price than agreed: the three papers do not match."""

    code = "bill_mismatch"
    sentence = _(
        "The bill does not match order and receipt. See the marked fields: amend the purchase where the supplier is"
        " right, otherwise ask for a corrected bill."
    )


class BillKnown(Refused):
    """This supplier's bill was booked before."""

    code = "bill_already_booked"
    sentence = _("The supplier's bill “%(reference)s” is booked already as %(number)s.")


BILLED = Choice(
    nothing=NothingToBill,
    too_many=BillMismatch,
    unknown=_("The order has no such line."),
    exceeded=_("%(sku)s: %(wanted)s billed, %(free)s received and not yet billed."),
    divides_goods=False,
)


@action
def register_bill(
    order_number: str,
    *,
    by: Actor,
    reference: str = "",
    quantities: Mapping[int, Decimal] | None = None,
    total: Decimal | None = None,
    billed_on: date | None = None,
) -> Bill:
    """Book a supplier's bill for all that came in and is not billed, or for the given quantities by line position.

    What was prepaid for the order is offset at once.
    `total` is what the paper says, with tax, in the order's currency: it must match order and receipt within what the
    company tolerates (`BillTolerance`); what it differs by is paid with the bill and changes neither the order's
    amounts nor its tax.
    Raises: NotPermitted, NotFound, Malformed, NothingToBill, GoodsExamined, BillMismatch, BillKnown.
    """
    require(by, "bill.register")
    order = get_order(order_number, by=by, lock=True, permission="bill.register")
    if not direction_of(order).is_billed or not is_released(order) or order.supplier is None:
        raise NothingToBill(number=order.number)
    reference = reference.replace("\x00", "").strip()[:100]
    free = billable_lines(order)
    _refuse_examined(order, free, quantities)
    chosen = BILLED.of(order, free, quantities)
    parts = bill_parts(order, chosen)
    due = sum((part.gross for part in parts), ZERO)
    difference = _difference(order, due, total)
    # The number's series is locked until commit: of two bookings of one paper the second sees the first here.
    number = next_gapless_number("bill", prefix="BL", on=by.today)
    known = Bill.objects.filter(supplier=order.supplier, reference=reference, debited=0).first() if reference else None
    if known is not None:
        raise BillKnown(reference=reference, number=known.number)
    on = day_that_came(billed_on, today=by.today, path="billed_on")
    bill = Bill.objects.create(
        number=number,
        order=order,
        order_revision=order.revision,
        supplier=order.supplier,
        reference=reference,
        currency=order.currency,
        exchange_rate=order.exchange_rate,
        net=sum((part.net for part in parts), ZERO),
        tax=sum((part.tax for part in parts), ZERO),
        difference=difference,
        total=due + difference,
        billed_on=on,
        due_on=due_day_of(order.payment_term, issued_on=on),
        created_at=by.at,
        created_by_name=by.name,
    )
    BillLine.objects.bulk_create(
        BillLine(bill=bill, order_line=part.line, quantity=part.quantity, net=part.net, tax=part.tax, gross=part.gross)
        for part in parts
    )
    note_billed_costs(order, bill.number, {part.line: part.net for part in parts}, on=on)
    record("bill.registered", subject=bill.subject, by=by, data=facts_of_bill(bill, order))
    first_due = min(order.due_on or bill.due_on, bill.due_on) if bill.total else order.due_on
    note_invoiced(
        order, {line.pk: quantity for line, quantity in chosen.items()}, gross=bill.agreed, due_on=first_due, by=by
    )
    offset_open_prepayments(bill, order, by=by)
    return bill


def _difference(order: Order, due: Decimal, total: Decimal | None) -> Decimal:
    """Return what the paper says above order and receipt. Raises: Malformed, BillMismatch."""
    if total is None or total == due:
        return ZERO
    if total < 0 or decimal_places(total) > decimals_of(order.currency):
        raise Malformed(details=[amount_out_of_range("total", order.currency, given=total, from_zero=True)])
    room = tolerated_difference(due, currency=order.currency, rate=order.exchange_rate)
    if abs(total - due) > room:
        sentence = _(
            "The bill says %(billed)s, order and receipt say %(due)s; a difference of up to %(room)s is accepted."
        )
        told = {"billed": total, "due": due, "room": room}
        raise BillMismatch(details=[Detail("total", "bill_mismatch", sentence % told)])
    return total - due


def _refuse_examined(order: Order, free: Mapping[OrderLine, Decimal], quantities: Mapping[int, Decimal] | None) -> None:
    """Say it where only an open inspection stands against the bill. Raises: GoodsExamined."""
    examined = examined_lines(order)
    given = quantities or {}
    wanted = [line for line in examined if free[line] < given.get(line.position, ZERO) <= free[line] + examined[line]]
    if not wanted and (quantities is not None or any(free.values())):
        return
    sentence = _("%(sku)s: %(examined)s of what came in is still being inspected; %(free)s can be billed.")
    details = [
        Detail(
            f"lines[{line.position - 1}].quantity",
            GoodsExamined.code,
            str(sentence) % {"sku": line.sku, "examined": plain(examined[line]), "free": plain(free[line])},
        )
        for line in wanted or examined
    ]
    if details:
        raise GoodsExamined(number=order.number, details=details)


@action
def reverse_bill(number: str, *, reason: str, by: Actor) -> Bill:
    """Take an unpaid bill back as a whole, by a debit note that mirrors its amounts; return the note.

    What prepayments paid of it is open on them again.
    The order's quantities can be billed again, and the supplier's paper booked anew.
    Raises: NotPermitted, NotFound, Malformed, BillSettled, BilledCostBorne.
    """
    require(by, "bill.reverse")
    reason = reason.replace("\x00", "").strip()[:500]
    if not reason:
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    rows = visible_bills(by, "bill.reverse").filter(number=number.replace("\x00", ""))
    found = rows.values_list("pk", "order_id").first()
    if found is None:
        raise NotFound(what="bill", key=number[:100])
    order = lock_order_unscoped(found[1])
    bill = Bill.objects.select_for_update().get(pk=found[0])
    check_bill_reversal(bill)
    bill = free_offsets(bill, order, reason=reason, by=by)
    withdraw_billed_costs(bill.number, by=by)
    note = Bill.objects.create(
        number=next_gapless_number("bill", prefix="BL", on=by.today),
        kind="debit",
        order=order,
        order_revision=bill.order_revision,
        supplier_id=bill.supplier_id,
        corrects=bill,
        reason=reason,
        currency=bill.currency,
        exchange_rate=bill.exchange_rate,
        net=-bill.net,
        tax=-bill.tax,
        difference=-bill.difference,
        total=-bill.total,
        billed_on=by.today,
        due_on=by.today,
        created_at=by.at,
        created_by_name=by.name,
    )
    lines = list(bill.lines.all())
    BillLine.objects.bulk_create(
        BillLine(
            bill=note,
            order_line_id=one.order_line_id,
            quantity=-one.quantity,
            net=-one.net,
            tax=-one.tax,
            gross=-one.gross,
        )
        for one in lines
    )
    Bill.objects.filter(pk=bill.pk).update(debited=bill.total)
    record("bill.reversed", subject=bill.subject, by=by, data=facts_of_bill(bill, order) | {"reason": reason})
    quantities = {one.order_line_id: -one.quantity for one in lines}
    note_invoiced(order, quantities, gross=-bill.agreed, due_on=earliest_bill_due_day(order.pk), by=by)
    return note
