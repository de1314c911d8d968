"""Supplier evaluation: all suppliers compared, one supplier's scorecard, the documents behind a figure, the weights."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.analytics.actions import note_report_exported, set_supplier_weights
from shundan.analytics.queries import (
    MEASURES,
    ScoreDocument,
    Scores,
    SupplierScore,
    documents_of_score,
    earlier,
    list_supplier_scores,
    period_of,
    scores_of_supplier,
    weights_for,
)
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, Refused
from shundan.parties.queries import get_supplier
from shundan.ui.doors import page
from shundan.ui.formatting import day, moment, money, percent, qty
from shundan.ui.sparkline import pairs
from shundan.web.exports import Cell, csv_file, file_form, guarded, xlsx_file
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.lists import State, page_wanted, pager_of_pages, state_of
from shundan.web.score_words import ABOUT, BEHIND, MEASURE_WORDS, UNIT_WORDS
from shundan.web.words import is_english, unit_words

HUNDRED = Decimal(100)
CHOICES = 12


@page("supplier.read")
def score_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Compare all suppliers in a month or quarter."""
    state, refusal = state_of(request), None
    try:
        found = _found(state, by)
    except Malformed as problem:
        refusal, found = problem, list_supplier_scores(by=by)
    at, size = page_wanted(state), state.size
    shown = found.rows[(at - 1) * size : at * size]
    weights = weights_for(found.until, by=by)
    context = {
        "page": frame(request, by, title=_("Supplier evaluation"), active="supplier_scores"),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "tabs": _unit_tabs(state, found.unit),
        "self_url": reverse("supplier_scores.list"),
        "unit": found.unit,
        "sort": state.text("sort"),
        "query": {"on": found.since.isoformat(), "q": state.text("q")},
        "is_filtered": bool(state.text("q")),
        "periods": _periods(found.unit, by),
        "weights": _weights(weights.by_measure),
        "weights_url": reverse("supplier_scores.weights") if by.may("supplier.weigh") else None,
        "exports": [
            (form.upper(), state.link(path=reverse("supplier_scores.export"), drop=("page", "size"), format=form))
            for form in ("csv", "xlsx")
        ]
        if by.may("report.export")
        else [],
        "chart": _comparison(found.rows),
        "head": [
            _head("name", _("Supplier"), found, state),
            _head("score", _("Score"), found, state, num=True),
            *(_head(one, str(MEASURE_WORDS[one]), found, state, num=True) for one in MEASURES),
        ],
        "rows": [_row(one, found) for one in shown],
        "pager": pager_of_pages(state, count=len(found.rows), shown=len(shown)),
    }
    return render(request, "supplier_scores/list.html", context, status=refusal.status if refusal else 200)


@page("report.export")
def export(request: HttpRequest, *, by: Actor) -> HttpResponseBase:
    """Give out the comparison as a file."""
    state = state_of(request)
    form, found = file_form(state), _found(state, by)
    note_report_exported("supplier_scores", form=form, filters=state.filter_string(), by=by)
    head = [_("Number"), _("Supplier"), _("From"), _("Until"), _("Score"), _("Grade"), _("Score before")]
    for one in MEASURES:
        head += [str(MEASURE_WORDS[one]), _("%(measure)s: points") % {"measure": MEASURE_WORDS[one]}]
    rows = [_line(one, found) for one in found.rows]
    name = f"suppliers-{found.unit}-{found.since.isoformat()}"
    return csv_file(name, head, rows) if form == "csv" else xlsx_file(name, head, rows)


