"""What a shipment and its waybill may be, which scans fit a pick, how far a parcel has come, what looks wrong."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal

from shundan.kernel.money import QUANTITY_DECIMALS, decimal_places

# Of what comes from suppliers: nothing is examined, a share of it, or all.
EXAMINED = ("none", "sample", "all")
INSPECTION_STATES = ("open", "waiting", "decided", "reopened", "void")
# What bringing goods here costs, and by what that is spread over them.
CHARGES = ("freight", "duty", "insurance", "handling", "other")
SPREADS = ("value", "quantity", "weight")

STATES = ("picking", "shipped", "delivered", "cancelled")
GONE = ("shipped", "delivered")

# asked: waits for the carrier; sending: being handed over, and if nobody does, of unknown outcome; unsure: a person
# has to ask the carrier; booked: the carrier has it; refused, cancelled: it carries nothing.
WAYBILL_STATES = ("asked", "sending", "unsure", "booked", "refused", "cancelled")
LIVE_WAYBILLS = ("asked", "sending", "unsure", "booked")

# How far a parcel has come, nearest first; `exception` may be followed by anything.
TRACKING = ("accepted", "in_transit", "out_for_delivery", "exception", "returned", "delivered")
FINAL = ("delivered", "returned")
# While no more was heard than this, a carrier may still take a parcel's waybill back.
NOT_ON_ITS_WAY = ("", "accepted")
PROBLEMS = (
    "stuck",
    "late",
    "exception",
    "returned",
    "damaged",
    "unsure",
    "refused",
    "not_cancelled",
    "cancel_unsure",
    "no_label",
)
# What carriers are asked for by jobs; each is waiting until it is done, refused, or failed for want of an answer. A
# cancelling without an answer is unsure: the carrier may have done it.
ERRANDS = ("label", "cancel", "news")
ERRAND_STATES = ("waiting", "done", "refused", "failed", "unsure")
COST_STATES = ("waiting", "answered", "failed")
# What carriers say of goods that were broken on the way.
_BROKEN = ("破损", "损坏", "摔坏", "damage")
LATE_AFTER = timedelta(days=1)
LONGEST_WEIGHT = Decimal(100_000)
MOST_PARCELS = 999


def tolerated(ordered: Decimal, percent: Decimal, *, decimals: int) -> Decimal:
    """Return how much more or less than ordered is within the tolerance, rounded down to what the unit can say."""
    return (ordered * percent / 100).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_DOWN)


def sample_size(quantity: Decimal, percent: Decimal | None) -> Decimal:
    """Return how many units are looked at: a share rounded up to whole units, all of them without a share."""
    if percent is None:
        return quantity
    return min(quantity, max(Decimal(1), (quantity * percent / 100).quantize(Decimal(1), rounding=ROUND_CEILING)))


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


def delivery_moment(scans: Sequence[tuple[datetime, str]]) -> datetime | None:
    """Return when a parcel was delivered: first told so since it last came back, however often it is told again."""
    back = max((at for at, state in scans if state == "returned"), default=None)
    return min((at for at, state in scans if state == "delivered" and (back is None or at >= back)), default=None)


def problem_of_scan(state: str, text: str) -> str:
    """Return the kind of problem that a scan tells of: an exception, a return, broken goods. Empty for none."""
    if state == "exception" and any(word in text.lower() for word in _BROKEN):
        return "damaged"
    return state if state in ("exception", "returned") else ""


def is_stuck(*, seen_at: datetime | None, booked_at: datetime, now: datetime, hours: int) -> bool:
    """Tell whether nothing was heard of a parcel for so many hours."""
    return (seen_at or booked_at) + timedelta(hours=hours) <= now


def is_late(*, expected_at: datetime | None, now: datetime) -> bool:
    """Tell whether a parcel should have arrived a day ago."""
    return expected_at is not None and expected_at + LATE_AFTER <= now


@dataclass(frozen=True, slots=True)
class PickTarget:
    """What still lies at a place to be picked: `key` tells it apart, `left` is how much was not scanned yet."""

    key: int
    product_id: int
    lot: str
    location: str
    left: Decimal
    # How finely the product's unit is divided.
    decimals: int = QUANTITY_DECIMALS


class ScanFault(ValueError):
    """Why a scan does not fit: its code, and the facts its sentence names."""

    def __init__(self, code: str, **facts: str | Decimal) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def match_pick(
    targets: list[PickTarget],
    *,
    product_ids: set[int],
    unit: str = "",
    location: str = "",
    quantity: Decimal | None = None,
) -> list[tuple[int, Decimal]]:
    """Return how much of which target a scan picks; `targets` stand in walking order.

    Without a quantity it picks all that is left at the first place. Raises:
    ScanFault, `wrong_product`, `lot_not_scanned`, `wrong_lot`, `wrong_location`, `too_many_scanned`, `bad_quantity`,
    `too_many_decimals`.
    """
    fit = [one for one in targets if one.product_id in product_ids]
    if not fit:
        raise ScanFault("wrong_product")
    if unit and not any(one.lot == unit for one in fit):
        raise ScanFault("wrong_lot", lot=unit, wanted=_named(one.lot for one in fit if one.left > 0))
    if not unit and any(one.lot for one in fit):
        raise ScanFault("lot_not_scanned", wanted=_named(one.lot for one in fit if one.left > 0))
    fit = [one for one in fit if one.lot == unit]
    if location and not any(one.location == location for one in fit):
        raise ScanFault("wrong_location", location=location, wanted=_named(one.location for one in fit if one.left > 0))
    fit = [one for one in fit if one.left > 0 and location in ("", one.location)]
    left = sum((one.left for one in fit), Decimal(0))
    if quantity is None:
        wanted = sum((one.left for one in fit if one.location == fit[0].location), Decimal(0)) or Decimal(1)
    else:
        wanted = quantity
    if wanted <= 0 or decimal_places(wanted) > QUANTITY_DECIMALS:
        raise ScanFault("bad_quantity")
    if wanted > left:
        raise ScanFault("too_many_scanned", quantity=wanted, left=left)
    if wanted != left and decimal_places(wanted) > fit[0].decimals:
        raise ScanFault("too_many_decimals")
    parts = []
    for one in fit:
        if wanted > 0:
            parts.append((one.key, min(wanted, one.left)))
            wanted -= parts[-1][1]
    return parts


def _named(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(word for word in words if word)) or "--"
