"""What had expired when it was booked, and therefore lies blocked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shundan.inventory.models import Lot, StockMove
from shundan.inventory.rules import EXPIRED


@dataclass(frozen=True, slots=True)
class ExpiredUnits:
    """Units of a lot that were blocked when they were booked; `line_id` is the line of the paper that brought them."""

    sku: str
    lot: str
    expires_on: date | None
    quantity: Decimal
    line_id: int | None


def expired_of_paper_unscoped(source: tuple[str, int]) -> list[ExpiredUnits]:
    """Return what of the goods that a paper (kind, id) booked had expired; of a paper that the caller may see."""
    return expired_of_moves(StockMove.objects.filter(source_kind=source[0], source_id=source[1], reason=EXPIRED))


def expired_of_moves(moves: Iterable[StockMove]) -> list[ExpiredUnits]:
    """Return what ledger rows say was blocked because it had expired."""
    rows = [one for one in moves if (one.kind, one.reason, one.status) == ("status", EXPIRED, "blocked")]
    if not rows:
        return []
    lots = Lot.objects.select_related("product").in_bulk([one.lot_id for one in rows if one.lot_id is not None])
    return [
        ExpiredUnits(lot.product.sku, lot.code, lot.expires_on, one.delta, one.source_line_id)
        for one in sorted(rows, key=lambda one: one.pk)
        if (lot := lots.get(one.lot_id or 0)) is not None
    ]


def expiry_of_lot_unscoped(product_id: int, code: str) -> date | None:
    """Return when a lot of a product expires; None where that is not known, or the lot."""
    if not code:
        return None
    return Lot.objects.filter(product_id=product_id, code=code).values_list("expires_on", flat=True).first()
