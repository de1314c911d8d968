"""What can be done with stock: keep places, move by hand, promise, pick, issue, take in and back."""

from shundan.inventory.actions.book import adjust_stock, receive_stock, scrap_stock, shift_stock
from shundan.inventory.actions.counts import (
    CountGone,
    LotNotCounted,
    NotAllCounted,
    NothingToCount,
    NotInCount,
    OwnCount,
    PlaceNeeded,
    approve_count,
    cancel_count,
    finish_counting,
    plan_count,
    reject_count,
    scan_count,
)
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
from shundan.inventory.actions.restate import Restated, restate_stock

__all__ = [
    "CountGone",
    "ExpiryNeeded",
    "LocationInUse",
    "LocationInput",
    "LotInput",
    "LotNotCounted",
    "LotsNeeded",
    "NoLotsKept",
    "NotAllCounted",
    "NotInCount",
    "NotPickable",
    "NotThere",
    "NothingToCount",
    "OutOfStock",
    "OwnCount",
    "PlaceNeeded",
    "ReorderInput",
    "Restated",
    "SerialTwice",
    "StockInUse",
    "Want",
    "adjust_stock",
    "approve_count",
    "block_expired_stock",
    "cancel_count",
    "create_warehouse",
    "drop_reorder_rule",
    "finish_counting",
    "hand_over_stock",
    "issue_stock",
    "keep_only_scanned",
    "limit_reservations",
    "lose_in_transit",
    "lots_by_code",
    "note_scanned",
    "out_of_stock",
    "pick_stock",
    "plan_count",
    "receive_stock",
    "reject_count",
    "release_stock",
    "reserve_stock",
    "restate_stock",
    "save_location",
    "save_reorder_rule",
    "scan_count",
    "scrap_stock",
    "shift_reservations",
    "shift_stock",
    "take_back_stock",
    "take_in_stock",
    "take_in_transit",
    "unpick_stock",
]
