"""Files of orders: uploaded, checked without writing anything, then run; what is wrong stands at its row and column."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.accounts.scopes import may_with_kind
from shundan.exchange.actions import choose_import_columns, run_order_import, undo_order_import, upload_orders
from shundan.exchange.queries import (
    OrderImport,
    get_order_import,
    headings_of_import,
    import_fields,
    list_order_imports,
    orders_of_import,
    problems_of_import,
    sums_of_import,
    template_of,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.orders.queries import order_types
from shundan.ui.doors import page
from shundan.ui.formatting import money
from shundan.web.exports import csv_file, xlsx_file
from shundan.web.forms import refusal_of_form
from shundan.web.frame import frame
from shundan.web.kinds import FACES
from shundan.web.lists import pager, state_of
from shundan.web.words import is_english, name_of

STATES = {
    "mapping": "waiting",
    "checking": "running",
    "checked": "waiting",
    "running": "running",
    "done": "done",
    "undoing": "running",
    "undone": "done",
}
RUNNING = {
    "checking": gettext_lazy("Checking the file"),
    "running": gettext_lazy("Importing orders"),
    "undoing": gettext_lazy("Taking orders back"),
}


@page("order.create", methods=("GET", "POST"))
def import_orders(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the files that this person uploaded and take another one."""
    refusal: Refused | None = None
    if request.method == "POST":
        given = request.FILES.get("file")
        try:
            if given is None:
                raise Malformed(details=[Detail("file", "required", _("Choose a CSV or XLSX file of at most 20 MB."))])
            made = upload_orders(
                str(given.name),
                given.read(),
                type_code=request.POST.get("type", ""),
                until=request.POST.get("until", ""),
                by=by,
                may_ask=True,
            )
            return HttpResponseRedirect(reverse("order_imports.show", args=[made.pk]), status=303)
        except Refused as refused:
            refusal = refused
    state = state_of(request)
    found = list_order_imports(by=by, cursor=state.cursor, limit=state.size)
    types = [one for one in order_types(by=by) if may_with_kind(by, "order.create", one.kind)]
    context = {
        "page": frame(request, by, title=_("Import orders"), active="orders"),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "types": [(one.code, name_of(one)) for one in types],
        "values": {"type": request.POST.get("type", "sales"), "until": request.POST.get("until", "draft")},
        "untils": _untils(),
        "templates": [(name_of(one), reverse("order_imports.template", args=[one.code])) for one in types],
        "rows": [_row(one) for one in found.items],
        "pager": pager(
            state,
            next_cursor=found.next,
            previous_cursor=found.previous,
            count=found.total,
            shown=len(found.items),
        ),
    }
    return render(request, "imports/orders.html", context, status=refusal.status if refusal else 200)


@page("order.create")
def show(request: HttpRequest, import_id: int, *, by: Actor) -> HttpResponse:
    """Show what a file holds, what is wrong in it, and what became of its orders."""
    return _import_page(request, get_order_import(import_id, by=by), by)


@page("order.create")
def progress(request: HttpRequest, import_id: int, *, by: Actor) -> HttpResponse:
    """Show how far a file has come; the page is shown anew when it has ended."""
    job = _progress(get_order_import(import_id, by=by))
    answer = render(request, "components/_job.html", {"job": job})
    if not job["is_running"]:
        answer.headers["HX-Refresh"] = "true"
    return answer


@page("order.create", methods=("POST",))
def run(request: HttpRequest, import_id: int, *, by: Actor) -> HttpResponse:
    """Place the orders of a file that are without fault."""
    try:
        run_order_import(import_id, by=by)
    except Refused as refusal:
        return _import_page(request, get_order_import(import_id, by=by), by, refusal=refusal)
    return HttpResponseRedirect(reverse("order_imports.show", args=[import_id]), status=303)


@page("order.create", methods=("POST",))
def columns(request: HttpRequest, import_id: int, *, by: Actor) -> HttpResponse:
    """Check a file by the columns that its user chose."""
    found = get_order_import(import_id, by=by)
    told = {one.text: request.POST.get(f"column-{at}", "") for at, one in enumerate(headings_of_import(found))}
    try:
        choose_import_columns(import_id, told, by=by)
    except Refused as refusal:
        return _import_page(request, found, by, refusal=refusal, told=told)
    return HttpResponseRedirect(reverse("order_imports.show", args=[import_id]), status=303)


@page("order.create", methods=("POST",))
def undo(request: HttpRequest, import_id: int, *, by: Actor) -> HttpResponse:
    """Take back the orders of a file with which nothing was done."""
    try:
        undo_order_import(import_id, by=by)
    except Refused as refusal:
        return _import_page(request, get_order_import(import_id, by=by), by, refusal=refusal)
    return HttpResponseRedirect(reverse("order_imports.show", args=[import_id]), status=303)


@page("order.create")
def problems(request: HttpRequest, import_id: int, *, by: Actor) -> HttpResponseBase:
    """Give out all problems of a file as a file: row, column, and what to do."""
    found = get_order_import(import_id, by=by)
    rows = (
        [str(one["row"]), one["column"], one["source_number"], one["message"]]
        for one in problems_of_import(found, limit=None)
    )
    head = [_("Row"), _("Column"), _("Source number"), _("Problem")]
    return csv_file(f"problems-{found.pk}", head, rows)


