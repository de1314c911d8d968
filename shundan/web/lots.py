"""Lots to choose from where a line names the one that it shall be served from."""

from collections.abc import Collection

from shundan.inventory.queries import lots_in_stock_unscoped
from shundan.kernel.actor import Actor
from shundan.ui.formatting import day, qty

MOST_LOTS = 30


def lot_choices(product_ids: Collection[int], warehouse_id: int | None, by: Actor) -> dict[int, list[dict[str, str]]]:
    """Return by product the lots in stock with what of each can still be promised, what expires first at the head."""
    if not product_ids or not by.may("stock.read"):
        return {}
    found = lots_in_stock_unscoped(product_ids, warehouse_id=warehouse_id, today=by.today)
    return {
        product: [
            {
                "value": one.lot.code,
                "label": " · ".join(
                    part for part in (qty(one.free), day(one.lot.expires_on) if one.lot.expires_on else "") if part
                ),
            }
            for one in lots[:MOST_LOTS]
        ]
        for product, lots in found.items()
    }
