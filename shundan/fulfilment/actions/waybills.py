"""Waybills: asked for in the house, handed to the carrier by a job, never two for one order key."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from shundan.fulfilment.actions.booking import lock_waybill, note_booked
from shundan.fulfilment.actions.numbers import check_tracking_number
from shundan.fulfilment.actions.problems import settle_problems
from shundan.fulfilment.models import CarrierAccount, Shipment, Waybill
from shundan.fulfilment.queries.waybills import account_opened, sender_of, waybill_facts
from shundan.fulfilment.registries import (
    CARRIERS,
    Booked,
    Cargo,
    Consignment,
    Place,
)
from shundan.fulfilment.rules import LIVE_WAYBILLS, LONGEST_WEIGHT, MOST_PARCELS
from shundan.fulfilment.scopes import visible_shipments, visible_waybills
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record
from shundan.orders.queries import lock_order_unscoped

PICKUP_DIGITS = 6


class HasWaybill(Refused):
    """The shipment is in a carrier's hands already."""

    code = "has_waybill"
    sentence = _("Shipment %(number)s has a waybill already. Cancel it first.")


class NoWaybillNow(Refused):
    """A waybill is made for goods that are picked or have just left."""

    code = "shipment_not_open"
    sentence = _("Shipment %(number)s is delivered or cancelled; it needs no waybill.")


class AddressMissing(Refused):
    """A carrier needs to know where to."""

    code = "address_missing"
    sentence = _("The order has no complete delivery address. Enter street, city, contact and phone first.")


class WaybillFixed(Refused):
    """The waybill is not in the state that the step needs."""

    code = "wrong_waybill_state"
    sentence = _("This is not possible for waybill %(key)s as it stands.")


class CarrierSaysNo(Refused):
    """The carrier refused, in its own words."""

    code = "carrier_refused"
    sentence = _("The carrier refused: %(text)s (%(carrier_code)s).")


class CarrierSilent(Refused):
    """The carrier could not be reached."""

    code = "carrier_unreachable"
    sentence = _("The carrier could not be reached. Try again later.")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaybillInput:
    """What a waybill is asked for with: weight in kilograms; vehicle and driver for the own fleet."""

    account: str
    service: str = ""
    parcels: int = 1
    weight: Decimal = Decimal(1)
    remark: str = ""
    vehicle: str = ""
    driver: str = ""
    estimate: Decimal | None = None
    currency: str = "CNY"


@action
def ask_waybill(shipment_number: str, given: WaybillInput, *, by: Actor) -> Waybill:
    """Make the waybill of a shipment: a carrier in the house takes it at once, others are asked by a job.

    Raises: NotPermitted, NotFound, Malformed, HasWaybill, NoWaybillNow, AddressMissing.
    """
    shipment = _locked_shipment(shipment_number, by=by)
    if shipment.state not in ("picking", "shipped"):
        raise NoWaybillNow(number=shipment.number)
    earlier = list(Waybill.objects.filter(shipment=shipment).values_list("state", flat=True))
    if any(state in LIVE_WAYBILLS for state in earlier):
        raise HasWaybill(number=shipment.number)
    account = _account(given)
    # The first waybill has the shipment's own number; a new one after a cancelled one is another order to the carrier.
    order_key = shipment.number if not earlier else f"{shipment.number}-{len(earlier) + 1}"
    consignment = compose_consignment(shipment, account, given, order_key=order_key, on=by.today.isoformat())
    waybill = Waybill.objects.create(
        shipment=shipment,
        account=account,
        order_key=order_key,
        service=given.service,
        parcels=given.parcels,
        weight=given.weight,
        consignment=_as_json(consignment),
        estimate=given.estimate,
        currency=given.currency,
        created_at=by.at,
        created_by_name=by.name,
    )
    record("waybill.asked", subject=waybill.subject, by=by, data=waybill_facts(waybill))
    carrier = CARRIERS[account.carrier]
    if carrier.is_remote:
        app.configure_task("fulfilment.book_waybill").defer(waybill_id=waybill.pk)
    else:
        if account.carrier == "pickup":
            waybill.pickup_code = f"{secrets.randbelow(10**PICKUP_DIGITS):0{PICKUP_DIGITS}d}"
        note_booked(waybill, carrier.open(account_opened(account)).create(consignment), by=by)
    return waybill


