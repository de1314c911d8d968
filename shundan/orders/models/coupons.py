"""Which orders use which coupons."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.orders.models.order import Order
from shundan.parties.models import Customer
from shundan.pricing.models import Coupon


class CouponUse(models.Model):
    """A use of a coupon, from the order's submission until it ends or goes back to entry; `amount` is what it took off.

    One that was given back stays as a row: who used it, and until when.
    """

    coupon = models.ForeignKey(Coupon, models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    at = models.DateTimeField()
    given_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["order"], name="coupon_use_once_for_order", condition=Q(given_back_at__isnull=True)
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="coupon_use_takes_something_off"),
        ]
        indexes = [models.Index(fields=["coupon", "-id"], name="coupon_use_by_coupon")]
