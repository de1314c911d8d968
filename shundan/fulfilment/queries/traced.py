"""Which lots and serial numbers shipments and receipts carry, line by line."""

from collections.abc import Iterable

from shundan.fulfilment.models import Receipt, ReceiptLine, Shipment, ShipmentLine
from shundan.inventory.queries import LotUnits, lots_brought_unscoped, lots_issued_unscoped, lots_picked_unscoped

# By the id of a paper's line; lines without lots are not among them.
LotsOfPaper = dict[int, list[LotUnits]]


def lots_of_shipments(shipments: Iterable[Shipment]) -> LotsOfPaper:
    """Return the lots that left with shipments that the actor fetched, or that are picked for those that have not.

    A shipment that was called back still tells what had left with it.
    """
    rows = list(shipments)
    to_leave = [one.pk for one in rows if one.state == "picking"]
    gone = [one.pk for one in rows if one.state != "picking"]
    found = lots_issued_unscoped("shipment", gone) if gone else {}
    if to_leave:
        found |= lots_picked_unscoped("shipment", to_leave)
    lines: list[ShipmentLine] = [line for one in rows for line in one.lines.all()]
    return {line.pk: lots for line in lines if (lots := found.get((line.shipment_id, line.order_line_id))) is not None}


def lots_of_receipts(receipts: Iterable[Receipt]) -> LotsOfPaper:
    """Return the lots that came in with receipts that the actor fetched; a reversed one still tells them."""
    rows = list(receipts)
    found = lots_brought_unscoped("receipt", [one.pk for one in rows]) if rows else {}
    lines: list[ReceiptLine] = [line for one in rows for line in one.lines.all()]
    return {line.pk: lots for line in lines if (lots := found.get((line.receipt_id, line.order_line_id))) is not None}
