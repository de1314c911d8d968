"""What waits where goods come in, and on which shelf it belongs."""

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from shundan.inventory.models import Location, StockPosition, Warehouse
from shundan.kernel.actor import Actor
from shundan.kernel.errors import require


def list_to_put_away(warehouse: Warehouse, *, by: Actor, limit: int = 200) -> list[StockPosition]:
    """Return what lies unpicked where goods come in, the oldest first; nothing where there are no shelves.

    Raises: NotPermitted.
    """
    require(by, "stock.read")
    if not _shelves(warehouse).exists():
        return []
    comes_in = Q(location__is_default=True) | Q(location__kind="receiving")
    rows = StockPosition.objects.filter(comes_in, warehouse=warehouse, status="usable", quantity__gt=F("held"))
    return list(rows.select_related("product__unit", "location", "lot").order_by("since", "id")[:limit])


def shelves_for(positions: Iterable[StockPosition], *, warehouse: Warehouse) -> dict[int, Location]:
    """Return by position id where it belongs: where its product lies already, else the next empty shelf."""
    rows = list(positions)
    there = StockPosition.objects.filter(
        warehouse=warehouse,
        product_id__in={one.product_id for one in rows},
        status="usable",
        location__in=_shelves(warehouse),
    )
    known: dict[int, Location] = {}
    for one in there.select_related("location").order_by("-quantity", "id"):
        known.setdefault(one.product_id, one.location)
    lies = StockPosition.objects.filter(location=OuterRef("pk"))
    empty = iter(_shelves(warehouse).exclude(Exists(lies)).order_by("walking_order", "code")[: len(rows)])
    found: dict[int, Location] = {}
    for one in rows:
        shelf = known.get(one.product_id) or next(empty, None)
        if shelf is not None:
            known[one.product_id] = found[one.pk] = shelf
    return found


def _shelves(warehouse: Warehouse) -> QuerySet[Location]:
    return Location.objects.filter(warehouse=warehouse, kind="shelf", is_default=False, is_active=True)
