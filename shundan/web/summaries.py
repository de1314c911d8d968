"""Summaries of purchases and counts: one design, as stock reports have it; each row leads to what it sums up."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.analytics.actions import note_report_exported
from shundan.analytics.queries import (
    SUMMARIES,
    Column,
    SummaryFound,
    SummaryRow,
    SummaryWanted,
    run_summary,
    summary_rows,
)
from shundan.catalog.queries import COMPANY_CURRENCY, list_categories
from shundan.inventory.queries import list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotFound, Refused
from shundan.parties.queries import supplier_name
from shundan.ui.doors import page
from shundan.ui.formatting import money, percent, qty
from shundan.ui.sparkline import pairs
from shundan.web.exports import Cell, csv_file, file_form, guarded, xlsx_file
from shundan.web.forms import refusal_of_form
from shundan.web.frame import frame
from shundan.web.lists import State, page_wanted, pager_of_pages, state_of
from shundan.web.report_words import SUMMARIES as WORDS
from shundan.web.report_words import heading_of
from shundan.web.words import is_english, name_of

FILTERS = ("since", "until", "supplier", "category", "q", "product", "warehouse")


@page("supplier.read")
def purchases(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show a summary of purchases."""
    return _show(request, "buying", code, by)


@page("report.export")
def purchases_file(request: HttpRequest, code: str, *, by: Actor) -> HttpResponseBase:
    """Give out a summary of purchases as a file."""
    return _export(request, "buying", code, by)


