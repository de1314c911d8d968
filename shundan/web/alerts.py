"""Stock alerts: what is short, too much, unwanted or about to expire, as a page, a file and tiles."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shundan.analytics.actions import note_report_exported
from shundan.analytics.queries import (
    ALERTS,
    StockAlert,
    WarehouseAlerts,
    count_stock_alerts,
    list_stock_alerts,
    stock_alerts_by_warehouse,
)
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.inventory.queries import list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.days import company_day
from shundan.kernel.errors import Detail, Malformed
from shundan.kernel.money import ZERO
from shundan.ui.badges import BADGES
from shundan.ui.doors import page
from shundan.ui.formatting import day, money, qty
from shundan.web.exports import Cell, csv_file, guarded, xlsx_file
from shundan.web.frame import frame
from shundan.web.lists import State, plain_list, state_of, tabs
from shundan.web.words import name_of

AXIS = "stock_alert"
ALL = "all"
STEP = 200
# What somebody has to act on today; the others are for quieter hours.
URGENT = ("expired", "safety", "low", "expiring")
# So many warehouses have a bar of their own.
MOST_BARS = 8
TILES_FOR = ("stock.receive", "purchase_request.source")


@page("stock.read")
def alert_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what needs attention."""
    state = state_of(request)
    view = _view(state)
    counts = dict(count_stock_alerts(by=by))
    choices = [(ALL, _("All")), *((kind, BADGES[AXIS][kind].label) for kind in ALERTS)]
    found = list_stock_alerts(
        by=by,
        kind=view,
        warehouse=state.text("warehouse"),
        search=state.text("q"),
        cursor=state.cursor,
        limit=state.size,
    )
    listed = plain_list(
        state,
        found,
        [_row(one) for one in found.items],
        url=reverse("alerts.list"),
        placeholder=_("SKU, name, pinyin or barcode"),
        caption=_("Stock alerts"),
        empty_title=_("Nothing needs attention"),
        empty_text=_("Stock is watched every quarter of an hour."),
    )
    if by.may("report.export"):
        listed["list"]["export_url"] = state.link(path=reverse("alerts.export"), drop=("size",))
    context = {
        "page": frame(request, by, title=_("Stock alerts"), active="alerts"),
        "views": tabs(state, choices, active=view or ALL, counts=counts),
        "choices": {"warehouses": [(one.code, name_of(one)) for one in list_warehouses(by=by)]},
        "query": {"warehouse": state.text("warehouse")},
        "axis": AXIS,
        "chart": _chart(state, by),
        **listed,
    }
    return render(request, "alerts/list.html", context)


@page("report.export")
def export(request: HttpRequest, *, by: Actor) -> HttpResponseBase:
    """Give out all alerts of the list's filter as XLSX or CSV."""
    state = state_of(request)
    form = state.text("format") or "xlsx"
    if form not in ("csv", "xlsx"):
        raise Malformed(details=[Detail("format", "unknown", _("Choose one of the offered values."))])
    head = [_("Alert"), _("SKU"), _("Product"), _("Warehouse"), _("Lot"), _("Expires on")]
    head += [_("Quantity"), _("Bound"), _("Unit"), _("Begun")]
    rows, cursor = list[list[Cell]](), None
    while True:
        found = list_stock_alerts(
            by=by,
            kind=_view(state),
            warehouse=state.text("warehouse"),
            search=state.text("q"),
            cursor=cursor,
            limit=STEP,
        )
        rows += [_line(one) for one in found.items]
        cursor = found.next
        if cursor is None:
            break
    note_report_exported("alerts", form=form, filters=state.filter_string(), by=by)
    name = f"stock-alerts-{by.today.isoformat()}"
    return csv_file(name, head, rows) if form == "csv" else xlsx_file(name, head, rows)


def alert_tiles(by: Actor) -> list[dict[str, Any]]:
    """Return the tiles of those who buy or keep stock: what is urgent, where there is any."""
    if not by.may("stock.read") or not any(by.may(right) for right in TILES_FOR):
        return []
    counts = count_stock_alerts(by=by)
    return [
        {
            "label": str(BADGES[AXIS][kind].label),
            "value": f"{counts[kind]:,}",
            "note": None,
            "url": f"{reverse('alerts.list')}?view={kind}",
            "icon": "alert-triangle",
            "alert": kind in ("expired", "safety"),
            "series": None,
        }
        for kind in URGENT
        if counts[kind]
    ]


