"""The demand forecast: what to order for it, how well each product is foreseen, and running it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.analytics.actions import note_report_exported, request_forecasted, start_forecast
from shundan.analytics.queries import (
    Forecast,
    ForecastRun,
    Proposal,
    forecast_proposals,
    get_forecast,
    last_forecast_run,
    list_forecasts,
)
from shundan.inventory.queries import list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.ui.doors import page
from shundan.ui.formatting import percent, qty
from shundan.ui.sparkline import bars
from shundan.web.exports import Cell, csv_file, guarded, xlsx_file
from shundan.web.forms import Given, do_once, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.lists import pager, state_of
from shundan.web.words import Word, name_of

PATTERNS: dict[str, Word] = {
    "short": gettext_lazy("Too short a history"),
    "steady": gettext_lazy("Steady"),
    "seasonal": gettext_lazy("Seasonal"),
    "intermittent": gettext_lazy("Intermittent"),
}
METHODS: dict[str, Word] = {
    "naive": gettext_lazy("As last time"),
    "level": gettext_lazy("Smoothed level"),
    "trend": gettext_lazy("Smoothed trend"),
    "season": gettext_lazy("Smoothed season"),
    "croston": gettext_lazy("Croston (SBA)"),
    "tsb": gettext_lazy("Teunter–Syntetos–Babai"),
    "average": gettext_lazy("Average"),
}
SHOWN_MONTHS = 36


@page("forecast.read", methods=("GET", "POST"))
def forecast_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what to order by the forecast, or all forecasts; posting asks for what was chosen."""
    refusal: Refused | None = None
    if request.method == "POST":
        given = Given(request.POST)

        def work() -> str:
            chosen = [one.split("|", 1) for one in request.POST.getlist("chosen") if "|" in one]
            wanted = [(sku, place, given.needed(f"quantity-{place}|{sku}", path="lines")) for place, sku in chosen]
            given.check()
            return ", ".join(one.number for one in request_forecasted(wanted, by=by))

        try:
            numbers = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("Purchase request %(number)s was made.") % {"number": numbers})
            return go(request, reverse("purchase_requests.list"))
    state = state_of(request)
    shows_all = state.text("view") == "all"
    run = last_forecast_run(by=by)
    place = state.text("warehouse")
    context = {
        "page": frame(request, by, title=_("Demand forecast"), active="forecasts"),
        "tabs": [
            {"label": _("To order"), "url": "?", "active": not shows_all},
            {"label": _("All forecasts"), "url": "?view=all", "active": shows_all},
        ],
        "view": "all" if shows_all else "",
        "run": _run(run) if run else None,
        "job": _progress(run) if run and run.state == "running" else None,
        "run_url": reverse("forecasts.run") if by.may("forecast.run") else None,
        "export_url": state.link(path=reverse("forecasts.export")) if by.may("report.export") else None,
        "self_url": reverse("forecasts.list"),
        "query": {name: state.text(name) for name in ("warehouse", "q", "pattern")},
        "choices": {
            "warehouses": [(one.code, name_of(one)) for one in list_warehouses(by=by)],
            "patterns": [(code, str(word)) for code, word in PATTERNS.items()],
        },
        "key": new_key(),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "may_request": by.may("purchase_request.create"),
        "proposals": [],
        "rows": [],
    }
    if shows_all:
        found = list_forecasts(
            by=by,
            pattern=state.choice("pattern", PATTERNS, ""),
            warehouse=place,
            search=state.text("q"),
            cursor=state.cursor,
            limit=state.size,
        )
        context["rows"] = [_row(one) for one in found.items]
        context["pager"] = pager(
            state, next_cursor=found.next, previous_cursor=found.previous, count=found.total, shown=len(found.items)
        )
    else:
        context["proposals"] = [_proposal(one, by) for one in forecast_proposals(by=by, warehouse=place)]
    return render(request, "forecasts/list.html", context, status=refusal.status if refusal else 200)


@page("forecast.read")
def forecast(request: HttpRequest, warehouse: str, sku: str, *, by: Actor) -> HttpResponse:
    """Show one product's demand and forecast in a warehouse."""
    one = get_forecast(sku, warehouse, by=by)
    months = _months(one)
    context = {
        "page": frame(request, by, title=name_of(one.product), active="forecasts"),
        "list_url": reverse("forecasts.list"),
        "forecast": _row(one) | {"stock_url": reverse("stock.show", kwargs={"sku": one.product.sku})},
        "months": months,
        "bars": bars([month["quantity"] for month in months], width=960, height=156),
    }
    return render(request, "forecasts/show.html", context)


