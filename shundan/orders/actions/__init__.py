"""What can be done with orders."""

from shundan.orders.actions.amend import Preview, amend_order, preview_amendment, withdraw_amendment
from shundan.orders.actions.bulk import Moved, move_orders
from shundan.orders.actions.copy import copy_order
from shundan.orders.actions.draft import (
    OrderInput,
    ShipTo,
    create_order,
    delete_draft,
    save_draft,
)
from shundan.orders.actions.lines import LineInput
from shundan.orders.actions.move import OrderOnHold, move_order, refuse_held, save_moved
from shundan.orders.actions.notes import note_order, note_orders_exported
from shundan.orders.actions.place import place_order, place_order_once
from shundan.orders.actions.progress import (
    note_arrived,
    note_delivered,
    note_exposure,
    note_invoiced,
    note_paid,
    note_picked,
    note_received,
    note_shipped,
    note_taken_back,
    refresh_progress,
    reserve_backorder,
)
from shundan.orders.actions.types import save_order_type
from shundan.orders.actions.wishes import ChangeWish, LineWish, wish_of_json, wish_to_restore

__all__ = [
    "ChangeWish",
    "LineInput",
    "LineWish",
    "Moved",
    "OrderInput",
    "OrderOnHold",
    "Preview",
    "ShipTo",
    "amend_order",
    "copy_order",
    "create_order",
    "delete_draft",
    "move_order",
    "move_orders",
    "note_arrived",
    "note_delivered",
    "note_exposure",
    "note_invoiced",
    "note_order",
    "note_orders_exported",
    "note_paid",
    "note_picked",
    "note_received",
    "note_shipped",
    "note_taken_back",
    "place_order",
    "place_order_once",
    "preview_amendment",
    "refresh_progress",
    "refuse_held",
    "reserve_backorder",
    "save_draft",
    "save_moved",
    "save_order_type",
    "wish_of_json",
    "wish_to_restore",
    "withdraw_amendment",
]
