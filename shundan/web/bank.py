"""What banks say: the list of entries with whose money each probably is, one entry, and the files they came in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shundan.billing.queries import list_deposits, open_invoices_of
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.parties.queries import get_customer
from shundan.settlement.actions import (
    book_bank_entry,
    ignore_bank_entry,
    import_bank_statement,
    link_bank_entry,
    match_bank_entry,
    reopen_bank_entry,
)
from shundan.settlement.queries import (
    BankEntry,
    OutgoingSuggestion,
    Suggestion,
    get_bank_entry,
    list_bank_entries,
    list_bank_statements,
    outgoing_suggestions,
    suggestions_for,
)
from shundan.ui.doors import page
from shundan.ui.formatting import money
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.lists import pager, plain_list, state_of, tabs
from shundan.web.words import Word

VIEWS = (
    ("open", gettext_lazy("To be assigned")),
    ("booked", gettext_lazy("Assigned")),
    ("outgoing", gettext_lazy("Money out, to be matched")),
    ("matched", gettext_lazy("Matched")),
    ("ignored", gettext_lazy("Set aside")),
    ("all", gettext_lazy("All")),
)
SIGNS: dict[str, Word] = {
    "number": gettext_lazy("number in the text"),
    "account": gettext_lazy("bank account"),
    "name": gettext_lazy("name"),
    "amount": gettext_lazy("amount"),
    "sum": gettext_lazy("sum of invoices"),
    "payment": gettext_lazy("recorded before"),
}
PAPERS: dict[str, Word] = {
    "disbursement": gettext_lazy("Payment to the supplier"),
    "prepayment": gettext_lazy("Prepayment"),
    "refund": gettext_lazy("Refund"),
    "request": gettext_lazy("Payment request"),
    "prepayment_return": gettext_lazy("Prepayment returned"),
}
VERBS = ("book", "link", "match", "ignore", "reopen")
FORMS = {"csv": "CSV", "camt053": "CAMT.053", "mt940": "MT940"}


@page("bank.read")
def entry_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of entries, and what each open one probably pays."""
    state = state_of(request)
    view = state.choice("view", dict(VIEWS), "open")
    found = list_bank_entries(
        by=by, view=view, search=state.text("q"), cursor=state.cursor, limit=state.size, counted=True
    )
    hints = suggestions_for(found.items, by=by)
    papers = outgoing_suggestions(found.items, by=by)
    create_url = reverse("bank.upload") if by.may("bank.import") else None
    is_new = view == "open" and not state.text("q")
    context = {
        "page": frame(request, by, title=_("Bank entries"), active="bank", create_url=create_url),
        "views": tabs(state, VIEWS, active=view, counts={}),
        "key": new_key(),
        **plain_list(
            state,
            found,
            [_row(one, hints.get(one.pk, []), papers.get(one.pk, [])) for one in found.items],
            url=reverse("bank.list"),
            placeholder=_("Payer, text, reference or amount"),
            caption=_("Bank entries"),
            create_label=_("Import statement"),
            empty_title=_("Nothing to assign") if is_new else _("No entries"),
            empty_text=_("Import a statement of your bank; every payment in it waits here until it is assigned."),
        ),
    }
    return render(request, "settlement/bank.html", context)


