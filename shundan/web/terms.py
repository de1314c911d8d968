"""Payment terms: the list, and one with its days, the deposit it asks for and its invoice plan."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shundan.billing.actions import TermInput, save_payment_term
from shundan.billing.queries import (
    KIND_WORDS,
    deposit_of_payment_term,
    get_payment_term,
    parts_of_payment_term,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.parties.queries import list_payment_terms
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.plan_parts import EVENTS, part_rows, typed_parts, typed_rows
from shundan.web.words import name_of, options


@page("payment_term.edit")
def terms(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show all payment terms."""
    rows = []
    for one in list_payment_terms(by=by):
        deposit, parts = deposit_of_payment_term(one), parts_of_payment_term(one)
        days = ngettext("%(days)s day", "%(days)s days", one.days) % {"days": one.days}
        rows.append(
            {
                "name": name_of(one),
                "code": one.code,
                "url": reverse("terms.edit", args=[one.code]),
                "days": f"{days} · {_('end of the month')}" if one.is_end_of_month else days,
                "deposit": f"{KIND_WORDS[deposit.kind]} {plain(deposit.percent)} %" if deposit else None,
                "plan": " / ".join(f"{plain(part.percent)} %" for part in parts) or None,
            }
        )
    context = {
        "page": frame(request, by, title=_("Payment terms"), active="terms"),
        "rows": rows,
        "new_url": reverse("terms.new"),
    }
    return render(request, "plans/terms.html", context)


@page("payment_term.edit", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a payment term."""
    return _form(request, by, code="")


@page("payment_term.edit", methods=("GET", "POST"))
def edit(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Change what a payment term says from now on."""
    return _form(request, by, code=code)


def _form(request: HttpRequest, by: Actor, *, code: str) -> HttpResponse:
    given, refusal = Given(request.POST), None
    kept = get_payment_term(code, by=by) if code else None
    if request.method == "POST":

        def work() -> str:
            days, percent = given.whole("days"), given.number("deposit_percent")
            named = code or given.text("code")
            given.check()
            term = TermInput(
                name_zh=given.text("name_zh"),
                name_en=given.text("name_en"),
                days=-1 if days is None else days,
                is_end_of_month=given.flag("is_end_of_month"),
                deposit_kind=given.text("deposit_kind"),
                deposit_percent=percent,
                deposit_is_blocking=given.flag("deposit_is_blocking"),
                parts=typed_parts(typed_rows(given)),
            )
            return save_payment_term(named, term, by=by).code

        try:
            do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The payment term was saved."))
            return go(request, reverse("terms.list"))
    errors = errors_of(refusal)
    context = {
        "page": frame(request, by, title=name_of(kept) if kept else _("New payment term"), active="terms"),
        "is_new": kept is None,
        "values": _kept(kept) if request.method != "POST" and kept else _typed(given, code),
        "kinds": options(KIND_WORDS),
        "events": options(EVENTS),
        "key": new_key(),
        "error_of": errors,
        "refusal": refusal_of_form(refusal, known={}) if refusal else None,
    }
    return render(request, "plans/term.html", context, status=refusal.status if refusal else 200)


def _kept(term: Any) -> dict[str, Any]:
    """Return what the form shows of a kept term (Any: a row of the room below)."""
    deposit = deposit_of_payment_term(term)
    return {
        "code": term.code,
        "name_zh": term.name_zh,
        "name_en": term.name_en,
        "days": str(term.days),
        "is_end_of_month": term.is_end_of_month,
        "deposit_kind": deposit.kind if deposit else "",
        "deposit_percent": plain(deposit.percent) if deposit else "",
        "deposit_is_blocking": deposit.is_blocking if deposit else True,
        "rows": part_rows(parts_of_payment_term(term)),
    }


def _typed(given: Given, code: str) -> dict[str, Any]:
    names = ("name_zh", "name_en", "days", "deposit_kind", "deposit_percent")
    values: dict[str, Any] = {name: given.data.get(name, "") for name in names}
    return values | {
        "code": code or given.data.get("code", ""),
        "is_end_of_month": given.flag("is_end_of_month"),
        "deposit_is_blocking": given.flag("deposit_is_blocking") if given.data else True,
        "rows": typed_rows(given),
    }


routes = [
    path("payment-terms/", terms, name="terms.list"),
    path("payment-terms/new/", new, name="terms.new"),
    path("payment-terms/<str:code>/", edit, name="terms.edit"),
]
