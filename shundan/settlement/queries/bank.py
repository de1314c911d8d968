"""Finding statements of banks and their entries."""

from django.db.models import Q

from shundan.billing.models import Payment
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.money import parse_decimal
from shundan.settlement.models import BankEntry, BankStatement

BANK_VIEWS = ("open", "booked", "outgoing", "matched", "ignored", "all")
_WITH = (
    "statement",
    "payment__customer",
    "disbursement__bill__supplier",
    "refund__payment__customer",
    "prepayment__supplier",
    "prepayment_return__prepayment__supplier",
)


def list_bank_entries(
    *,
    by: Actor,
    view: str = "open",
    search: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[BankEntry]:
    """Return one page of entries; views: those of BANK_VIEWS. Raises: NotPermitted, Malformed."""
    require(by, "bank.read")
    rows = BankEntry.objects.select_related(*_WITH)
    if view in BANK_VIEWS[:-1]:
        rows = rows.filter(state=view)
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        found = Q(payer__icontains=wanted) | Q(text__icontains=wanted) | Q(reference=wanted)
        amount = parse_decimal(wanted)
        if amount is not None and abs(amount) < 10**15:
            found |= Q(amount__in=[amount, -amount])
        rows = rows.filter(found)
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_bank_entry(entry_id: int, *, by: Actor, permission: str = "bank.read") -> BankEntry:
    """Return an entry. Raises: NotPermitted, NotFound."""
    require(by, permission)
    found = BankEntry.objects.select_related(*_WITH).filter(pk=entry_id).first()
    if found is None:
        raise NotFound(what="bank entry", key=str(entry_id)[:20])
    return found


def list_bank_statements(
    *, by: Actor, cursor: str | None = None, limit: int = 50, counted: bool = False
) -> Page[BankStatement]:
    """Return one page of the files that banks sent, newest first. Raises: NotPermitted, Malformed."""
    require(by, "bank.read")
    return page_of(BankStatement.objects.all(), cursor=cursor, limit=limit, counted=counted)


def bank_entry_of_payment(payment: Payment, *, by: Actor) -> BankEntry | None:
    """Return the entry of the bank that a payment was booked from; none for who may not see the bank."""
    return BankEntry.objects.filter(payment_id=payment.pk).first() if by.may("bank.read") else None
