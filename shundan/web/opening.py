"""Opening balances on one page: those that hold, taking them back, and entering them by hand or from a file."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.kernel.money import ZERO, parse_decimal
from shundan.ledger.actions import OpeningLine, enter_opening_balances, take_opening_balances_back
from shundan.ledger.queries import (
    LONGEST_FILE,
    details_of_accounts,
    first_month_of_books,
    journal_of_opening,
    list_ledger_accounts,
    list_opening_balances,
    parse_month,
    rows_of_file,
    sums_of,
)
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.ledger_words import account_name, ledger_tabs

FIRST_ROWS = 4
# A form sends at most so many fields; more lines come over the API.
MOST_ROWS = 120


@page("ledger.read")
def show(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the opening balances."""
    return _page(request, by)


@page("ledger.edit", methods=("POST",))
def enter(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Enter the opening balances; a file fills the form, which is then looked at and saved."""
    given = Given(request.POST)
    if request.POST.get("do") == "read":
        try:
            return _page(request, by, rows=_rows_of_upload(request))
        except Refused as refusal:
            return _page(request, by, rows=given.rows("lines"), refusal=refusal)

    def work() -> str:
        lines = [_line(given, at, row) for at, row in enumerate(given.rows("lines"))]
        month = parse_month(given.text("period"))
        if month is None:
            given.problems.append(Detail("period", "required", _("This field is required.")))
        given.check()
        return str(enter_opening_balances(month or date.min, lines, by=by).pk)

    try:
        do_once(request, by=by, work=work)
    except Refused as refusal:
        return _page(request, by, rows=given.rows("lines"), refusal=refusal)
    leave_message(request, _("The opening balances were entered."))
    return go(request, reverse("opening.show"))


@page("ledger.edit", methods=("POST",))
def take_back(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take the opening balances back."""
    given = Given(request.POST)

    def work() -> str:
        reason = given.text("reason")
        given.check()
        return str(take_opening_balances_back(reason=reason, by=by).pk)

    try:
        do_once(request, by=by, work=work)
    except Refused as refusal:
        return _page(request, by, refusal=refusal)
    leave_message(request, _("The opening balances were taken back."))
    return go(request, reverse("opening.show"))


def _page(
    request: HttpRequest, by: Actor, *, rows: list[dict[str, str]] | None = None, refusal: Refused | None = None
) -> HttpResponse:
    known = list_opening_balances(by=by)
    held = known[0] if known and known[0].state == "posted" else None
    details = details_of_accounts()
    accounts = [one for one in list_ledger_accounts(by=by) if one.is_active]
    typed = rows or []
    debit, credit = sums_of(_line(Given(request.POST), at, row) for at, row in enumerate(typed))
    errors = errors_of(refusal)
    context = {
        "page": frame(request, by, title=_("Opening balances"), active="journals"),
        "views": ledger_tabs("opening.show"),
        "held": _held(held) if held else None,
        "gone": [_gone(one) for one in known if one.state != "posted"],
        "may_edit": by.may("ledger.edit"),
        "period": request.POST.get("period") or f"{first_month_of_books(by=by):%Y-%m}",
        "lines": [*typed, *({} for _row in range(FIRST_ROWS - len(typed)))],
        "sums": {"debit": debit, "credit": credit, "difference": debit - credit} if typed else None,
        "accounts": [(one.code, f"{one.code} {account_name(one)}{_kept_by(details.get(one.pk))}") for one in accounts],
        "key": new_key(),
        "reason": request.POST.get("reason", ""),
        "errors": problems_of(refusal),
        "error_of": errors,
        "refusal": refusal_of_form(refusal, known=errors) if refusal else None,
    }
    return render(request, "ledger/opening.html", context, status=refusal.status if refusal else 200)


def _kept_by(detail: str | None) -> str:
    if detail is None:
        return ""
    return " · " + (_("by customer") if detail == "customer" else _("by supplier"))


def _held(one: Any) -> dict[str, Any]:
    journal = journal_of_opening(one)
    lines = sorted(journal.lines.all(), key=lambda line: line.position)
    return {
        "period": f"{one.starts_on:%Y-%m}",
        "day": journal.booked_on,
        "total": one.total,
        "at": one.created_at,
        "by": one.created_by_name,
        "number": journal.number,
        "url": reverse("journals.show", kwargs={"number": journal.number}),
        "lines": [
            {
                "account": line.account.code,
                "name": account_name(line.account),
                "party": line.customer.name if line.customer else line.supplier.name if line.supplier else "",
                "currency": line.currency,
                "amount": line.document_amount,
                "debit": line.debit,
                "credit": line.credit,
            }
            for line in lines
        ],
    }


def _gone(one: Any) -> dict[str, Any]:
    return {
        "period": f"{one.starts_on:%Y-%m}",
        "total": one.total,
        "at": one.reversed_at,
        "by": one.reversed_by_name,
        "reason": one.reason,
    }


def _line(given: Given, at: int, row: dict[str, str]) -> OpeningLine:
    def number(name: str) -> Decimal | None:
        typed = row.get(name, "").replace(",", "").replace("，", "")
        found = parse_decimal(typed) if typed else None
        if typed and found is None:
            sentence = _("Enter a number such as 1234.50.")
            given.problems.append(Detail(f"lines[{at}].{name}", "not_a_number", sentence))
        return found

    return OpeningLine(
        account=row.get("account", "").split(" ")[0],
        debit=number("debit") or ZERO,
        credit=number("credit") or ZERO,
        customer=row.get("customer", ""),
        supplier=row.get("supplier", ""),
        currency=row.get("currency", "").upper(),
        amount=number("amount"),
    )


def _rows_of_upload(request: HttpRequest) -> list[dict[str, str]]:
    """Return the rows of a file as the form has them. Raises: Malformed."""
    file = request.FILES.get("file")
    content = file.read(LONGEST_FILE + 1) if file else b""
    if len(content) > LONGEST_FILE:
        raise Malformed(details=[Detail("file", "too_large", _("The file is larger than 2 MB; split it."))])
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            rows, missing = rows_of_file(content.decode(encoding).replace("\x00", ""))
        except UnicodeDecodeError:
            continue
        if missing:
            sentence = _("The first row must name the columns account, debit and credit.")
            raise Malformed(details=[Detail("file", "no_headings", sentence)])
        if not 0 < len(rows) <= MOST_ROWS:
            sentence = _("A file holds 1 to %(most)s lines here; more are sent over the API.") % {"most": MOST_ROWS}
            raise Malformed(details=[Detail("file", "out_of_range", sentence)])
        return rows
    raise Malformed(details=[Detail("file", "unreadable", _("This is no text file in UTF-8 or GB 18030."))])


routes = [
    path("opening-balances/", show, name="opening.show"),
    path("opening-balances/enter/", enter, name="opening.enter"),
    path("opening-balances/take-back/", take_back, name="opening.take_back"),
]