@page("bank.import", methods=("GET", "POST"))
def upload(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take in a statement; show the files taken in before."""
    given, refusal = Given(request.POST), None
    if request.method == "POST":
        try:
            file = request.FILES.get("file")
            if file is None:
                raise Malformed(details=[Detail("file", "required", _("Choose a CSV, CAMT.053 or MT940 file."))])
            account, currency = given.text("account"), given.text("currency") or "CNY"
            given.check()
            made = import_bank_statement(str(file.name), file.read(), account=account, currency=currency.upper(), by=by)
        except Refused as refused:
            refusal = refused
        else:
            new, known = sum(one.entries_new for one in made), sum(one.entries_known for one in made)
            said = ngettext("%(count)s new entry.", "%(count)s new entries.", new) % {"count": new}
            told = ngettext("%(count)s was known before.", "%(count)s were known before.", known) % {"count": known}
            leave_message(request, f"{said} {told}" if known else said)
            return go(request, reverse("bank.list"))
    state = state_of(request)
    found = list_bank_statements(by=by, cursor=state.cursor, limit=state.size)
    context = {
        "page": frame(request, by, title=_("Import statement"), active="bank"),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "error_of": errors_of(refusal),
        "values": {"account": given.data.get("account", ""), "currency": given.data.get("currency", "CNY")},
        "rows": [
            {
                "file": one.file_name,
                "form": FORMS[one.form],
                "account": one.account,
                "new": one.entries_new,
                "known": one.entries_known,
                "at": one.created_at,
                "by": one.created_by_name,
            }
            for one in found.items
        ],
        "pager": pager(
            state, next_cursor=found.next, previous_cursor=found.previous, count=found.total, shown=len(found.items)
        ),
    }
    return render(request, "settlement/upload.html", context, status=refusal.status if refusal else 200)


@page("bank.read")
def show(request: HttpRequest, entry_id: int, *, by: Actor) -> HttpResponse:
    """Show one entry: whose money it probably is, and the form for what nobody suggested."""
    return _entry_page(request, entry_id, by, Given(request.GET))


@page("payment.register", methods=("POST",))
def book(request: HttpRequest, entry_id: int, *, by: Actor) -> HttpResponse:
    """Book an entry as a customer's payment."""
    given = Given(request.POST)
    shares = {number: amount for number, amount in given.numbers("allocate").items() if amount}

    def work() -> str:
        customer, deposit = given.text("customer"), given.text("deposit")
        given.check()
        return book_bank_entry(entry_id, customer=customer, allocations=shares, deposit=deposit, by=by).number

    return _done(request, entry_id, by, given, work, _("Payment %(number)s was recorded."))


@page("payment.register", methods=("POST",))
def link(request: HttpRequest, entry_id: int, *, by: Actor) -> HttpResponse:
    """Say that an entry is a payment which was recorded before."""
    given = Given(request.POST)
    return _done(
        request,
        entry_id,
        by,
        given,
        lambda: link_bank_entry(entry_id, payment=given.text("payment"), by=by).number,
        _("The entry was assigned to payment %(number)s."),
    )


@page("payment.register", methods=("POST",))
def match(request: HttpRequest, entry_id: int, *, by: Actor) -> HttpResponse:
    """Say what money that went out pays."""
    given = Given(request.POST)

    def work() -> str:
        kind, number = given.text("kind"), given.text("number").strip().upper()
        given.check()
        done = match_bank_entry(entry_id, kind=kind, number=number, by=by)
        paper = done.disbursement or done.refund or done.prepayment or done.prepayment_return
        return paper.number if paper else number

    return _done(request, entry_id, by, given, work, _("The entry was matched with %(number)s."))


@page("payment.register", methods=("POST",))
def ignore(request: HttpRequest, entry_id: int, *, by: Actor) -> HttpResponse:
    """Say that an entry is no payment of a customer."""
    given = Given(request.POST)

    def work() -> str:
        reason = given.text("reason")
        given.check()
        return str(ignore_bank_entry(entry_id, reason=reason, by=by).pk)

    return _done(request, entry_id, by, given, work, _("The entry was set aside."))


@page("payment.register", methods=("POST",))
def reopen(request: HttpRequest, entry_id: int, *, by: Actor) -> HttpResponse:
    """Let an entry wait again."""
    given = Given(request.POST)
    return _done(
        request,
        entry_id,
        by,
        given,
        lambda: str(reopen_bank_entry(entry_id, by=by).pk),
        _("The entry waits to be assigned again."),
        back=reverse("bank.show", kwargs={"entry_id": entry_id}),
    )


def _done(
    request: HttpRequest, entry_id: int, by: Actor, given: Given, work: Any, said: str, *, back: str = ""
) -> HttpResponse:
    try:
        number = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _entry_page(request, entry_id, by, given, refusal=refusal)
    leave_message(request, said % {"number": number} if "%(" in said else said)
    return go(request, back or reverse("bank.list"))


def _entry_page(
    request: HttpRequest, entry_id: int, by: Actor, given: Given, *, refusal: Refused | None = None
) -> HttpResponse:
    one = get_bank_entry(entry_id, by=by)
    may_book = by.may("payment.register") and one.state == "open"
    number = given.data.get("customer", "") if may_book else ""
    customer = get_customer(number, by=by) if number else None
    due = open_invoices_of(customer, by=by, currency=one.currency) if customer and by.may("invoice.read") else []
    asked = list_deposits(by=by, view="open", customer=number).items if customer and by.may("invoice.read") else []
    hints = suggestions_for([one], by=by).get(one.pk, []) if may_book else []
    may_match = by.may("payment.register") and one.state == "outgoing"
    papers = outgoing_suggestions([one], by=by).get(one.pk, []) if may_match or may_book else []
    by_hand = one.payment is not None and one.payment.provider != f"bank:{one.pk}"
    context = {
        "page": frame(request, by, title=_("Bank entry"), active="bank"),
        "entry": {
            **_row(one, [], []),
            "account": one.statement.account,
            "file": one.statement.file_name,
            "decided_by": one.decided_by_name,
            "decided_at": one.decided_at,
            "reason": one.reason,
        },
        "suggestions": [_hint(one, hint) for hint in hints],
        "may_book": may_book,
        "may_match": may_match,
        "papers": [_paper(hint) for hint in papers],
        "kinds": [(code, str(word)) for code, word in PAPERS.items() if code != "prepayment_return"],
        "typed": {"kind": given.data.get("kind", ""), "number": given.data.get("number", "")},
        "customer": {"id": customer.number, "name": customer.name} if customer else {"id": "", "name": ""},
        "invoices": [
            {
                "number": invoice.number,
                "url": reverse("invoices.show", kwargs={"number": invoice.number}),
                "due_on": invoice.due_on,
                "overdue": invoice.due_on < by.today,
                "open": invoice.open_amount,
                "allocated": given.data.get(f"allocate-{invoice.number}", ""),
            }
            for invoice in due
        ],
        "deposits": [
            (each.number, f"{each.number} · {each.order.number} · {money(each.missing, each.currency)}")
            for each in asked
            if each.currency == one.currency
        ],
        "deposit": given.data.get("deposit", ""),
        "reason": given.data.get("reason", ""),
        "can_reopen": by.may("payment.register") and (one.state in ("ignored", "matched") or by_hand),
        "key": new_key(),
        "error_of": errors_of(refusal),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "urls": {
            name: reverse(f"bank.{name}", kwargs={"entry_id": one.pk})
            for name in ("book", "link", "match", "ignore", "reopen")
        },
    }
    return render(request, "settlement/entry.html", context, status=refusal.status if refusal else 200)


def _row(one: BankEntry, hints: list[Suggestion], papers: list[OutgoingSuggestion]) -> dict[str, Any]:
    return {
        "id": one.pk,
        "number": str(one.pk),
        "url": reverse("bank.show", kwargs={"entry_id": one.pk}),
        "book_url": reverse("bank.book", kwargs={"entry_id": one.pk}),
        "booked_on": one.booked_on,
        "amount": one.amount,
        "currency": one.currency,
        "payer": one.payer,
        "payer_account": one.payer_account,
        "text": one.text,
        "reference": one.reference,
        "value": one.state,
        **_assigned(one),
        "match_url": reverse("bank.match", kwargs={"entry_id": one.pk}),
        "paper": _paper(papers[0]) if papers else None,
        "hint": _hint(one, hints[0]) if hints else None,
        "is_new": False,
    }


def _assigned(one: BankEntry) -> dict[str, Any]:
    """Return the paper that an entry became or pays, whose it is, and its page."""
    if one.payment is not None:
        url = reverse("payments.show", kwargs={"number": one.payment.number})
        return {"customer": one.payment.customer.name, "payment": one.payment.number, "payment_url": url}
    if one.disbursement is not None:
        bill = one.disbursement.bill
        url = reverse("bills.show", kwargs={"number": bill.number})
        return {"customer": bill.supplier.name, "payment": one.disbursement.number, "payment_url": url}
    if one.refund is not None:
        payment = one.refund.payment
        url = reverse("payments.show", kwargs={"number": payment.number})
        return {"customer": payment.customer.name, "payment": one.refund.number, "payment_url": url}
    if one.prepayment is not None:
        url = reverse("prepayments.show", kwargs={"number": one.prepayment.number})
        return {"customer": one.prepayment.supplier.name, "payment": one.prepayment.number, "payment_url": url}
    if one.prepayment_return is not None:
        ahead = one.prepayment_return.prepayment
        url = reverse("prepayments.show", kwargs={"number": ahead.number})
        return {"customer": ahead.supplier.name, "payment": one.prepayment_return.number, "payment_url": url}
    return {"customer": None, "payment": None, "payment_url": None}


def _paper(hint: OutgoingSuggestion) -> dict[str, Any]:
    return {
        "kind": hint.one.kind,
        "label": str(PAPERS[hint.one.kind]),
        "number": hint.one.number,
        "of": hint.one.of,
        "payee": hint.one.payee,
        "signs": [str(SIGNS[sign]) for sign in hint.signs],
        "is_sure": hint.is_sure and hint.one.kind != "request",
    }


def _hint(entry: BankEntry, one: Suggestion) -> dict[str, Any]:
    return {
        "customer": one.customer.number,
        "name": one.customer.name,
        "signs": [str(SIGNS[sign]) for sign in one.signs],
        "is_sure": one.is_sure and one.payment is None,
        "shares": [{"number": number, "amount": amount} for number, amount in one.shares.items()],
        "rest": one.rest,
        "currency": entry.currency,
        "payment": one.payment.number if one.payment else None,
        "deposit": one.deposit.number if one.deposit else None,
        "order": one.deposit.order.number if one.deposit else None,
        "held": entry.amount - one.rest,
    }


routes = [
    path("bank/", entry_list, name="bank.list"),
    path("bank/upload/", upload, name="bank.upload"),
    path("bank/<int:entry_id>/", show, name="bank.show"),
    path("bank/<int:entry_id>/book/", book, name="bank.book"),
    path("bank/<int:entry_id>/link/", link, name="bank.link"),
    path("bank/<int:entry_id>/match/", match, name="bank.match"),
    path("bank/<int:entry_id>/ignore/", ignore, name="bank.ignore"),
    path("bank/<int:entry_id>/reopen/", reopen, name="bank.reopen"),
]
