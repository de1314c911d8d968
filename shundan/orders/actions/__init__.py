"""What can be done with orders."""

from shundan.orders.actions.attributes import AttributesMissing, change_attributes, shown_attributes
from shundan.orders.actions.bulk import Moved, move_orders
from shundan.orders.actions.draft import (
    OrderInput,
    ShipTo,
    create_order,
    delete_draft,
    save_draft,
)
from shundan.orders.actions.files import upload_order_file
from shundan.orders.actions.lines import LineInput
from shundan.orders.actions.move import OrderOnHold, move_order, save_moved
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
from shundan.orders.actions.types import (
    OnlyTypeOfItsKind,
    create_order_type,
    publish_order_type,
    retire_order_type,
    revive_order_type,
    save_order_type,
)

__all__ = [
    "AttributesMissing",
    "LineInput",
    "Moved",
    "OnlyTypeOfItsKind",
    "OrderInput",
    "OrderOnHold",
    "ShipTo",
    "change_attributes",
    "create_order",
    "create_order_type",
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
    "publish_order_type",
    "refresh_progress",
    "reserve_backorder",
    "retire_order_type",
    "revive_order_type",
    "save_draft",
    "save_moved",
    "save_order_type",
    "shown_attributes",
    "upload_order_file",
]
