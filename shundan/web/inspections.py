"""Inspections: the list, examining one, agreeing to concessions, and sending back what was rejected."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.accounts.scopes import may_with_kind
from shundan.fulfilment.actions import (
    Finding,
    agree_concession,
    decide_inspection,
    refuse_concession,
    reopen_inspection,
    return_rejected,
)
from shundan.fulfilment.queries import (
    Inspection,
    InspectionLine,
    get_inspection,
    inspections_to_do,
    lines_of_inspection,
    list_inspections,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO, plain
from shundan.orders.queries import timeline_of_papers
from shundan.ui.doors import is_fragment, page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form, refused_fragment
from shundan.web.frame import frame, leave_message
from shundan.web.papers import Papers, show_papers
from shundan.web.timeline import timeline
from shundan.web.words import name_of, unit_words

VIEWS = (
    ("all", gettext_lazy("All")),
    ("open", gettext_lazy("To be inspected")),
    ("waiting", gettext_lazy("Concession asked")),
    ("decided", gettext_lazy("Decided")),
    ("reopened", gettext_lazy("Taken back")),
)
FOUND = ("accepted", "conceded", "rejected")
SHOWN = 99


@page("inspection.read")
def inspection_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of inspections."""
    papers = Papers(
        place="inspections",
        title=_("Inspections"),
        views=VIEWS,
        find=list_inspections,
        row=_row,
        placeholder=_("Inspection, receipt or order"),
        empty_title=_("Nothing to inspect"),
        empty_text=_("What a receiving rule wants inspected comes here when it is received."),
    )
    return show_papers(request, papers, by=by)


