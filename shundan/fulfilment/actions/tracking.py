"""News of parcels: asked for by a job, pushed by the carrier, read from a file, or entered by a person; each once."""

import hmac
import logging
from collections.abc import Mapping
from datetime import timedelta

from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.actions.booking import give_up_waiting
from shundan.fulfilment.actions.errands import give_up_errand
from shundan.fulfilment.actions.news import note_scans
from shundan.fulfilment.actions.problems import open_problem
from shundan.fulfilment.actions.shipments import ship_shipment
from shundan.fulfilment.models import CarrierAccount, CarrierErrand, Waybill
from shundan.fulfilment.queries.waybills import account_opened
from shundan.fulfilment.registries import (
    CARRIERS,
    TRACK,
    CarrierAway,
    CarrierRefused,
    Pushed,
    Scan,
    Tracked,
    signed,
    understood,
)
from shundan.fulfilment.rules import FINAL, TRACKING, is_late, is_stuck
from shundan.fulfilment.scopes import visible_waybills
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.sealing import SealBroken

log = logging.getLogger("shundan.carriers")
ASK_AGAIN = timedelta(minutes=30)
MOST_AT_ONCE = 500
MOST_WRONG_CODES = 5
UNANSWERED = timedelta(hours=2)


class WrongPickupCode(Refused):
    """The code does not belong to this shipment."""

    code = "wrong_pickup_code"
    sentence = _("This pick-up code is not right.")


class PickupLocked(Refused):
    """Too many wrong codes."""

    code = "pickup_locked"
    sentence = _("Too many wrong codes. Cancel the waybill and make a new one.")


class PushUnknown(Refused):
    """Nobody of that name is pushed to."""

    code = "not_found"
    status = 404
    sentence = _("There is nothing here.")


def poll_tracking(*, by: Actor) -> int:
    """Ask the carriers for news of what is on its way and due to be asked for; return how many waybills had some.

    Two workers do not ask for the same ones: the next time is set before the question.
    """
    told = 0
    for account_id, claimed in _claim_due(by=by).items():
        account = CarrierAccount.objects.get(pk=account_id)
        many = CARRIERS[account.carrier].track_many
        for start in range(0, len(claimed), many):
            part = dict(list(claimed.items())[start : start + many])
            told += _ask_for_news(account, part, by=by)
    return told


@action
def _claim_due(*, by: Actor) -> dict[int, dict[str, int]]:
    """Return the waybills to ask for, by account as (number → id), with their next time set."""
    rows = Waybill.objects.filter(state="booked", asks_at__lte=by.at, account__is_active=True).exclude(
        tracking_number=""
    )
    due = rows.order_by("asks_at").select_for_update(skip_locked=True, of=("self",)).select_related("account")
    found: dict[int, dict[str, int]] = {}
    taken = list(due[:MOST_AT_ONCE])
    for waybill in taken:
        if waybill.account.carrier in CARRIERS and TRACK in CARRIERS[waybill.account.carrier].abilities:
            found.setdefault(waybill.account_id, {})[waybill.tracking_number] = waybill.pk
    Waybill.objects.filter(pk__in=[one.pk for one in taken]).update(asks_at=by.at + ASK_AGAIN)
    return found


def _ask_for_news(account: CarrierAccount, wanted: Mapping[str, int], *, by: Actor) -> int:
    trouble = ""
    tracked: list[Tracked] = []
    try:
        client = CARRIERS[account.carrier].open(account_opened(account))
        with understood():
            tracked = client.track(list(wanted))
    except (CarrierAway, CarrierRefused, SealBroken) as error:
        trouble = str(error)[:500]
        log.warning("no news from the carrier account %s: %s", account.code, trouble)
    if account.trouble != trouble:
        CarrierAccount.objects.filter(pk=account.pk).update(trouble=trouble)
    told = 0
    for one in tracked:
        if one.number in wanted and one.scans:
            told += note_scans(wanted[one.number], one.scans, source="poll", expected_at=one.expected_at, by=by) > 0
    return told


def take_push(push_key: str, headers: Mapping[str, str], body: bytes, *, by: Actor) -> Mapping[str, object]:
    """Keep what a carrier pushed, and return the answer it expects. Raises: PushUnknown, BadSignature."""
    account = next(
        (
            one
            for one in CarrierAccount.objects.filter(push_key=push_key.replace("\x00", ""), is_active=True)
            if hmac.compare_digest(one.push_key, push_key)
        ),
        None,
    )
    reader = CARRIERS[account.carrier].read_push if account is not None and account.carrier in CARRIERS else None
    if account is None or reader is None:
        raise PushUnknown()
    opened = account_opened(account)
    with signed():
        pushed: Pushed = reader(opened, headers, body)
    numbers = [one.number for one in pushed.tracked]
    ids = dict(
        Waybill.objects.filter(account=account, tracking_number__in=numbers).values_list("tracking_number", "pk")
    )
    for one in pushed.tracked:
        if one.number in ids:
            note_scans(ids[one.number], one.scans, source="push", expected_at=one.expected_at, by=by)
    return pushed.answer


