"""The terms of settlement: up to which amount each role writes off alone, and when drafts count as paid."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shundan.accounts.queries import roles_holding
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.settlement.actions import save_settlement_terms
from shundan.settlement.queries import settlement_terms
from shundan.ui.doors import page
from shundan.ui.formatting import money
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message


@page("payment.write_off", methods=("GET", "POST"))
def terms(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the terms, and keep them for who may."""
    kept = settlement_terms()
    given, refusal = Given(request.POST), None
    if request.method == "POST":

        def work() -> str:
            limit, days = given.needed("write_off_limit"), given.whole("draft_notice_days")
            given.check()
            saved = save_settlement_terms(
                write_off_limit=limit,
                drafts_count_on=given.text("drafts_count_on") or None,
                draft_notice_days=days,
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
    language = get_language() or ""
    large = roles_holding("payment.write_off_large", language=language)
    small = [one for one in roles_holding("payment.write_off", language=language) if one not in large]
    context = {
        "page": frame(request, by, title=_("Terms of settlement"), active="settlement_terms"),
        "limits": [
            *((role, money(kept.write_off_limit, "CNY")) for role in small),
            *((role, _("Without limit")) for role in large),
        ],
        "values": {
            "write_off_limit": given.data.get("write_off_limit") or plain(kept.write_off_limit),
            "drafts_count_on": given.data.get("drafts_count_on") or kept.drafts_count_on,
            "draft_notice_days": given.data.get("draft_notice_days") or str(kept.draft_notice_days),
        },
        "counts": [("receipt", _("On receipt")), ("collection", _("On collection"))],
        "may_save": by.may("payment.write_off_large"),
        "key": new_key(),
        "error_of": errors,
        "refusal": refusal_of_form(refusal, known=errors) if refusal else None,
    }
    return render(request, "settlement/terms.html", context, status=refusal.status if refusal else 200)


routes = [path("settlement-terms/", terms, name="settlement_terms.list")]
