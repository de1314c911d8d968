"""Finding inspections, and what they rejected."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.db.models import Count, Q, Sum

from shundan.fulfilment.models import Inspection, InspectionLine, Shipment
from shundan.fulfilment.scopes import visible_inspections
from shundan.inventory.actions import Want
from shundan.inventory.models import StockMove, StockPick
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.money import ZERO
from shundan.orders.models import Order
from shundan.orders.queries import lines_of

_FOR_LISTS = ("receipt__order__supplier", "receipt__order__customer", "receipt__warehouse", "return_order")


def list_inspections(
    *,
    by: Actor,
    state: str = "",
    search: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[Inspection]:
    """Return one page of inspections with `units` and `line_count`, newest first; without a state those that count.

    Raises: NotPermitted, Malformed.
    """
    require(by, "inspection.read")
    rows = visible_inspections(by).select_related(*_FOR_LISTS)
    rows = rows.annotate(units=Sum("lines__quantity"), line_count=Count("lines"))
    rows = rows.filter(state=state) if state else rows.exclude(state__in=["reopened", "void"])
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        rows = rows.filter(
            Q(number__iexact=wanted) | Q(receipt__number__iexact=wanted) | Q(receipt__order__number__iexact=wanted)
        )
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_inspection(number: str, *, by: Actor) -> Inspection:
    """Return an inspection. Raises: NotPermitted, NotFound."""
    require(by, "inspection.read")
    rows = visible_inspections(by).select_related("receipt__order__type", *_FOR_LISTS)
    found = rows.filter(number=number.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="inspection", key=number[:100])
    return found


def examined_of_order_lines(line_ids: Iterable[int]) -> dict[int, Decimal]:
    """Return by order line how much of what came in waits for the decision of an inspection."""
    rows = InspectionLine.objects.filter(
        receipt_line__order_line_id__in=list(line_ids), inspection__state__in=("open", "waiting")
    )
    return dict(rows.values_list("receipt_line__order_line_id").annotate(q=Sum("quantity")))


def lines_of_inspection(inspection: Inspection) -> list[InspectionLine]:
    """Return what an inspection that the actor fetched examines, in the order of the receipt."""
    rows = inspection.lines.select_related("product__unit", "lot", "receipt_line__order_line")
    return list(rows.order_by("receipt_line__order_line__position", "id"))


def inspection_of_receipt(receipt_id: int, *, by: Actor) -> Inspection | None:
    """Return the inspection of a receipt that counts, if the actor may see it."""
    if not by.may("inspection.read"):
        return None
    rows = visible_inspections(by).filter(receipt_id=receipt_id)
    return rows.exclude(state__in=["reopened", "void"]).first()


def inspections_to_do(*, by: Actor, limit: int) -> list[Inspection]:
    """Return what waits for this actor, oldest first: to be examined, or to be agreed with."""
    states = [
        state
        for state, right in (("open", "inspection.decide"), ("waiting", "inspection.concede"))
        if by.may(right) and by.may("inspection.read")
    ]
    if not states:
        return []
    rows = visible_inspections(by).filter(state__in=states).select_related(*_FOR_LISTS)
    return list(rows.exclude(state="waiting", decided_by_id=by.id or 0).order_by("id")[:limit])


def inspection_numbers(ids: Iterable[int | None], *, by: Actor) -> dict[int, str]:
    """Return the numbers of visible inspections by id, for the ledger of stock."""
    if not by.may("inspection.read"):
        return {}
    wanted = {one for one in ids if one is not None}
    return dict(visible_inspections(by).filter(pk__in=wanted).values_list("pk", "number"))


def inspection_number_of(subject: tuple[str, int], *, by: Actor) -> str | None:
    """Return the number of the inspection that events call so, if it is one that the actor may see."""
    return inspection_numbers([subject[1]], by=by).get(subject[1]) if subject[0] == "inspection" else None


def rejected_of(lines: Iterable[InspectionLine]) -> dict[int, Decimal]:
    """Return by order line what was rejected of it."""
    found: dict[int, Decimal] = {}
    for line in lines:
        key = line.receipt_line.order_line_id
        found[key] = found.get(key, ZERO) + line.rejected
    return found


def rejected_lots(order: Order, wants: Sequence[Want]) -> dict[int, dict[int | None, Decimal]]:
    """Return by line of a return of rejected goods which lots it takes, and how much of each: what was rejected and
    has neither left nor been picked with it.
    """
    left: dict[int, dict[int | None, Decimal]] = {}
    rows = InspectionLine.objects.filter(inspection__return_order=order, rejected__gt=0)
    for source_id, lot_id, quantity in rows.order_by("id").values_list(
        "receipt_line__order_line_id", "lot_id", "rejected"
    ):
        lots = left.setdefault(source_id, {})
        lots[lot_id] = lots.get(lot_id, ZERO) + quantity
    source_of = {line.pk: line.source_line_id or 0 for line in lines_of(order)}
    for line_id, lot, quantity in _gone(order):
        lots = left.get(source_of.get(line_id, 0), {})
        lots[lot] = lots.get(lot, ZERO) - quantity
    return {want.line_id: _first(left.get(source_of[want.line_id], {}), want.quantity) for want in wants}


def _gone(order: Order) -> Iterable[tuple[int, int | None, Decimal]]:
    paper = {"source_kind": "shipment", "source_id__in": Shipment.objects.filter(order=order).values("pk")}
    sent = StockMove.objects.filter(**paper)
    for line_id, lot_id, delta in sent.values_list("source_line_id", "lot_id").annotate(q=Sum("delta")):
        yield line_id or 0, lot_id, -delta
    picked = StockPick.objects.filter(**paper)
    yield from picked.values_list("line_id", "position__lot_id").annotate(q=Sum("quantity"))


def _first(lots: Mapping[int | None, Decimal], wanted: Decimal) -> dict[int | None, Decimal]:
    found = {}
    for lot_id, quantity in lots.items():
        part = min(wanted, quantity)
        if part > 0:
            found[lot_id] = part
            wanted -= part
    return found
