"""Taking in what banks say, and saying whose money an entry is: suggested by the house, confirmed by a person."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.billing.actions import pay_deposit, pay_request, register_payment
from shundan.billing.models import Disbursement, Payment, Prepayment, PrepaymentReturn, Refund
from shundan.billing.queries import NO_MONEY, get_deposit, get_payment, get_request
from shundan.billing.queries.undo import PaymentReversed
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import AMOUNT_DECIMALS, decimal_places, is_currency_code
from shundan.settlement.models import BankEntry, BankStatement
from shundan.settlement.queries import get_bank_entry, get_outgoing_paper
from shundan.settlement.rules.banking import Extract, Unreadable, fingerprints, read_extracts

LONGEST_REASON = 500
FAULTS: dict[str, str | Promise] = {
    "empty": _("The file holds no entries."),
    "too_large": _("The file is too large: at most 5 MB and 20,000 entries."),
    "not_a_statement": _("This is no bank statement we can read. Choose a CSV, CAMT.053 or MT940 file."),
    "no_headings": _("No headings were found. The file needs a date and an amount (or money in and out)."),
    "bad_day": _("Row %(row)s: the date cannot be read."),
    "bad_amount": _("Row %(row)s: the amount cannot be read."),
    "bad_sign": _("Row %(row)s: it does not say whether money came in or went out."),
    "bad_currency": _("Row %(row)s: the currency cannot be read."),
    "does_not_add_up": _("The entries do not lead from the opening to the closing balance. Get the whole file."),
}


class StatementKnown(Refused):
    """The same file was taken in before."""

    code = "bank_statement_known"
    sentence = _("This file was imported before. Entries are never booked twice.")


class EntryDecided(Refused):
    """Somebody said already what the entry is."""

    code = "bank_entry_decided"
    sentence = _("Somebody has already decided this bank entry. Load the page again.")


class EntryDiffers(Refused):
    """The payment to link says another amount or currency than the bank."""

    code = "bank_entry_differs"
    sentence = _("Payment %(number)s does not match this entry in amount and currency, or belongs to another entry.")


@action
def import_bank_statement(
    name: str, content: bytes, *, by: Actor, account: str = "", currency: str = "CNY"
) -> list[BankStatement]:
    """Take in a file of a bank; entries that an earlier file brought are left out.

    `account` and `currency` hold for a CSV file that does not say them. Raises: NotPermitted, Malformed,
    StatementKnown.
    """
    require(by, "bank.import")
    if not is_currency_code(currency):
        sentence = _("Enter a three-letter currency code such as CNY.")
        raise Malformed(details=[Detail("currency", "unknown", sentence)])
    if any("\x00" in text or len(text) > 200 for text in (name, account)):
        sentence = _("This text is too long or contains characters that cannot be stored.")
        raise Malformed(details=[Detail("account", "invalid_text", sentence)])
    try:
        extracts = read_extracts(content, account=account.strip(), currency=currency)
        _check_extracts(extracts)
    except Unreadable as error:
        said = str(FAULTS[error.code]) % {"row": error.row}
        raise Malformed(details=[Detail("file", error.code, said)]) from error
    file_hash = hashlib.sha256(content).hexdigest()
    made = [_take_in(name, file_hash, one, by) for one in extracts]
    if not any(is_new for _statement, is_new in made):
        raise StatementKnown()
    return [statement for statement, _is_new in made]


@action
def book_bank_entry(
    entry_id: int,
    *,
    customer: str,
    by: Actor,
    allocations: Mapping[str, Decimal] | None = None,
    deposit: str = "",
) -> Payment:
    """Book an entry as a payment of a customer, once; without `allocations` it pays the invoices due first.

    For a `deposit` of this customer it is held instead; what is more than that asks for stays on the account.

    Raises: NotPermitted, NotFound, Malformed, EntryDecided, OverAllocated, DepositEnded, DepositTooMuch.
    """
    entry = _lock_open(entry_id, by=by)
    pay = partial(
        pay_deposit if deposit else register_payment,
        amount=entry.amount,
        method="bank_transfer",
        by=by,
        currency=entry.currency,
        received_on=entry.booked_on,
        account=entry.statement.account,
        # Banks repeat their references; an entry is booked once, whatever its reference.
        provider=f"bank:{entry.pk}",
        reference=entry.reference,
        remark=entry.text[:LONGEST_REASON],
    )
    if deposit:
        _check_deposit(deposit, entry, customer, allocations, by)
        payment = pay(deposit)
    else:
        payment = pay(customer=customer, allocations=allocations)
    _decide(entry, "booked", by, payment=payment)
    return payment


def _check_deposit(
    number: str, entry: BankEntry, customer: str, allocations: Mapping[str, Decimal] | None, by: Actor
) -> None:
    wanted = get_deposit(number, by=by)
    if (wanted.customer.number, wanted.currency) != (customer, entry.currency):
        sentence = _("The customer has no such deposit in this currency.")
        raise Malformed(details=[Detail("deposit", "unknown", sentence)])
    if allocations:
        sentence = _("Money for a deposit pays no invoices: empty the amounts, or choose no deposit.")
        raise Malformed(details=[Detail("deposit", "one_of_two", sentence)])


@action
def link_bank_entry(entry_id: int, *, payment: str, by: Actor) -> Payment:
    """Say that an entry is a payment which was recorded by hand. Raises: NotPermitted, NotFound, EntryDecided,
    EntryDiffers, PaymentReversed.
    """
    entry = _lock_open(entry_id, by=by)
    known = get_payment(payment, by=by, permission="payment.register")
    found = Payment.objects.select_for_update().get(pk=known.pk)
    if found.reversed_at is not None:
        raise PaymentReversed(number=found.number)
    # What was written off came from nobody: money that comes for it is to be booked.
    is_other = found.method in NO_MONEY or BankEntry.objects.filter(payment_id=found.pk).exists()
    if (found.amount, found.currency) != (entry.amount, entry.currency) or is_other:
        raise EntryDiffers(number=found.number)
    _decide(entry, "booked", by, payment=found)
    return found


@action
def ignore_bank_entry(entry_id: int, *, reason: str, by: Actor) -> BankEntry:
    """Say that money which came in is no payment of a customer (interest, a transfer of our own), or that money which
    went out pays none of our papers (a bank fee).

    Raises: NotPermitted, NotFound, Malformed, EntryDecided.
    """
    entry = _lock_open(entry_id, by=by, states=("open", "outgoing"))
    kept = reason.replace("\x00", "").strip()[:LONGEST_REASON]
    if not kept:
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    return _decide(entry, "ignored", by, reason=kept)


@action
def reopen_bank_entry(entry_id: int, *, by: Actor) -> BankEntry:
    """Let an ignored entry wait again, or part one from the paper that it was matched with, which stays as it is.

    A payment that was booked from it is reversed instead, which reopens the entry as well. Raises: NotPermitted,
    NotFound, EntryDecided.
    """
    require(by, "payment.register")
    get_bank_entry(entry_id, by=by)
    entry = BankEntry.objects.select_for_update().get(pk=entry_id)
    by_hand = entry.payment is not None and entry.payment.provider != f"bank:{entry.pk}"
    if entry.state not in ("ignored", "matched") and not by_hand:
        raise EntryDecided()
    return _decide(entry, "open" if entry.amount > 0 else "outgoing", by)


def reopen_entry_of_payment(payment: Payment, by: Actor) -> None:
    """Let the entry that a payment was booked from wait again, as the payment is reversed."""
    entry = BankEntry.objects.select_for_update().filter(payment_id=payment.pk).first()
    if entry is not None:
        _decide(entry, "open", by)


@action
def match_bank_entry(entry_id: int, *, kind: str, number: str, by: Actor) -> BankEntry:
    """Say what money that went out pays: a payment or prepayment to a supplier, a refund, or a request that is paid by
    saying so; or that money which came in is what a supplier paid back of a prepayment.

    Kinds: disbursement, prepayment, refund, request, prepayment_return. Raises: NotPermitted, NotFound,
    EntryDecided, EntryDiffers, RequestNotApproved, BillOverpaid, NotPrepayable, PrepaymentTooLarge.
    """
    entry = _lock_open(entry_id, by=by, states=("open" if kind == "prepayment_return" else "outgoing",))
    if kind == "request":
        wanted = get_request(number, by=by)
        if (wanted.amount, wanted.currency) != (-entry.amount, entry.currency):
            raise EntryDiffers(number=wanted.number)
        paid = pay_request(wanted.number, by=by, reference=entry.reference[:100], paid_on=entry.booked_on)
        return _decide(
            entry, "matched", by, disbursement=paid.disbursement, refund=paid.refund, prepayment=paid.prepayment
        )
    found = get_outgoing_paper(kind, number, by=by)
    if found.amount != abs(entry.amount) or found.currency != entry.currency:
        raise EntryDiffers(number=number[:100])
    # Two entries may be matched with one paper at the same moment: the second one waits here and sees the first.
    if isinstance(found.paper, Disbursement):
        locked = Disbursement.objects.select_for_update().get(pk=found.paper.pk)
        if locked.reversed_at is not None or BankEntry.objects.filter(disbursement_id=locked.pk).exists():
            raise EntryDiffers(number=locked.number)
        return _decide(entry, "matched", by, disbursement=locked)
    if isinstance(found.paper, Prepayment):
        ahead = Prepayment.objects.select_for_update().get(pk=found.paper.pk)
        if BankEntry.objects.filter(prepayment_id=ahead.pk).exists():
            raise EntryDiffers(number=ahead.number)
        return _decide(entry, "matched", by, prepayment=ahead)
    if isinstance(found.paper, PrepaymentReturn):
        given = PrepaymentReturn.objects.select_for_update().get(pk=found.paper.pk)
        if BankEntry.objects.filter(prepayment_return_id=given.pk).exists():
            raise EntryDiffers(number=given.number)
        return _decide(entry, "matched", by, prepayment_return=given)
    back = Refund.objects.select_for_update().get(pk=found.paper.pk)
    if BankEntry.objects.filter(refund_id=back.pk).exists():
        raise EntryDiffers(number=back.number)
    return _decide(entry, "matched", by, refund=back)


def _lock_open(entry_id: int, *, by: Actor, states: tuple[str, ...] = ("open",)) -> BankEntry:
    require(by, "payment.register")
    get_bank_entry(entry_id, by=by)
    entry = BankEntry.objects.select_for_update(of=("self",)).select_related("statement").get(pk=entry_id)
    if entry.state not in states:
        raise EntryDecided()
    return entry


def _decide(
    entry: BankEntry,
    state: str,
    by: Actor,
    *,
    payment: Payment | None = None,
    disbursement: Disbursement | None = None,
    refund: Refund | None = None,
    prepayment: Prepayment | None = None,
    prepayment_return: PrepaymentReturn | None = None,
    reason: str = "",
) -> BankEntry:
    is_open = state in ("open", "outgoing")
    entry.state, entry.payment, entry.reason = state, payment, reason
    entry.disbursement, entry.refund, entry.prepayment = disbursement, refund, prepayment
    entry.prepayment_return = prepayment_return
    entry.decided_at, entry.decided_by_name = (None, "") if is_open else (by.at, by.name)
    papers = ("payment", "disbursement", "refund", "prepayment", "prepayment_return")
    entry.save(update_fields=["state", *papers, "reason", "decided_at", "decided_by_name"])
    facts = {"amount": str(entry.amount), "currency": entry.currency, "reason": reason}
    paper = payment or disbursement or refund or prepayment or prepayment_return
    if paper is not None:
        facts["payment"] = paper.number
    record(f"bank_entry.{'reopened' if is_open else state}", subject=entry.subject, by=by, data=facts)
    return entry


def _check_extracts(extracts: list[Extract]) -> None:
    for extract in extracts:
        for at, one in enumerate(extract.movements, start=1):
            if not is_currency_code(one.currency):
                raise Unreadable("bad_currency", row=one.row or at)
            if decimal_places(one.amount) > AMOUNT_DECIMALS or not 0 < abs(one.amount) < 10**13:
                raise Unreadable("bad_amount", row=one.row or at)


def _take_in(name: str, file_hash: str, extract: Extract, by: Actor) -> tuple[BankStatement, bool]:
    """Keep a statement and those of its entries that are new; two who upload one file at once make one of it."""
    statement, is_new = BankStatement.objects.get_or_create(
        file_hash=file_hash,
        account=extract.account[:200],
        defaults={
            "file_name": name.strip()[:200] or "statement",
            "form": extract.form,
            "opening": extract.opening,
            "closing": extract.closing,
            "created_at": by.at,
            "created_by_name": by.name,
        },
    )
    if not is_new:
        return statement, False
    marks = fingerprints(extract.account, extract.movements)
    known = set(BankEntry.objects.filter(fingerprint__in=marks).values_list("fingerprint", flat=True))
    rows = [
        BankEntry(
            statement=statement,
            fingerprint=mark,
            booked_on=one.booked_on,
            amount=one.amount,
            currency=one.currency,
            payer=one.payer,
            payer_account=one.payer_account,
            text=one.text,
            reference=one.reference,
            state="open" if one.amount > 0 else "outgoing",
        )
        for mark, one in zip(marks, extract.movements, strict=True)
        if mark not in known
    ]
    # Two files that overlap may come at once; the constraint keeps one of each entry.
    BankEntry.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    statement.entries_new = BankEntry.objects.filter(statement=statement).count()
    statement.entries_known = len(marks) - statement.entries_new
    statement.save(update_fields=["entries_new", "entries_known"])
    facts = {"account": statement.account, "entries": statement.entries_new, "file": statement.file_name}
    record("bank_statement.imported", subject=("bank_statement", statement.pk), by=by, data=facts)
    return statement, True
