"""Which lots and serial numbers papers moved, or are to move: what traces goods back to whoever brought them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from shundan.inventory.models import StockMove, StockPick


@dataclass(frozen=True, slots=True)
class LotUnits:
    """So many units of a lot, without their direction."""

    lot: str
    quantity: Decimal


# By the id of the paper and of its line.
LotsOfLines = dict[tuple[int, int], list[LotUnits]]


def lots_brought_unscoped(source_kind: str, ids: Iterable[int]) -> LotsOfLines:
    """Return the lots that papers of a kind brought in, what expires first at the head, then by code.

    One query for all of them, which the caller may see. That they were undone since changes nothing, nor that some of
    it had expired.
    """
    return _lots_moved(source_kind, ids, "receipt")


def lots_issued_unscoped(source_kind: str, ids: Iterable[int]) -> LotsOfLines:
    """Return the lots that papers of a kind took out, as lots_brought_unscoped does."""
    return _lots_moved(source_kind, ids, "issue")


def lots_picked_unscoped(source_kind: str, ids: Iterable[int]) -> LotsOfLines:
    """Return the lots that are picked for papers of a kind and have not left, as lots_brought_unscoped does."""
    rows = StockPick.objects.filter(source_kind=source_kind, source_id__in=list(ids), position__lot__isnull=False)
    sums = rows.values_list("source_id", "line_id", "position__lot__code").annotate(units=Sum("quantity"))
    return _by_line(sums.order_by(F("position__lot__expires_on").asc(nulls_last=True), "position__lot__code"))


def _lots_moved(source_kind: str, ids: Iterable[int], kind: str) -> LotsOfLines:
    rows = StockMove.objects.filter(source_kind=source_kind, source_id__in=list(ids), kind=kind, lot__isnull=False)
    sums = rows.values_list("source_id", "source_line_id", "lot__code").annotate(units=Sum("delta"))
    return _by_line(sums.order_by(F("lot__expires_on").asc(nulls_last=True), "lot__code"))


def _by_line(rows: Iterable[tuple[int | None, int | None, str, Decimal]]) -> LotsOfLines:
    found: LotsOfLines = {}
    for paper_id, line_id, code, units in rows:
        found.setdefault((paper_id or 0, line_id or 0), []).append(LotUnits(code, abs(units)))
    return found
