"""Examining what came in: what is found decides whether goods may be used, are taken despite faults, or go back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.models import Inspection, InspectionLine, Receipt, ReceiptLine, ReceivingRule
from shundan.fulfilment.queries import rejected_of
from shundan.fulfilment.rules import sample_size
from shundan.fulfilment.scopes import visible_inspections
from shundan.inventory.actions import Restated, restate_stock
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, plain
from shundan.kernel.numbering import next_number
from shundan.orders.actions import LineInput, OrderInput, create_order, note_rejected
from shundan.orders.models import Order
from shundan.orders.queries import lock_order_unscoped

Shares = Mapping[int, Sequence[tuple[int | None, Decimal]]]


class InspectionGone(Refused):
    """The inspection is not in the state that the step needs."""

    code = "wrong_inspection_state"
    sentence = _("Inspection %(number)s was decided, taken back or waits for somebody else; this step is not possible.")


class InspectionDecided(Refused):
    """What came was examined; its receipt cannot be reversed as if nothing had happened."""

    code = "inspection_decided"
    sentence = _("The goods of %(number)s were examined. Take the decision of %(inspection)s back first.")


class OwnConcession(Refused):
    """Somebody else agrees to take goods despite their faults."""

    code = "own_concession"
    sentence = _("You asked for this concession. Somebody else has to agree to it.")


class NothingRejected(Refused):
    """Nothing is left that could go back to the supplier."""

    code = "nothing_rejected"
    sentence = _("%(number)s has no rejected goods that are not on their way back already.")


class ReturnedAlready(Refused):
    """The rejected goods are on their way back."""

    code = "returned_already"
    sentence = _("The rejected goods of %(number)s go back with %(order)s. Cancel that return first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of a line (by its id): without fault, to be taken despite faults, rejected; why."""

    line_id: int
    accepted: Decimal = ZERO
    conceded: Decimal = ZERO
    rejected: Decimal = ZERO
    reason: str = ""


def open_inspection(
    receipt: Receipt, rows: Sequence[ReceiptLine], rules: Mapping[int, ReceivingRule], shares: Shares, *, by: Actor
) -> Inspection:
    """Ask for the examination of what came of the lines that `rules` names by order line; `shares` are their lots."""
    supplier = receipt.order.supplier
    assert supplier is not None  # only purchases have rules
    lines = [
        InspectionLine(
            receipt_line=row,
            product_id=row.order_line.product_id,
            supplier=supplier,
            lot_id=lot_id,
            quantity=quantity,
            sample=sample_size(quantity, rules[row.order_line_id].sample_percent),
        )
        for row in rows
        if row.order_line_id in rules
        for lot_id, quantity in shares[row.order_line_id]
    ]
    return _opened(receipt, lines, by=by)


def void_inspection(receipt: Receipt, *, by: Actor) -> None:
    """Drop the inspection of a receipt that is being reversed. Raises: InspectionDecided."""
    inspection = Inspection.objects.select_for_update().filter(receipt=receipt, state__in=_COUNTS).first()
    if inspection is None:
        return
    if inspection.state == "decided":
        raise InspectionDecided(number=receipt.number, inspection=inspection.number)
    inspection.state = "void"
    inspection.save(update_fields=["state"])
    record("inspection.voided", subject=inspection.subject, by=by, data=_facts(inspection))


@action
def decide_inspection(number: str, findings: Sequence[Finding], *, by: Actor) -> Inspection:
    """Say what becomes of every line; what is to be taken despite faults waits until another person agrees.

    Raises: NotPermitted, NotFound, Malformed, InspectionGone, NotThere, StockInUse.
    """
    inspection, order = _locked(number, by, "inspection.decide", ("open",))
    lines = list(inspection.lines.select_related("receipt_line__order_line", "product"))
    _take_down(lines, findings)
    inspection.decided_by_id, inspection.decided_by_name, inspection.decided_at = by.id, by.name, by.at
    if any(line.conceded for line in lines):
        inspection.state = "waiting"
        inspection.save()
        InspectionLine.objects.bulk_update(lines, _FOUND)
        data = _facts(inspection, lines) | _told("concession_asked", "role:purchasing")
        record("inspection.concession_asked", subject=inspection.subject, by=by, data=data)
    else:
        _settle(inspection, order, lines, by=by)
    return inspection


