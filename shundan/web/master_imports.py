"""Files of products, customers and suppliers: uploaded, judged without writing anything, then run, or taken back."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shundan.exchange.actions import (
    choose_master_columns,
    run_master_import,
    undo_master_import,
    upload_masters,
)
from shundan.exchange.queries import (
    MasterImport,
    counts_of_masters,
    get_master_import,
    headings_of_masters,
    kind_of_masters,
    list_master_imports,
    masters_of_import,
    problems_of_masters,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.ui.doors import page
from shundan.web.exports import csv_file, xlsx_file
from shundan.web.forms import refusal_of_form
from shundan.web.frame import frame
from shundan.web.lists import pager, state_of
from shundan.web.order_imports import STATES, said
from shundan.web.words import is_english

# By kind: its place among the pages, what its page is called, where a record is shown.
PLACES: Mapping[str, tuple[str, Promise, Callable[[str], str]]] = {
    "product": ("products", gettext_lazy("Import products"), lambda sku: reverse("products.show", args=[sku])),
    "customer": ("customers", gettext_lazy("Import customers"), lambda no: reverse("customers.show", args=[no])),
    "supplier": ("suppliers", gettext_lazy("Import suppliers"), lambda no: reverse("suppliers.show", args=[no])),
}
RUNNING = {
    "checking": gettext_lazy("Checking the file"),
    "running": gettext_lazy("Importing"),
    "undoing": gettext_lazy("Taking back"),
}


def files(request: HttpRequest, *, kind: str, by: Actor) -> HttpResponse:
    """Show the files of a kind that this person uploaded and take another one."""
    refusal: Refused | None = None
    is_update = request.POST.get("existing") == "update"
    if request.method == "POST":
        given = request.FILES.get("file")
        try:
            if given is None:
                raise Malformed(details=[Detail("file", "required", _("Choose a CSV or XLSX file of at most 20 MB."))])
            name, content = str(given.name), given.read()
            made = upload_masters(kind, name, content, is_update=is_update, by=by, may_ask=True)
            return HttpResponseRedirect(_url("show", kind, made.pk), status=303)
        except Refused as refused:
            refusal = refused
    state = state_of(request)
    found = list_master_imports(kind, by=by, cursor=state.cursor, limit=state.size)
    place, title, _shown = PLACES[kind]
    context = {
        "page": frame(request, by, title=str(title), active=place),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "existing": "update" if is_update else "leave",
        "ways": _ways(),
        "template_url": _url("template", kind),
        "hint": _hint(kind),
        "rows": [_row(one) for one in found.items],
        "pager": pager(
            state,
            next_cursor=found.next,
            previous_cursor=found.previous,
            count=found.total,
            shown=len(found.items),
        ),
    }
    return render(request, "imports/masters.html", context, status=refusal.status if refusal else 200)


def show(request: HttpRequest, import_id: int, *, kind: str, by: Actor) -> HttpResponse:
    """Show what a file holds, what is wrong in it, and what became of its records."""
    return _import_page(request, get_master_import(import_id, by=by, kind=kind), by)


def progress(request: HttpRequest, import_id: int, *, kind: str, by: Actor) -> HttpResponse:
    """Show how far a file has come; the page is shown anew when it has ended."""
    job = _progress(get_master_import(import_id, by=by, kind=kind))
    answer = render(request, "components/_job.html", {"job": job})
    if not job["is_running"]:
        answer.headers["HX-Refresh"] = "true"
    return answer


def run(request: HttpRequest, import_id: int, *, kind: str, by: Actor) -> HttpResponse:
    """Write the records of a file that are without fault."""
    return _done(request, import_id, kind, by, lambda: run_master_import(import_id, by=by))


def undo(request: HttpRequest, import_id: int, *, kind: str, by: Actor) -> HttpResponse:
    """Take back what a file brought, while nobody changed it and nothing uses it."""
    return _done(request, import_id, kind, by, lambda: undo_master_import(import_id, by=by))


def columns(request: HttpRequest, import_id: int, *, kind: str, by: Actor) -> HttpResponse:
    """Judge a file by the columns that its user chose."""
    found = get_master_import(import_id, by=by, kind=kind)
    told = {one.text: request.POST.get(f"column-{at}", "") for at, one in enumerate(headings_of_masters(found))}
    return _done(request, import_id, kind, by, lambda: choose_master_columns(import_id, told, by=by), told=told)


def problems(request: HttpRequest, import_id: int, *, kind: str, by: Actor) -> HttpResponseBase:
    """Give out all problems of a file as a file: row, column, and what to do."""
    found = get_master_import(import_id, by=by, kind=kind)
    rows = (
        [str(one["row"]), one["column"], one["number"], one["message"]]
        for one in problems_of_masters(found, limit=None)
    )
    return csv_file(f"problems-{found.pk}", [_("Row"), _("Column"), _("Record"), _("Problem")], rows)


def template(request: HttpRequest, *, kind: str, by: Actor) -> HttpResponseBase:
    """Give out an empty sheet with the columns of a kind."""
    return xlsx_file(f"{PLACES[kind][0]}-template", kind_of_masters(kind).fields.template(), [])


def _done(
    request: HttpRequest,
    import_id: int,
    kind: str,
    by: Actor,
    do: Callable[[], object],
    *,
    told: Mapping[str, str] = MappingProxyType({}),
) -> HttpResponse:
    found = get_master_import(import_id, by=by, kind=kind)
    try:
        do()
    except Refused as refusal:
        return _import_page(request, found, by, refusal=refusal, told=told)
    return HttpResponseRedirect(_url("show", kind, import_id), status=303)


def _import_page(
    request: HttpRequest,
    found: MasterImport,
    by: Actor,
    *,
    refusal: Refused | None = None,
    told: Mapping[str, str] = MappingProxyType({}),
) -> HttpResponse:
    counts, first = counts_of_masters(found), list(problems_of_masters(found))
    place, _title, shown = PLACES[found.kind]
    is_open = found.state in ("mapping", "checked") and found.content is not None
    good = counts.get("good", 0) + counts.get("changes", 0)
    context = {
        "page": frame(request, by, title=found.file_name, active=place),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "row": _row(found),
        "existing": dict(_ways())["update" if found.is_update else "leave"],
        "encoding": found.encoding.upper(),
        "job": _progress(found),
        "counts": _counts(counts),
        "is_asked": found.state == "mapping",
        "columns": _columns(found, told) if is_open else [],
        "fields": _fields(found.kind) if is_open else [],
        "columns_url": _url("columns", found.kind, found.pk),
        "undo_url": _url("undo", found.kind, found.pk) if found.state == "done" and _has_made(counts) else None,
        "ignored": found.ignored,
        "problems": [one | {"source_number": one["number"]} for one in first],
        "problems_url": _url("problems", found.kind, found.pk) if first else None,
        "records": [
            {
                "number": one.number,
                "url": shown(one.number) if one.outcome != "undone" or not one.is_new else None,
                "row": one.row,
                "said": _outcome(one.outcome, is_new=one.is_new),
            }
            for one in masters_of_import(found)
            if found.state != "checked"
        ],
        "is_checked": found.state == "checked",
        "run_label": ngettext("Import %(num)s record", "Import %(num)s records", good) % {"num": good} if good else "",
        "run_url": _url("run", found.kind, found.pk),
        "list_url": _url("list", found.kind),
    }
    return render(request, "imports/master_import.html", context, status=refusal.status if refusal else 200)


def _url(name: str, kind: str, *args: int) -> str:
    return reverse(f"{kind}_imports.{name}", args=args)


def _ways() -> list[tuple[str, str]]:
    return [("leave", _("leave as they are")), ("update", _("change by the file"))]


def _hint(kind: str) -> str:
    if kind == "product":
        return _(
            "One row for each product; further units and prices stand on rows with the same SKU. Empty cells change "
            "nothing. Nothing is written until you start the import."
        )
    if kind == "customer":
        return _(
            "One row for each customer; further contacts and addresses stand on rows with the same name. Empty cells "
            "change nothing. Nothing is written until you start the import."
        )
    return _("One row for each supplier. Empty cells change nothing. Nothing is written until you start the import.")


def _has_made(counts: Mapping[str, int]) -> bool:
    return bool(counts.get("made") or counts.get("changed"))


def _counts(counts: dict[str, int]) -> list[tuple[str, int]]:
    words = {
        "good": _("New"),
        "changes": _("To be changed"),
        "made": _("Imported"),
        "changed": _("Changed"),
        "known": _("There already"),
        "bad": _("With problems"),
        "failed": _("Refused"),
        "undone": _("Taken back"),
        "waiting": _("Not checked yet"),
    }
    return [(words[name], counts[name]) for name in words if counts.get(name)]


def _outcome(outcome: str, *, is_new: bool) -> str:
    if outcome == "made":
        return _("Imported") if is_new else _("Changed")
    return _("There already") if outcome == "known" else _("Taken back")


def _row(one: MasterImport) -> dict[str, Any]:
    return {
        "url": _url("show", one.kind, one.pk),
        "file": one.file_name,
        "value": STATES[one.state],
        "label": said(one.state),
        "total": one.total,
        "at": one.at,
        "by": one.by_name,
    }


def _columns(found: MasterImport, told: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"name": f"column-{at}", "heading": one.text, "examples": one.examples, "field": told.get(one.text, one.field)}
        for at, one in enumerate(headings_of_masters(found, is_proposed=found.state == "mapping"))
    ]


def _fields(kind: str) -> list[tuple[str, str]]:
    return [(field, names[is_english()]) for field, names in kind_of_masters(kind).fields.both().items()]


def _progress(one: MasterImport) -> dict[str, Any]:
    return {
        "percent": one.done * 100 // one.total if one.total else 0,
        "label": str(RUNNING.get(one.state, "")),
        "done": one.done,
        "total": one.total,
        "is_running": one.state in RUNNING,
        "poll_url": _url("progress", one.kind, one.pk),
    }


def _routes_of(kind: str) -> list[URLPattern]:
    permission, place = kind_of_masters(kind).permission, f"imports/{PLACES[kind][0]}/"
    read, write = page(permission), page(permission, methods=("POST",))
    views = (
        ("", page(permission, methods=("GET", "POST"))(files), "list"),
        ("template/", read(template), "template"),
        ("<int:import_id>/", read(show), "show"),
        ("<int:import_id>/progress/", read(progress), "progress"),
        ("<int:import_id>/run/", write(run), "run"),
        ("<int:import_id>/columns/", write(columns), "columns"),
        ("<int:import_id>/undo/", write(undo), "undo"),
        ("<int:import_id>/problems.csv", read(problems), "problems"),
    )
    return [path(f"{place}{rest}", view, {"kind": kind}, name=f"{kind}_imports.{name}") for rest, view, name in views]


routes = [one for kind in PLACES for one in _routes_of(kind)]
