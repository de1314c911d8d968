"""What happened to a parcel, kept once however it was heard, and what follows from it."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from shundan.fulfilment.actions.problems import open_problem, settle_problems
from shundan.fulfilment.actions.shipments import mark_delivered
from shundan.fulfilment.models import Shipment, TrackingScan, Waybill
from shundan.fulfilment.queries.waybills import waybill_facts
from shundan.fulfilment.registries import Scan
from shundan.fulfilment.rules import FINAL, NOT_ON_ITS_WAY, TRACKING, delivery_moment, problem_of_scan, tracking_state
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.events import record
from shundan.orders.queries import direction_of, lock_order_unscoped

# What a carrier says of the future is a slip of its clock.
AHEAD = timedelta(hours=26)


@action
def note_scans(
    waybill_id: int, scans: Sequence[Scan], *, source: str, by: Actor, expected_at: datetime | None = None
) -> int:
    """Keep what happened to a parcel and what follows from it; return how much of it was new.

    Delivered goods are delivered for the order; an exception or a return opens a problem. Told again, nothing follows.
    """
    known = Waybill.objects.values_list("shipment_id", "shipment__order_id").get(pk=waybill_id)
    order = lock_order_unscoped(known[1])
    shipment = Shipment.objects.select_for_update(no_key=True).get(pk=known[0])
    waybill = Waybill.objects.select_for_update(of=("self",)).select_related("account").get(pk=waybill_id)
    waybill.shipment = shipment
    new = _kept(waybill, scans, source=source, by=by)
    if expected_at is not None:
        waybill.expected_at, waybill.promised_at = expected_at, waybill.promised_at or expected_at
    before = waybill.tracking
    if new:
        told = list(TrackingScan.objects.filter(waybill=waybill).values_list("at", "state"))
        waybill.tracking, waybill.tracked_at = tracking_state(told), max(at for at, _state in told)
        waybill.delivered_at = delivery_moment(told) if waybill.tracking == "delivered" else None
        if waybill.tracking in FINAL:
            waybill.asks_at = None
        settle_problems(waybill, ("stuck",), by=by)
    waybill.save()
    if waybill.tracking != before:
        record(
            "waybill.tracked", subject=waybill.subject, by=by, data=waybill_facts(waybill) | {"state": waybill.tracking}
        )
        if waybill.tracking in ("out_for_delivery", "delivered"):
            settle_problems(waybill, ("late", "exception"), by=by)
        if waybill.tracking not in NOT_ON_ITS_WAY and settle_problems(waybill, ("cancel_unsure",), by=by):
            # What moves was not taken back.
            open_problem(waybill, "not_cancelled", note=max(new, key=lambda scan: scan.at).text, by=by)
    for kind, text in _problems(new, waybill):
        open_problem(waybill, kind, note=text, by=by)
    if waybill.tracking == "delivered" and shipment.state == "shipped" and not direction_of(order).is_transfer:
        mark_delivered(shipment, order, by=by)
    return len(new)


def _problems(new: Sequence[Scan], waybill: Waybill) -> list[tuple[str, str]]:
    """Return which problems news tell of: what is broken stays broken, all else counts while it is the last news."""
    told = [(problem_of_scan(scan.state, scan.text), scan) for scan in sorted(new, key=lambda scan: scan.at)]
    return [
        (kind, scan.text)
        for kind, scan in told
        if kind == "damaged" or (kind and scan.at == waybill.tracked_at and scan.state == waybill.tracking)
    ]


def _kept(waybill: Waybill, scans: Sequence[Scan], *, source: str, by: Actor) -> list[Scan]:
    wanted = {_fingerprint(scan): scan for scan in scans if scan.at <= by.at + AHEAD and scan.state in TRACKING}
    rows = TrackingScan.objects.filter(waybill=waybill, fingerprint__in=wanted)
    for one in rows.values_list("fingerprint", flat=True):
        del wanted[one]
    TrackingScan.objects.bulk_create(
        TrackingScan(
            waybill=waybill,
            at=scan.at,
            state=scan.state,
            code=scan.code[:60],
            text=scan.text.replace("\x00", "")[:500],
            place=scan.place.replace("\x00", "")[:200],
            source=source,
            fingerprint=fingerprint,
            noted_at=by.at,
        )
        for fingerprint, scan in wanted.items()
    )
    return list(wanted.values())


def _fingerprint(scan: Scan) -> str:
    """Return what makes two tellings one: moment and code; the words too where there is no code."""
    what = scan.code or scan.text
    return hashlib.sha256(f"{scan.at.astimezone(UTC).isoformat()}|{scan.state}|{what}".encode()).hexdigest()[:32]
