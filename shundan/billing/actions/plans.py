"""Invoice plans (开票计划): made of the payment term or by hand; each part is invoiced once when it is due."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from shundan.billing.actions.issuing import NothingToInvoice, post_invoice
from shundan.billing.actions.steps import step_for_what_left
from shundan.billing.actions.terms import PartInput, faults_of_parts
from shundan.billing.models import Invoice, PlannedPart, TermPart
from shundan.billing.queries.plans import PlanPart, billed_parts_of_plan, invoice_plan, parts_of_order
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Malformed, NotFound, Refused, require
from shundan.kernel.events import record
from shundan.orders.actions import refuse_held
from shundan.orders.models import Order
from shundan.orders.queries import get_order, is_billed_at_all, is_released, lock_order_unscoped, type_of
from shundan.orders.queries.record import codes_that_block

SHIPPED = ("shipped", "delivered")


class NotPlannable(Refused):
    """An order like this is not invoiced by a plan."""

    code = "not_plannable"
    sentence = _("%(number)s cannot be invoiced by a plan: it is no sale or service, has ended, or is never invoiced.")


class PartNotDue(Refused):
    """The part's event has not happened, or its days are not over."""

    code = "plan_part_not_due"
    sentence = _(
        "Part %(position)s of %(number)s is not due yet. Wait for its event, or note that it is reached, first."
    )


class PartInvoiced(Refused):
    """A part is invoiced once."""

    code = "plan_part_invoiced"
    sentence = _("Part %(position)s of %(number)s is already invoiced by %(invoice)s.")


@action
def plan_invoices(order_number: str, parts: Sequence[PartInput], *, by: Actor) -> list[PlannedPart]:
    """Say in which parts what is not invoiced yet shall be; no parts at all end the plan.

    Parts that are invoiced stay. Raises: NotPermitted, NotFound, Malformed, NotPlannable.
    """
    require(by, "invoice.issue")
    order = get_order(order_number, by=by, lock=True, permission="invoice.issue")
    has_ended = order.category in ("cancelled", "closed", "completed")
    if order.kind not in ("sale", "service") or has_ended or order.is_history or not is_billed_at_all(order):
        raise NotPlannable(number=order.number)
    wrong = faults_of_parts(parts)
    if wrong:
        raise Malformed(details=wrong)
    PlannedPart.objects.filter(order_id=order.pk, invoice=None).delete()
    _write(order, parts, by)
    facts = {"number": order.number, "parts": [f"{one.percent} {one.event} {one.days}" for one in parts]}
    record("order.invoices_planned", subject=order.subject, by=by, data=facts)
    return parts_of_order(order)


@action
def invoice_part(order_number: str, position: int, *, by: Actor, tax_title: str = "") -> Invoice:
    """Invoice a part that is due. Raises: NotPermitted, NotFound, PartInvoiced, PartNotDue, OrderOnHold,
    NothingToInvoice.
    """
    require(by, "invoice.issue")
    order = get_order(order_number, by=by, lock=True, permission="invoice.issue")
    one = _part(order, position, by)
    if one.part.invoice is not None:
        raise PartInvoiced(position=position, number=order.number, invoice=one.part.invoice.number)
    if not one.is_due:
        raise PartNotDue(position=position, number=order.number)
    refuse_held(order, "invoice")
    return _invoice(order, one, by, tax_title=tax_title)


@action
def note_part_reached(order_number: str, position: int, *, by: Actor) -> PlannedPart:
    """Note that what a part waits for has happened today. Raises: NotPermitted, NotFound, PartInvoiced."""
    require(by, "invoice.issue")
    order = get_order(order_number, by=by, lock=True, permission="invoice.issue")
    one = _part(order, position, by).part
    if one.invoice is not None:
        raise PartInvoiced(position=position, number=order.number, invoice=one.invoice.number)
    if one.reached_on is None:
        one.reached_on, one.reached_by_name = by.today, by.name
        one.save(update_fields=["reached_on", "reached_by_name"])
        facts = {"number": order.number, "position": position}
        record("order.plan_part_reached", subject=order.subject, by=by, data=facts)
    return one


