"""What can be done in analytics: note files that leave, watch stock."""

from shundan.analytics.actions.files import note_report_exported
from shundan.analytics.actions.watch import watch_stock

__all__ = ["note_report_exported", "watch_stock"]
