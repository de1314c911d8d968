"""The ledger's pages: journals, one journal, trial balance, accounting periods, and the proof that books agree."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused
from shundan.kernel.money import ZERO
from shundan.ledger.actions import close_period, prove_ledger, reopen_period
from shundan.ledger.queries import (
    Journal,
    batches_of_journal,
    get_journal,
    latest_proofs,
    ledger_waiting,
    list_journals,
    list_ledger_accounts,
    months_of_books,
    parse_month,
    trial_balance,
)
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.ledger_words import (
    ACCOUNT_KIND_WORDS,
    CHECK_WORDS,
    LINE_WORDS,
    SOURCE_WORDS,
    account_name,
    document_url,
    ledger_tabs,
)
from shundan.web.lists import plain_list, state_of
from shundan.web.words import name_of


@page("ledger.read")
def journals(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of journals."""
    state = state_of(request)
    accounts = list_ledger_accounts(by=by)
    found = list_journals(
        by=by,
        period=_month(state.text("period")),
        account=state.text("account"),
        document=state.text("q"),
        cursor=state.cursor,
        limit=state.size,
        counted=True,
    )
    context = {
        "page": frame(request, by, title=_("Journals"), active="journals"),
        "views": ledger_tabs("journals.list"),
        "accounts": [(one.code, f"{one.code} {account_name(one)}") for one in accounts],
        "account": state.text("account"),
        "months": [(f"{one.starts_on:%Y-%m}", f"{one.starts_on:%Y-%m}") for one in months_of_books(by=by)],
        "month": state.text("period"),
        **plain_list(
            state,
            found,
            [_row(one) for one in found.items],
            url=reverse("journals.list"),
            placeholder=_("Journal or document"),
            caption=_("Journals"),
            empty_title=_("No journals yet"),
            empty_text=_("Each invoice, payment, bill and shipment gets its journal shortly after it is posted."),
            hidden=("sort", "size"),
        ),
    }
    return render(request, "ledger/journals.html", context)