def plan_of_term(order: Order, *, on: date, by: Actor) -> None:
    """Give a locked order that was confirmed the plan of its payment term, and let its first parts be due.

    A plan that somebody made before stays.
    """
    if not is_billed_at_all(order):
        return
    if not PlannedPart.objects.filter(order_id=order.pk).exists():
        rows = TermPart.objects.filter(payment_term_id=order.payment_term_id).order_by("position")
        found = [PartInput(percent=one.percent, event=one.event, days=one.days, name=one.name) for one in rows]
        _write(order, found, by)
    PlannedPart.objects.filter(order_id=order.pk, event="order", reached_on=None).update(reached_on=on)


def issue_due_parts(order: Order, *, by: Actor) -> Invoice | None:
    """Invoice all parts of a locked order that are due; return the last invoice. What is held waits."""
    if not is_released(order) or codes_that_block(order, "invoice"):
        return None
    made = None
    # Read anew each time: an invoice changes what is left.
    while one := next((each for each in invoice_plan(order, by=by) if each.is_due and each.amount > 0), None):
        made = _invoice(order, one, by)
    return made


def reach_parts(order: Order, before: str, by: Actor) -> None:
    """Let parts be due that wait for the goods of a locked order, or not any more when those came back before."""
    was, now = before in SHIPPED, order.fulfilment in SHIPPED
    for event, first, last in (
        ("each_shipment", was, now),
        ("shipment", was, now),
        ("delivery", before == "delivered", order.fulfilment == "delivered"),
    ):
        if first == last:
            continue
        rows = PlannedPart.objects.filter(order_id=order.pk, event=event, invoice=None, reached_by_name="")
        # A step stands for goods that have left already.
        rows.filter(of_part=None).update(reached_on=by.today if last else None)


def reopen_part(invoice_id: int) -> None:
    """Let the part of an invoice that was credited in full be invoiced again."""
    PlannedPart.objects.filter(invoice_id=invoice_id).update(invoice=None, amount=0)


def issue_reached_parts(*, by: Actor) -> int:
    """Invoice what the days have made due of orders whose type invoices by itself; return how many orders.

    Each order by itself: what one is refused is raised when all others are done. Raises: as issue_invoice.
    """
    rows = PlannedPart.objects.filter(invoice=None, reached_on__isnull=False, days__gt=0)
    ids = rows.order_by("order_id").values_list("order_id", flat=True).distinct()
    count, refused = 0, None
    for pk in list(ids):
        try:
            count += _issue_reached_parts_of(pk, by=by)
        except Refused as refusal:
            refused = refused or refusal
    if refused is not None:
        raise refused
    return count


@action
def _issue_reached_parts_of(order_id: int, *, by: Actor) -> bool:
    order = lock_order_unscoped(order_id)
    return type_of(order).invoices_itself and issue_due_parts(order, by=by) is not None


def _part(order: Order, position: int, by: Actor) -> PlanPart:
    found = next((one for one in invoice_plan(order, by=by) if one.part.position == position), None)
    if found is None:
        raise NotFound(what="part of the plan", key=str(position))
    return found


def _invoice(order: Order, one: PlanPart, by: Actor, *, tax_title: str = "") -> Invoice:
    parts = billed_parts_of_plan(order, one.amount, goods=one.part.goods)
    if not parts:
        raise NothingToInvoice(number=order.number)
    chosen = {part.line: part.quantity for part in parts}
    invoice = post_invoice([(order, chosen)], by=by, tax_title=tax_title, parts=parts)
    PlannedPart.objects.filter(pk=one.part.pk).update(invoice=invoice, amount=invoice.total)
    return invoice


def _write(order: Order, parts: Sequence[PartInput], by: Actor) -> None:
    last = PlannedPart.objects.filter(order_id=order.pk).aggregate(last=Max("position"))["last"] or 0
    now = {
        "order": is_released(order),
        "each_shipment": order.fulfilment in SHIPPED,
        "shipment": order.fulfilment in SHIPPED,
        "delivery": order.fulfilment == "delivered",
    }
    PlannedPart.objects.bulk_create(
        PlannedPart(
            order=order,
            position=at,
            percent=one.percent,
            event=one.event,
            days=one.days,
            name=one.name.strip(),
            reached_on=by.today if now.get(one.event) else None,
        )
        for at, one in enumerate(parts, start=last + 1)
    )
    if order.fulfilment == "partly_shipped":
        step_for_what_left(order, by=by)
