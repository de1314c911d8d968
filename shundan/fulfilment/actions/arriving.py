"""What a scan says of goods that arrive for an order: which line, how much, of which lot; nothing is booked by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.actions.scanning import WrongProduct
from shundan.fulfilment.queries import awaited_of
from shundan.inventory.queries import expiry_of_lot_unscoped, goods_of_scan
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO, plain
from shundan.orders.models import OrderLine
from shundan.orders.queries import get_order


class TooManyArrived(Refused):
    """More was scanned than is awaited, with what may come above it."""

    code = "too_many_arrived"
    sentence = _("Too many: %(sku)s %(quantity)s, but at most %(left)s more may come. Put the rest aside.")


@dataclass(frozen=True, slots=True)
class ArrivalScan:
    """The line that a scan counts for, how much of it in its own unit, its lot or serial number and day of expiry.

    `expired_on` is the day of expiry of what has expired, be it on the label or known of the lot.
    """

    line: OrderLine
    quantity: Decimal
    unit: str
    expires_on: date | None
    expired_on: date | None = None


def read_arrival(number: str, code: str, *, counted: Mapping[int, Decimal], by: Actor) -> ArrivalScan:
    """Return what a scan adds to what was counted of an order's lines so far, by position.

    Raises: NotPermitted, NotFound, UnknownCode, UnreadableCode, WrongProduct, TooManyArrived.
    """
    order = get_order(number, by=by, permission="receipt.post")
    goods = goods_of_scan(code, by=by)
    fit = {line: one.most for line, one in awaited_of(order).items() if line.product_id in goods.product_ids}
    if not fit:
        skus = [one.sku for one in goods.products] or [one.product.sku for one in goods.lots]
        raise WrongProduct(sku=next(iter(skus), code[:60]), number=order.number)
    quantity = goods.quantity or Decimal(1)
    for line, most in fit.items():
        if counted.get(line.position, ZERO) + quantity <= most:
            expires_on = goods.scan.expires_on
            ends_on = expires_on or expiry_of_lot_unscoped(line.product_id, goods.unit)
            expired_on = ends_on if ends_on is not None and ends_on < by.today else None
            return ArrivalScan(line, quantity, goods.unit, expires_on, expired_on)
    left = sum((max(ZERO, most - counted.get(line.position, ZERO)) for line, most in fit.items()), ZERO)
    raise TooManyArrived(sku=next(iter(fit)).sku, quantity=plain(quantity), left=plain(left))