def compose_consignment(
    shipment: Shipment, account: CarrierAccount, given: WaybillInput, *, order_key: str, on: str
) -> Consignment:
    """Return what would be handed to the carrier. Raises: AddressMissing."""
    order = shipment.order
    receiver = Place(
        company=order.party_name,
        contact=order.ship_contact or order.party_name,
        phone=order.ship_phone,
        country=order.ship_country,
        province=order.ship_province,
        city=order.ship_city,
        district=order.ship_district,
        street=order.ship_street,
        postal_code=order.ship_postal_code,
    )
    if order.target_warehouse is not None:
        there = order.target_warehouse
        receiver = Place(
            company=there.name_zh, contact=there.name_zh, province=there.province, city=there.city, street=there.street
        )
    elif CARRIERS[account.carrier].is_remote and not (receiver.street and receiver.city and receiver.phone):
        raise AddressMissing()
    lines = shipment.lines.select_related("order_line").order_by("order_line__position")
    return Consignment(
        order_key=order_key,
        service=given.service,
        sender=sender_of(account, shipment.warehouse),
        receiver=receiver,
        parcels=given.parcels,
        weight=given.weight,
        cargo=tuple(
            Cargo(
                one.order_line.name_zh[:100], one.quantity, one.order_line.unit_price or Decimal(0), one.order_line.sku
            )
            for one in lines
        ),
        currency=order.currency,
        remark=given.remark.replace("\x00", "").strip()[:100],
        ship_on=on,
        vehicle=given.vehicle.replace("\x00", "").strip()[:40],
        driver=given.driver.replace("\x00", "").strip()[:80],
    )


@action
def settle_unsure_waybill(waybill_key: str, *, tracking_number: str, by: Actor, is_sure: bool = False) -> Waybill:
    """Answer for a booking of unknown outcome: with the carrier's number, or empty to hand it over again.

    `is_sure` keeps a number that looks odd. Raises: NotPermitted, NotFound, WaybillFixed, TrackingNumberWrong,
    TrackingNumberUnusual.
    """
    found = visible_waybill(waybill_key, by=by, permission="shipment.ship")
    waybill = lock_waybill(found.pk)
    if waybill.state != "unsure":
        raise WaybillFixed(key=waybill.order_key)
    number = tracking_number.replace("\x00", "").strip()[:60]
    check_tracking_number(number, carrier=waybill.account.carrier, is_sure=is_sure)
    if number:
        note_booked(waybill, Booked(tracking_number=number), by=by)
    else:
        # Its tries count anew.
        waybill.state, waybill.sent_at = "asked", by.at
        waybill.save(update_fields=["state", "sent_at"])
        settle_problems(waybill, ("unsure",), by=by)
        app.configure_task("fulfilment.book_waybill").defer(waybill_id=waybill.pk)
    return waybill


def visible_waybill(waybill_key: str, *, by: Actor, permission: str) -> Waybill:
    """Return a waybill that the actor may see. Raises: NotPermitted, NotFound."""
    require(by, permission)
    rows = visible_waybills(by, permission).select_related("account", "shipment")
    found = rows.filter(order_key=waybill_key.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="waybill", key=waybill_key[:100])
    return found


def _locked_shipment(number: str, *, by: Actor) -> Shipment:
    require(by, "shipment.ship")
    rows = visible_shipments(by, "shipment.ship").filter(number=number.replace("\x00", ""))
    found = rows.values_list("pk", "order_id").first()
    if found is None:
        raise NotFound(what="shipment", key=number[:100])
    order = lock_order_unscoped(found[1])
    shipment = Shipment.objects.select_for_update(of=("self",)).select_related("warehouse").get(pk=found[0])
    shipment.order = order
    return shipment


def _account(given: WaybillInput) -> CarrierAccount:
    account = CarrierAccount.objects.filter(code=given.account, is_active=True).first()
    wrong = []
    if account is None or account.carrier not in CARRIERS:
        wrong.append(Detail("account", "unknown", _("Choose one of the carriers that are set up.")))
    elif account.services and given.service not in account.services:
        wrong.append(Detail("service", "unknown", _("Choose one of the services that are enabled.")))
    wrong += size_faults(given)
    if wrong:
        raise Malformed(details=wrong)
    assert account is not None
    return account


def size_faults(given: WaybillInput) -> list[Detail]:
    """Return what is wrong with the number of parcels and the weight."""
    wrong = []
    if not 0 < given.parcels <= MOST_PARCELS:
        wrong.append(Detail("parcels", "out_of_range", _("Give a number of parcels from 1 to 999.")))
    if not (given.weight.is_finite() and Decimal("0.001") <= given.weight <= LONGEST_WEIGHT):
        wrong.append(Detail("weight", "out_of_range", _("Give the weight in kilograms, more than nothing.")))
    return wrong


def _as_json(consignment: Consignment) -> Mapping[str, Any]:
    return asdict(consignment)