@action
def agree_concession(number: str, *, by: Actor) -> Inspection:
    """Take goods despite their faults, as the inspector asked; only another person can.

    Raises: NotPermitted, NotFound, InspectionGone, OwnConcession, NotThere, StockInUse.
    """
    inspection, order = _locked(number, by, "inspection.concede", ("waiting",))
    if by.id is not None and by.id == inspection.decided_by_id:
        raise OwnConcession()
    inspection.agreed_by_name = by.name
    _settle(inspection, order, list(inspection.lines.select_related("receipt_line__order_line")), by=by)
    return inspection


@action
def refuse_concession(number: str, *, reason: str, by: Actor) -> Inspection:
    """Give the decision back to the inspector. Raises: NotPermitted, NotFound, Malformed, InspectionGone."""
    reason = _needed(reason)
    inspection, _order = _locked(number, by, "inspection.concede", ("waiting",))
    inspection.state, inspection.decided_at = "open", None
    inspection.save()
    data = _facts(inspection) | {"reason": reason} | _told("concession_refused", "inspector")
    record("inspection.concession_refused", subject=inspection.subject, by=by, data=data)
    return inspection


@action
def reopen_inspection(number: str, *, reason: str, by: Actor) -> Inspection:
    """Take a decision back: the goods stand in quarantine again, and a new inspection is asked for and returned.

    Raises: NotPermitted, NotFound, Malformed, InspectionGone, ReturnedAlready, NotThere, StockInUse.
    """
    reason = _needed(reason)
    inspection, order = _locked(number, by, "inspection.decide", ("decided",))
    if has_live_return(inspection):
        assert inspection.return_order is not None
        raise ReturnedAlready(number=inspection.number, order=inspection.return_order.number)
    lines = list(inspection.lines.select_related("receipt_line__order_line"))
    inspection.state = "reopened"
    inspection.save(update_fields=["state"])
    inspection.lines.update(decided_at=None)
    record("inspection.reopened", subject=inspection.subject, by=by, data=_facts(inspection) | {"reason": reason})
    note_rejected(order, {pk: -quantity for pk, quantity in rejected_of(lines).items()}, by=by)
    again = [
        InspectionLine(
            receipt_line_id=line.receipt_line_id,
            product_id=line.product_id,
            supplier_id=line.supplier_id,
            lot_id=line.lot_id,
            quantity=line.quantity,
            sample=line.sample,
        )
        for line in lines
    ]
    opened = _opened(inspection.receipt, again, by=by)
    back = [
        _restated(line, inspection.receipt.warehouse_id, quantity, was=was, becomes="quarantine")
        for line in lines
        for quantity, was in ((line.accepted + line.conceded, "usable"), (line.rejected, "blocked"))
    ]
    restate_stock(back, source=inspection.subject, by=by, kind="reversal")
    return opened


@action
def return_rejected(number: str, *, by: Actor) -> Order:
    """Enter the order by which the rejected goods of an inspection go back to the supplier, as a draft.

    Raises: NotPermitted, NotFound, InspectionGone, NothingRejected, ReturnedAlready, Malformed.
    """
    inspection, order = _locked(number, by, "order.create", ("decided",))
    if has_live_return(inspection):
        assert inspection.return_order is not None
        raise ReturnedAlready(number=inspection.number, order=inspection.return_order.number)
    lines = list(inspection.lines.select_related("receipt_line__order_line", "product"))
    wanted = rejected_of(lines)
    if not any(wanted.values()):
        raise NothingRejected(number=inspection.number)
    by_id = {line.receipt_line.order_line_id: line.receipt_line.order_line for line in lines}
    reasons = "; ".join(dict.fromkeys(line.reason for line in lines if line.rejected and line.reason))
    made = create_order(
        OrderInput(
            type="purchase_return",
            origin=order.number,
            warehouse=inspection.receipt.warehouse.code,
            lines=tuple(
                LineInput(sku=by_id[pk].sku, quantity=quantity, source_position=by_id[pk].position)
                for pk, quantity in wanted.items()
                if quantity > 0
            ),
            remark=f"{inspection.number}: {reasons}"[:500] if reasons else inspection.number,
            is_of_rejected=True,
        ),
        by=by,
    )
    inspection.return_order = made
    inspection.save(update_fields=["return_order"])
    data = _facts(inspection) | {"return_order": made.number}
    record("inspection.returned", subject=inspection.subject, by=by, data=data)
    return made


_COUNTS = ("open", "waiting", "decided")
_FOUND = ["accepted", "conceded", "rejected", "reason", "decided_at"]


def has_live_return(inspection: Inspection) -> bool:
    """Tell whether the rejected goods go back with an order that was not cancelled."""
    return inspection.return_order is not None and inspection.return_order.category != "cancelled"


