"""Opening balances on one page: those that hold, taking them back, and entering them by hand or from a file."""

import json
import re
from collections.abc import Mapping
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
from shundan.kernel.texts import as_utf8
from shundan.ledger.actions import OpeningLine, enter_opening_balances, take_opening_balances_back
from shundan.ledger.queries import (
    LONGEST_FILE,
    MOST_LINES,
    details_of_accounts,
    first_month_of_books,
    journal_of_opening,
    list_ledger_accounts,
    list_opening_balances,
    parse_month,
    rows_of_file,
)
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.ledger_words import account_name, ledger_tabs

COLUMNS = ("account", "party", "debit", "credit", "currency", "amount")
# What the lines of the house call otherwise than the rows of the page.
PARTIES = ("customer", "supplier")


@page("ledger.read")
def show(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the opening balances."""
    return _page(request, by)


@page("ledger.edit", methods=("POST",))
def enter(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Enter the opening balances; a file fills the rows, which are then looked at and saved."""
    given = Given(request.POST)
    if request.POST.get("do") == "read":
        try:
            return _page(request, by, rows=_rows_of_upload(request))
        except Refused as refusal:
            return _page(request, by, rows=_typed_rows(given), refusal=refusal)

    def work() -> str:
        kept = _kept_by(by)
        lines = [_line(given, at, row, kept) for at, row in enumerate(_typed_rows(given))]
        month = parse_month(given.text("period"))
        if month is None:
            given.problems.append(Detail("period", "required", _("This field is required.")))
        given.check()
        return str(enter_opening_balances(month or date.min, lines, by=by).pk)

    try:
        do_once(request, by=by, work=work)
    except Refused as refusal:
        return _page(request, by, rows=_typed_rows(given), refusal=refusal)
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
    kept = _kept_by(by)
    accounts = [one for one in list_ledger_accounts(by=by) if one.is_active]
    cells = _faults_of_cells(refusal)
    errors = {path: text for path, text in errors_of(refusal).items() if not path.startswith("lines[")}
    named = {detail.path: "" for detail in refusal.details} if refusal else {}
    context = {
        "page": frame(request, by, title=_("Opening balances"), active="journals"),
        "views": ledger_tabs("opening.show"),
        "held": _held(held) if held else None,
        "gone": [_gone(one) for one in known if one.state != "posted"],
        "may_edit": by.may("ledger.edit"),
        "period": request.POST.get("period") or f"{first_month_of_books(by=by):%Y-%m}",
        "sheet": {"lines": rows or [], "errors": _by_row(cells)},
        "accounts": [(one.code, account_name(one), kept.get(one.code, "")) for one in accounts],
        "key": new_key(),
        "reason": request.POST.get("reason", ""),
        "errors": _problems(cells),
        "error_of": errors,
        "refusal": refusal_of_form(refusal, known=named) if refusal else None,
    }
    return render(request, "ledger/opening.html", context, status=refusal.status if refusal else 200)


def _kept_by(by: Actor) -> dict[str, str]:
    """Return by code of account whether it is kept by customer or by supplier."""
    details = details_of_accounts()
    return {one.code: details[one.pk] for one in list_ledger_accounts(by=by) if one.pk in details}


def _faults_of_cells(refusal: Refused | None) -> list[tuple[int, str, str]]:
    """Return what is wrong with which row and column of the page."""
    found = []
    for detail in refusal.details if refusal else ():
        match = re.fullmatch(r"lines\[(\d+)\]\.(\w+)", detail.path)
        if match:
            column = "party" if match[2] in PARTIES else match[2]
            found.append((int(match[1]), column, str(detail.message)))
    return found


def _by_row(cells: list[tuple[int, str, str]]) -> dict[int, dict[str, str]]:
    rows: dict[int, dict[str, str]] = {}
    for row, column, text in cells:
        rows.setdefault(row, {}).setdefault(column, text)
    return rows


def _problems(cells: list[tuple[int, str, str]]) -> list[dict[str, str]]:
    """Return the summary above the rows: each names its row and column and leads there."""
    words = {
        "account": _("Ledger account"),
        "party": _("Customer or supplier"),
        "debit": _("Debit (Dr)"),
        "credit": _("Credit (Cr)"),
        "currency": _("Foreign currency"),
        "amount": _("In its currency"),
    }
    return [
        {
            "field": f"f-lines[{row}].{column}",
            "message": _("Row %(row)s, %(column)s: %(problem)s")
            % {"row": row + 1, "column": words.get(column, column), "problem": text},
        }
        for row, column, text in cells
    ]


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


def _typed_rows(given: Given) -> list[dict[str, str]]:
    """Return the rows that the page sent as JSON, texts alone; what is no list of rows is none."""
    try:
        sent = json.loads(given.data.get("rows") or "[]")
    except (ValueError, RecursionError):
        return []
    rows = [row for row in sent if isinstance(row, dict)] if isinstance(sent, list) else []
    return [{name: str(row.get(name) or "").replace("\x00", "").strip()[:200] for name in COLUMNS} for row in rows]


def _line(given: Given, at: int, row: dict[str, str], kept: Mapping[str, str]) -> OpeningLine:
    def number(name: str) -> Decimal | None:
        typed = row[name].replace(",", "").replace("，", "")
        found = parse_decimal(typed) if typed else None
        if typed and found is None:
            sentence = _("Enter a number such as 1234.50.")
            given.problems.append(Detail(f"lines[{at}].{name}", "not_a_number", sentence))
        return found

    account = row["account"].split(" ")[0]
    is_supplier = kept.get(account) == "supplier"
    return OpeningLine(
        account=account,
        debit=number("debit") or ZERO,
        credit=number("credit") or ZERO,
        customer="" if is_supplier else row["party"],
        supplier=row["party"] if is_supplier else "",
        currency=row["currency"].upper(),
        amount=number("amount"),
    )


def _rows_of_upload(request: HttpRequest) -> list[dict[str, str]]:
    """Return the rows of a file as the page has them. Raises: Malformed."""
    file = request.FILES.get("file")
    content = file.read(LONGEST_FILE + 1) if file else b""
    if len(content) > LONGEST_FILE:
        raise Malformed(details=[Detail("file", "too_large", _("The file is larger than 2 MB; split it."))])
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            rows, missing = rows_of_file(as_utf8(content).decode(encoding).replace("\x00", ""))
        except UnicodeDecodeError:
            continue
        if missing:
            sentence = _("The first row must name the columns account, debit and credit.")
            raise Malformed(details=[Detail("file", "no_headings", sentence)])
        if not 0 < len(rows) <= MOST_LINES:
            sentence = _("A file holds 1 to %(most)s lines.") % {"most": f"{MOST_LINES:,}"}
            raise Malformed(details=[Detail("file", "out_of_range", sentence)])
        return [
            {name: row.get(name, "") for name in COLUMNS} | {"party": row.get("customer") or row.get("supplier", "")}
            for row in rows
        ]
    raise Malformed(details=[Detail("file", "unreadable", _("This is no text file in UTF-8 or GB 18030."))])


routes = [
    path("opening-balances/", show, name="opening.show"),
    path("opening-balances/enter/", enter, name="opening.enter"),
    path("opening-balances/take-back/", take_back, name="opening.take_back"),
]
