"""The comparison of an import with known totals, as people read it."""

import io
from decimal import Decimal

import pytest
from rich.console import Console

from shundan.exchange.imports.comparing import Comparison, show


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_no_figure_is_ever_cut(width: int) -> None:
    long = "totals.gross_of_all_orders_of_customers_without_a_number: United Kingdom"
    results = [
        Comparison("orders", "25900", "25900"),
        Comparison(long, "1234567890123456.78", "1234567890123456.80", Decimal("0.0200000001")),
        Comparison("x" * 90, "9747747.93400000000000000000000", "-99999999999999999999.1234567891"),
    ]
    out = io.StringIO()
    show("Northwind", results, Console(file=out, width=width))
    printed = out.getvalue()
    for one in results:
        for figure in (one.expected, one.stored, f"{one.rounding:f}"):
            assert figure in printed
    assert "…" not in printed and "DIFFERS" in printed and "2 of 3 figures equal" not in printed
