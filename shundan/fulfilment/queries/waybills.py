"""Finding carriers' accounts, waybills, what happened to them and what is wrong with them."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from shundan.fulfilment.models import (
    CarrierAccount,
    CarrierErrand,
    DeliveryProblem,
    TrackingScan,
    Waybill,
    WaybillLabel,
)
from shundan.fulfilment.registries import CARRIERS, Account, Cargo, Carrier, Consignment, Place
from shundan.fulfilment.rules import FINAL, LIVE_WAYBILLS
from shundan.fulfilment.scopes import visible_waybills
from shundan.inventory.models import Warehouse
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.sealing import SealBroken, unseal

WAYBILL_VIEWS = ("waiting", "under_way", "problems", "delivered")


def list_carrier_accounts(*, by: Actor) -> list[CarrierAccount]:
    """Return the accounts with carriers, those in use first; who does not keep them sees those that take shipments.

    Raises: NotPermitted.
    """
    if not by.may("carrier.manage"):
        return usable_accounts(by=by)
    return list(CarrierAccount.objects.order_by("-is_active", "code"))


def get_carrier_account(code: str, *, by: Actor) -> CarrierAccount:
    """Return an account with a carrier. Raises: NotPermitted, NotFound."""
    require(by, "carrier.manage")
    found = CarrierAccount.objects.filter(code=code.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="carrier account", key=code[:60])
    return found


def secrets_known(account: CarrierAccount) -> set[str]:
    """Return which secrets an account has; never what they are."""
    try:
        return set(unseal(account.sealed))
    except SealBroken:
        return set()


def usable_accounts(*, by: Actor) -> list[CarrierAccount]:
    """Return the accounts that shipments can be given to. Raises: NotPermitted."""
    require(by, "shipment.read")
    rows = CarrierAccount.objects.filter(is_active=True, carrier__in=CARRIERS).order_by("code")
    return list(rows.defer("sealed"))


def all_carriers() -> dict[str, Carrier]:
    """Return the carriers that the house can speak to, by code."""
    return dict(CARRIERS)


def list_waybills(
    *,
    by: Actor,
    view: str = "",
    search: str = "",
    account: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[Waybill]:
    """Return one page of waybills, newest first. Raises: NotPermitted, Malformed."""
    require(by, "shipment.read")
    rows = _with_papers(visible_waybills(by)).prefetch_related(_problems()).filter(_view(view))
    if account:
        rows = rows.filter(account__code=account)
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        rows = rows.filter(
            Q(order_key__iexact=wanted)
            | Q(tracking_number=wanted)
            | Q(shipment__number__iexact=wanted)
            | Q(shipment__order__number__iexact=wanted)
        )
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_waybill(order_key: str, *, by: Actor) -> Waybill:
    """Return a waybill with what happened to it. Raises: NotPermitted, NotFound."""
    require(by, "shipment.read")
    rows = _with_papers(visible_waybills(by)).prefetch_related(_scans(), _problems(), _errands())
    found = rows.filter(order_key=order_key.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="waybill", key=order_key[:100])
    return found


def waybill_number_of(subject: tuple[str, int], *, by: Actor) -> str | None:
    """Return the order key of a waybill that an event or a notice names, for those who may see it."""
    if subject[0] != "waybill" or not by.may("shipment.read"):
        return None
    return visible_waybills(by).filter(pk=subject[1]).values_list("order_key", flat=True).first()


def waybills_of(shipment_ids: Iterable[int], *, by: Actor) -> list[Waybill]:
    """Return the waybills of shipments with their news, newest first; none for actors who may not see shipments."""
    if not by.may("shipment.read"):
        return []
    rows = visible_waybills(by).filter(shipment_id__in=list(shipment_ids)).select_related("account")
    return list(rows.prefetch_related(_scans(), _problems()).order_by("-id"))


def open_problems(*, by: Actor, limit: int = 50) -> list[DeliveryProblem]:
    """Return the open problems of deliveries, oldest first. Raises: NotPermitted."""
    require(by, "shipment.read")
    rows = _open_problems(by).select_related("waybill__account", "waybill__shipment__order__customer")
    return list(rows.order_by("opened_at", "id")[:limit])


def count_problems(*, by: Actor, cap: int = 999) -> int:
    """Return how many problems of deliveries are open, at most one more than the cap. Raises: NotPermitted."""
    require(by, "shipment.read")
    return len(_open_problems(by).values_list("pk")[: cap + 1])


def vehicles_used(*, by: Actor, limit: int = 20) -> list[tuple[str, str]]:
    """Return the vehicles and drivers of the own fleet that drove last. Raises: NotPermitted."""
    require(by, "shipment.read")
    rows = Waybill.objects.filter(account__carrier="fleet").order_by("-id")[:200]
    pairs = rows.values_list("consignment__vehicle", "consignment__driver")
    return [(vehicle, driver) for vehicle, driver in dict.fromkeys(pairs) if vehicle][:limit]


def account_opened(account: CarrierAccount) -> Account:
    """Return an account for use, with its secrets. Raises: SealBroken."""
    return Account(account.code, account.base_url, account.settings | unseal(account.sealed))


def consignment_of(waybill: Waybill) -> Consignment:
    """Return the consignment as it was first put together."""
    kept: Mapping[str, Any] = waybill.consignment
    return Consignment(
        **{one.name: kept[one.name] for one in fields(Consignment) if one.name in kept}
        | {
            "sender": Place(**kept["sender"]),
            "receiver": Place(**kept["receiver"]),
            "weight": Decimal(kept["weight"]),
            "cargo": tuple(
                Cargo(one["name"], Decimal(one["quantity"]), Decimal(one["unit_price"]), one["sku"])
                for one in kept["cargo"]
            ),
        }
    )


def sender_of(account: CarrierAccount, warehouse: Warehouse) -> Place:
    """Return where goods are fetched: the account's address, the warehouse's own where it has town and street."""
    own = {"province": warehouse.province, "city": warehouse.city, "street": warehouse.street}
    # A street without its town, or another town's street, would be no address.
    address = own | {"district": warehouse.district, "postal_code": ""} if all(own.values()) else {}
    called = {"contact": warehouse.contact_name, "phone": warehouse.phone}
    return Place(**account.sender | address | (called if warehouse.phone else {}))


def waybill_facts(waybill: Waybill) -> dict[str, str]:
    """Return what events say of a waybill."""
    return {
        "number": waybill.order_key,
        "shipment": waybill.shipment.number,
        "carrier": waybill.account.carrier,
        "account": waybill.account.code,
        "tracking_number": waybill.tracking_number,
        "tracking": waybill.tracking,
        "order_id": str(waybill.shipment.order_id),
    }


def _view(view: str) -> Q:
    if view == "waiting":
        return Q(state__in=("asked", "sending", "unsure", "refused")) | Q(state="booked", tracking_number="")
    if view == "under_way":
        return Q(state="booked") & ~Q(tracking__in=FINAL)
    if view == "problems":
        return Q(pk__in=DeliveryProblem.objects.filter(resolved_at=None).values("waybill_id"))
    if view == "delivered":
        return Q(tracking="delivered")
    return Q()


def _open_problems(by: Actor) -> QuerySet[DeliveryProblem]:
    return DeliveryProblem.objects.filter(resolved_at=None, waybill__in=visible_waybills(by))


def _with_papers(rows: QuerySet[Waybill]) -> QuerySet[Waybill]:
    order = "shipment__order"
    return rows.select_related(
        "account", "shipment__warehouse", f"{order}__customer", f"{order}__supplier", f"{order}__target_warehouse"
    )


def _scans() -> "Prefetch[str]":
    return Prefetch("scans", queryset=TrackingScan.objects.order_by("-at", "-id"))


def _errands() -> "Prefetch[str]":
    return Prefetch("errands", queryset=CarrierErrand.objects.order_by("-id"))


def _problems() -> "Prefetch[str]":
    return Prefetch("problems", queryset=DeliveryProblem.objects.order_by("-opened_at", "-id"))


def has_label(waybill: Waybill) -> bool:
    """Tell whether the label is kept here, to be printed at once."""
    return WaybillLabel.objects.filter(waybill=waybill).exists()


def is_live_waybill(waybill: Waybill) -> bool:
    """Tell whether a carrier has the shipment, or is to have it."""
    return waybill.state in LIVE_WAYBILLS
