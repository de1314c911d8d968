"""Handing journals over to accounting: each is in one batch at most, and a batch is the same whenever it is fetched."""

import hashlib
from datetime import date, datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused, require
from shundan.kernel.events import record
from shundan.kernel.numbering import next_gapless_number
from shundan.ledger.actions.posting import WRITER_LOCK, lock_writers
from shundan.ledger.models import HandOver, Journal, WithdrawnJournal
from shundan.ledger.queries.hand_over import file_lines, get_hand_over, waiting_journals
from shundan.ledger.rules.formats import FORMATS, WRITERS

# So many journals are prepared between two notes of progress.
CHUNK = 500
JOB = "ledger.write_hand_over"
LARGEST_HAND_OVER = 50_000
LONGEST_REASON = 500


class NothingToHandOver(Refused):
    """Every journal of those days was handed over."""

    code = "nothing_to_hand_over"
    sentence = _("All journals until %(until)s are handed over already. Fetch the batch again, or choose a later day.")


class HandOverTakenBack(Refused):
    """Somebody took the batch back already."""

    code = "hand_over_taken_back"
    sentence = _("%(name)s has taken batch %(number)s back already. Its journals wait for the next batch.")


@action
def hand_over_journals(
    *, form: str, until_on: date, by: Actor, from_on: date | None = None, most: int = LARGEST_HAND_OVER
) -> HandOver:
    """Put the journals that nobody got yet into a batch; a job writes its file. The oldest come first.

    Raises: NotPermitted, Malformed, NothingToHandOver.
    """
    require(by, "ledger.hand_over")
    wrong = []
    if form not in FORMATS:
        wrong.append(Detail("form", "unknown", _("Choose one of the offered values.")))
    if from_on is not None and from_on > until_on:
        wrong.append(Detail("until_on", "out_of_range", _("The last day must not be before the first.")))
    if not 1 <= most <= LARGEST_HAND_OVER:
        wrong.append(Detail("most", "out_of_range", _("Use a number from 1 to 50,000.")))
    if wrong:
        raise Malformed(details=wrong)
    # No journal is written or handed over by anybody else until commit: a batch has no gap that fills later.
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [WRITER_LOCK])
    rows = waiting_journals().filter(booked_on__lte=until_on)
    if from_on is not None:
        rows = rows.filter(booked_on__gte=from_on)
    ids = list(rows.order_by("booked_on", "id").values_list("pk", flat=True)[:most])
    if not ids:
        raise NothingToHandOver(until=until_on.isoformat())
    batch = HandOver.objects.create(
        number=next_gapless_number("hand_over", prefix="HO", on=by.today),
        form=form,
        from_on=from_on,
        until_on=until_on,
        total=len(ids),
        done=0 if form in WRITERS else len(ids),
        state="waiting" if form in WRITERS else "done",
        finished_at=None if form in WRITERS else by.at,
        created_at=by.at,
        created_by_name=by.name,
    )
    Journal.objects.filter(pk__in=ids).update(hand_over=batch)
    facts = {"number": batch.number, "form": form, "journals": len(ids), "until": until_on.isoformat()}
    record("journals.handed_over", subject=batch.subject, by=by, data=facts)
    if batch.state == "waiting":
        app.configure_task(JOB).defer(batch_id=batch.pk)
    return batch


@action
def take_hand_over_back(number: str, *, reason: str, by: Actor) -> HandOver:
    """Take a batch back that accounting does not want: its journals are free for the next one (撤回交接).

    Which they were stays on record, and so does its file. Raises: NotPermitted, NotFound, Malformed, PeriodClosed,
    HandOverTakenBack.
    """
    require(by, "ledger.hand_over")
    reason = reason.replace("\x00", "").strip()[:LONGEST_REASON]
    if not reason:
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    seen = get_hand_over(number, by=by)
    rows = Journal.objects.filter(hand_over=seen)
    lock_writers(rows.order_by("period").values_list("period", flat=True).distinct())
    batch = HandOver.objects.defer("content").select_for_update().get(pk=seen.pk)
    if batch.state == "withdrawn":
        raise HandOverTakenBack(number=batch.number, name=batch.withdrawn_by_name)
    ids = list(rows.order_by("id").values_list("pk", flat=True))
    batch.state, batch.reason = "withdrawn", reason
    batch.withdrawn_at, batch.withdrawn_by_name = by.at, by.name
    batch.save(update_fields=["state", "reason", "withdrawn_at", "withdrawn_by_name"])
    WithdrawnJournal.objects.bulk_create(WithdrawnJournal(hand_over=batch, journal_id=pk) for pk in ids)
    Journal.objects.filter(pk__in=ids).update(hand_over=None)
    facts = {"number": batch.number, "form": batch.form, "journals": len(ids), "reason": reason}
    record("journals.hand_over_taken_back", subject=batch.subject, by=by, data=facts)
    return batch


def write_hand_over(batch_id: int, *, at: datetime) -> None:
    """Write the file of a batch; interrupted, it is begun anew and comes out the same."""
    batch = HandOver.objects.get(pk=batch_id)
    if batch.state != "waiting":
        return
    ids = list(batch.journals.order_by("booked_on", "id").values_list("pk", flat=True))
    lines = []
    for start in range(0, len(ids), CHUNK):
        lines += file_lines(ids[start : start + CHUNK])
        HandOver.objects.filter(pk=batch_id, state="waiting").update(done=min(start + CHUNK, len(ids)))
    content = WRITERS[batch.form](lines)
    HandOver.objects.filter(pk=batch_id, state="waiting").update(
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        done=len(ids),
        state="done",
        finished_at=at,
    )
