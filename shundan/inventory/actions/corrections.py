"""Correcting stock by scanner: what is broken is scrapped, what is missing or too many is booked, with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.inventory.actions.book import adjust_stock, scrap_lying
from shundan.inventory.actions.counting import PlaceNeeded
from shundan.inventory.actions.lots import LotInput
from shundan.inventory.models import StockPosition
from shundan.inventory.queries import ExpiredUnits, ScannedGoods, SeveralProducts, get_warehouse, goods_of_scan
from shundan.inventory.rules import CORRECTIONS, IN_TRANSIT
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, require


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a scan did: `location` only says where one stands, `goods` booked a quantity, what has `expired` of it
    lies blocked.
    """

    kind: str
    location: str
    sku: str = ""
    lot: str = ""
    quantity: Decimal = Decimal(0)
    expired: tuple[ExpiredUnits, ...] = ()


@action
def correct_scanned_stock(
    code: str,
    *,
    warehouse: str,
    what: str,
    reason: str,
    by: Actor,
    location: str = "",
    quantity: Decimal | None = None,
) -> Corrected:
    """Scrap what was scanned, or book it as missing or found: what the label or box says, else one, unless a quantity
    is given.

    `location` is the place scanned before; it may be left out where the product lies at one place alone. Raises:
    NotPermitted, NotFound, Malformed, UnknownCode, UnreadableCode, SeveralProducts, PlaceNeeded, LotsNeeded,
    StockInUse, NotThere, NoLotsKept, SerialTwice, ExpiryNeeded.
    """
    require(by, "stock.adjust")
    if what not in CORRECTIONS:
        raise Malformed(details=[Detail("what", "unknown", _("Choose one of the offered values."))])
    place = get_warehouse(warehouse, by=by)
    goods = goods_of_scan(code, by=by, warehouse_id=place.pk)
    if goods.locations and not goods.product_ids:
        return Corrected("location", goods.locations[0].code)
    product_id, sku = _product(goods, code)
    amount = quantity if quantity is not None else goods.quantity if goods.quantity is not None else Decimal(1)
    if amount <= 0:
        raise Malformed(details=[Detail("quantity", "out_of_range", _("Enter a quantity above 0."))])
    at = location or _only_place(product_id, place.pk)
    lots = [LotInput(code=goods.unit, quantity=amount, expires_on=goods.scan.expires_on)] if goods.unit else []
    if what == "scrap":
        scrap_lying(product_id, place.pk, quantity=amount, reason=reason, location=at, lots=lots, by=by)
        return Corrected("goods", at, sku, goods.unit, amount)
    booked = adjust_stock(
        product_id=product_id,
        warehouse_id=place.pk,
        delta=amount if what == "found" else -amount,
        reason=reason,
        location=at,
        lots=lots,
        by=by,
    )
    return Corrected("goods", at, sku, goods.unit, amount, booked.expired)


def _product(goods: ScannedGoods, code: str) -> tuple[int, str]:
    known = {one.pk: one.sku for one in goods.products} or {one.product_id: one.product.sku for one in goods.lots}
    if len(known) > 1:
        raise SeveralProducts(code=code[:60], skus=", ".join(sorted(known.values())))
    return next(iter(known.items()))


def _only_place(product_id: int, warehouse_id: int) -> str:
    """Return where the product lies, or nothing where it lies nowhere. Raises: PlaceNeeded."""
    rows = StockPosition.objects.filter(product_id=product_id, warehouse_id=warehouse_id).exclude(status=IN_TRANSIT)
    places: Sequence[str] = sorted(set(rows.values_list("location__code", flat=True)))
    if len(places) > 1:
        raise PlaceNeeded()
    return places[0] if places else ""
