"""How old what customers owe us and we owe suppliers is: by party and currency, as a page and as a file."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.kernel.actor import Actor
from shundan.settlement.queries import AgedDebt, AgedPage, aged_page, payables_page
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
    words = {
        "party": _("Customer"),
        "beside": _("On account"),
        "nobody": _("Nobody owes anything"),
        "empty": _("Open invoices of all customers stand here, by how late they are."),
    }
    return _page(request, by, "receivables", _("Receivables"), words, aged_page, _customer)


@page("bill.read")
def payables(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of suppliers whom we owe, the most overdue money first."""
    words = {
        "party": _("Supplier"),
        "beside": _("Prepaid"),
        "nobody": _("We owe nothing"),
        "empty": _("Open bills of all suppliers stand here, by how late they are."),
    }
    return _page(request, by, "payables", _("Payables by age"), words, payables_page, _supplier)


@page("report.export")
def export(request: HttpRequest, *, by: Actor) -> HttpResponseBase:
    """Give out what customers owe by age as a file."""
    found, ages = _file(request, by, aged_page)
    head = [_("Customer"), *ages, _("On account"), _("Deposits")]
    rows = [[*_cells(one), one.on_account, one.deposits] for one in found]
    return _given_out(request, f"receivables-{by.today}", head, rows)


@page("report.export")
def export_payables(request: HttpRequest, *, by: Actor) -> HttpResponseBase:
    """Give out what we owe suppliers by age as a file."""
    found, ages = _file(request, by, payables_page)
    rows = [[*_cells(one), one.on_account] for one in found]
    return _given_out(request, f"payables-{by.today}", [_("Supplier"), *ages, _("Prepaid")], rows)


def _page(
    request: HttpRequest,
    by: Actor,
    place: str,
    title: str,
    words: dict[str, str],
    ask: Callable[..., AgedPage],
    links: Callable[[Actor], tuple[str, str]],
) -> HttpResponse:
    state = state_of(request)
    view = state.choice("view", dict(VIEWS), "all")
    at = page_wanted(state)
    found = ask(by=by, search=state.text("q"), only_late=view == "late", page=at, size=state.size)
    count = found.count
    last = max(1, -(-count // state.size))
    link = state.link
    # Addresses are made once, not once a row.
    url, papers_url = links(by)
    context = {
        "page": frame(request, by, title=title, active=place),
        "words": words,
        "list_url": reverse(f"{place}.list"),
        "views": tabs(state, VIEWS, active=view, counts={}),
        "rows": [_row(one, url, papers_url) for one in found.debts],
        "sums": [_row(one, "", "") for one in found.sums] if found.debts else [],
        "q": state.text("q"),
        "hidden": state.hidden("view", "size"),
        "count": count,
        "at": at,
        "last": last,
        "previous_url": link(page=at - 1 if at > 2 else "") if at > 1 else None,
        "next_url": link(page=at + 1) if at < last else None,
        "export_url": f"{reverse(f'{place}.export')}{link()}" if by.may("report.export") else None,
        "unclear_filters": state.unclear(is_empty=not found.debts),
        "is_filtered": bool(state.text("q")) or view == "late",
    }
    return render(request, "settlement/receivables.html", context)


def _customer(by: Actor) -> tuple[str, str]:
    url = reverse("customers.show", kwargs={"number": _NUMBER}) if by.may("customer.read") else ""
    return url, f"{reverse('invoices.list')}?view=open&customer={_NUMBER}"


def _supplier(by: Actor) -> tuple[str, str]:
    url = reverse("suppliers.show", kwargs={"number": _NUMBER}) if by.may("supplier.read") else ""
    return url, f"{reverse('bills.list')}?view=open&supplier={_NUMBER}"


def _row(one: AgedDebt, url: str, papers_url: str) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": one.name,
        "url": url.replace(_NUMBER, one.number),
        "papers_url": papers_url.replace(_NUMBER, one.number),
        "currency": one.currency,
        "buckets": [one.not_due, one.days_30, one.days_60, one.days_90, one.older],
        "late": one.late,
        "total": one.total,
        "on_account": one.on_account,
        "deposits": one.deposits,
        "oldest_on": one.oldest_on,
    }


def _file(request: HttpRequest, by: Actor, ask: Callable[..., AgedPage]) -> tuple[list[AgedDebt], list[str]]:
    """Return what goes into a file, and the headings that both have."""
    state = state_of(request)
    found = ask(by=by, search=state.text("q"), only_late=state.text("view") == "late", page=1, size=MOST_ROWS)
    ages = [_("Not due"), _("1–30 days"), _("31–60 days"), _("61–90 days"), _("Over 90 days")]
    return found.debts, [_("Name"), _("Currency"), *ages, _("Total")]


def _cells(one: AgedDebt) -> list[Any]:
    ages = [one.not_due, one.days_30, one.days_60, one.days_90, one.older]
    return [one.number, one.name, one.currency, *ages, one.total]


def _given_out(request: HttpRequest, name: str, head: list[str], rows: list[Any]) -> HttpResponseBase:
    return (csv_file if file_form(state_of(request)) == "csv" else xlsx_file)(name, head, rows)


routes = [
    path("receivables/", receivables, name="receivables.list"),
    path("receivables/export/", export, name="receivables.export"),
    path("payables/", payables, name="payables.list"),
    path("payables/export/", export_payables, name="payables.export"),
]