@page("order.create")
def template(request: HttpRequest, code: str, *, by: Actor) -> HttpResponseBase:
    """Give out an empty sheet with the columns of a type."""
    return xlsx_file(f"{code}-template", template_of(code, by=by), [])


def _import_page(
    request: HttpRequest,
    found: OrderImport,
    by: Actor,
    *,
    refusal: Refused | None = None,
    told: Mapping[str, str] = MappingProxyType({}),
) -> HttpResponse:
    sums = sums_of_import(found)
    first = list(problems_of_import(found))
    types = {one.code: one for one in order_types(by=by, with_retired=True)}
    kind = types[found.type_code].kind if found.type_code in types else "sale"
    context = {
        "page": frame(request, by, title=found.file_name, active=FACES[kind].place),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "row": _row(found),
        "type": name_of(types[found.type_code]) if found.type_code in types else found.type_code,
        "until": dict(_untils())[found.until],
        "encoding": found.encoding.upper(),
        "job": _progress(found),
        "counts": _counts(sums.counts),
        "sums": [money(total, currency) for currency, total in sums.sums.items() if currency],
        "is_asked": found.state == "mapping",
        "columns": _columns(found, told, by) if found.state in ("mapping", "checked") and found.content else [],
        "fields": _fields(found, by) if found.state in ("mapping", "checked") and found.content else [],
        "columns_url": reverse("order_imports.columns", args=[found.pk]),
        "undo_url": reverse("order_imports.undo", args=[found.pk])
        if found.state == "done" and sums.counts.get("made")
        else None,
        "ignored": found.ignored,
        "problems": first,
        "problems_url": reverse("order_imports.problems", args=[found.pk]) if first else None,
        "orders": [
            {
                "number": one.order_number,
                "url": reverse("orders.show", args=[one.order_number]),
                "row": one.row,
                "source_number": one.source_number,
                "is_new": one.outcome == "made",
                "is_undone": one.outcome == "undone",
            }
            for one in orders_of_import(found)
        ],
        "good": sums.counts.get("good", 0),
        "run_url": reverse("order_imports.run", args=[found.pk]),
        "list_url": reverse("order_imports.list"),
        "is_checked": found.state == "checked",
    }
    return render(request, "imports/order_import.html", context, status=refusal.status if refusal else 200)


def _untils() -> list[tuple[str, str]]:
    return [("draft", _("as drafts")), ("submitted", _("submitted for approval")), ("confirmed", _("confirmed"))]


def _counts(counts: dict[str, int]) -> list[tuple[str, int]]:
    words = {
        "good": _("New"),
        "made": _("Imported"),
        "known": _("There already"),
        "bad": _("With problems"),
        "failed": _("Refused"),
        "undone": _("Taken back"),
        "waiting": _("Not checked yet"),
    }
    return [(words[name], counts[name]) for name in words if counts.get(name)]


def _row(one: OrderImport) -> dict[str, Any]:
    return {
        "url": reverse("order_imports.show", args=[one.pk]),
        "file": one.file_name,
        "type": one.type_code,
        "value": STATES[one.state],
        "label": said(one.state),
        "total": one.total,
        "at": one.at,
        "by": one.by_name,
    }


def said(state: str) -> str:
    """Return the state of a file in words."""
    words = {
        "mapping": _("Columns to choose"),
        "checking": _("Checking"),
        "checked": _("Checked"),
        "running": _("Importing"),
        "done": _("Done"),
        "undoing": _("Being taken back"),
        "undone": _("Taken back"),
    }
    return words[state]


def _columns(found: OrderImport, told: Mapping[str, str], by: Actor) -> list[dict[str, Any]]:
    return [
        {"name": f"column-{at}", "heading": one.text, "examples": one.examples, "field": told.get(one.text, one.field)}
        for at, one in enumerate(headings_of_import(found, by=by if found.state == "mapping" else None))
    ]


def _fields(found: OrderImport, by: Actor) -> list[tuple[str, str]]:
    return [(field, names[is_english()]) for field, names in import_fields(found.type_code, by=by).items()]


def _progress(one: OrderImport) -> dict[str, Any]:
    return {
        "percent": one.done * 100 // one.total if one.total else 0,
        "label": str(RUNNING.get(one.state, "")),
        "done": one.done,
        "total": one.total,
        "is_running": one.state in RUNNING,
        "poll_url": reverse("order_imports.progress", args=[one.pk]),
    }


routes = [
    path("imports/orders/", import_orders, name="order_imports.list"),
    path("imports/orders/template/<str:code>/", template, name="order_imports.template"),
    path("imports/orders/<int:import_id>/", show, name="order_imports.show"),
    path("imports/orders/<int:import_id>/progress/", progress, name="order_imports.progress"),
    path("imports/orders/<int:import_id>/run/", run, name="order_imports.run"),
    path("imports/orders/<int:import_id>/columns/", columns, name="order_imports.columns"),
    path("imports/orders/<int:import_id>/undo/", undo, name="order_imports.undo"),
    path("imports/orders/<int:import_id>/problems.csv", problems, name="order_imports.problems"),
]
