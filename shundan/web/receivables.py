"""How old what customers owe is: by customer and currency, as a page and as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.kernel.actor import Actor
from shundan.settlement.queries import AgedDebt, aged_debts, aged_page
from shundan.ui.doors import page
from shundan.web.exports import csv_file, file_form, xlsx_file
from shundan.web.frame import frame
from shundan.web.lists import page_wanted, state_of, tabs

VIEWS = (("all", gettext_lazy("All")), ("late", gettext_lazy("Overdue")))
MOST_ROWS = 10_000
_NUMBER = "NUMBER"


@page("invoice.read")
def receivables(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of customers who owe, the most overdue money first."""
    state = state_of(request)
    view = state.text("view") if state.text("view") in dict(VIEWS) else "all"
    at = page_wanted(state)
    found = aged_page(by=by, search=state.text("q"), only_late=view == "late", page=at, size=state.size)
    count = found.count
    last = max(1, -(-count // state.size))
    link = state.link
    # An address is made once, not once a row.
    customer = reverse("customers.show", kwargs={"number": _NUMBER}) if by.may("customer.read") else ""
    invoices = f"{reverse('invoices.list')}?view=open&customer="
    context = {
        "page": frame(request, by, title=_("Receivables"), active="receivables"),
        "views": tabs(state, VIEWS, active=view, counts={}),
        "rows": [_row(one, customer=customer, invoices=invoices) for one in found.debts],
        "sums": [_row(one, customer="", invoices=invoices) for one in found.sums] if found.debts else [],
        "q": state.text("q"),
        "hidden": state.hidden("view", "size"),
        "count": count,
        "at": at,
        "last": last,
        "previous_url": link(page=at - 1 if at > 2 else "") if at > 1 else None,
        "next_url": link(page=at + 1) if at < last else None,
        "export_url": f"{reverse('receivables.export')}{link()}" if by.may("report.export") else None,
        "is_filtered": bool(state.text("q")) or view == "late",
    }
    return render(request, "settlement/receivables.html", context)


@page("report.export")
def export(request: HttpRequest, *, by: Actor) -> HttpResponseBase:
    """Give out what customers owe by age as a file."""
    state = state_of(request)
    found, _count = aged_debts(
        by=by, search=state.text("q"), only_late=state.text("view") == "late", page=1, size=MOST_ROWS
    )
    head = [
        _("Customer"),
        _("Name"),
        _("Currency"),
        _("Not due"),
        _("1–30 days"),
        _("31–60 days"),
        _("61–90 days"),
        _("Over 90 days"),
        _("Total"),
        _("On account"),
        _("Deposits"),
    ]
    rows: list[Any] = [
        [
            one.number,
            one.name,
            one.currency,
            one.not_due,
            one.days_30,
            one.days_60,
            one.days_90,
            one.older,
            one.total,
            one.on_account,
            one.deposits,
        ]
        for one in found
    ]
    return (csv_file if file_form(state) == "csv" else xlsx_file)(f"receivables-{by.today}", head, rows)


def _row(one: AgedDebt, *, customer: str, invoices: str) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": one.name,
        "url": customer.replace(_NUMBER, one.number) or None,
        "invoices_url": f"{invoices}{one.number}",
        "currency": one.currency,
        "buckets": [one.not_due, one.days_30, one.days_60, one.days_90, one.older],
        "late": one.late,
        "total": one.total,
        "on_account": one.on_account,
        "deposits": one.deposits,
        "oldest_on": one.oldest_on,
    }


routes = [
    path("receivables/", receivables, name="receivables.list"),
    path("receivables/export/", export, name="receivables.export"),
]
