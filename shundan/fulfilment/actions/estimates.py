"""What carriers would take for a shipment, side by side, before one is chosen."""

from dataclasses import dataclass, replace

from shundan.fulfilment.actions.waybills import WaybillInput, ask_carrier, compose_consignment
from shundan.fulfilment.models import CarrierAccount, Shipment
from shundan.fulfilment.queries.waybills import account_opened
from shundan.fulfilment.registries import CARRIERS, ESTIMATE, Quote
from shundan.fulfilment.scopes import visible_shipments
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused, require


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an account's services would cost, or why that is not known."""

    account: CarrierAccount
    quotes: tuple[Quote, ...]
    refusal: Refused | None = None


def estimate_waybill(shipment_number: str, given: WaybillInput, *, by: Actor) -> list[Estimate]:
    """Ask every account that can tell (or the given one) what the shipment would cost; nothing is kept.

    Raises: NotPermitted, NotFound.
    """
    require(by, "shipment.ship")
    rows = visible_shipments(by, "shipment.ship").select_related(
        "order__customer", "order__target_warehouse", "warehouse"
    )
    shipment = rows.filter(number=shipment_number.replace("\x00", "")).first()
    if shipment is None:
        raise NotFound(what="shipment", key=shipment_number[:100])
    accounts = CarrierAccount.objects.filter(is_active=True, carrier__in=CARRIERS).order_by("code")
    if given.account:
        accounts = accounts.filter(code=given.account)
    return [_ask(one, shipment, given, by) for one in accounts if ESTIMATE in CARRIERS[one.carrier].abilities]


def _ask(account: CarrierAccount, shipment: Shipment, given: WaybillInput, by: Actor) -> Estimate:
    try:
        wished = replace(given, account=account.code, service="")
        consignment = compose_consignment(shipment, account, wished, order_key=shipment.number, on=by.today.isoformat())
        quotes = ask_carrier(lambda: CARRIERS[account.carrier].open(account_opened(account)).estimate(consignment))
    except Refused as refusal:
        return Estimate(account, (), refusal)
    enabled = set(account.services)
    return Estimate(account, tuple(one for one in quotes if not enabled or one.service in enabled))
