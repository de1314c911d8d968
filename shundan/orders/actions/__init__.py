"""What can be done with orders."""

from shundan.orders.actions.bulk import Moved, move_orders
from shundan.orders.actions.draft import (
    OrderInput,
    ShipTo,
    create_order,
    delete_draft,
    save_draft,
)
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
from shundan.orders.actions.timers import take_due_orders
from shundan.orders.actions.types import save_order_type
from shundan.orders.actions.workflows import WorkflowUnfit, use_workflow

__all__ = [
    "LineInput",
    "Moved",
    "OrderInput",
    "OrderOnHold",
    "ShipTo",
    "WorkflowUnfit",
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
    "refresh_progress",
    "reserve_backorder",
    "save_draft",
    "save_moved",
    "save_order_type",
    "take_due_orders",
    "use_workflow",
]
