"""Papers printed together: started from the lists, one's own runs, and how far one has come."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused
from shundan.papers.actions import MOST_PAPERS, start_printing
from shundan.papers.queries import PrintRun, get_print_run, list_print_runs, numbers_of_runs, papers_of_run
from shundan.papers.registries import PAPER_KINDS
from shundan.ui.doors import page
from shundan.ui.prints import ORDER_PAPERS, ordinary_paper, pdf_response
from shundan.web.forms import go
from shundan.web.frame import frame, leave_message
from shundan.web.kinds import require_kind
from shundan.web.lists import pager, state_of
from shundan.web.orders import chosen_numbers

WHY: dict[str, str | Promise] = {
    "not_found": gettext_lazy("It does not exist, or you may not see it."),
    "not_permitted": gettext_lazy("You may not see it."),
    "order_not_released": gettext_lazy("It is not confirmed yet, or was cancelled."),
    "no_longer_offered": gettext_lazy("It is no offer any more."),
}


@page("order.read", methods=("POST",))
def print_orders(request: HttpRequest, *, by: Actor, kind: str = "sale") -> HttpResponse:
    """Print the chosen orders, or all that match the list's filter."""
    face = require_kind(by, "order.read", kind)
    wanted = request.GET.get("paper", "")
    paper = wanted if wanted in ORDER_PAPERS else ordinary_paper(kind)
    return _started(request, paper, chosen_numbers(request, by, face, limit=MOST_PAPERS + 1), by, face.url())


@page("shipment.read", methods=("POST",))
def print_shipments(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Print the delivery notes, or the lists for pickers or packers, of the chosen shipments."""
    wanted = request.GET.get("paper", "")
    paper = wanted if wanted in ("pick_list", "packing_list") else "delivery_note"
    return _started(request, paper, request.POST.getlist("ids"), by, reverse("shipments.list"))


@page("invoice.read", methods=("POST",))
def print_invoices(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Print the chosen invoices and credit notes."""
    return _started(request, "invoice", request.POST.getlist("ids"), by, reverse("invoices.list"))


@page("self.edit")
def runs(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what this person had printed together."""
    state = state_of(request)
    found = list_print_runs(by=by, cursor=state.cursor, limit=state.size)
    numbers = numbers_of_runs(found.items)
    context = {
        "page": frame(request, by, title=_("Printed together")),
        "rows": [_row(one) | {"numbers": numbers[one.pk]} for one in found.items],
        "pager": pager(
            state,
            next_cursor=found.next,
            previous_cursor=found.previous,
            count=found.total,
            shown=len(found.items),
        ),
    }
    return render(request, "papers/runs.html", context)


@page("self.edit")
def show(request: HttpRequest, run_id: int, *, by: Actor) -> HttpResponse:
    """Show how far a run has come, what was left out, and its file."""
    run = get_print_run(run_id, by=by)
    context = {
        "page": frame(request, by, title=_row(run)["name"]),
        "row": _row(run),
        "job": _progress(run),
        "papers": [
            {
                "number": one.number,
                "value": one.state,
                "why": str(WHY.get(one.problem, one.problem)) if one.state == "left_out" else "",
            }
            for one in papers_of_run(run)
        ],
        "list_url": reverse("print_runs.list"),
    }
    return render(request, "papers/run.html", context)


@page("self.edit")
def progress(request: HttpRequest, run_id: int, *, by: Actor) -> HttpResponse:
    """Show how far a run has come; the page is shown anew when it has ended."""
    job = _progress(get_print_run(run_id, by=by))
    answer = render(request, "components/_job.html", {"job": job})
    if not job["is_running"]:
        answer.headers["HX-Refresh"] = "true"
    return answer


@page("self.edit")
def file(request: HttpRequest, run_id: int, *, by: Actor) -> HttpResponse:
    """Give out the papers of a run as one PDF."""
    run = get_print_run(run_id, by=by)
    if run.file is None:
        raise NotFound(what="file", key=str(run_id))
    return pdf_response(bytes(run.file), f"{run.kind}-{run.pk}")


def _started(request: HttpRequest, kind: str, numbers: list[str], by: Actor, back: str) -> HttpResponse:
    try:
        run = start_printing(kind, numbers, by=by)
    except Refused as refused:
        leave_message(request, " ".join(str(one.message) for one in refused.details) or refused.message)
        return go(request, back)
    return go(request, reverse("print_runs.show", kwargs={"run_id": run.pk}))


def _row(run: PrintRun) -> dict[str, Any]:
    return {
        "id": run.pk,
        "name": str(PAPER_KINDS[run.kind].label) if run.kind in PAPER_KINDS else run.kind,
        "url": reverse("print_runs.show", kwargs={"run_id": run.pk}),
        "state": run.state,
        "total": run.total,
        "done": run.done,
        "at": run.at,
    }


def _progress(run: PrintRun) -> dict[str, Any]:
    return {
        "label": _("Making the papers") if run.state == "running" else _("The papers are made"),
        "percent": 100 if run.state != "running" else run.done * 100 // max(run.total, 1),
        "done": run.done,
        "total": run.total,
        "is_running": run.state == "running",
        "poll_url": reverse("print_runs.progress", kwargs={"run_id": run.pk}),
    }


routes = [
    path("shipments/print/", print_shipments, name="shipments.print"),
    path("invoices/print/", print_invoices, name="invoices.print"),
    path("print-runs/", runs, name="print_runs.list"),
    path("print-runs/<int:run_id>/", show, name="print_runs.show"),
    path("print-runs/<int:run_id>/progress/", progress, name="print_runs.progress"),
    path("print-runs/<int:run_id>/papers.pdf", file, name="print_runs.file"),
]
