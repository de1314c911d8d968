"""What can be done with orders."""

from shundan.orders.actions.allocate import (
    NeedsAllItsStock,
    NothingToHandOver,
    NothingToRelease,
    fill_backorders,
    hand_over_reservation,
    limit_order_reservations,
    prioritise_order,
    release_due_reservations,
    release_order_reservations,
)
from shundan.orders.actions.amend import Preview, amend_order, preview_amendment, withdraw_amendment
from shundan.orders.actions.annotate import change_attributes
from shundan.orders.actions.attributes import AttributesMissing, shown_attributes
from shundan.orders.actions.billed import (
    BilledCostTaken,
    give_back_billed_costs,
    note_billed_costs,
    take_billed_costs,
    withdraw_billed_costs,
)
from shundan.orders.actions.bulk import Moved, move_orders
from shundan.orders.actions.columns import choose_columns
from shundan.orders.actions.copy import copy_order
from shundan.orders.actions.direct import (
    DirectSupplierInput,
    MoreThanSold,
    NotDeliverable,
    SupplierDelivers,
    bring_to_stock,
    deliver_directly,
    deliver_from_stock,
    drop_direct_supplier,
    order_directly,
    save_direct_supplier,
)
from shundan.orders.actions.draft import OrderInput, ShipTo, create_order, delete_draft, save_draft
from shundan.orders.actions.files import upload_order_file
from shundan.orders.actions.kits import KitComponentFixed, KitNamed, KitNotADraft, break_up_kit
from shundan.orders.actions.lines import LineInput
from shundan.orders.actions.lots import LotIsFixed, change_line_lot
from shundan.orders.actions.marks import judged_by_rules, lift_marks, mark_blocked
from shundan.orders.actions.migrate import (
    MigrationNotPossible,
    MigrationUnderWay,
    NothingToMigrate,
    continue_migration,
    keep_migration_plan,
    run_migration,
    undo_migration,
)
from shundan.orders.actions.move import OrderOnHold, go_on, move_order, refuse_held, require_step, save_moved
from shundan.orders.actions.notes import note_order, note_orders_exported
from shundan.orders.actions.place import Sourced, place_order, place_order_once, place_sourced, try_order
from shundan.orders.actions.pricing import is_named, own_discount
from shundan.orders.actions.progress import (
    note_arrived,
    note_delivered,
    note_exposure,
    note_invoiced,
    note_paid,
    note_picked,
    note_received,
    note_rejected,
    note_sent_directly,
    note_shipped,
    note_taken_back,
    refresh_progress,
    reserve_backorder,
)
from shundan.orders.actions.promise import review_promises, words_of_cause
from shundan.orders.actions.reasons import (
    ReasonIndispensable,
    ReasonInput,
    ReasonNameTaken,
    add_reason,
    change_reason,
    ship_reasons,
)
from shundan.orders.actions.sourcing import BY_RULES, save_sourcing_rules
from shundan.orders.actions.timers import take_due_orders
from shundan.orders.actions.transfers import NothingToPlan, NotYourSide, plan_transfer
from shundan.orders.actions.types import (
    OnlyTypeOfItsKind,
    create_order_type,
    publish_order_type,
    retire_order_type,
    revive_order_type,
    save_order_type,
)
from shundan.orders.actions.untouched import OrderTouched, take_back_placed
from shundan.orders.actions.views import TooManyViews, ViewInput, ViewNameTaken, change_view, delete_view, save_view
from shundan.orders.actions.what_if import Question, answer_what_if, ask_what_if
from shundan.orders.actions.wishes import ChangeWish, LineWish, wish_of_json, wish_to_restore
from shundan.orders.actions.workflows import WorkflowUnfit, use_workflow

__all__ = [
    "BY_RULES",
    "AttributesMissing",
    "BilledCostTaken",
    "ChangeWish",
    "DirectSupplierInput",
    "KitComponentFixed",
    "KitNamed",
    "KitNotADraft",
    "LineInput",
    "LineWish",
    "LotIsFixed",
    "MigrationNotPossible",
    "MigrationUnderWay",
    "MoreThanSold",
    "Moved",
    "NeedsAllItsStock",
    "NotDeliverable",
    "NotYourSide",
    "NothingToHandOver",
    "NothingToMigrate",
    "NothingToPlan",
    "NothingToRelease",
    "OnlyTypeOfItsKind",
    "OrderInput",
    "OrderOnHold",
    "OrderTouched",
    "Preview",
    "Question",
    "ReasonIndispensable",
    "ReasonInput",
    "ReasonNameTaken",
    "ShipTo",
    "Sourced",
    "SupplierDelivers",
    "TooManyViews",
    "ViewInput",
    "ViewNameTaken",
    "WorkflowUnfit",
    "add_reason",
    "amend_order",
    "answer_what_if",
    "ask_what_if",
    "break_up_kit",
    "bring_to_stock",
    "change_attributes",
    "change_line_lot",
    "change_reason",
    "change_view",
    "choose_columns",
    "continue_migration",
    "copy_order",
    "create_order",
    "create_order_type",
    "delete_draft",
    "delete_view",
    "deliver_directly",
    "deliver_from_stock",
    "drop_direct_supplier",
    "fill_backorders",
    "give_back_billed_costs",
    "go_on",
    "hand_over_reservation",
    "is_named",
    "judged_by_rules",
    "keep_migration_plan",
    "lift_marks",
    "limit_order_reservations",
    "mark_blocked",
    "move_order",
    "move_orders",
    "note_arrived",
    "note_billed_costs",
    "note_delivered",
    "note_exposure",
    "note_invoiced",
    "note_order",
    "note_orders_exported",
    "note_paid",
    "note_picked",
    "note_received",
    "note_rejected",
    "note_sent_directly",
    "note_shipped",
    "note_taken_back",
    "order_directly",
    "own_discount",
    "place_order",
    "place_order_once",
    "place_sourced",
    "plan_transfer",
    "preview_amendment",
    "prioritise_order",
    "publish_order_type",
    "refresh_progress",
    "refuse_held",
    "release_due_reservations",
    "release_order_reservations",
    "require_step",
    "reserve_backorder",
    "retire_order_type",
    "review_promises",
    "revive_order_type",
    "run_migration",
    "save_direct_supplier",
    "save_draft",
    "save_moved",
    "save_order_type",
    "save_sourcing_rules",
    "save_view",
    "ship_reasons",
    "shown_attributes",
    "take_back_placed",
    "take_billed_costs",
    "take_due_orders",
    "try_order",
    "undo_migration",
    "upload_order_file",
    "use_workflow",
    "wish_of_json",
    "wish_to_restore",
    "withdraw_amendment",
    "withdraw_billed_costs",
    "words_of_cause",
]
