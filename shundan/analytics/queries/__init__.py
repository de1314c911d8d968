"""What reports say."""

from shundan.analytics.models import Forecast, ForecastRun, StockAlert
from shundan.analytics.queries.alerts import count_stock_alerts, list_stock_alerts
from shundan.analytics.queries.forecasts import (
    Proposal,
    forecast_proposals,
    get_forecast,
    last_forecast_run,
    list_forecasts,
)
from shundan.analytics.queries.reports import Bar, Found, ReportRow, ReportWanted, report_rows, run_report
from shundan.analytics.rules import ALERTS, REPORTS, Column, Report

__all__ = [
    "ALERTS",
    "REPORTS",
    "Bar",
    "Column",
    "Forecast",
    "ForecastRun",
    "Found",
    "Proposal",
    "Report",
    "ReportRow",
    "ReportWanted",
    "StockAlert",
    "count_stock_alerts",
    "forecast_proposals",
    "get_forecast",
    "last_forecast_run",
    "list_forecasts",
    "list_stock_alerts",
    "report_rows",
    "run_report",
]
