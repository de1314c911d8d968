"""Differences of transfers: noted with receipts, signed by who receives, void when goods turn up after all."""

from collections.abc import Mapping
from decimal import Decimal

from shundan.kernel.actor import Actor
from shundan.orders.models import Order, TransferDifference


def note_damaged(order: Order, lost: Mapping[int, Decimal], *, receipt: str, by: Actor) -> None:
    """Sign for the receiver what came damaged, by line id; a reversed receipt takes it back.

    With every receipt the shortage that was signed before is void: it is counted anew.
    """
    open_rows = TransferDifference.objects.filter(order=order, state="signed")
    open_rows.filter(kind="short").update(state="void")
    if any(quantity < 0 for quantity in lost.values()):
        taken_back = TransferDifference.objects.filter(order=order, kind="damaged", receipt=receipt)
        taken_back.update(state="void", accepted_at=None, accepted_by=None, accepted_by_name="")
        return
    TransferDifference.objects.bulk_create(
        TransferDifference(
            order=order,
            line_id=line_id,
            kind="damaged",
            quantity=quantity,
            receipt=receipt,
            signed_by_id=by.id,
            signed_by_name=by.name,
            signed_at=by.at,
        )
        for line_id, quantity in lost.items()
        if quantity > 0
    )
