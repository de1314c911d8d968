"""What can be done in analytics: note files that leave, watch stock, forecast demand, weigh suppliers."""

from shundan.analytics.actions.files import note_report_exported
from shundan.analytics.actions.forecast import request_forecasted, run_forecast, start_forecast
from shundan.analytics.actions.watch import watch_stock
from shundan.analytics.actions.weights import set_supplier_weights

__all__ = [
    "note_report_exported",
    "request_forecasted",
    "run_forecast",
    "set_supplier_weights",
    "start_forecast",
    "watch_stock",
]
