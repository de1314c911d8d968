"""What reports say."""

from shundan.analytics.models import StockAlert
from shundan.analytics.queries.alerts import count_stock_alerts, list_stock_alerts
from shundan.analytics.queries.reports import Bar, Found, ReportRow, ReportWanted, report_rows, run_report
from shundan.analytics.rules import ALERTS, REPORTS, Column, Report

__all__ = [
    "ALERTS",
    "REPORTS",
    "Bar",
    "Column",
    "Found",
    "Report",
    "ReportRow",
    "ReportWanted",
    "StockAlert",
    "count_stock_alerts",
    "list_stock_alerts",
    "report_rows",
    "run_report",
]
