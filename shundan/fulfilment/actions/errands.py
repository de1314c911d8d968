"""Errands to carriers: labels, news, waybills taken back: by jobs, while whoever asked looks on or goes on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.actions.booking import ERRAND_JOB, has_job_now, is_spoken_to_alone, lock_waybill, send_errand
from shundan.fulfilment.actions.news import note_scans
from shundan.fulfilment.actions.problems import open_problem, settle_problems
from shundan.fulfilment.actions.waybills import WaybillFixed, visible_waybill
from shundan.fulfilment.models import CarrierErrand, Shipment, Waybill, WaybillLabel
from shundan.fulfilment.queries.waybills import account_opened, consignment_of, waybill_facts
from shundan.fulfilment.registries import (
    CANCEL,
    CARRIERS,
    LABEL,
    TRACK,
    Booked,
    Carrier,
    CarrierAway,
    CarrierClient,
    CarrierRefused,
    understood,
)
from shundan.fulfilment.rules import NOT_ON_ITS_WAY
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Refused
from shundan.kernel.events import record

# For so long a label or news that no carrier gives may come by a try that is planned.
LATER_TRIES = timedelta(days=1)


class NotOffered(Refused):
    """The carrier's interface cannot do this."""

    code = "carrier_cannot"
    sentence = _("%(carrier)s does not offer this through its interface. Do it on the carrier's own site.")


class Busy(CarrierAway):
    """Another job speaks to the carrier about the same waybill."""


class LabelOnItsWay(Refused):
    """The carrier was asked for the label and has not answered yet."""

    code = "label_on_its_way"
    sentence = _("The carrier is asked for the label of %(key)s. Ask again in a moment.")


def fetch_label(waybill_key: str, *, by: Actor) -> bytes:
    """Return the label of a waybill as PDF; where it is not kept yet, a job asks the carrier for it.

    Raises: NotPermitted, NotFound, WaybillFixed, NotOffered, LabelOnItsWay.
    """
    waybill = visible_waybill(waybill_key, by=by, permission="shipment.read")
    kept = WaybillLabel.objects.filter(waybill=waybill).first()
    if kept is None:
        ask_label(waybill_key, by=by)
        raise LabelOnItsWay(key=waybill.order_key)
    return bytes(kept.content)


@action
def ask_label(waybill_key: str, *, by: Actor) -> Waybill:
    """Have a job fetch the label of a waybill; asked for twice it is fetched once.

    Raises: NotPermitted, NotFound, WaybillFixed, NotOffered.
    """
    found = visible_waybill(waybill_key, by=by, permission="shipment.read")
    waybill = lock_waybill(found.pk)
    if waybill.state != "booked":
        raise WaybillFixed(key=waybill.order_key)
    _require_ability(waybill, LABEL)
    if not WaybillLabel.objects.filter(waybill=waybill).exists():
        send_errand(waybill, "label", by=by)
    return waybill


@action
def ask_for_news(waybill_key: str, *, by: Actor) -> Waybill:
    """Have a job ask the carrier for news now; asked for twice it is one errand.

    Raises: NotPermitted, NotFound, WaybillFixed, NotOffered.
    """
    found = visible_waybill(waybill_key, by=by, permission="shipment.read")
    waybill = lock_waybill(found.pk)
    if waybill.state != "booked" or not waybill.tracking_number:
        raise WaybillFixed(key=waybill.order_key)
    _require_ability(waybill, TRACK)
    send_errand(waybill, "news", by=by)
    return waybill


@action
def cancel_waybill(waybill_key: str, *, by: Actor, only_here: bool = False) -> Waybill:
    """Take a waybill back before the carrier has fetched the goods; a carrier that is spoken to is asked by a job.

    Asked for twice it is one errand. `only_here`: the carrier refused, or never answered, but a person knows from the
    carrier that nothing will be fetched. Raises: NotPermitted, NotFound, WaybillFixed.
    """
    found = visible_waybill(waybill_key, by=by, permission="shipment.ship")
    waybill = lock_waybill(found.pk)
    if waybill.state not in ("asked", "unsure", "booked", "refused") or waybill.tracking not in NOT_ON_ITS_WAY:
        raise WaybillFixed(key=waybill.order_key)
    in_vain = CarrierErrand.objects.filter(waybill=waybill, kind="cancel", state__in=("refused", "unsure"))
    if only_here and not in_vain.exists():
        raise WaybillFixed(key=waybill.order_key)
    carrier = CARRIERS[waybill.account.carrier]
    # Where a carrier knows no cancelling, what is not handed over is not charged.
    if waybill.state == "booked" and carrier.is_remote and CANCEL in carrier.abilities and not only_here:
        send_errand(waybill, "cancel", by=by)
        # Its tries count anew; when they are in vain as well, it is told again.
        settle_problems(waybill, ("cancel_unsure",), by=by)
    else:
        _cancelled(waybill, by=by)
    return waybill


def run_errand(errand_id: int, *, by: Actor) -> str:
    """Ask the carrier for what an errand is for and return how the errand stands then; done again it changes nothing.

    A carrier that takes back what it took back already, and gives a label twice, makes a lost answer harmless. News
    are not tried again: they are asked for every half hour anyway. Raises: CarrierAway (then a job tries again).
    """
    try:
        return _asked(errand_id, by=by)
    except CarrierAway as away:
        stands = _note_silence(errand_id, away, by=by)
        if stands == "waiting":
            raise
        return stands


