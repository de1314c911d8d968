"""Handing a waybill to its carrier: by a job, after a crash, without an answer, and never two of one order key."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import connection
from django.db.models import Q
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from shundan.fulfilment.actions.problems import open_problem, settle_problems
from shundan.fulfilment.models import CarrierErrand, Shipment, Waybill, WaybillLabel
from shundan.fulfilment.queries.waybills import account_opened, consignment_of, waybill_facts
from shundan.fulfilment.registries import CARRIERS, LABEL, TRACK, Booked, CarrierAway, CarrierRefused, understood
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.events import record

FIRST_LOOK = timedelta(minutes=10)
JOB = "fulfilment.book_waybill"
ERRAND_JOB = "fulfilment.run_errand"


def book_waybill(waybill_id: int, *, by: Actor) -> str:
    """Hand a waybill to its carrier and return the state it has then; done again it changes nothing.

    That it is being sent is committed before the carrier is spoken to. Whoever finds it so, after a crash, asks the
    carrier first what it has under our order key. Where the carrier does not tell two orders of one key apart and
    nothing is found, a person decides. Raises: CarrierAway (then a job tries again).
    """
    was_sent = _mark_sending(waybill_id, by=by)
    return _send(waybill_id, was_sent=was_sent, by=by) if was_sent is not None else ""


@action
def _mark_sending(waybill_id: int, *, by: Actor) -> bool | None:
    """Note that a waybill goes out now; tell whether it may have gone before, None when there is nothing to do."""
    waybill = Waybill.objects.select_for_update().get(pk=waybill_id)
    if waybill.state not in ("asked", "sending"):
        return None
    was_sent = waybill.state == "sending"
    waybill.state, waybill.sent_at = "sending", waybill.sent_at if was_sent else by.at
    waybill.save(update_fields=["state", "sent_at"])
    return was_sent


def _send(waybill_id: int, *, was_sent: bool, by: Actor) -> str:
    try:
        return _hand_over(waybill_id, was_sent=was_sent, by=by)
    except CarrierAway as away:
        _note_silence(waybill_id, away, was_sent=was_sent or away.was_sent, by=by)
        raise


@action
def _hand_over(waybill_id: int, *, was_sent: bool, by: Actor) -> str:
    """Speak to the carrier, one worker at a time; rows are locked only when its answer is there."""
    # Read only when no other worker speaks: what one has booked a moment ago must not be sent again.
    if not is_spoken_to_alone(waybill_id):
        return ""
    waybill = Waybill.objects.select_related("account").filter(pk=waybill_id, state="sending").first()
    if waybill is None:
        return ""
    carrier, consignment = CARRIERS[waybill.account.carrier], consignment_of(waybill)
    client = carrier.open(account_opened(waybill.account))
    try:
        with understood():
            booked = client.find(consignment) if was_sent else None
            if booked is None and not (was_sent and not carrier.repeats_safely):
                booked = client.create(consignment)
    except CarrierRefused as refusal:
        waybill = lock_waybill(waybill_id)
        waybill.state, waybill.trouble = "refused", str(refusal)[:500]
        waybill.save(update_fields=["state", "trouble"])
        open_problem(waybill, "refused", note=waybill.trouble, by=by)
        return waybill.state
    waybill = lock_waybill(waybill_id)
    if booked is not None:
        note_booked(waybill, booked, by=by)
    else:
        waybill.state = "unsure"
        waybill.save(update_fields=["state"])
        open_problem(waybill, "unsure", by=by)
    return waybill.state


@action
def give_up_waiting(waybill_id: int, *, by: Actor) -> bool:
    """Leave to a person what no carrier has answered for, unless a worker speaks to it now; tell whether it was left.

    Otherwise it could neither be cancelled nor settled once all tries are over, and of what was never sent nobody would
    hear. What a job is about to send has its try.
    """
    if not is_spoken_to_alone(waybill_id):
        return False
    waybill = lock_waybill(waybill_id)
    is_next = waybill.state == "asked" and has_job_now(JOB, {"waybill_id": waybill_id}, by=by)
    if waybill.state not in ("asked", "sending") or is_next:
        return False
    waybill.state = "unsure"
    waybill.save(update_fields=["state"])
    return open_problem(waybill, "unsure", note=waybill.trouble, by=by)


def has_job_now(task: str, args: Mapping[str, int], *, by: Actor, within: timedelta = timedelta()) -> bool:
    """Tell whether a job works at this, or will as soon as a worker is free, or `within` some time."""
    jobs = ProcrastinateJob.objects.filter(task_name=task, args=args)
    is_due = Q(scheduled_at=None) | Q(scheduled_at__lte=by.at + within)
    return jobs.filter(Q(status="doing") | Q(status="todo") & is_due).exists()


def is_spoken_to_alone(waybill_id: int) -> bool:
    """Tell whether no other transaction speaks to the carrier about this waybill; until commit, none will."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_try_advisory_xact_lock(hashtextextended('fulfilment.book_waybill', %s::bigint))", [waybill_id]
        )
        return bool(cursor.fetchone()[0])


