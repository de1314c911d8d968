"""What departments ask to be bought, what suppliers offer for it, and by which orders it was bought."""

from decimal import Decimal

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.accounts.models import User
from shundan.catalog.models import Product
from shundan.inventory.models import Warehouse
from shundan.orders.models import Order, OrderAmendment
from shundan.parties.models import Supplier
from shundan.purchasing.rules import ANSWER_STATES, INQUIRY_STATES, INVITATION_STATES, REQUEST_STATES, SOURCES


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


class Inquiry(models.Model):
    """A call for quotations: what is wanted, from several suppliers, until a day."""

    number = models.TextField()
    state = models.TextField(default="open")
    answer_by = models.DateField(null=True)
    remark = models.TextField(default="")
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    created_by_name = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="inquiry_number_once"),
            models.CheckConstraint(condition=Q(state__in=INQUIRY_STATES), name="inquiry_state_known"),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this inquiry."""
        return ("inquiry", int(self.pk))


class InquiryLine(models.Model):
    """How much of a requested line is asked for, in the product's unit."""

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    request_line = models.ForeignKey(PurchaseRequestLine, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["inquiry", "position"], name="inquiry_line_once"),
            UniqueConstraint(fields=["inquiry", "request_line"], name="inquiry_line_of_request_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="inquiry_line_positive"),
        ]


class Invitation(models.Model):
    """A supplier who is asked, and what they answered: prices in their currency, tax as our purchases have it."""

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="invitations", db_index=False)
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="+")
    state = models.TextField(default="invited")
    currency = models.TextField()
    # Company currency for one unit of theirs on the day of the answer: offers are compared by it.
    exchange_rate = models.DecimalField(max_digits=18, decimal_places=8, default=Decimal(1))
    valid_until = models.DateField(null=True)
    remark = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    answered_by_name = models.TextField(default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["inquiry", "supplier"], name="invitation_once"),
            models.CheckConstraint(condition=Q(state__in=INVITATION_STATES), name="invitation_state_known"),
            models.CheckConstraint(
                condition=Q(state="invited", answered_at__isnull=True)
                | (~Q(state="invited") & Q(answered_at__isnull=False)),
                name="invitation_answered_at",
            ),
        ]


class Quote(models.Model):
    """What one unit of a line costs of a supplier, and in how many days it comes; chosen once it is ordered."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="quotes", db_index=False)
    line = models.ForeignKey(InquiryLine, models.PROTECT, related_name="quotes")
    unit_price = models.DecimalField(max_digits=20, decimal_places=6)
    delivery_days = models.PositiveSmallIntegerField(null=True)
    is_chosen = models.BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["invitation", "line"], name="quote_once"),
            UniqueConstraint(fields=["line"], condition=Q(is_chosen=True), name="quote_chosen_once"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="quote_price_not_negative"),
        ]


class SupplierAnswer(models.Model):
    """What a supplier said of an order that was issued to them: agreed, or other days and prices, to be decided here.

    `prices` are by position, as texts, in the order's currency; `days` and `quantities` (in the product's own unit) as
    well. `before` is what the order said of all that then.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    order_revision = models.PositiveIntegerField()
    state = models.TextField()
    delivers_on = models.DateField(null=True)
    prices = models.JSONField(default=dict)
    days = models.JSONField(default=dict)
    quantities = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    remark = models.TextField(default="")
    answered_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.TextField(default="")
    # The change that was asked for when the answer was accepted.
    amendment = models.ForeignKey(OrderAmendment, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["order"], condition=Q(state="waiting"), name="supplier_answer_one_waits"),
            models.CheckConstraint(condition=Q(state__in=ANSWER_STATES), name="supplier_answer_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["accepted", "refused"], decided_at__isnull=False)
                | (~Q(state__in=["accepted", "refused"]) & Q(decided_at__isnull=True)),
                name="supplier_answer_decided_at",
            ),
        ]
