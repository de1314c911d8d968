"""Picking several shipments on one walk: gathering them, scanning, and into whose box each unit goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.actions.scanning import Scanned, fitting_picks, lot_instead, outcome_of, quantity_of_swap
from shundan.fulfilment.actions.swapping import facts_of_swap, swap_units
from shundan.fulfilment.models import PickRound, Shipment
from shundan.fulfilment.queries import get_round, open_shipments_of_round
from shundan.fulfilment.scopes import visible_shipments
from shundan.inventory.actions import note_scanned, refuse_expired
from shundan.inventory.queries import goods_of_scan, picks_of_papers_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import NotFound, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, plain
from shundan.kernel.numbering import next_number

MOST_SHIPMENTS = 60


class NotGatherable(Refused):
    """A shipment does not wait to be picked, is on a round already, or lies in another warehouse."""

    code = "not_gatherable"
    sentence = _("%(number)s cannot be picked on this round: it is gone, on another round or in another warehouse.")


class NothingToGather(Refused):
    """No shipment was chosen, or too many for one walk."""

    code = "nothing_to_gather"
    sentence = _("Choose 1 to %(most)s shipments.")


@dataclass(frozen=True, slots=True)
class Sorted:
    """A scan on a round, and how much of it goes into which box: (box, shipment number, quantity)."""

    scanned: Scanned
    boxes: tuple[tuple[int, str, Decimal], ...] = ()


@action
def gather_round(numbers: Sequence[str], *, by: Actor, kind: str = "batch", remark: str = "") -> PickRound:
    """Put shipments that wait to be picked on one walk; each gets a box, in the order given.

    Raises: NotPermitted, NotFound, NothingToGather, NotGatherable.
    """
    require(by, "shipment.create")
    wanted = list(dict.fromkeys(number.replace("\x00", "") for number in numbers))
    if not 0 < len(wanted) <= MOST_SHIPMENTS:
        raise NothingToGather(most=MOST_SHIPMENTS)
    visible = set(visible_shipments(by, "shipment.create").filter(number__in=wanted).values_list("pk", flat=True))
    # Locked in the order of their ids, as shipping locks them one by one.
    rows = Shipment.objects.select_for_update().filter(pk__in=visible).order_by("pk")
    found = {one.number: one for one in rows}
    missing = next((number for number in wanted if number not in found), None)
    if missing is not None:
        raise NotFound(what="shipment", key=missing[:100])
    shipments = [found[number] for number in wanted]
    warehouse_id = shipments[0].warehouse_id
    for one in shipments:
        if one.state != "picking" or one.round_id is not None or one.warehouse_id != warehouse_id:
            raise NotGatherable(number=one.number)
    made = PickRound.objects.create(
        number=next_number("pick_round", prefix="PK", on=by.today),
        kind="wave" if kind == "wave" else "batch",
        warehouse_id=warehouse_id,
        remark=remark.replace("\x00", "").strip()[:200],
        created_at=by.at,
        created_by_name=by.name,
    )
    for box, one in enumerate(shipments, start=1):
        one.round, one.box = made, box
    Shipment.objects.bulk_update(shipments, ["round", "box"])
    data = {"number": made.number, "shipments": [one.number for one in shipments]}
    record("pick_round.gathered", subject=made.subject, by=by, data=data)
    return made


@action
def dissolve_round(number: str, *, by: Actor) -> PickRound:
    """Let shipments that were not shipped leave their round; what was scanned for them stays.

    Raises: NotPermitted, NotFound.
    """
    require(by, "shipment.create")
    found = get_round(number, by=by)
    rows = Shipment.objects.select_for_update().filter(round=found, state="picking").order_by("pk")
    left = [one.number for one in rows]
    Shipment.objects.filter(round=found, state="picking").update(round=None, box=None)
    record("pick_round.dissolved", subject=found.subject, by=by, data={"number": found.number, "shipments": left})
    return found


@action
def scan_round(
    number: str, code: str, *, by: Actor, quantity: Decimal | None = None, location: str = "", swap: bool = False
) -> Sorted:
    """Count what a scan says for the shipments of a round, and tell into whose box it goes; as scan_shipment.

    Raises: as scan_shipment.
    """
    require(by, "shipment.create")
    found = get_round(number, by=by)
    ids = [one.pk for one in open_shipments_of_round(found)]
    shipments = {one.pk: one for one in Shipment.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    open_ids = [pk for pk, one in shipments.items() if one.state == "picking" and one.round_id == found.pk]
    picks = picks_of_papers_unscoped("shipment", open_ids)
    picks.sort(key=lambda pick: (pick.position.location.walking_order, pick.position.location.code, pick.source_id))
    goods = goods_of_scan(code, by=by, warehouse_id=found.warehouse_id)
    left = sum((pick.quantity - pick.scanned for pick in picks), ZERO)
    lot = lot_instead(picks, goods) if swap else None
    if lot is not None:
        wanted = quantity_of_swap(picks, goods, lot, quantity)
        swapped = swap_units(
            picks, lot, number=found.number, by=by, quantity=wanted, location=location, are_scanned=True
        )
        record("pick_round.lot_swapped", subject=found.subject, by=by, data=facts_of_swap(found.number, swapped))
        told = Scanned("goods", location, left - wanted, swapped.sku, swapped.lot, wanted)
        return Sorted(told, _boxes(shipments, swapped.shares))
    parts = fitting_picks(picks, goods, number=found.number, quantity=quantity, location=location)
    if not parts:
        return Sorted(Scanned("location", goods.locations[0].code, left))
    refuse_expired((pick.position for pick in picks if pick.pk in parts), today=by.today)
    note_scanned(parts)
    done = outcome_of(picks, parts)
    boxes: dict[int, Decimal] = {}
    for pick in picks:
        if pick.pk in parts:
            boxes[pick.source_id] = boxes.get(pick.source_id, ZERO) + parts[pick.pk]
    facts = {"sku": done.sku, "quantity": plain(done.quantity), "lot": done.lot, "location": done.location}
    record("pick_round.scanned", subject=found.subject, by=by, data={"number": found.number, **facts})
    return Sorted(done, _boxes(shipments, boxes))


def _boxes(shipments: Mapping[int, Shipment], shares: Mapping[int, Decimal]) -> tuple[tuple[int, str, Decimal], ...]:
    return tuple(sorted((shipments[pk].box or 0, shipments[pk].number, share) for pk, share in shares.items()))
