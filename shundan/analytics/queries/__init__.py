"""What reports say."""

from shundan.analytics.queries.reports import Bar, Found, ReportRow, ReportWanted, report_rows, run_report
from shundan.analytics.rules import REPORTS, Column, Report

__all__ = [
    "REPORTS",
    "Bar",
    "Column",
    "Found",
    "Report",
    "ReportRow",
    "ReportWanted",
    "report_rows",
    "run_report",
]