@page("supplier.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show the scorecard of a supplier: the period that is asked for, and those before it."""
    state = state_of(request)
    unit = state.text("unit") or "month"
    supplier, rows = scores_of_supplier(number, by=by, unit=unit, on=state.day("on"))
    now, before = rows[-1], rows[-2]
    context = {
        "page": frame(request, by, title=supplier.name, active="supplier_scores"),
        "supplier": {
            "number": number,
            "name": supplier.name,
            "url": reverse("suppliers.show", kwargs={"number": number}),
        },
        "back_url": reverse("supplier_scores.list"),
        "tabs": _unit_tabs(state, unit),
        "period": _period_name(now.since, unit),
        "score": qty(now.score) if now.score is not None else None,
        "grade": now.grade,
        "known": now.known,
        "before": qty(before.score) if before.score is not None else None,
        "measures": [
            {
                "label": str(MEASURE_WORDS[one]),
                "value": _figure(one, now.figures[one]),
                "note": _points(now, one),
                "url": _documents_url(now, one, unit) if now.figures[one] is not None else None,
                "icon": None,
                "about": str(ABOUT[one]),
                "weight": now.weights[one],
            }
            for one in MEASURES
        ],
        "chart": _course(rows, unit),
        "head": [str(MEASURE_WORDS[one]) for one in MEASURES],
        "rows": [
            {
                "name": _period_name(one.since, unit),
                "url": state.link(on=one.since.isoformat()),
                "score": qty(one.score) if one.score is not None else "--",
                "grade": one.grade,
                "known": one.known,
                "cells": [
                    {
                        "text": _figure(name, one.figures[name]),
                        "url": _documents_url(one, name, unit) if one.figures[name] is not None else None,
                        "label": str(MEASURE_WORDS[name]),
                    }
                    for name in MEASURES
                ],
            }
            for one in reversed(rows)
        ],
    }
    return render(request, "supplier_scores/show.html", context)


@page("supplier.read")
def documents(request: HttpRequest, number: str, measure: str, *, by: Actor) -> HttpResponse:
    """Show the documents behind a figure."""
    state = state_of(request)
    unit, on = state.text("unit") or "month", state.day("on")
    found = documents_of_score(number, measure, by=by, unit=unit, on=on, page=page_wanted(state))
    supplier, units = get_supplier(number, by=by), unit_words(by)
    first, _last = period_of(on or by.today, unit)
    back = f"{reverse('supplier_scores.show', kwargs={'number': number})}?unit={unit}&on={first.isoformat()}"
    context = {
        "page": frame(request, by, title=str(MEASURE_WORDS[measure]), active="supplier_scores"),
        "supplier": {"name": supplier.name, "url": back},
        "period": _period_name(first, unit),
        "about": str(ABOUT[measure]),
        "head": [str(one) for one in BEHIND[measure]],
        "rows": [_document(one, measure, units, by) for one in found.items],
        "pager": pager_of_pages(state, count=found.count, shown=len(found.items)) | {"size_urls": []},
    }
    return render(request, "supplier_scores/documents.html", context)


@page("supplier.weigh", methods=("GET", "POST"))
def weights(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Set what the measures weigh."""
    given, refusal, known = Given(request.POST), None, weights_for(by.today, by=by)
    values: dict[str, Any] = dict(known.by_measure)
    if request.method == "POST":
        values = {name: given.data.get(name, "") for name in MEASURES}

        def work() -> str:
            wanted = {name: given.whole(name) for name in MEASURES}
            wished = {name: -1 if value is None else value for name, value in wanted.items()}
            set_supplier_weights(wished, version=given.whole("version") or 0, by=by)
            return reverse("supplier_scores.list")

        try:
            url = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The weights were saved."))
            return go(request, url)
    context = {
        "page": frame(request, by, title=_("Weights of the evaluation"), active="supplier_scores"),
        "cancel_url": reverse("supplier_scores.list"),
        "key": new_key(),
        "version": known.version,
        "set_by": known.set_by_name if known.version else None,
        "set_at": known.set_at if known.version else None,
        "fields": [
            {"name": one, "label": str(MEASURE_WORDS[one]), "value": values[one], "about": str(ABOUT[one])}
            for one in MEASURES
        ],
        "refusal": refusal_of_form(refusal, known=dict.fromkeys(MEASURES, "")) if refusal else None,
        "errors": [one for one in problems_of(refusal) if one["field"].removeprefix("f-") in MEASURES],
        "error_of": errors_of(refusal),
    }
    return render(request, "supplier_scores/weights.html", context, status=refusal.status if refusal else 200)


def _found(state: State, by: Actor) -> Scores:
    return list_supplier_scores(
        by=by,
        unit=state.text("unit") or "month",
        on=state.day("on"),
        sort=state.text("sort") or "-score",
        search=state.text("q"),
    )


def _row(one: SupplierScore, found: Scores) -> dict[str, Any]:
    number, before = one.supplier.number, found.before.get(one.supplier.pk)
    link = reverse("supplier_scores.show", kwargs={"number": number})
    return {
        "number": number,
        "name": one.supplier.name,
        "url": f"{link}?unit={found.unit}&on={one.since.isoformat()}",
        "score": qty(one.score) if one.score is not None else "--",
        "grade": one.grade,
        "known": one.known,
        "change": None if one.score is None or before is None else one.score - before,
        "cells": [
            {
                "text": _figure(name, one.figures[name]),
                "points": None if one.points[name] is None else qty(one.points[name]),
                "url": _documents_url(one, name, found.unit) if one.figures[name] is not None else None,
                "label": str(MEASURE_WORDS[name]),
            }
            for name in MEASURES
        ],
    }


def _line(one: SupplierScore, found: Scores) -> list[Cell]:
    cells: list[Cell] = [guarded(one.supplier.number), guarded(one.supplier.name), one.since, one.until]
    cells += [one.score, one.grade, found.before.get(one.supplier.pk)]
    for name in MEASURES:
        cells += [one.figures[name], one.points[name]]
    return cells


def _head(name: str, label: str, found: Scores, state: State, *, num: bool = False) -> dict[str, Any]:
    falling, rising = found.sort == f"-{name}", found.sort == name
    return {
        "label": label,
        "num": num,
        "sort": state.link(drop=("page",), sort=name if falling else f"-{name}"),
        "direction": "descending" if falling else "ascending" if rising else None,
    }


def _figure(measure: str, value: Decimal | None) -> str:
    if value is None:
        return "--"
    if measure == "price":
        return qty((value * HUNDRED).quantize(Decimal("0.1")))
    return _("%(num)s h") % {"num": qty(value)} if measure == "response" else percent(value)


def _points(one: SupplierScore, measure: str) -> str:
    points = one.points[measure]
    facts = {"points": "--" if points is None else qty(points), "weight": one.weights[measure]}
    return _("%(points)s points · weight %(weight)s %%") % facts


def _documents_url(one: SupplierScore, measure: str, unit: str) -> str:
    place = {"number": one.supplier.number, "measure": measure}
    return f"{reverse('supplier_scores.documents', kwargs=place)}?unit={unit}&on={one.since.isoformat()}"


def _weights(known: dict[str, int]) -> str:
    return " · ".join(f"{MEASURE_WORDS[name]} {weight} %" for name, weight in known.items())


def _unit_tabs(state: State, unit: str) -> list[dict[str, Any]]:
    return [
        {"label": str(label), "url": state.link(drop=("page",), unit=code), "active": code == unit}
        for code, label in UNIT_WORDS.items()
    ]


def _periods(unit: str, by: Actor) -> list[tuple[str, str]]:
    first, _last = period_of(by.today, unit)
    starts = [earlier(first, unit, periods=at) for at in range(CHOICES)]
    return [(start.isoformat(), _period_name(start, unit)) for start in starts]


def _period_name(start: date, unit: str) -> str:
    if unit == "quarter":
        return _("%(year)s Q%(quarter)s") % {"year": start.year, "quarter": (start.month + 2) // 3}
    return f"{start:%Y-%m}"


def _comparison(rows: Sequence[SupplierScore]) -> dict[str, Any] | None:
    known = sorted((one for one in rows if one.score is not None), key=lambda one: -(one.score or 0))[:CHOICES]
    lines = [_bar(one.supplier.name, one.score) for one in known]
    return _chart(lines, pairs=None) if lines else None


def _course(rows: Sequence[SupplierScore], unit: str) -> dict[str, Any] | None:
    if all(one.score is None for one in rows):
        return None
    lines = [_bar(_period_name(one.since, unit), one.score) for one in rows]
    return _chart(lines, pairs=pairs([[one.score or 0, 0][:1] for one in rows]))


def _bar(name: str, score: Decimal | None) -> dict[str, Any]:
    return {
        "name": name,
        "url": None,
        "figures": [score or Decimal(0)],
        "words": ["--" if score is None else qty(score)],
    }


def _chart(lines: list[dict[str, Any]], *, pairs: Any) -> dict[str, Any]:
    return {
        "title": _("Score"),
        "names": [_("Score")],
        "lines": lines,
        "most": HUNDRED,
        "pairs": pairs,
        "first": lines[0]["name"],
        "last": lines[-1]["name"],
    }


def _document(one: ScoreDocument, measure: str, units: dict[str, str], by: Actor) -> dict[str, Any]:
    unit = units.get(one.unit, one.unit)
    amount = f"{qty(one.quantity)} {unit}" if one.quantity is not None else "--"
    zone = by.company_zone
    match measure:
        case "on_time":
            cells = [day(one.on), amount, qty(one.part), day(one.last_on) if one.last_on else "--"]
        case "quality":
            cells = [day(one.on), amount, qty(one.part), money(one.worth, COMPANY_CURRENCY)]
        case "price":
            cells = [amount, *(money(each, COMPANY_CURRENCY) for each in (one.price, one.market, one.worth))]
        case _:
            asked, answered = moment(one.asked_at, zone), moment(one.answered_at, zone) if one.answered_at else "--"
            cells = [asked, answered, qty(one.hours)]
    places = {"order": "orders.show", "receipt": "receipts.show", "inquiry": "inquiries.show"}
    if one.kind == "product":
        url = f"{reverse('purchase_reports.show', args=['trend'])}?product={one.number}"
    elif one.kind == "direct_delivery":
        url = reverse("orders.direct", kwargs={"number": one.order})
    else:
        url = reverse(places[one.kind], kwargs={"number": one.number})
    name = (one.name_en or one.name_zh) if is_english() else one.name_zh
    return {
        "number": one.number,
        "url": url,
        "name": " · ".join(filter(None, (one.order, one.sku if one.kind != "product" else None, name))),
        "is_good": one.is_good,
        "cells": cells,
    }


routes = [
    path("supplier-scores/", score_list, name="supplier_scores.list"),
    path("supplier-scores/export/", export, name="supplier_scores.export"),
    path("supplier-scores/weights/", weights, name="supplier_scores.weights"),
    path("supplier-scores/of/<str:number>/", show, name="supplier_scores.show"),
    path("supplier-scores/of/<str:number>/<str:measure>/", documents, name="supplier_scores.documents"),
]
