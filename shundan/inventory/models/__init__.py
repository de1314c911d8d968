"""Where stock lies, how much is promised, the positions below, the append-only ledger, and who holds what."""

from shundan.inventory.models.counts import CountLine, StockCount
from shundan.inventory.models.cycles import CountPlan, ProductClass
from shundan.inventory.models.places import Location, Lot, Warehouse
from shundan.inventory.models.reorder import ReorderRule
from shundan.inventory.models.stock import Reservation, StockLevel, StockMove, StockPick, StockPosition

__all__ = [
    "CountLine",
    "CountPlan",
    "Location",
    "Lot",
    "ProductClass",
    "ReorderRule",
    "Reservation",
    "StockCount",
    "StockLevel",
    "StockMove",
    "StockPick",
    "StockPosition",
    "Warehouse",
]
