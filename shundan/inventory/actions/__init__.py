"""What can be done with stock: keep places, move by hand, promise, pick, issue, take in and back."""

from shundan.inventory.actions.book import adjust_stock, receive_stock, scrap_stock, shift_stock
from shundan.inventory.actions.expire import block_expired_stock
from shundan.inventory.actions.lots import ExpiryNeeded, LotInput, LotsNeeded, NoLotsKept, SerialTwice, lots_by_code
from shundan.inventory.actions.papers import lose_in_transit, take_back_stock, take_in_stock, take_in_transit
from shundan.inventory.actions.pick import (
    NotPickable,
    issue_stock,
    keep_only_scanned,
    note_scanned,
    pick_stock,
    unpick_stock,
)
from shundan.inventory.actions.places import LocationInput, LocationInUse, create_warehouse, save_location
from shundan.inventory.actions.post import NotThere, StockInUse
from shundan.inventory.actions.reorder import ReorderInput, drop_reorder_rule, save_reorder_rule
from shundan.inventory.actions.reserve import (
    OutOfStock,
    Want,
    hand_over_stock,
    limit_reservations,
    out_of_stock,
    release_stock,
    reserve_stock,
    shift_reservations,
)

__all__ = [
    "ExpiryNeeded",
    "LocationInUse",
    "LocationInput",
    "LotInput",
    "LotsNeeded",
    "NoLotsKept",
    "NotPickable",
    "NotThere",
    "OutOfStock",
    "ReorderInput",
    "SerialTwice",
    "StockInUse",
    "Want",
    "adjust_stock",
    "block_expired_stock",
    "create_warehouse",
    "drop_reorder_rule",
    "hand_over_stock",
    "issue_stock",
    "keep_only_scanned",
    "limit_reservations",
    "lose_in_transit",
    "lots_by_code",
    "note_scanned",
    "out_of_stock",
    "pick_stock",
    "receive_stock",
    "release_stock",
    "reserve_stock",
    "save_location",
    "save_reorder_rule",
    "scrap_stock",
    "shift_reservations",
    "shift_stock",
    "take_back_stock",
    "take_in_stock",
    "take_in_transit",
    "unpick_stock",
]