@page("stock.read")
def counting(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show a summary of counts."""
    return _show(request, "counting", code, by)


@page("report.export")
def counting_file(request: HttpRequest, code: str, *, by: Actor) -> HttpResponseBase:
    """Give out a summary of counts as a file."""
    return _export(request, "counting", code, by)


def summary_cards(by: Actor) -> list[dict[str, str]]:
    """Return the summaries that somebody may open, as cards."""
    return [
        {"url": _url(code), "title": str(title), "text": str(text), "icon": icon}
        for code, (title, text, icon) in WORDS.items()
        if by.may("supplier.read" if SUMMARIES[code].room == "buying" else "stock.read")
    ]


def _show(request: HttpRequest, room: str, code: str, by: Actor) -> HttpResponse:
    state = _state(request, room, code)
    refusal: Refused | None = None
    try:
        found = run_summary(_wanted(code, state), by=by)
    except Malformed as problem:
        refusal, found = problem, run_summary(SummaryWanted(code=code), by=by)
    supplier = state.text("supplier")
    context = {
        "page": frame(request, by, title=str(WORDS[code][0]), active="reports"),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "tabs": [
            {"label": str(WORDS[one][0]), "url": _url(one), "active": one == code}
            for one in WORDS
            if SUMMARIES[one].room == room
        ],
        "about": str(WORDS[code][1]),
        "self_url": _url(code),
        "room": room,
        "query": {"since": found.since, "until": found.until, "supplier_name": supplier_name(supplier, by=by)}
        | {name: state.text(name) for name in FILTERS if name not in ("since", "until")},
        "sort": state.text("sort"),
        "is_filtered": any(state.text(name) for name in FILTERS),
        "choices": {
            "warehouses": [(one.code, name_of(one)) for one in list_warehouses(by=by)] if room == "counting" else [],
            "categories": [(one.pk, name_of(one)) for one in list_categories(by=by)],
        },
        "exports": _exports(code, state) if by.may("report.export") else [],
        "tiles": [
            _tile(one, total)
            for one, total in zip(found.columns, found.totals, strict=True)
            if total is not None and one.name != "share"
        ],
        "chart": _chart(found),
        "row_head": _row_head(found, state),
        "head": [_head(one, found, state) for one in found.columns],
        "rows": [_row(one, found, state) for one in found.rows],
        "totals": [_cell(one, total) for one, total in zip(found.columns, found.totals, strict=True)],
        "subject": _product(found),
        "pager": pager_of_pages(state, count=found.count, shown=len(found.rows)),
    }
    return render(request, "reports/summary.html", context, status=refusal.status if refusal else 200)


def _export(request: HttpRequest, room: str, code: str, by: Actor) -> HttpResponseBase:
    state = _state(request, room, code)
    form = file_form(state)
    wanted = _wanted(code, state)
    found = run_summary(wanted, by=by)
    note_report_exported(code, form=form, filters=state.filter_string(), by=by)
    head = [_rows_word(found), *([_("Details")] if _has_more(found) else [])]
    head += [heading_of(one.name, of_summary=True) for one in found.columns]
    rows = list(_lines(found, summary_rows(wanted, by=by)))
    name = f"{code}-{found.until.isoformat()}"
    return csv_file(name, head, rows) if form == "csv" else xlsx_file(name, head, rows)


def _lines(found: SummaryFound, rows: Sequence[SummaryRow]) -> Iterator[list[Cell]]:
    has_more = _has_more(found)
    for row in rows:
        words = [_name(row, found), *([_more(row)] if has_more else [])]
        yield [*(guarded(word) for word in words), *row.figures]
    yield [_("Total"), *([""] if has_more else []), *found.totals]


def _state(request: HttpRequest, room: str, code: str) -> State:
    if code not in SUMMARIES or SUMMARIES[code].room != room:
        raise NotFound(what="report", key=code[:50])
    return state_of(request)


def _wanted(code: str, state: State) -> SummaryWanted:
    is_buying = SUMMARIES[code].room == "buying"
    return SummaryWanted(
        code=code,
        since=state.day("since"),
        until=state.day("until"),
        supplier=state.text("supplier") if is_buying else "",
        category_id=state.whole("category"),
        search=state.text("q"),
        product=state.text("product"),
        warehouse="" if is_buying else state.text("warehouse"),
        sort=state.text("sort"),
        page=page_wanted(state),
        size=state.size,
    )


def _url(code: str, *, suffix: str = "show") -> str:
    place = "purchase_reports" if SUMMARIES[code].room == "buying" else "count_reports"
    return reverse(f"{place}.{suffix}", args=[code])


def _exports(code: str, state: State) -> list[tuple[str, str]]:
    link = _url(code, suffix="export")
    return [(form.upper(), state.link(path=link, drop=("page", "size"), format=form)) for form in ("csv", "xlsx")]


def _tile(column: Column, total: Decimal) -> dict[str, Any]:
    label = heading_of(column.name, of_summary=True)
    return {"label": label, "value": _cell(column, total), "note": None, "url": None, "icon": None}


def _cell(column: Column, value: Decimal | None) -> str:
    if value is None:
        return "--"
    if column.kind in ("money", "price"):
        return money(value, COMPANY_CURRENCY)
    return percent(value) if column.kind == "share" else qty(value)


def _rows_word(found: SummaryFound) -> str:
    return {
        "supplier": _("Supplier"),
        "category": _("Category"),
        "month": _("Month"),
        "product": _("Product"),
        "place": _("Warehouse"),
        "count": _("Count"),
    }[found.summary.rows]


def _row_head(found: SummaryFound, state: State) -> dict[str, Any]:
    return _sorted_by("month" if found.summary.rows in ("month", "place", "count") else "name", found, state) | {
        "label": _rows_word(found)
    }


def _head(column: Column, found: SummaryFound, state: State) -> dict[str, Any]:
    return _sorted_by(column.name, found, state) | {"label": heading_of(column.name, of_summary=True), "num": True}


def _sorted_by(name: str, found: SummaryFound, state: State) -> dict[str, Any]:
    falling, rising = found.sort == f"-{name}", found.sort == name
    return {
        "sort": state.link(drop=("page",), sort=name if falling else f"-{name}"),
        "direction": "descending" if falling else "ascending" if rising else None,
    }


def _row(row: SummaryRow, found: SummaryFound, state: State) -> dict[str, Any]:
    return {
        "name": _name(row, found),
        "more": _more(row),
        "code": row.key if found.summary.rows == "product" else "",
        "url": _link(row, found, state),
        "cells": [_cell(one, value) for one, value in zip(found.columns, row.figures, strict=True)],
    }


def _name(row: SummaryRow, found: SummaryFound) -> str:
    name = (row.name_en or row.name_zh) if is_english() else row.name_zh
    return name or (_("No category") if found.summary.rows == "category" else row.key)


def _more(row: SummaryRow) -> str:
    return (row.more_en or row.more_zh) if is_english() else row.more_zh


def _has_more(found: SummaryFound) -> bool:
    return found.summary.rows in ("place", "count") or found.summary.code == "dependence"


def _link(row: SummaryRow, found: SummaryFound, state: State) -> str | None:
    """Return where a row leads: one step nearer to the documents, with the same filter."""
    kept: dict[str, Any] = {"since": found.since, "until": found.until}
    match found.summary.rows:
        case "supplier":
            return f"{reverse('purchases.list')}?{urlencode(kept | {'supplier': row.key})}"
        case "category":
            return state.link(path=_url("prices"), drop=("page", "sort"), category=row.key, **kept) if row.key else None
        case "month":
            first = date.fromisoformat(row.key)
            last = first.replace(day=monthrange(first.year, first.month)[1])
            return state.link(path=_url("suppliers"), drop=("page", "sort"), since=first, until=last)
        case "product":
            return state.link(path=_url("trend"), drop=("page", "sort", "q"), product=row.key, **kept)
        case "place":
            code, _bar, month = row.key.partition("|")
            first = date.fromisoformat(month)
            last = first.replace(day=monthrange(first.year, first.month)[1])
            return state.link(path=_url("counts"), drop=("page", "sort"), warehouse=code, since=first, until=last)
    return reverse("counts.show", kwargs={"number": row.key})


def _product(found: SummaryFound) -> dict[str, str] | None:
    if found.product is None or not found.product[0]:
        return None
    sku, name_zh, name_en = found.product
    return {"sku": sku, "name": (name_en or name_zh) if is_english() else name_zh}


def _chart(found: SummaryFound) -> dict[str, Any] | None:
    at = [one.name for one in found.columns].index(found.drawn)
    column, bars = found.columns[at], [(one, one.figures[at] or Decimal(0)) for one in found.bars]
    if not any(figure for _one, figure in bars):
        return None
    is_flow = found.summary.rows == "month"
    name = heading_of(column.name, of_summary=True)
    lines = [
        {
            "name": " · ".join(filter(None, (_name(one, found), _more(one) if found.summary.rows == "place" else ""))),
            "url": None,
            "figures": [figure],
            "words": [_cell(column, figure)],
        }
        for one, figure in bars
    ]
    return {
        "title": name,
        "names": [name],
        "lines": lines,
        "most": Decimal(1) if column.kind == "share" else max(figure for _one, figure in bars),
        "pairs": pairs([[figure] for _one, figure in bars]) if is_flow else None,
        "first": lines[0]["name"],
        "last": lines[-1]["name"],
    }


routes = [
    path("purchase-reports/<str:code>/", purchases, name="purchase_reports.show"),
    path("purchase-reports/<str:code>/export/", purchases_file, name="purchase_reports.export"),
    path("count-reports/<str:code>/", counting, name="count_reports.show"),
    path("count-reports/<str:code>/export/", counting_file, name="count_reports.export"),
]
