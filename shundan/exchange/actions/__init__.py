"""What can be done with uploaded files: orders and master data come in by them, and go again."""

from shundan.exchange.actions.masters import (
    RecordsTouched,
    choose_master_columns,
    continue_master_check,
    continue_master_import,
    continue_master_undo,
    run_master_import,
    undo_master_import,
    upload_masters,
)
from shundan.exchange.actions.orders import (
    ImportNotReady,
    ImportTouched,
    choose_import_columns,
    continue_check,
    continue_import,
    continue_undo,
    run_order_import,
    undo_order_import,
    upload_orders,
)

__all__ = [
    "ImportNotReady",
    "ImportTouched",
    "RecordsTouched",
    "choose_import_columns",
    "choose_master_columns",
    "continue_check",
    "continue_import",
    "continue_master_check",
    "continue_master_import",
    "continue_master_undo",
    "continue_undo",
    "run_master_import",
    "run_order_import",
    "undo_master_import",
    "undo_order_import",
    "upload_masters",
    "upload_orders",
]