@action
def _asked(errand_id: int, *, by: Actor) -> str:
    """Speak to the carrier, one worker at a time; rows are locked only when its answer is there."""
    waybill_id = CarrierErrand.objects.values_list("waybill_id", flat=True).get(pk=errand_id)
    if not is_spoken_to_alone(waybill_id):
        raise Busy("another job speaks to the carrier about this waybill", was_sent=False)
    errand = CarrierErrand.objects.select_related("waybill__account").get(pk=errand_id)
    waybill = errand.waybill
    if errand.state != "waiting":
        return errand.state
    by = replace(by, name=errand.asked_by_name)
    if waybill.state != "booked":
        # It was settled otherwise meanwhile: there is nothing left to ask for.
        return _note(errand_id, "done", "", by=by)
    carrier = CARRIERS[waybill.account.carrier]
    client = carrier.open(account_opened(waybill.account))
    try:
        with understood():
            finish = _question(errand, carrier, client, by=by)
    except CarrierRefused as refusal:
        waybill = lock_waybill(waybill.pk)
        if errand.kind == "cancel":
            open_problem(waybill, "not_cancelled", note=str(refusal)[:500], by=by)
        return _note(errand_id, "refused", str(refusal), by=by)
    finish()
    return _note(errand_id, "done", "", by=by)


def _question(errand: CarrierErrand, carrier: Carrier, client: CarrierClient, *, by: Actor) -> Callable[[], object]:
    """Ask the carrier; return what is to be done when its answer stands, with the locks that it takes."""
    waybill = errand.waybill
    if errand.kind == "cancel":
        client.cancel(consignment_of(waybill), booked_of(waybill))
        return lambda: _cancelled(lock_waybill(waybill.pk), by=by)
    if errand.kind == "news":
        told = [one for one in client.track([waybill.tracking_number]) if one.number == waybill.tracking_number]
        return lambda: [
            note_scans(waybill.pk, one.scans, source="poll", expected_at=one.expected_at, by=by) for one in told
        ]
    content = client.label(consignment_of(waybill), booked_of(waybill))
    return lambda: _keep_label(lock_waybill(waybill.pk), content, by=by)


def _keep_label(waybill: Waybill, content: bytes, *, by: Actor) -> None:
    WaybillLabel.objects.get_or_create(waybill=waybill, defaults={"content": content, "kept_at": by.at})
    settle_problems(waybill, ("no_label",), by=by)


@action
def give_up_errand(errand_id: int, *, by: Actor) -> bool:
    """End an errand that the carrier has not answered, unless a worker speaks to it now; tell whether a person is told.

    Otherwise it would wait for ever after its last try, and could not be asked for anew. What a job is about to ask has
    its try. Of a cancelling nobody knows whether the carrier did it: it may have heard, and only the answer was lost.
    """
    waybill_id = CarrierErrand.objects.values_list("waybill_id", flat=True).get(pk=errand_id)
    if not is_spoken_to_alone(waybill_id):
        return False
    waybill = lock_waybill(waybill_id)
    errand = CarrierErrand.objects.select_for_update().get(pk=errand_id)
    # A label may come by a later try; that goods are cancelled must be known before somebody fetches them.
    within = timedelta() if errand.kind == "cancel" else LATER_TRIES
    if errand.state != "waiting" or has_job_now(ERRAND_JOB, {"errand_id": errand_id}, by=by, within=within):
        return False
    if waybill.state != "booked":
        _note(errand_id, "done", "", by=by)
        return False
    if errand.kind == "cancel" and waybill.tracking in NOT_ON_ITS_WAY:
        _note(errand_id, "unsure", errand.trouble, by=by)
        return open_problem(waybill, "cancel_unsure", note=errand.trouble, by=by)
    _note(errand_id, "failed", errand.trouble, by=by)
    # News are asked for every half hour anyway.
    kind = {"cancel": "not_cancelled", "label": "no_label"}.get(errand.kind)
    return kind is not None and open_problem(waybill, kind, note=errand.trouble, by=by)


def _note(errand_id: int, state: str, trouble: str, *, by: Actor) -> str:
    errand = CarrierErrand.objects.select_for_update().get(pk=errand_id)
    errand.state, errand.trouble, errand.done_at = state, trouble[:500], by.at
    errand.save(update_fields=["state", "trouble", "done_at"])
    return state


@action
def _note_silence(errand_id: int, away: CarrierAway, *, by: Actor) -> str:
    """Keep that the carrier did not answer; return how the errand stands."""
    errand = CarrierErrand.objects.select_for_update().get(pk=errand_id)
    if errand.state == "waiting":
        errand.trouble = str(away)[:500]
        if errand.kind == "news" and not isinstance(away, Busy):
            errand.state, errand.done_at = "failed", by.at
        errand.save(update_fields=["state", "trouble", "done_at"])
    return errand.state


def _cancelled(waybill: Waybill, *, by: Actor) -> None:
    """Take back a waybill that the caller has locked."""
    if waybill.state == "cancelled":
        return
    waybill.state, waybill.asks_at = "cancelled", None
    waybill.save(update_fields=["state", "asks_at"])
    Shipment.objects.filter(pk=waybill.shipment_id).update(carrier="", tracking_number="")
    settle_problems(waybill, by=by)
    record("waybill.cancelled", subject=waybill.subject, by=by, data=waybill_facts(waybill))


def booked_of(waybill: Waybill) -> Booked:
    """Return what the carrier once answered."""
    return Booked(
        tracking_number=waybill.tracking_number,
        parcel_numbers=tuple(waybill.parcel_numbers),
        reference=waybill.reference,
    )


def _require_ability(waybill: Waybill, ability: str) -> None:
    carrier = CARRIERS[waybill.account.carrier]
    if ability not in carrier.abilities:
        raise NotOffered(carrier=carrier.label)
