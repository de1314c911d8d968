"""Rounds, and what lies in which parcel."""

from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Sum

from shundan.fulfilment.models import Parcel, ParcelLine, PickRound, Shipment, ShipmentLine
from shundan.fulfilment.queries.scans import Stop, stops_of_picks
from shundan.fulfilment.scopes import visible_shipments
from shundan.inventory.queries import picks_of_papers_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.money import ZERO


def list_rounds(
    *,
    by: Actor,
    state: str = "",
    search: str = "",
    warehouse: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[PickRound]:
    """Return one page of rounds with a shipment that the actor sees, newest first; `open` ones are still walked.

    Raises: NotPermitted, Malformed.
    """
    require(by, "shipment.create")
    mine = visible_shipments(by, "shipment.create").filter(round=OuterRef("pk"))
    is_open = Q(Exists(mine.filter(state="picking")))
    rows = PickRound.objects.filter(Exists(mine)).select_related("warehouse")
    rows = rows.annotate(
        shipments_count=Count("shipments"), open_count=Count("shipments", filter=Q(shipments__state="picking"))
    )
    if state in ("open", "done"):
        rows = rows.filter(is_open if state == "open" else ~is_open)
    if warehouse:
        rows = rows.filter(warehouse__code=warehouse.replace("\x00", ""))
    if search.strip():
        rows = rows.filter(number__iexact=search.strip().replace("\x00", "")[:80])
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_round(number: str, *, by: Actor) -> PickRound:
    """Return a round with a shipment that the actor sees. Raises: NotPermitted, NotFound."""
    require(by, "shipment.create")
    mine = visible_shipments(by, "shipment.create").filter(round=OuterRef("pk"))
    rows = PickRound.objects.filter(Exists(mine)).select_related("warehouse")
    found = rows.filter(number=number.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="round", key=number[:100])
    return found


def shipments_of_round(found: PickRound) -> list[Shipment]:
    """Return all shipments of a round that the actor fetched, by box."""
    rows = found.shipments.select_related("order", "order__customer", "order__supplier", "order__target_warehouse")
    return list(rows.prefetch_related("lines").order_by("box"))


def open_shipments_of_round(found: PickRound) -> list[Shipment]:
    """Return the shipments of a round that have not left, by box."""
    return list(found.shipments.filter(state="picking").order_by("box"))


def stops_of_round(found: PickRound) -> list[Stop]:
    """Return what is picked on a round, in walking order; a place and lot is one stop for all shipments."""
    return stops_of_picks(picks_of_papers_unscoped("shipment", [one.pk for one in open_shipments_of_round(found)]))


def list_gatherable(
    *, by: Actor, warehouse: str = "", carrier: str = "", until: date | None = None, limit: int = 60
) -> list[Shipment]:
    """Return shipments that wait to be picked and are on no round, those first that the customer wants first.

    Raises: NotPermitted.
    """
    require(by, "shipment.create")
    rows = visible_shipments(by, "shipment.create").filter(state="picking", round=None)
    if warehouse:
        rows = rows.filter(warehouse__code=warehouse.replace("\x00", ""))
    if carrier:
        rows = rows.filter(carrier=carrier.replace("\x00", ""))
    if until:
        rows = rows.filter(order__requested_on__lte=until)
    rows = rows.select_related(
        "warehouse", "order", "order__customer", "order__supplier", "order__target_warehouse"
    ).prefetch_related("lines")
    return list(rows.order_by("order__requested_on", "id")[:limit])


def parcels_of(shipment: Shipment) -> list[Parcel]:
    """Return the parcels of a shipment that the actor fetched, with what they hold."""
    lines = ParcelLine.objects.select_related("shipment_line__order_line__product").order_by(
        "shipment_line__order_line__position"
    )
    return list(shipment.parcels.prefetch_related(Prefetch("lines", queryset=lines)).order_by("position"))


def unpacked_of(shipment: Shipment) -> dict[ShipmentLine, Decimal]:
    """Return how much of each line of a shipment is in no parcel yet."""
    rows = ShipmentLine.objects.filter(shipment=shipment).select_related("order_line").order_by("order_line__position")
    packed = dict(
        ParcelLine.objects.filter(shipment_line__shipment=shipment)
        .values_list("shipment_line_id")
        .annotate(Sum("quantity"))
    )
    return {line: line.quantity - packed.get(line.pk, ZERO) for line in rows}