def lock_waybill(waybill_id: int) -> Waybill:
    """Return a waybill, its shipment locked before it."""
    shipment_id = Waybill.objects.values_list("shipment_id", flat=True).get(pk=waybill_id)
    shipment = Shipment.objects.select_for_update(no_key=True).get(pk=shipment_id)
    waybill = Waybill.objects.select_for_update(of=("self",)).select_related("account").get(pk=waybill_id)
    waybill.shipment = shipment
    return waybill


@action
def _note_silence(waybill_id: int, away: CarrierAway, *, was_sent: bool, by: Actor) -> None:
    """Keep that the carrier did not answer; what was certainly never sent waits as before."""
    state = "sending" if was_sent else "asked"
    Waybill.objects.filter(pk=waybill_id, state="sending").update(state=state, trouble=str(away)[:500])


def note_booked(waybill: Waybill, booked: Booked, *, by: Actor) -> None:
    """Note what the carrier answered on a waybill that the caller holds."""
    waybill.state, waybill.booked_at, waybill.trouble = "booked", by.at, ""
    waybill.tracking_number, waybill.parcel_numbers = booked.tracking_number, list(booked.parcel_numbers)
    waybill.reference, waybill.cost = booked.reference, booked.amount
    waybill.currency = booked.currency if booked.amount is not None else waybill.currency
    waybill.promised_at = waybill.expected_at = booked.expected_at
    carrier = CARRIERS[waybill.account.carrier]
    if TRACK in carrier.abilities and carrier.is_remote:
        waybill.asks_at = by.at + FIRST_LOOK
    waybill.save()
    if booked.label:
        WaybillLabel.objects.get_or_create(waybill=waybill, defaults={"content": booked.label, "kept_at": by.at})
    elif LABEL in carrier.abilities:
        # So that it is there before somebody wants to print it.
        send_errand(waybill, "label", by=by)
    shipment = waybill.shipment
    shipment.carrier, shipment.tracking_number = waybill.account.carrier, waybill.tracking_number
    shipment.save(update_fields=["carrier", "tracking_number"])
    settle_problems(waybill, ("unsure", "refused"), by=by)
    record("waybill.booked", subject=waybill.subject, by=by, data=waybill_facts(waybill))


def send_errand(waybill: Waybill, kind: str, *, by: Actor) -> None:
    """Have a job ask the carrier; the waybill is locked by the caller. What waits already is only tried again now."""
    errand, _is_new = CarrierErrand.objects.get_or_create(
        waybill=waybill, kind=kind, state="waiting", defaults={"asked_at": by.at, "asked_by_name": by.name}
    )
    app.configure_task(ERRAND_JOB).defer(errand_id=errand.pk)
