"""What a shipment and its waybill may be, how far a parcel has come, and what looks wrong on the way."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

STATES = ("picking", "shipped", "delivered", "cancelled")
GONE = ("shipped", "delivered")

# asked: waits for the carrier; sending: being handed over, and if nobody does, of unknown outcome; unsure: a person
# has to ask the carrier; booked: the carrier has it; refused, cancelled: it carries nothing.
WAYBILL_STATES = ("asked", "sending", "unsure", "booked", "refused", "cancelled")
LIVE_WAYBILLS = ("asked", "sending", "unsure", "booked")

# How far a parcel has come, nearest first; `exception` may be followed by anything.
TRACKING = ("accepted", "in_transit", "out_for_delivery", "exception", "returned", "delivered")
FINAL = ("delivered", "returned")
PROBLEMS = ("stuck", "late", "exception", "returned", "damaged", "unsure", "refused")
# What a scan in this state says of the parcel's fate.
PROBLEM_OF_STATE = {"exception": "exception", "returned": "returned"}
LATE_AFTER = timedelta(days=1)
LONGEST_WEIGHT = Decimal(100_000)
MOST_PARCELS = 999


def tracking_state(scans: Iterable[tuple[datetime, str]]) -> str:
    """Return how far a parcel has come: the latest scan; of those at the same moment the furthest. Empty without any.

    A delivery stands: what carriers note after it (payment, photographs) takes nothing back, except a return.
    """
    ordered = sorted(scans, key=lambda scan: (scan[0], TRACKING.index(scan[1])))
    if not ordered:
        return ""
    states = [state for _at, state in ordered]
    if "delivered" in states and "returned" not in states[states.index("delivered") :]:
        return "delivered"
    return states[-1]


def is_stuck(*, seen_at: datetime | None, booked_at: datetime, now: datetime, hours: int) -> bool:
    """Tell whether nothing was heard of a parcel for so many hours."""
    return (seen_at or booked_at) + timedelta(hours=hours) <= now


def is_late(*, expected_at: datetime | None, now: datetime) -> bool:
    """Tell whether a parcel should have arrived a day ago."""
    return expected_at is not None and expected_at + LATE_AFTER <= now
