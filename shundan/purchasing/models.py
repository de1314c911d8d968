"""What departments ask to be bought, and by which orders it was."""

from decimal import Decimal

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.accounts.models import User
from shundan.catalog.models import Product
from shundan.inventory.models import Warehouse
from shundan.orders.models import Order
from shundan.parties.models import Supplier
from shundan.purchasing.rules import REQUEST_STATES, SOURCES


class PurchaseRequest(models.Model):
    """That a department asks for goods to be bought for a warehouse; never changed, made anew.

    Whose it is and where it belongs (owner, team, department) says who sees it and who may not decide.
    """

    number = models.TextField()
    source = models.TextField(default="person")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    needed_on = models.DateField(null=True)
    reason = models.TextField(default="")
    state = models.TextField()
    # What the lines with a known price are worth, in company currency.
    company_amount = models.DecimalField(max_digits=18, decimal_places=2)
    content_hash = models.TextField()
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    team_id = models.BigIntegerField(null=True)
    department_id = models.BigIntegerField(null=True)
    requested_by_name = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="purchase_request_number_once"),
            models.CheckConstraint(condition=Q(state__in=REQUEST_STATES), name="purchase_request_state_known"),
            models.CheckConstraint(condition=Q(source__in=SOURCES), name="purchase_request_source_known"),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="purchase_request_by_state")]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events and approvals call this request."""
        return ("purchase_request", int(self.pk))


class PurchaseRequestLine(models.Model):
    """So much of a product, in its unit; the price is what one is expected to cost, in company currency."""

    request = models.ForeignKey(PurchaseRequest, models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    expected_price = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, related_name="+", db_index=False)
    remark = models.TextField(default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["request", "position"], name="purchase_request_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & (Q(expected_price__isnull=True) | Q(expected_price__gte=0)),
                name="purchase_request_line_positive",
            ),
        ]


class RequestSupply(models.Model):
    """How much of a requested line an order buys. An order that was cancelled buys nothing any more."""

    line = models.ForeignKey(PurchaseRequestLine, models.PROTECT, related_name="supplies", db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))

    class Meta:
        constraints = [
            UniqueConstraint(fields=["line", "order"], name="request_supply_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="request_supply_positive"),
        ]