@page("ledger.read")
def journal(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one journal."""
    one = get_journal(number, by=by)
    lines = sorted(one.lines.all(), key=lambda line: line.position)
    context = {
        "page": frame(request, by, title=one.number, active="journals"),
        "journal": _row(one)
        | {
            "currency": one.currency,
            "rate": f"{one.exchange_rate.normalize():f}",
            "created_at": one.created_at,
            "credit": sum((line.credit for line in lines), ZERO),
        },
        "is_foreign": one.currency != COMPANY_CURRENCY or any(line.currency for line in lines),
        "gone": [
            {"number": batch.number, "url": reverse("hand_overs.show", kwargs={"number": batch.number})}
            for batch in batches_of_journal(one)
        ],
        "lines": [
            {
                "account": line.account.code,
                "name": account_name(line.account),
                "role": str(LINE_WORDS.get(line.role, line.role)),
                "debit": line.debit,
                "credit": line.credit,
                "document_amount": line.document_amount,
                "currency": line.currency or one.currency,
                "parties": [
                    str(name)
                    for name in (
                        line.customer.name if line.customer else None,
                        line.supplier.name if line.supplier else None,
                        name_of(line.department) if line.department else None,
                        name_of(line.category) if line.category else None,
                    )
                    if name
                ],
            }
            for line in lines
        ],
    }
    return render(request, "ledger/journal.html", context)


@page("ledger.read")
def balance(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what all accounts add up to."""
    state = state_of(request)
    first = _month(state.text("first")) or by.today.replace(day=1)
    last = max(first, _month(state.text("last")) or first)
    rows = trial_balance(first, last, by=by)
    context = {
        "page": frame(request, by, title=_("Trial balance"), active="journals"),
        "views": ledger_tabs("ledger.balance"),
        "first": f"{first:%Y-%m}",
        "last": f"{last:%Y-%m}",
        "rows": [
            {
                "code": one.account.code,
                "name": account_name(one.account),
                "kind": str(ACCOUNT_KIND_WORDS[one.account.kind]),
                "url": f"{reverse('journals.list')}?account={one.account.code}&period={last:%Y-%m}",
                "opening": one.opening,
                "debit": one.debit,
                "credit": one.credit,
                "closing": one.closing,
            }
            for one in rows
        ],
        "debit": sum((one.debit for one in rows), ZERO),
        "credit": sum((one.credit for one in rows), ZERO),
    }
    return render(request, "ledger/balance.html", context)


@page("ledger.read")
def periods(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the months and whether they take postings."""
    return _periods_page(request, by)


@page("ledger.close", methods=("POST",))
def close(request: HttpRequest, month: str, *, by: Actor) -> HttpResponse:
    """Close a month."""
    given = Given(request.POST)

    def work() -> str:
        reason = given.text("reason")
        given.check()
        return f"{close_period(_needed(month), reason=reason, by=by).starts_on:%Y-%m}"

    return _period_done(request, by, work, _("%(period)s was closed."))


@page("ledger.reopen", methods=("POST",))
def reopen(request: HttpRequest, month: str, *, by: Actor) -> HttpResponse:
    """Open a month again."""
    given = Given(request.POST)

    def work() -> str:
        reason = given.text("reason")
        given.check()
        return f"{reopen_period(_needed(month), reason=reason, by=by).starts_on:%Y-%m}"

    return _period_done(request, by, work, _("%(period)s was reopened."))


@page("ledger.read")
def proof(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show whether journals, books and orders say the same."""
    proofs = latest_proofs(by=by)
    waiting, count = ledger_waiting(by=by)
    context = {
        "page": frame(request, by, title=_("Proof of the books"), active="journals"),
        "views": ledger_tabs("ledger.proof"),
        "prove_url": reverse("ledger.prove") if by.may("ledger.edit") else None,
        "key": new_key(),
        "waiting": waiting,
        "count": count,
        "checks": [str(word) for word in CHECK_WORDS.values()],
        "latest": _proof(proofs[0]) if proofs else None,
        "earlier": [_proof(one) for one in proofs[1:]],
    }
    return render(request, "ledger/proof.html", context)


@page("ledger.edit", methods=("POST",))
def prove(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Compare now instead of in the night."""
    do_once(request, by=by, work=lambda: str(prove_ledger(by=by).pk))
    leave_message(request, _("The books were compared."))
    return go(request, reverse("ledger.proof"))


def _period_done(request: HttpRequest, by: Actor, work: Any, said: str) -> HttpResponse:
    try:
        period = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _periods_page(request, by, refusal=refusal)
    leave_message(request, said % {"period": period})
    return go(request, reverse("ledger.periods"))


def _periods_page(request: HttpRequest, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    running = by.today.replace(day=1)
    context = {
        "page": frame(request, by, title=_("Accounting periods"), active="journals"),
        "views": ledger_tabs("ledger.periods"),
        "rows": [
            {
                "name": f"{one.starts_on:%Y-%m}",
                "url": f"{reverse('journals.list')}?period={one.starts_on:%Y-%m}",
                "value": one.state,
                "journals": one.journals,
                "total": one.total,
                "reason": one.period.reason if one.period else "",
                "by": one.period.changed_by_name if one.period else "",
                "at": one.period.changed_at if one.period else None,
                "close_url": _period_url("close", one.starts_on)
                if one.state == "open" and one.starts_on < running and by.may("ledger.close")
                else None,
                "revalue_url": reverse("revaluation.show") + f"?month={one.starts_on:%Y-%m}"
                if one.state == "open" and one.starts_on < running
                else None,
                "reopen_url": _period_url("reopen", one.starts_on)
                if one.state == "closed" and by.may("ledger.reopen")
                else None,
            }
            for one in months_of_books(by=by)
        ],
        "key": new_key(),
        "reason": request.POST.get("reason", ""),
        "error_of": errors_of(refusal),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "ledger/periods.html", context, status=refusal.status if refusal else 200)


def _period_url(name: str, month: date) -> str:
    return reverse(f"ledger.{name}", kwargs={"month": f"{month:%Y-%m}"})


def _month(text: str) -> date | None:
    try:
        return parse_month(text)
    except Refused:
        return None


def _needed(text: str) -> date:
    found = _month(text)
    if found is None:
        raise NotFound(what="accounting period", key=text[:20])
    return found


def _row(one: Journal) -> dict[str, Any]:
    lines = sorted(one.lines.all(), key=lambda line: line.position)
    return {
        "id": one.pk,
        "number": one.number,
        "url": reverse("journals.show", kwargs={"number": one.number}),
        "day": one.booked_on,
        "source": str(SOURCE_WORDS.get(one.source_kind, one.source_kind)),
        "document": one.document,
        "document_url": document_url(one.subject_kind, one.subject_key),
        "text": one.text,
        "total": one.total,
        "debits": " ".join(dict.fromkeys(line.account.code for line in lines if line.is_debit)),
        "credits": " ".join(dict.fromkeys(line.account.code for line in lines if not line.is_debit)),
        "batch": one.hand_over.number if one.hand_over else None,
        "batch_url": reverse("hand_overs.show", kwargs={"number": one.hand_over.number}) if one.hand_over else None,
        "is_new": False,
    }


def _proof(one: Any) -> dict[str, Any]:
    return {
        "at": one.at,
        "by": one.by_name,
        "journals": one.journals,
        "waiting": one.waiting,
        "differences": [
            each | {"name": str(CHECK_WORDS.get(each["check"], each["check"]))} for each in one.differences
        ],
    }


routes = [
    path("journals/", journals, name="journals.list"),
    path("journals/<str:number>/", journal, name="journals.show"),
    path("trial-balance/", balance, name="ledger.balance"),
    path("accounting-periods/", periods, name="ledger.periods"),
    path("accounting-periods/<str:month>/close/", close, name="ledger.close"),
    path("accounting-periods/<str:month>/reopen/", reopen, name="ledger.reopen"),
    path("ledger-proof/", proof, name="ledger.proof"),
    path("ledger-proof/now/", prove, name="ledger.prove"),
]
