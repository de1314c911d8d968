"""Stock reports: one design for all: filters in the address, chart, table with totals, file."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.analytics.actions import note_report_exported
from shundan.analytics.queries import (
    REPORTS,
    Bar,
    Column,
    Found,
    ReportRow,
    ReportWanted,
    report_rows,
    run_report,
)
from shundan.catalog.queries import COMPANY_CURRENCY, list_categories
from shundan.inventory.queries import list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotFound, Refused
from shundan.ui.doors import page
from shundan.ui.formatting import day, money, percent, qty
from shundan.ui.sparkline import pairs
from shundan.web.exports import Cell, csv_file, file_form, guarded, xlsx_file
from shundan.web.forms import refusal_of_form
from shundan.web.frame import frame
from shundan.web.lists import State, page_wanted, pager_of_pages, state_of
from shundan.web.report_words import FIGURES
from shundan.web.report_words import REPORTS as WORDS
from shundan.web.summaries import summary_cards
from shundan.web.words import name_of

FILTERS = ("since", "until", "warehouse", "category", "q")


@page("stock.read")
def report_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show which reports there are."""
    cards = [
        {"url": reverse("reports.show", args=[code]), "title": str(title), "text": str(text), "icon": icon}
        for code, (title, text, icon) in WORDS.items()
    ]
    context = {"page": frame(request, by, title=_("Reports"), active="reports"), "cards": [*cards, *summary_cards(by)]}
    return render(request, "reports/list.html", context)


