"""Revaluation: what foreign receivables and payables are worth at the end of a month, and booking the difference."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused
from shundan.kernel.money import ZERO, plain
from shundan.ledger.actions import revalue_month
from shundan.ledger.queries import last_day_of, list_revaluations, months_of_books, parse_month, preview_revaluation
from shundan.ui.doors import page
from shundan.web.forms import do_once, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.ledger_words import account_name, ledger_tabs


@page("ledger.read")
def show(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show a month: the last one that is over, or the one that is asked for."""
    try:
        month = parse_month(request.GET.get("month", ""))
    except Refused:
        month = None
    return _page(request, month or _last_month(by), by)


@page("ledger.close", methods=("POST",))
def revalue(request: HttpRequest, month: str, *, by: Actor) -> HttpResponse:
    """Book the differences of a month."""
    try:
        wanted = parse_month(month)
    except Refused:
        wanted = None
    if wanted is None:
        raise NotFound(what="accounting period", key=month[:20])
    try:
        made = do_once(request, by=by, work=lambda: str(len(revalue_month(wanted, by=by))))
    except Refused as refusal:
        return _page(request, wanted, by, refusal=refusal)
    said = _("%(month)s was revalued.") if made != "0" else _("%(month)s: nothing to revalue.")
    leave_message(request, said % {"month": f"{wanted:%Y-%m}"})
    return go(request, f"{reverse('revaluation.show')}?month={wanted:%Y-%m}")


def _page(request: HttpRequest, month: date, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    found = []
    try:
        found = preview_revaluation(month, by=by)
    except Refused as missing:
        refusal = refusal or missing
    months = [one for one in months_of_books(by=by) if one.starts_on < by.today.replace(day=1)]
    state = next((one.state for one in months if one.starts_on == month), "open")
    context = {
        "page": frame(request, by, title=_("Revaluation"), active="journals"),
        "views": ledger_tabs("revaluation.show"),
        "month": f"{month:%Y-%m}",
        "day": last_day_of(month),
        "months": [(f"{one.starts_on:%Y-%m}", f"{one.starts_on:%Y-%m}") for one in months],
        "is_closed": state == "closed",
        "rows": [_row(one) for one in found],
        "gain": sum((one.gain for one in found), ZERO),
        "made": [_made(one) for one in list_revaluations(by=by, month=month)],
        "revalue_url": reverse("revaluation.revalue", kwargs={"month": f"{month:%Y-%m}"})
        if by.may("ledger.close") and state == "open" and any(one.gain for one in found)
        else None,
        "key": new_key(),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "ledger/revaluation.html", context, status=refusal.status if refusal else 200)


def _last_month(by: Actor) -> date:
    return (by.today.replace(day=1) - timedelta(days=1)).replace(day=1)


def _row(one: Any) -> dict[str, Any]:
    party = one.customer or one.supplier
    return {
        "party": party.name if party else "",
        "account": f"{one.account.code} {account_name(one.account)}",
        "currency": one.currency,
        "amount": one.amount,
        "rate": plain(one.rate),
        "booked": one.booked,
        "worth": one.worth,
        "gain": one.gain,
    }


def _made(one: Any) -> dict[str, Any]:
    return {
        "number": one.number,
        "url": f"{reverse('journals.list')}?q={one.number}",
        "currency": one.currency,
        "rate": plain(one.rate),
        "gain": one.gain,
        "at": one.created_at,
        "by": one.created_by_name,
    }


routes = [
    path("revaluation/", show, name="revaluation.show"),
    path("revaluation/<str:month>/", revalue, name="revaluation.revalue"),
]
