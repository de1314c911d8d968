"""The terms of settlement: what roles write off alone, when drafts count as paid, how far bills may be off."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.accounts.queries import role_labels
from shundan.billing.queries import bill_tolerance
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.settlement.actions import save_settlement_terms
from shundan.settlement.queries import settlement_terms, write_off_limits
from shundan.ui.doors import page
from shundan.ui.formatting import amount, money
from shundan.ui.names import is_english
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message


@page("payment.terms", methods=("GET", "POST"))
def terms(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the terms, and keep them for who may."""
    kept, limits, tolerance = settlement_terms(), write_off_limits(), bill_tolerance()
    given, refusal = Given(request.POST), None
    if request.method == "POST":

        def work() -> str:
            wanted, days = _limits_in(given, list(limits)), given.whole("draft_notice_days")
            percent, most = given.number("bill_tolerance_percent"), given.number("bill_tolerance_amount")
            given.check()
            saved = save_settlement_terms(
                limits=wanted,
                drafts_count_on=given.text("drafts_count_on") or None,
                draft_notice_days=days,
                bill_tolerance_percent=percent,
                bill_tolerance_amount=most,
                by=by,
            )
            return str(saved.version)

        try:
            do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The terms were saved."))
            return go(request, reverse("settlement_terms.list"))
    errors = errors_of(refusal)
    names = role_labels(limits, language="en" if is_english() else "zh")
    context = {
        "page": frame(request, by, title=_("Terms of settlement"), active="settlement_terms"),
        "limits": [
            (name, _("Without limit") if limit is None else money(limit, "CNY"))
            for name, limit in zip(names, limits.values(), strict=True)
        ],
        "roles": [
            {
                "code": role,
                "name": name,
                "amount": given.data.get(f"limit-{role}", "")
                if refusal
                else ""
                if limit is None
                else amount(limit, "CNY"),
                "is_unlimited": given.flag(f"unlimited-{role}") if refusal else limit is None,
            }
            for name, (role, limit) in zip(names, limits.items(), strict=True)
        ],
        "values": {
            "drafts_count_on": given.data.get("drafts_count_on") or kept.drafts_count_on,
            "draft_notice_days": given.data.get("draft_notice_days") or str(kept.draft_notice_days),
            "bill_tolerance_percent": given.data.get("bill_tolerance_percent") or plain(tolerance.percent),
            "bill_tolerance_amount": given.data.get("bill_tolerance_amount") or amount(tolerance.amount, "CNY"),
        },
        "counts": [("receipt", _("On receipt")), ("collection", _("On collection"))],
        "may_save": by.may("payment.write_off_limit"),
        "key": new_key(),
        "error_of": errors,
        "refusal": refusal_of_form(refusal, known=errors) if refusal else None,
    }
    return render(request, "settlement/terms.html", context, status=refusal.status if refusal else 200)


def _limits_in(given: Given, roles: list[str]) -> dict[str, Decimal | None]:
    """Return the limits of a form; an empty one is refused, because nothing and without limit are far apart."""
    return {
        role: None
        if given.flag(f"unlimited-{role}")
        else given.needed(f"limit-{role}", path=f"write_off_limits.{role}")
        for role in roles
        if f"limit-{role}" in given.data
    }


routes = [path("settlement-terms/", terms, name="settlement_terms.list")]