def _chart(state: State, by: Actor) -> dict[str, Any] | None:
    """Return what is listed, by warehouse and kind; None where nothing is."""
    filters = {"kind": _view(state), "warehouse": state.text("warehouse"), "search": state.text("q")}
    found = stock_alerts_by_warehouse(by=by, **filters)
    if not found:
        return None
    kinds = [kind for kind in ALERTS if any(kind in one.counts for one in found)]
    own, rest = found[:MOST_BARS], found[MOST_BARS:]
    lines = [_line_of(name_of(one.warehouse), [one], kinds) for one in own]
    for line, one in zip(lines, own, strict=True):
        line["url"] = state.link(warehouse=one.warehouse.code)
    if rest:
        lines.append(_line_of(_("Other warehouses"), rest, kinds))
    total = _line_of("", found, kinds)
    return {
        "title": _("Stock alerts by warehouse"),
        "row_head": _("Warehouse"),
        "names": [{"at": ALERTS.index(kind) + 1, "label": str(BADGES[AXIS][kind].label)} for kind in kinds],
        "lines": lines,
        "most": max(line["size"] for line in lines),
        "totals": total["cells"],
        "count": total["count"],
        "note": _note(found),
    }


def _line_of(name: str, found: Sequence[WarehouseAlerts], kinds: Sequence[str]) -> dict[str, Any]:
    """Return the bar and the figures of some warehouses together."""
    counts = [sum(one.counts.get(kind, 0) for one in found) for kind in kinds]
    parts = [
        {
            "at": ALERTS.index(kind) + 1,
            "before": sum(counts[:at]),
            "size": counts[at],
            "text": f"{BADGES[AXIS][kind].label}: {counts[at]:,}",
        }
        for at, kind in enumerate(kinds)
        if counts[at]
    ]
    cells = [(f"{count:,}", _worth(found, kind) if count else None) for count, kind in zip(counts, kinds, strict=True)]
    return {
        "name": name,
        "url": None,
        "size": sum(counts),
        "count": f"{sum(counts):,}",
        "parts": parts,
        "cells": cells,
    }


def _worth(found: Sequence[WarehouseAlerts], kind: str) -> str | None:
    known = [one.worth for one in found if one.worth is not None]
    return money(sum((worth.get(kind, ZERO) for worth in known), ZERO), COMPANY_CURRENCY) if known else None


def _note(found: Sequence[WarehouseAlerts]) -> str | None:
    """Say what the amounts are, and how many are without one because nobody knows the cost."""
    if found[0].worth is None:
        return None
    what = _("Amounts are at cost: what is missing up to the reorder point, else what lies there.")
    unknown = sum(one.uncosted for one in found)
    if not unknown:
        return what
    rest = ngettext("%(num)s is without a known cost.", "%(num)s are without a known cost.", unknown)
    return f"{what} {rest % {'num': f'{unknown:,}'}}"


def _view(state: State) -> str:
    return state.choice("view", ALERTS, "")


def _row(one: StockAlert) -> dict[str, Any]:
    product = one.product
    return {
        "id": one.pk,
        "kind": one.kind,
        "name": name_of(product),
        "sku": product.sku,
        "url": reverse("stock.show", kwargs={"sku": product.sku}),
        "warehouse": name_of(one.warehouse),
        "lot": one.lot.code if one.lot else None,
        "quantity": one.quantity,
        "unit": name_of(product.unit),
        "why": _why(one),
        "since": one.since,
        "is_new": False,
    }


def _why(one: StockAlert) -> str:
    bound = qty(one.bound) if one.bound is not None else ""
    facts = {"bound": bound, "day": day(one.on) if one.on else ""}
    return {
        "low": _("available, below the reorder point of %(bound)s"),
        "safety": _("available, below the safety stock; the reorder point is %(bound)s"),
        "over": _("on hand; %(bound)s last for half a year at the pace of 90 days"),
        "dead": _("on hand; none issued for half a year"),
        "expiring": _("expires on %(day)s"),
        "expired": _("expired on %(day)s"),
    }[one.kind] % facts


def _line(one: StockAlert) -> list[Cell]:
    words = (one.product.sku, name_of(one.product), name_of(one.warehouse), one.lot.code if one.lot else "")
    figures: tuple[Decimal, Decimal | None] = (one.quantity, one.bound)
    said = [guarded(word) for word in words]
    label = str(BADGES[AXIS][one.kind].label)
    return [label, *said, one.on, *figures, name_of(one.product.unit), company_day(one.since)]
