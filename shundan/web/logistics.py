"""Figures of logistics by carrier and region: in time, lead time, cost, problems; as chart, table and file."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.fulfilment.queries.logistics import CARRIER, REGION, LogisticsFigures, LogisticsReport, logistics_report
from shundan.kernel.actor import Actor
from shundan.ui.doors import page
from shundan.ui.formatting import money, percent, qty
from shundan.web.exports import Cell, csv_file, guarded, xlsx_file
from shundan.web.frame import frame
from shundan.web.lists import State, state_of
from shundan.web.waybill_view import carrier_name

USUAL_DAYS = 89


@page("shipment.read")
def figures(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the figures of a period by carrier or by region."""
    state = state_of(request)
    found, group = _found(state, by)
    path = reverse("logistics.figures")
    names = {CARRIER: _("By carrier"), REGION: _("By region")}
    context = {
        "page": frame(request, by, title=_("Logistics figures"), active="logistics"),
        "tabs": [
            {"label": label, "url": state.link(path=path, group=code), "active": code == group}
            for code, label in names.items()
        ],
        "group": group,
        "group_label": _("Carrier") if group == CARRIER else _("Region"),
        "self_url": path,
        "back_url": reverse("logistics.list"),
        "query": {"since": found.since, "until": found.until},
        "exports": [
            (form.upper(), state.link(path=reverse("logistics.figures_export"), format=form))
            for form in ("csv", "xlsx")
        ],
        "tiles": _tiles(found.total),
        "chart": [
            {"name": _name(one, group), "share": one.in_time_share * 100, "words": percent(one.in_time_share)}
            for one in found.rows[:12]
            if one.in_time_share is not None
        ],
        "rows": [_words(one, _name(one, group)) for one in found.rows],
        "total": _words(found.total, _("Total")),
    }
    return render(request, "logistics/figures.html", context)


@page("shipment.read")
def export(request: HttpRequest, *, by: Actor) -> HttpResponseBase:
    """Give out the figures as CSV or XLSX."""
    state = state_of(request)
    found, group = _found(state, by)
    head = [
        _("Carrier") if group == CARRIER else _("Region"),
        _("Parcels"),
        _("Delivered"),
        _("In time"),
        _("Days on the way"),
        _("Freight"),
        _("Weight in kg"),
        _("With problems"),
    ]
    named = [*((one, _name(one, group)) for one in found.rows), (found.total, _("Total"))]
    rows: list[list[Cell]] = [[guarded(name), *_counted(one)] for one, name in named]
    name = f"logistics-{found.until.isoformat()}"
    return csv_file(name, head, rows) if state.text("format") == "csv" else xlsx_file(name, head, rows)


def _counted(one: LogisticsFigures) -> list[Cell]:
    counts = [Decimal(count) for count in (one.parcels, one.delivered, one.problems)]
    return [*counts[:2], one.in_time_share, one.days, one.cost, one.weight, counts[2]]


def _found(state: State, by: Actor) -> tuple[LogisticsReport, str]:
    until = state.day("until") or by.today
    since = state.day("since") or until - timedelta(days=USUAL_DAYS)
    group = REGION if state.text("group") == REGION else CARRIER
    return logistics_report(by=by, since=min(since, until), until=until, group=group), group


def _name(one: LogisticsFigures, group: str) -> str:
    if not one.name:
        return _("Not known")
    return carrier_name(one.name) if group == CARRIER else one.name


def _tiles(total: LogisticsFigures) -> list[dict[str, Any]]:
    each = total.cost / total.parcels if total.parcels else Decimal(0)
    figures = (
        (_("In time"), percent(total.in_time_share) if total.in_time_share is not None else "--", None),
        (_("Days on the way"), qty(total.days) if total.days is not None else "--", None),
        (_("Freight"), money(total.cost, COMPANY_CURRENCY), _("%(sum)s each") % {"sum": money(each, COMPANY_CURRENCY)}),
        (_("With problems"), str(total.problems), None),
    )
    return [{"label": label, "value": value, "note": note, "url": None, "icon": None} for label, value, note in figures]


def _words(one: LogisticsFigures, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "parcels": one.parcels,
        "delivered": one.delivered,
        "in_time": percent(one.in_time_share) if one.in_time_share is not None else "--",
        "days": qty(one.days) if one.days is not None else "--",
        "cost": money(one.cost, COMPANY_CURRENCY),
        "problems": one.problems,
    }