@page("stock.read")
def report(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show one report: its chart, one page of its rows, and the totals of all."""
    state = state_of(request)
    refusal: Refused | None = None
    try:
        found = run_report(_wanted(code, state), by=by)
    except Malformed as problem:
        refusal, found = problem, run_report(ReportWanted(code=code), by=by)
    title = str(WORDS[code][0])
    context = {
        "page": frame(request, by, title=title, active="reports"),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "tabs": _tabs(code),
        "about": str(WORDS[code][1]),
        "self_url": reverse("reports.show", args=[code]),
        "span": found.report.span,
        "query": {"since": found.since, "until": found.until}
        | {n: state.text(n) for n in ("warehouse", "category", "q")},
        "sort": state.text("sort"),
        "is_filtered": any(state.text(name) for name in FILTERS),
        "choices": {
            "warehouses": [(one.code, name_of(one)) for one in list_warehouses(by=by)],
            "categories": [(one.pk, name_of(one)) for one in list_categories(by=by)],
        },
        "exports": _exports(code, state) if by.may("report.export") else [],
        "tiles": [tile for tile in (_tile(one, sum_) for one, sum_ in _summed(found)) if tile],
        "chart": _chart(found, state),
        "head": [_head(one, found, state) for one in found.columns],
        "rows": [_row(one, found.columns) for one in found.rows],
        "totals": [_cell(one, total) for one, total in zip(found.columns, found.totals, strict=True)],
        "pager": pager_of_pages(state, count=found.count, shown=len(found.rows)),
    }
    return render(request, "reports/show.html", context, status=refusal.status if refusal else 200)


@page("report.export")
def export(request: HttpRequest, code: str, *, by: Actor) -> HttpResponseBase:
    """Give out all rows of a report with its totals, as CSV or XLSX."""
    state = state_of(request)
    form = file_form(state)
    if code not in REPORTS:
        raise NotFound(what="report", key=code[:50])
    wanted = _wanted(code, state)
    found = run_report(wanted, by=by)
    note_report_exported(code, form=form, filters=state.filter_string(), by=by)
    head = [
        _("SKU"),
        _("Product"),
        _("Unit"),
        _("Category"),
        _("Warehouse"),
        *(str(FIGURES[one.name]) for one in found.columns),
    ]
    name = f"{code}-{found.until.isoformat()}"
    rows = list(_lines(found, list(report_rows(wanted, by=by))))
    return csv_file(name, head, rows) if form == "csv" else xlsx_file(name, head, rows)


def _lines(found: Found, rows: Sequence[ReportRow]) -> Iterator[list[Cell]]:
    for row in rows:
        product = row.product
        words = [product.sku, name_of(product), name_of(product.unit), _category(product), name_of(row.warehouse)]
        yield [*(guarded(word) for word in words), *row.figures]
    yield [_("Total"), "", "", "", "", *found.totals]


def _wanted(code: str, state: State) -> ReportWanted:
    return ReportWanted(
        code=code,
        since=state.day("since"),
        until=state.day("until"),
        warehouse=state.text("warehouse"),
        category_id=state.whole("category"),
        search=state.text("q"),
        sort=state.text("sort"),
        page=page_wanted(state),
        size=state.size,
    )


def _tabs(code: str) -> list[dict[str, Any]]:
    return [
        {"label": str(title), "url": reverse("reports.show", args=[one]), "active": one == code}
        for one, (title, _text, _icon) in WORDS.items()
    ]


def _exports(code: str, state: State) -> list[tuple[str, str]]:
    path = reverse("reports.export", args=[code])
    return [(form.upper(), state.link(path=path, drop=("page", "size"), format=form)) for form in ("csv", "xlsx")]


def _summed(found: Found) -> list[tuple[Column, Any]]:
    return [
        (one, total)
        for one, total in zip(found.columns, found.totals, strict=True)
        if total is not None and not one.name.startswith("to_")
    ]


def _tile(column: Column, total: Any) -> dict[str, Any]:
    return {"label": str(FIGURES[column.name]), "value": _cell(column, total), "note": None, "url": None, "icon": None}


def _cell(column: Column, value: Any) -> str:
    if value is None:
        return "--"
    if column.kind == "money":
        return money(value, COMPANY_CURRENCY)
    if column.kind == "share":
        return percent(value)
    if column.kind == "day":
        return day(value) if isinstance(value, date) else "--"
    return qty(value)


def _head(column: Column, found: Found, state: State) -> dict[str, Any]:
    falling, rising = found.sort == f"-{column.name}", found.sort == column.name
    return {
        "label": str(FIGURES[column.name]),
        "num": True,
        "sort": state.link(drop=("page",), sort=column.name if falling else f"-{column.name}"),
        "direction": "descending" if falling else "ascending" if rising else None,
    }


def _row(row: ReportRow, columns: Sequence[Column]) -> dict[str, Any]:
    product = row.product
    return {
        "sku": product.sku,
        "name": name_of(product),
        "unit": name_of(product.unit),
        "category": _category(product),
        "warehouse": name_of(row.warehouse),
        "url": reverse("stock.show", kwargs={"sku": product.sku}),
        "cells": [_cell(one, value) for one, value in zip(columns, row.figures, strict=True)],
    }


def _category(product: Any) -> str:
    return name_of(product.category) if product.category else ""


def _chart(found: Found, state: State) -> dict[str, Any] | None:
    if not any(figure for bar in found.bars for figure in bar.figures):
        return None
    columns = {one.name: one for one in found.columns}
    shown = [columns[name] for name in found.drawn if name in columns]
    names = [str(FIGURES[one.name]) for one in shown]
    lines = [_line(bar, shown, state) for bar in found.bars]
    is_flow = found.report.code == "moves"
    return {
        "title": " / ".join(names) if is_flow else _drawn_title(found, names[0]),
        "names": names,
        "lines": lines,
        "most": max([*(figure for bar in found.bars for figure in bar.figures), Decimal(1)]),
        "pairs": pairs([bar.figures for bar in found.bars]) if is_flow else None,
        "first": lines[0]["name"],
        "last": lines[-1]["name"],
    }


def _drawn_title(found: Found, name: str) -> str:
    if found.report.code == "ageing":
        return _("%(figure)s by age") % {"figure": name}
    return _("%(figure)s by category") % {"figure": name}


def _line(bar: Bar, shown: Sequence[Column], state: State) -> dict[str, Any]:
    return {
        "name": _bar_name(bar),
        "url": state.link(drop=("page",), category=bar.category.pk) if bar.category else None,
        "figures": list(bar.figures),
        "words": [_cell(one, figure) for one, figure in zip(shown, bar.figures, strict=True)],
    }


def _bar_name(bar: Bar) -> str:
    if bar.since is not None and bar.until is not None:
        return day(bar.since) if bar.since == bar.until else f"{day(bar.since)} – {day(bar.until)}"
    if bar.category is not None:
        return name_of(bar.category)
    if bar.name in FIGURES:
        return str(FIGURES[bar.name])
    return _("Other categories") if bar.name == "rest" else _("No category")
