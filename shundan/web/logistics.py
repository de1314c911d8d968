"""Figures of logistics by carrier and region: in time, lead time, cost, problems; as chart, table and file."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shundan.analytics.actions import note_report_exported
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.fulfilment.queries.logistics import (
    CARRIER,
    LOGISTICS_REPORTS,
    REGION,
    LogisticsFigures,
    LogisticsReport,
    logistics_report,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, Refused
from shundan.ui.addresses import COUNTRIES
from shundan.ui.doors import page
from shundan.ui.formatting import money, percent, qty
from shundan.web.exports import Cell, csv_file, file_form, guarded, xlsx_file
from shundan.web.forms import refusal_of_form
from shundan.web.frame import frame
from shundan.web.lists import State, state_of
from shundan.web.waybill_view import carrier_name

FILTERS = ("since", "until")


@page("shipment.read")
def figures(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the figures of a period by carrier or by region."""
    state = state_of(request)
    refusal: Refused | None = None
    try:
        found = _found(state, by)
    except Malformed as problem:
        refusal, found = problem, logistics_report(by=by, group=_group(state))
    path = reverse("logistics.figures")
    names = {CARRIER: _("By carrier"), REGION: _("By region")}
    context = {
        "page": frame(request, by, title=_("Logistics figures"), active="logistics"),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "unclear": state.unclear(is_empty=False),
        "tabs": [
            {"label": label, "url": state.link(path=path, group=code), "active": code == found.group}
            for code, label in names.items()
        ],
        "group": found.group,
        "group_label": _head_of(found),
        "self_url": path,
        "back_url": reverse("logistics.list"),
        "is_filtered": any(state.text(name) for name in FILTERS),
        "query": {"since": found.since, "until": found.until},
        "exports": _exports(state) if by.may("report.export") else [],
        "tiles": _tiles(found.total),
        "chart": [
            {"name": _name(one, found), "share": one.in_time_share * 100, "words": percent(one.in_time_share)}
            for one in found.rows[:12]
            if one.in_time_share is not None
        ],
        "rows": [_words(one, _name(one, found)) for one in found.rows],
        "total": _words(found.total, _("Total")),
    }
    return render(request, "logistics/figures.html", context, status=refusal.status if refusal else 200)


@page("report.export")
def export(request: HttpRequest, *, by: Actor) -> HttpResponseBase:
    """Give out the figures as CSV or XLSX."""
    state = state_of(request)
    form, found = file_form(state), _found(state, by)
    head = [
        _head_of(found),
        _("Waybills"),
        _("Parcels"),
        _("Delivered"),
        _("Due waybills"),
        _("In time"),
        _("Share in time"),
        _("Days on the way"),
        _("Freight"),
        _("With known freight"),
        _("Weight in kg"),
        _("With problems"),
    ]
    named = [*((one, _name(one, found)) for one in found.rows), (found.total, _("Total"))]
    rows: list[list[Cell]] = [[guarded(name), *_counted(one)] for one, name in named]
    note_report_exported("logistics", form=form, filters=state.filter_string(), by=by)
    name = f"logistics-{found.group}-{found.until.isoformat()}"
    return csv_file(name, head, rows) if form == "csv" else xlsx_file(name, head, rows)


def _counted(one: LogisticsFigures) -> list[Cell]:
    counts: list[Cell] = [one.waybills, one.parcels, one.delivered, one.judged, one.in_time]
    return [*counts, one.in_time_share, one.days, one.cost, one.costed, one.weight, one.problems]


def _found(state: State, by: Actor) -> LogisticsReport:
    return logistics_report(by=by, since=state.day("since"), until=state.day("until"), group=_group(state))


def _group(state: State) -> str:
    return state.choice("group", LOGISTICS_REPORTS, CARRIER)


def _exports(state: State) -> list[tuple[str, str]]:
    path = reverse("logistics.figures_export")
    return [(form.upper(), state.link(path=path, format=form)) for form in ("csv", "xlsx")]


def _head_of(found: LogisticsReport) -> str:
    return _("Carrier") if found.group == CARRIER else _("Region")


def _name(one: LogisticsFigures, found: LogisticsReport) -> str:
    if not one.key:
        return _("Not known")
    if found.group == CARRIER:
        return one.name or carrier_name(one.key)
    return str(COUNTRIES.get(one.key, one.key))


def _tiles(total: LogisticsFigures) -> list[dict[str, Any]]:
    figures = (
        (_("In time"), percent(total.in_time_share) if total.in_time_share is not None else "--", _of_due(total)),
        (_("Days on the way"), qty(total.days) if total.days is not None else "--", None),
        (_("Freight"), money(total.cost, COMPANY_CURRENCY), _of_costed(total)),
        (_("With problems"), str(total.problems), None),
    )
    return [{"label": label, "value": value, "note": note, "url": None, "icon": None} for label, value, note in figures]


def _of_due(total: LogisticsFigures) -> str:
    return _("%(part)s of %(whole)s due") % {"part": f"{total.in_time:,}", "whole": f"{total.judged:,}"}


def _of_costed(total: LogisticsFigures) -> str | None:
    """Say what a waybill cost on the average, and how many are left out because nobody knows their freight."""
    if total.cost_each is None:
        return None
    each = _("%(sum)s a waybill") % {"sum": money(total.cost_each, COMPANY_CURRENCY)}
    unknown = total.waybills - total.costed
    if not unknown:
        return each
    rest = ngettext("%(num)s without a known freight", "%(num)s without a known freight", unknown)
    return f"{each} · {rest % {'num': f'{unknown:,}'}}"


def _words(one: LogisticsFigures, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "waybills": f"{one.waybills:,}",
        "parcels": f"{one.parcels:,}",
        "delivered": f"{one.delivered:,}",
        "in_time": percent(one.in_time_share) if one.in_time_share is not None else "--",
        "days": qty(one.days) if one.days is not None else "--",
        "cost": money(one.cost, COMPANY_CURRENCY) if one.costed else "--",
        "problems": f"{one.problems:,}",
    }