@page("inspection.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one inspection: as a form while it is open, else what was found."""
    return _inspection_page(request, number, by)


@page("inspection.decide", methods=("POST",))
def decide(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Say what becomes of every line."""
    given = Given(request.POST)

    def work() -> str:
        lines = lines_of_inspection(get_inspection(number, by=by))
        findings = [_finding(line, at, given) for at, line in enumerate(lines)]
        given.check()
        return decide_inspection(number, findings, by=by).state

    try:
        state = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _inspection_page(request, number, by, refusal=refusal, typed=request.POST)
    said = _("Another person has to agree to the concession.") if state == "waiting" else _("The decision was posted.")
    leave_message(request, said, kind="warn" if state == "waiting" else "done")
    return go(request, reverse("inspections.show", kwargs={"number": number}))


@page("inspection.concede", methods=("POST",))
def answer(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Agree to take goods despite their faults, or refuse it."""
    if verb == "agree":
        return _step(request, number, by, lambda _reason: agree_concession(number, by=by).number)
    return _step(request, number, by, lambda reason: refuse_concession(number, reason=reason, by=by).number)


@page("inspection.decide", methods=("POST",))
def reopen(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take a decision back and inspect again."""
    return _step(request, number, by, lambda reason: reopen_inspection(number, reason=reason, by=by).number)


@page("order.create", methods=("POST",))
def send_back(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Enter the return of what was rejected to its supplier."""
    try:
        made = do_once(request, by=by, work=lambda: return_rejected(number, by=by).number)
    except Refused as refusal:
        return _inspection_page(request, number, by, refusal=refusal)
    leave_message(
        request, _("%(number)s sends the rejected goods back; submit it when it is ready.") % {"number": made}
    )
    return go(request, reverse("orders.show", kwargs={"number": made}))


def inspection_queues(by: Actor, *, few: int) -> list[dict[str, Any]]:
    """Return what waits for this person: to be inspected, or to be agreed with, while there is any."""
    waiting = inspections_to_do(by=by, limit=SHOWN + 1)
    if not waiting:
        return []
    items = [
        {
            "number": one.number,
            "url": reverse("inspections.show", kwargs={"number": one.number}),
            "what": one.receipt.order.party_name,
            "why": one.receipt.number,
            "axis": "inspection",
            "value": one.state,
            "amount": "",
            "at": one.created_at,
        }
        for one in waiting[:few]
    ]
    return [
        {
            "title": _("Goods to inspect"),
            "icon": "file-search",
            "url": reverse("inspections.list"),
            "total": f"{SHOWN}+" if len(waiting) > SHOWN else str(len(waiting)),
            "empty": "",
            "items": items,
        }
    ]


def _step(request: HttpRequest, number: str, by: Actor, verb: Callable[[str], str]) -> HttpResponse:
    given = Given(request.POST)
    try:
        reason = given.text("reason")
        given.check()
        shown = do_once(request, by=by, work=lambda: verb(reason))
    except Refused as refusal:
        if is_fragment(request):
            return refused_fragment(request, refusal)
        return _inspection_page(request, number, by, refusal=refusal)
    return go(request, reverse("inspections.show", kwargs={"number": shown}))


def _finding(line: InspectionLine, at: int, given: Given) -> Finding:
    parts = {name: given.number(f"{name}-{line.pk}", path=f"lines[{at}].{name}") or ZERO for name in FOUND}
    return Finding(line_id=line.pk, reason=given.text(f"reason-{line.pk}"), **parts)


def _inspection_page(
    request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None, typed: Any = None
) -> HttpResponse:
    one = get_inspection(number, by=by)
    errors, units = errors_of(refusal), unit_words(by)
    lines = lines_of_inspection(one)
    order = one.receipt.order
    context = {
        "page": frame(request, by, title=one.number, active="inspections"),
        "inspection": {
            **_row(one, lines),
            "order_number": order.number,
            "order_url": reverse("orders.show", kwargs={"number": order.number}),
            "warehouse": name_of(one.receipt.warehouse),
            "decided_by": one.decided_by_name or None,
            "decided_at": one.decided_at,
            "agreed_by": one.agreed_by_name or None,
            "return_number": one.return_order.number if one.return_order else None,
            "return_url": reverse("orders.show", kwargs={"number": one.return_order.number})
            if one.return_order
            else None,
        },
        "lines": [_line(line, at, errors, typed, units) for at, line in enumerate(lines)],
        "decide_url": reverse("inspections.decide", kwargs={"number": one.number})
        if one.state == "open" and by.may("inspection.decide")
        else None,
        "key": new_key(),
        "transitions": _transitions(one, lines, by),
        "refusal": refusal_of_form(refusal, known=dict.fromkeys(errors, "")) if refusal else None,
        "events": timeline(timeline_of_papers(order, [one.subject], by=by)),
    }
    return render(request, "inspections/show.html", context, status=refusal.status if refusal else 200)


def _transitions(one: Inspection, lines: list[InspectionLine], by: Actor) -> list[dict[str, Any]]:
    found = []
    if one.state == "waiting" and by.may("inspection.concede"):
        is_own = by.id is not None and by.id == one.decided_by_id
        why = _("Somebody else has to agree to your concession.") if is_own else None
        found.append(_transition(one, "agree", _("Agree to the concession"), "primary", "check", why=why))
        found.append(_transition(one, "refuse", _("Refuse"), "danger", "x", why=why, asks=True))
    if one.state != "decided":
        return found
    is_returned = one.return_order is not None and one.return_order.category != "cancelled"
    if any(line.rejected for line in lines) and not is_returned and may_with_kind(by, "order.create", "return"):
        found.append(_transition(one, "return", _("Send rejected goods back"), "primary", "truck-return"))
    if by.may("inspection.decide"):
        why = _("The rejected goods are on their way back.") if is_returned else None
        found.append(_transition(one, "reopen", _("Inspect again"), "danger", "arrow-back-up", why=why, asks=True))
    return found


def _transition(
    one: Inspection, verb: str, label: str, kind: str, icon: str, *, why: str | None = None, asks: bool = False
) -> dict[str, Any]:
    return {
        "name": verb,
        "label": label,
        "kind": kind,
        "url": reverse(f"inspections.{verb}", kwargs={"number": one.number}),
        "allowed": why is None,
        "why": why,
        "icon": icon,
        "confirm": None,
        "reason": "needed" if asks else None,
        "reasons": [],
    }


def _line(line: InspectionLine, at: int, errors: dict[str, str], typed: Any, units: dict[str, str]) -> dict[str, Any]:
    ordered = line.receipt_line.order_line
    values = {name: plain(getattr(line, name)) if getattr(line, name) else "" for name in FOUND}
    if line.inspection.state == "open" and not any(values.values()):
        values["accepted"] = plain(line.quantity)
    if typed is not None:
        values = {name: typed.get(f"{name}-{line.pk}", "") for name in FOUND}
    said = [message for place, message in errors.items() if place.startswith(f"lines[{at}].")]
    return {
        "id": line.pk,
        "sku": ordered.sku,
        "name": name_of(ordered),
        "spec": line.product.spec,
        "unit": units.get(ordered.unit, ordered.unit),
        "lot": line.lot.code if line.lot else None,
        "quantity": line.quantity,
        "sample": line.sample,
        "values": values,
        "accepted": line.accepted,
        "conceded": line.conceded,
        "rejected": line.rejected,
        "reason": typed.get(f"reason-{line.pk}", "") if typed is not None else line.reason,
        "error": said[0] if said else None,
    }


def _row(one: Any, lines: list[InspectionLine] | None = None) -> dict[str, Any]:
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("inspections.show", kwargs={"number": one.number}),
        "value": one.state,
        "party": one.receipt.order.party_name,
        "receipt_number": one.receipt.number,
        "receipt_url": reverse("receipts.show", kwargs={"number": one.receipt.number}),
        "warehouse": name_of(one.receipt.warehouse),
        "since": one.created_at,
        "units": one.units if lines is None else sum((line.quantity for line in lines), ZERO),
        "lines": one.line_count if lines is None else len(lines),
        "is_new": False,
    }


routes = [
    path("inspections/", inspection_list, name="inspections.list"),
    path("inspections/<str:number>/", show, name="inspections.show"),
    path("inspections/<str:number>/decide/", decide, name="inspections.decide"),
    path("inspections/<str:number>/agree/", answer, {"verb": "agree"}, name="inspections.agree"),
    path("inspections/<str:number>/refuse/", answer, {"verb": "refuse"}, name="inspections.refuse"),
    path("inspections/<str:number>/reopen/", reopen, name="inspections.reopen"),
    path("inspections/<str:number>/return/", send_back, name="inspections.return"),
]
