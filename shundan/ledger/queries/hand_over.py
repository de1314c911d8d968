"""Batches that were handed over, and their journals as files and interfaces want them."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused, require
from shundan.kernel.listing import Page, page_of
from shundan.ledger.models import HandOver, Journal, JournalLine, WithdrawnJournal
from shundan.ledger.rules.formats import SUFFIXES, FileLine

# When to come again for a file that is being written.
AGAIN_SECONDS = 5
OPENING_SOURCES = ("opening", "opening_reversal")
# The file is read where it is fetched, not for lists.
_LIGHT = HandOver.objects.defer("content")


def list_hand_overs(*, by: Actor, cursor: str | None = None, limit: int = 50, counted: bool = False) -> Page[HandOver]:
    """Return one page of batches, newest first. Raises: NotPermitted, Malformed."""
    require(by, "ledger.read")
    return page_of(_LIGHT.all(), cursor=cursor, limit=limit, counted=counted)


def get_hand_over(number: str, *, by: Actor) -> HandOver:
    """Return a batch. Raises: NotPermitted, NotFound."""
    require(by, "ledger.read")
    found = _LIGHT.filter(number=number.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="hand-over", key=number[:50])
    return found


class HandOverWaiting(Refused):
    """The file is asked for before a job has written it."""

    code = "hand_over_waiting"
    sentence = _("%(number)s is being written: %(done)s of %(total)s journals. Ask again in %(seconds)s seconds.")


class HandOverWithoutFile(Refused):
    """Batches that are fetched row by row have no file, nor has one that was taken back before it was written."""

    code = "hand_over_without_file"
    sentence = _("%(number)s has no file: fetch its journals page by page.")


def file_of_hand_over(batch: HandOver) -> bytes:
    """Return the file of a batch, the same each time. Raises: HandOverWaiting, HandOverWithoutFile."""
    one = HandOver.objects.get(pk=batch.pk)
    if one.form not in SUFFIXES or (one.state == "withdrawn" and not one.digest):
        raise HandOverWithoutFile(number=one.number)
    if not one.digest:
        raise HandOverWaiting(number=one.number, done=one.done, total=one.total, seconds=AGAIN_SECONDS)
    return bytes(one.content)


def journals_of_hand_over(batch: HandOver, *, by: Actor, cursor: str | None = None, limit: int = 50) -> Page[Journal]:
    """Return one page of a batch's journals in the order they were written. Raises: NotPermitted, Malformed."""
    require(by, "ledger.read")
    gone = WithdrawnJournal.objects.filter(hand_over=batch).values("journal_id")
    rows = (
        Journal.objects.filter(pk__in=gone) if batch.state == "withdrawn" else Journal.objects.filter(hand_over=batch)
    )
    return page_of(with_lines(rows), cursor=cursor, limit=limit, sort="id")


def not_handed_over() -> int:
    """Return how many journals wait for a batch."""
    return waiting_journals().count()


def waiting_journals() -> QuerySet[Journal]:
    """Return the journals that wait for a batch; opening balances are what accounting has already."""
    return Journal.objects.filter(hand_over=None).exclude(source_kind__in=OPENING_SOURCES)


def batches_of_journal(journal: Journal) -> list[HandOver]:
    """Return the batches that a journal was in until they were taken back, oldest first."""
    gone = WithdrawnJournal.objects.filter(journal=journal).values("hand_over_id")
    return list(_LIGHT.filter(pk__in=gone).order_by("id"))


def with_lines(rows: QuerySet[Journal]) -> QuerySet[Journal]:
    """Return journals with their batch and lines, and what these name."""
    return (
        rows.select_related("hand_over")
        .defer("hand_over__content")
        .prefetch_related(
            "lines__account", "lines__customer", "lines__supplier", "lines__department", "lines__category"
        )
    )


def file_lines(journal_ids: Sequence[int]) -> list[FileLine]:
    """Return the entries of some journals in the order of these and of their lines."""
    rows = JournalLine.objects.filter(journal_id__in=journal_ids).select_related(
        "journal", "account", "customer", "supplier", "department", "category"
    )
    return [
        FileLine(
            number=one.journal.number,
            sequence=one.journal.sequence,
            position=one.position,
            booked_on=one.journal.booked_on,
            text=one.journal.text,
            document=one.journal.document,
            account=one.account.code,
            account_name=one.account.name_zh,
            debit=one.debit,
            credit=one.credit,
            currency=one.currency or one.journal.currency,
            exchange_rate=one.journal.exchange_rate,
            document_amount=one.document_amount,
            customer=one.customer.number if one.customer else "",
            customer_name=one.customer.name if one.customer else "",
            supplier=one.supplier.number if one.supplier else "",
            supplier_name=one.supplier.name if one.supplier else "",
            department=one.department.code if one.department else "",
            department_name=one.department.name_zh if one.department else "",
            category=one.category.code if one.category else "",
            maker="顺单",
        )
        for one in rows.order_by("journal__booked_on", "journal_id", "position")
    ]