@page("forecast.run", methods=("POST",))
def run_it(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Begin a forecast."""
    start_forecast(by=by)
    return go(request, reverse("forecasts.list"))


@page("forecast.read")
def progress(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show how far the forecast has come; once it is there, the whole page is asked for."""
    run = last_forecast_run(by=by)
    response = render(request, "components/_job.html", {"job": _progress(run)})
    if run is None or run.state != "running":
        response.headers["HX-Refresh"] = "true"
    return response


@page("report.export")
def export(request: HttpRequest, *, by: Actor) -> HttpResponseBase:
    """Give out all proposals of a warehouse, or of all, as XLSX or CSV."""
    state = state_of(request)
    found = forecast_proposals(by=by, warehouse=state.text("warehouse"))
    form = "csv" if state.text("format") == "csv" else "xlsx"
    note_report_exported("forecast", form=form, filters=state.filter_string(), by=by)
    head = [_("SKU"), _("Product"), _("Warehouse"), _("Buy"), _("Unit"), _("Order by"), _("Needed by"), _("Reason")]
    rows = [_line(one) for one in found]
    name = f"forecast-{by.today.isoformat()}"
    return csv_file(name, head, rows) if form == "csv" else xlsx_file(name, head, rows)


def _run(run: ForecastRun) -> dict[str, Any]:
    return {
        "is_done": run.state == "done",
        "at": run.finished_at,
        "by": _("System") if run.asked_by_name == "system" else run.asked_by_name,
        "series": run.series,
        "better": run.better,
        "seconds": run.seconds,
    }


def _progress(run: ForecastRun | None) -> dict[str, Any]:
    return {
        "percent": run.percent if run else 0,
        "label": _("Forecasting demand"),
        "done": None,
        "total": None,
        "is_running": run is not None and run.state == "running",
        "poll_url": reverse("forecasts.progress"),
    }


def _proposal(one: Proposal, by: Actor) -> dict[str, Any]:
    product, place = one.forecast.product, one.forecast.warehouse
    supplier = one.rule.supplier if one.rule and by.may("supplier.read") else None
    return {
        "id": f"{place.code}|{product.sku}",
        "sku": product.sku,
        "name": name_of(product),
        "url": _url(one.forecast),
        "warehouse": name_of(place),
        "unit": name_of(product.unit),
        "projected": one.projected,
        "expected": one.need.expected,
        "quantity": plain(one.need.quantity),
        "order_by": one.need.order_by,
        "is_urgent": one.need.order_by <= by.today,
        "needed_on": one.need.needed_on,
        "supplier": supplier.name if supplier else None,
        "why": _why(one),
    }


def _why(one: Proposal) -> str:
    facts = {
        "expected": qty(one.need.expected),
        "projected": qty(one.projected),
        "safety": qty(one.safety),
        "lead": one.lead_days,
    }
    if one.rule is None:
        said = _(
            "%(expected)s expected in the %(lead)s days (assumed) until goods arrive and a month; %(projected)s there"
        )
    else:
        said = _("%(expected)s expected in the %(lead)s days until goods arrive and a month; %(projected)s there")
    return (said if not one.safety else said + _(", %(safety)s to stay")) % facts


def _line(one: Proposal) -> list[Cell]:
    product = one.forecast.product
    words = [guarded(word) for word in (product.sku, name_of(product), name_of(one.forecast.warehouse))]
    days: list[Cell] = [one.need.order_by, one.need.needed_on]
    return [*words, one.need.quantity, name_of(product.unit), *days, _why(one)]


def _row(one: Forecast) -> dict[str, Any]:
    return {
        "sku": one.product.sku,
        "name": name_of(one.product),
        "unit": name_of(one.product.unit),
        "warehouse": name_of(one.warehouse),
        "url": _url(one),
        "series": one.history[-24:],
        "months": [qty(month.quantize(Decimal("0.1"))) for month in one.used],
        "pattern": str(PATTERNS[one.pattern]),
        "method": str(METHODS[one.method]),
        "wape": _error(one.wape),
        "naive_wape": _error(one.naive_wape),
        "mase": None if one.mase is None else qty(one.mase.quantize(Decimal("0.01"))),
        "naive_mase": None if one.naive_mase is None else qty(one.naive_mase.quantize(Decimal("0.01"))),
        "is_better": one.is_better,
    }


def _error(value: Decimal | None) -> str | None:
    return None if value is None else percent(value)


def _months(one: Forecast) -> Sequence[dict[str, Any]]:
    """Return the last three years and the coming months, oldest first."""
    known = [
        {"on": _month(one.first_on, at), "quantity": value, "is_coming": False} for at, value in enumerate(one.history)
    ]
    coming = [
        {"on": _month(one.first_on, len(one.history) + at), "quantity": value, "is_coming": True}
        for at, value in enumerate(one.used)
    ]
    return [*known[-SHOWN_MONTHS:], *coming]


def _month(first: date, at: int) -> str:
    count = first.year * 12 + first.month - 1 + at
    return f"{count // 12}-{count % 12 + 1:02d}"


def _url(one: Forecast) -> str:
    return reverse("forecasts.show", kwargs={"warehouse": one.warehouse.code, "sku": one.product.sku})


routes = [
    path("forecasts/", forecast_list, name="forecasts.list"),
    path("forecasts/run/", run_it, name="forecasts.run"),
    path("forecasts/progress/", progress, name="forecasts.progress"),
    path("forecasts/export/", export, name="forecasts.export"),
    path("forecasts/of/<str:warehouse>/<path:sku>/", forecast, name="forecasts.show"),
]