@action
def enter_scan(waybill_key: str, *, state: str, text: str, place: str, by: Actor) -> Waybill:
    """Enter by hand what happened, for carriers that do not tell by themselves.

    Raises: NotPermitted, NotFound, Malformed.
    """
    require(by, "shipment.ship")
    rows = visible_waybills(by, "shipment.ship").filter(order_key=waybill_key.replace("\x00", ""), state="booked")
    waybill = rows.first()
    if waybill is None:
        raise NotFound(what="waybill", key=waybill_key[:100])
    if state not in TRACKING:
        raise Malformed(details=[Detail("state", "unknown", _("Choose one of the offered values."))])
    note_scans(waybill.pk, [Scan(by.at, state, "", text.strip(), place.strip())], source="person", by=by)
    return waybill


def hand_out_pickup(shipment_number: str, *, pickup_code: str, by: Actor) -> Waybill:
    """Hand goods to who names the pick-up code: they leave, and are delivered.

    A wrong code is counted even though it is refused. Raises: NotPermitted, NotFound, WrongPickupCode, PickupLocked,
    and as ship_shipment.
    """
    waybill = _tried(shipment_number, pickup_code, by=by)
    if waybill.wrong_codes >= MOST_WRONG_CODES:
        raise PickupLocked()
    if not hmac.compare_digest(waybill.pickup_code.encode(), pickup_code.strip().encode()):
        raise WrongPickupCode()
    return _handed_out(waybill.pk, shipment_number, by=by)


@action
def _tried(shipment_number: str, pickup_code: str, *, by: Actor) -> Waybill:
    require(by, "shipment.ship")
    rows = visible_waybills(by, "shipment.ship").filter(shipment__number=shipment_number.replace("\x00", ""))
    found = rows.filter(state="booked").exclude(pickup_code="").first()
    if found is None:
        raise NotFound(what="waybill", key=shipment_number[:100])
    waybill = Waybill.objects.select_for_update().get(pk=found.pk)
    if waybill.wrong_codes < MOST_WRONG_CODES and not hmac.compare_digest(
        waybill.pickup_code.encode(), pickup_code.strip().encode()
    ):
        waybill.wrong_codes += 1
        waybill.save(update_fields=["wrong_codes"])
    return waybill


@action
def _handed_out(waybill_id: int, shipment_number: str, *, by: Actor) -> Waybill:
    waybill = Waybill.objects.select_related("shipment").get(pk=waybill_id)
    if waybill.shipment.state == "picking":
        ship_shipment(shipment_number, by=by)
    note_scans(
        waybill_id, [Scan(by.at, "delivered", "pickup", str(_("Picked up by the customer")))], source="person", by=by
    )
    waybill.refresh_from_db()
    return waybill


def look_for_stuck(*, by: Actor) -> int:
    """Open a problem for each parcel that is silent for too long, or late; return how many.

    What was handed over hours ago without an answer is of unknown outcome, and what nobody tried to hand over for so
    long waits in vain: a person settles both, and so errands that no carrier answers.
    """
    rows = Waybill.objects.filter(state="booked", shipment__state="shipped").exclude(tracking__in=FINAL)
    waiting = Waybill.objects.filter(state__in=("asked", "sending"))
    unanswered = waiting.annotate(tried_at=Coalesce("sent_at", "created_at")).filter(tried_at__lte=by.at - UNANSWERED)
    opened = sum(give_up_waiting(pk, by=by) for pk in unanswered.values_list("pk", flat=True))
    errands = CarrierErrand.objects.filter(state="waiting", asked_at__lte=by.at - UNANSWERED)
    opened += sum(give_up_errand(pk, by=by) for pk in errands.values_list("pk", flat=True))
    for pk in rows.filter(booked_at__lte=by.at - timedelta(hours=1)).values_list("pk", flat=True).iterator(500):
        opened += _judge(pk, by=by)
    return opened


@action
def _judge(waybill_id: int, *, by: Actor) -> int:
    rows = Waybill.objects.select_for_update(of=("self",), skip_locked=True).select_related("account", "shipment")
    waybill = rows.filter(pk=waybill_id, state="booked").exclude(tracking__in=FINAL).first()
    if waybill is None or waybill.booked_at is None or waybill.pickup_code:
        return 0
    opened = 0
    seen = max(filter(None, (waybill.tracked_at, waybill.booked_at, waybill.shipment.shipped_at)))
    if is_stuck(seen_at=seen, booked_at=waybill.booked_at, now=by.at, hours=waybill.account.stuck_hours):
        opened += open_problem(waybill, "stuck", by=by)
    if is_late(expected_at=waybill.expected_at, now=by.at):
        opened += open_problem(waybill, "late", by=by)
    return opened
