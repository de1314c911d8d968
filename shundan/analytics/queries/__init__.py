"""What reports say."""

from shundan.analytics.models import Forecast, ForecastRun, StockAlert, SupplierWeights
from shundan.analytics.queries.alerts import (
    WarehouseAlerts,
    count_stock_alerts,
    list_stock_alerts,
    stock_alerts_by_warehouse,
)
from shundan.analytics.queries.forecasts import (
    Proposal,
    forecast_proposals,
    get_forecast,
    last_forecast_run,
    list_forecasts,
)
from shundan.analytics.queries.reports import Bar, Found, ReportRow, ReportWanted, report_rows, run_report
from shundan.analytics.queries.score_documents import ScoreDocument, ScoreDocuments, documents_of_score
from shundan.analytics.queries.scores import (
    Scores,
    SupplierScore,
    latest_scores,
    list_supplier_scores,
    scores_of_supplier,
    weights_for,
)
from shundan.analytics.queries.summaries import (
    SummaryFound,
    SummaryRow,
    SummaryWanted,
    run_summary,
    summary_rows,
)
from shundan.analytics.rules import ALERTS, REPORTS, Column, Report
from shundan.analytics.rules.scores import MEASURES, earlier, period_of
from shundan.analytics.rules.summaries import SUMMARIES, Summary

__all__ = [
    "ALERTS",
    "MEASURES",
    "REPORTS",
    "SUMMARIES",
    "Bar",
    "Column",
    "Forecast",
    "ForecastRun",
    "Found",
    "Proposal",
    "Report",
    "ReportRow",
    "ReportWanted",
    "ScoreDocument",
    "ScoreDocuments",
    "Scores",
    "StockAlert",
    "Summary",
    "SummaryFound",
    "SummaryRow",
    "SummaryWanted",
    "SupplierScore",
    "SupplierWeights",
    "WarehouseAlerts",
    "count_stock_alerts",
    "documents_of_score",
    "earlier",
    "forecast_proposals",
    "get_forecast",
    "last_forecast_run",
    "latest_scores",
    "list_forecasts",
    "list_stock_alerts",
    "list_supplier_scores",
    "period_of",
    "report_rows",
    "run_report",
    "run_summary",
    "scores_of_supplier",
    "stock_alerts_by_warehouse",
    "summary_rows",
    "weights_for",
]
