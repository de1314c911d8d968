"""How many whole kits there is enough for: a kit has no stock, its components have."""

from collections.abc import Iterable
from decimal import Decimal

from shundan.catalog.queries import parts_of_kits_unscoped, whole_kits
from shundan.inventory.queries.stock import availability_unscoped, free_by_warehouse_unscoped


def available_kits_unscoped(kit_ids: Iterable[int], *, warehouse_id: int | None = None) -> dict[int, Decimal | None]:
    """Return the whole kits that a warehouse, or all active ones together, can still promise, by product id.

    None for a kit of services alone. Asks nothing where no kit is named.
    """
    wanted = list(kit_ids)
    parts = parts_of_kits_unscoped(wanted) if wanted else {}
    ids = {one.product_id for its in parts.values() for one in its if one.is_stocked}
    levels = availability_unscoped(ids, warehouse_id=warehouse_id) if ids else {}
    free = {pk: level.available for pk, level in levels.items()}
    return {pk: whole_kits(parts.get(pk, ()), free) for pk in wanted}


def kits_by_warehouse_unscoped(kit_id: int) -> dict[int, Decimal]:
    """Return the whole kits that each active warehouse with a component can still promise, by warehouse id."""
    parts = parts_of_kits_unscoped([kit_id]).get(kit_id, ())
    free: dict[int, dict[int, Decimal]] = {}
    for (product_id, warehouse_id), quantity in free_by_warehouse_unscoped(one.product_id for one in parts).items():
        free.setdefault(warehouse_id, {})[product_id] = quantity
    counts = {pk: whole_kits(parts, its) for pk, its in sorted(free.items())}
    return {pk: count for pk, count in counts.items() if count is not None}
