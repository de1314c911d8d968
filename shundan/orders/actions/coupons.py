"""Uses of coupons: taken when an order leaves entry, given back when it ends unfulfilled or goes back to entry."""

from django.db.models import QuerySet

from shundan.kernel.actor import Actor
from shundan.orders.models import CouponUse, Order
from shundan.orders.queries import lines_of
from shundan.orders.queries.coupons import coupon_of, off_by_coupon_of
from shundan.pricing.actions import claim_coupon, give_back_coupon, lock_coupon
from shundan.pricing.queries import GivenCoupon

# What was found to hold when the order left entry, until its use is counted.
CLAIMED = "claimed_coupon"
# Where an order stands that uses no coupon: not yet, or not any more.
WITHOUT_USE = ("draft", "cancelled")


def lock_coupon_of(order: Order) -> None:
    """Lock the coupon of a locked order before its credit and stock (docs/adr/0007)."""
    lock_coupon(order.coupon_code)


def settle_coupon(order: Order, *, by: Actor) -> None:
    """Let a locked order use its coupon exactly while it is neither a draft nor cancelled.

    Raises: CouponRefused for one that does not hold any more, or takes nothing off.
    """
    if not order.coupon_code:
        return
    if order.category in WITHOUT_USE:
        give_back_use(order, by=by)
    elif not _use_of(order).exists():
        given = order.__dict__.pop(CLAIMED, None) or require_coupon(order)
        assert given is not None
        claim_coupon(given, customer_id=order.buyer.pk)
        off = off_by_coupon_of(lines_of(order))
        CouponUse.objects.create(coupon_id=given.id, order=order, customer=order.buyer, amount=off, at=by.at)


def give_back_use(order: Order, *, by: Actor) -> None:
    """Give back the use that a locked order holds of its locked coupon, if it holds one."""
    for use in _use_of(order).select_related("coupon"):
        give_back_coupon(use.coupon, customer_id=use.customer_id)
        use.given_back_at = by.at
        use.save(update_fields=["given_back_at"])


def _use_of(order: Order) -> QuerySet[CouponUse]:
    return CouponUse.objects.filter(order=order, given_back_at__isnull=True)


def require_coupon(order: Order) -> GivenCoupon | None:
    """Refuse to let a locked order leave entry with a coupon that does not hold now; before anything is written.

    Raises: CouponRefused.
    """
    # Another one may use it while this order waits for it; from here on nobody can.
    lock_coupon_of(order)
    given = coupon_of(order)
    if given is not None:
        if not off_by_coupon_of(lines_of(order)):
            raise given.without_effect()
        order.__dict__[CLAIMED] = given
    return given
