"""Our own company: what stands at the head of papers, with a paper beside the form to look at."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.prints import Column, Paper, picture_of_paper
from shundan.parties.actions import COMPANY_TEXTS, CompanyInput, save_company
from shundan.parties.queries import get_company, letterhead
from shundan.ui.doors import page
from shundan.ui.formatting import day
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message


@page("company.edit", methods=("GET", "POST"))
def company(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show and keep our company's data."""
    one, given, refusal = get_company(by=by), Given(request.POST), None
    values: dict[str, Any] = {name: getattr(one, name) if one else "" for name in COMPANY_TEXTS}
    if request.method == "POST":
        values = {name: given.data.get(name, "") for name in COMPANY_TEXTS}
        file = request.FILES.get("logo")
        logo = file.read() if file else b"" if given.flag("no_logo") else None

        def work() -> str:
            texts = {name: given.text(name) for name in COMPANY_TEXTS}
            given.check()
            save_company(CompanyInput(**texts, logo=logo), version=given.whole("version") or 0, by=by)
            return reverse("company.list")

        try:
            url = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("Our company’s data was saved."))
            return go(request, url)
    context = {
        "page": frame(request, by, title=_("Our company"), active="company"),
        "key": new_key(),
        "version": one.version if one else 0,
        "has_logo": bool(one and one.logo),
        "values": values,
        "preview_url": f"{reverse('company.preview')}?v={one.version if one else 0}",
        "refusal": refusal_of_form(refusal, known={d.path: "" for d in refusal.details}) if refusal else None,
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
    }
    return render(request, "company.html", context, status=refusal.status if refusal else 200)


@page("company.edit")
def preview(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show how a paper looks under the letterhead that is kept."""
    paper = Paper(
        title=_("Delivery note"),
        number="SH-2026-000001",
        facts=[(_("Date"), day(by.today)), (_("Your reference"), "PO-88")],
        columns=[Column("#", is_number=True), Column(_("SKU")), Column(_("Product"), 1), Column(_("Quantity"))],
        rows=[["1", "ABC-1", _("Product"), "10"], ["2", "ABC-2", _("Product"), "4"]],
        signatures=[_("Delivered by"), _("Received by, date")],
    )
    return HttpResponse(picture_of_paper(paper, letterhead()), content_type="image/svg+xml")


routes = [
    path("company/", company, name="company.list"),
    path("company/preview/", preview, name="company.preview"),
]