def _opened(receipt: Receipt, lines: Sequence[InspectionLine], *, by: Actor) -> Inspection:
    inspection = Inspection.objects.create(
        number=next_number("inspection", prefix="QC", on=by.today), receipt=receipt, created_at=by.at
    )
    for line in lines:
        line.inspection = inspection
    InspectionLine.objects.bulk_create(lines)
    data = _facts(inspection) | _told("opened", "role:warehouse")
    record("inspection.opened", subject=inspection.subject, by=by, data=data)
    return inspection


def _locked(number: str, by: Actor, permission: str, states: tuple[str, ...]) -> tuple[Inspection, Order]:
    require(by, permission)
    seen = visible_inspections(by).filter(number=number.replace("\x00", ""))
    found = seen.values_list("pk", "receipt__order_id").first()
    if found is None:
        raise NotFound(what="inspection", key=number[:100])
    order = lock_order_unscoped(found[1])
    rows = Inspection.objects.select_for_update(of=("self",)).select_related("receipt__warehouse", "return_order")
    inspection = rows.get(pk=found[0])
    if inspection.state not in states:
        raise InspectionGone(number=inspection.number)
    inspection.receipt.order = order
    return inspection, order


def _take_down(lines: Sequence[InspectionLine], findings: Sequence[Finding]) -> None:
    """Write on each line what was found. Raises: Malformed."""
    said = {one.line_id: (at, one) for at, one in enumerate(findings)}
    wrong = [
        Detail(f"lines[{at}].line", "unknown_line", _("There is no such line."))
        for key, (at, _one) in said.items()
        if key not in {line.pk for line in lines}
    ]
    for line in lines:
        at, one = said.get(line.pk, (len(findings), Finding(line_id=line.pk)))
        parts = (one.accepted, one.conceded, one.rejected)
        if min(parts) < 0 or sum(parts, ZERO) != line.quantity:
            facts = {"sku": line.product.sku, "quantity": plain(line.quantity)}
            sentence = _("%(sku)s: accepted, conceded and rejected together are the %(quantity)s that came.")
            wrong.append(Detail(f"lines[{at}].accepted", "does_not_add_up", sentence % facts))
        reason = one.reason.replace("\x00", "").strip()[:500]
        if (one.conceded or one.rejected) and not reason:
            wrong.append(Detail(f"lines[{at}].reason", "required", _("Say what is wrong with the goods.")))
        line.accepted, line.conceded, line.rejected, line.reason = *parts, reason
    if wrong:
        raise Malformed(details=wrong)


def _settle(inspection: Inspection, order: Order, lines: list[InspectionLine], *, by: Actor) -> None:
    inspection.state = "decided"
    inspection.save()
    for line in lines:
        line.decided_at = by.at
    InspectionLine.objects.bulk_update(lines, _FOUND)
    data = _facts(inspection, lines) | _told("decided", "owner")
    record("inspection.decided", subject=inspection.subject, by=by, data=data)
    note_rejected(order, rejected_of(lines), by=by)
    changes = [
        _restated(line, inspection.receipt.warehouse_id, quantity, was="quarantine", becomes=becomes)
        for line in lines
        for quantity, becomes in ((line.accepted + line.conceded, "usable"), (line.rejected, "blocked"))
    ]
    restate_stock(changes, source=inspection.subject, by=by)


def _restated(line: InspectionLine, warehouse_id: int, quantity: Decimal, *, was: str, becomes: str) -> Restated:
    return Restated(
        line_id=int(line.pk),
        product_id=line.product_id,
        warehouse_id=warehouse_id,
        lot_id=line.lot_id,
        quantity=quantity,
        was=was,
        becomes=becomes,
    )


def _needed(reason: str) -> str:
    reason = reason.replace("\x00", "").strip()[:500]
    if not reason:
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    return reason


def _told(happened: str, *people: str) -> dict[str, Any]:
    return {"happened": happened, "notify": list(people)}


def _facts(inspection: Inspection, lines: Sequence[InspectionLine] = ()) -> dict[str, Any]:
    order = inspection.receipt.order
    facts: dict[str, Any] = {
        "number": inspection.number,
        "receipt": inspection.receipt.number,
        "order": order.number,
        "order_id": str(order.pk),
    }
    sums = {name: sum((getattr(line, name) for line in lines), ZERO) for name in ("accepted", "conceded", "rejected")}
    return facts | ({name: plain(quantity) for name, quantity in sums.items()} if lines else {})
