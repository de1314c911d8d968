"""The coupon of an order: who buys with it, what it took off, why it does not hold, and who used one."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Q

from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.money import ZERO
from shundan.orders.models import CouponUse, Order, OrderLine
from shundan.orders.queries.record import lines_of
from shundan.orders.scopes import order_scope
from shundan.pricing.queries import (
    Buyer,
    CouponRefused,
    GivenCoupon,
    Promotion,
    coupon_for_unscoped,
    off_by_coupon,
    typed_code,
)


def buyer_of(order: Order) -> Buyer:
    """Return the customer of an order as prices see him."""
    one = order.buyer
    return Buyer(one.number, tuple(one.tags), one.kind, one.region, order.source, on=order.ordered_on)


def coupon_of(order: Order) -> GivenCoupon | None:
    """Return the coupon that an order gives, if it may be used now. Raises: CouponRefused."""
    if not order.coupon_code:
        return None
    buyer = order.buyer
    return coupon_for_unscoped(order.coupon_code, buyer_of(order), customer_id=buyer.pk, currency=order.currency)


def off_by_coupon_of(lines: Iterable[OrderLine]) -> Decimal:
    """Return what the coupon of an order took off its lines."""
    return sum((off_by_coupon(line.price_steps) for line in lines), ZERO)


def coupon_refusal(order: Order) -> CouponRefused | None:
    """Return why a draft could not leave entry with its coupon; None where it could, or has none."""
    if order.category != "draft":
        return None
    try:
        given = coupon_of(order)
    except CouponRefused as refusal:
        return refusal
    return None if given is None or off_by_coupon_of(lines_of(order)) else given.without_effect()


def list_coupon_uses(
    promotion: Promotion,
    *,
    by: Actor,
    search: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[CouponUse]:
    """Return one page of the uses of a promotion's coupons on orders the actor sees, newest first.

    Raises: NotPermitted, Malformed.
    """
    require(by, "price.read")
    rows = CouponUse.objects.filter(order_scope(by, "order.read", path="order__"), coupon__promotion=promotion)
    words = search.strip().replace("\x00", "")
    if words:
        wanted = Q(order__number__icontains=words) | Q(customer__name__icontains=words)
        rows = rows.filter(wanted | Q(coupon__code__contains=typed_code(words)))
    rows = rows.select_related("order", "coupon", "customer")
    return page_of(rows, cursor=cursor, limit=limit, sort="-id", allowed=(), counted=counted)
