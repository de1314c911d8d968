"""Orders, their lines and holds. Progress columns are functions of the lines, never typed."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, UniqueConstraint
from django.db.models.functions import Collate, Upper

from shundan.accounts.models import Department, Team, User
from shundan.catalog.models import Product
from shundan.catalog.queries import TAX_KINDS
from shundan.inventory.models import Lot, Warehouse
from shundan.kernel.instances import Light
from shundan.kernel.money import QUANTITY_DECIMALS, rounded_ratio
from shundan.kernel.naming import said
from shundan.orders.models.types import OrderType, OrderTypeVersion
from shundan.orders.rules import OWN_UNIT, AgreedPrice, OrderUnit
from shundan.orders.rules.kits import KIT_FACTS
from shundan.parties.models import Customer, PaymentTerm, Supplier
from shundan.workflow.models import WorkflowVersion


class Order(Light):
    """One order of any kind, in its own currency; amounts are the sums of its lines.

    References to rows that a trigger protects from deletion (types, workflow versions, terms, warehouses, people) carry
    no foreign key check: each would lock the same few rows for every order placed (docs/adr/0006).
    """

    type = models.ForeignKey(OrderType, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    type_version = models.ForeignKey(
        OrderTypeVersion, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    kind = models.TextField(default="sale", db_default="sale")
    number = models.TextField()
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="+", db_index=False)
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, related_name="+", db_index=False)
    # What a return or a service comes from, and where a transfer goes to.
    origin = models.ForeignKey("self", models.PROTECT, null=True, related_name="followers", db_index=False)
    target_warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    target_department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    customer_reference = models.TextField(default="")
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    workflow = models.ForeignKey(WorkflowVersion, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    state = models.TextField()
    category = models.TextField()
    approval = models.TextField(default="not_needed")
    fulfilment = models.TextField(default="none")
    invoicing = models.TextField(default="none")
    payment = models.TextField(default="unpaid")
    holds = ArrayField(models.TextField(), default=list)

    currency = models.TextField()
    exchange_rate = models.DecimalField(max_digits=18, decimal_places=8, default=Decimal(1))
    includes_tax = models.BooleanField(default=True)
    # What was taken off the whole order at entry, as a percentage or an amount; its lines carry their shares.
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    discount_amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    # The code that its coupon was given by; out of entry it holds a use of it (docs/adr/0068).
    coupon_code = models.TextField(default="", db_default="")
    net = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    tax = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    total = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    company_total = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    exposure = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    invoiced = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    paid = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    due_on = models.DateField(null=True)
    payment_term = models.ForeignKey(
        PaymentTerm, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    payment_method = models.TextField(default="")

    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    # The rules found the warehouses of its lines, and look again when it is confirmed.
    is_sourced = models.BooleanField(default=False, db_default=False)
    allows_backorder = models.BooleanField(default=False)
    # It returns what an inspection rejected: goods that are blocked, so nothing is reserved for it.
    is_of_rejected = models.BooleanField(default=False, db_default=False)
    # Of the orders that wait for stock, higher numbers are served first.
    priority = models.SmallIntegerField(default=0, db_default=0)
    ordered_on = models.DateField()
    requested_on = models.DateField(null=True)
    promised_on = models.DateField(null=True)
    # On which day the goods of a transfer shall leave.
    planned_on = models.DateField(null=True)
    ship_contact = models.TextField(default="")
    ship_phone = models.TextField(default="")
    ship_country = models.TextField(default="CN")
    ship_province = models.TextField(default="")
    ship_city = models.TextField(default="")
    ship_district = models.TextField(default="")
    ship_street = models.TextField(default="")
    ship_postal_code = models.TextField(default="")
    remark = models.TextField(default="")
    # The values of its type's attributes, by code; a CHECK says that it is an object.
    attributes = models.JSONField(default=dict)

    source = models.TextField(default="")
    source_key = models.TextField(default="")
    source_number = models.TextField(default="")
    is_history = models.BooleanField(default=False)
    history_flags = ArrayField(models.TextField(), default=list)
    content_hash = models.TextField(default="")
    version = models.PositiveIntegerField(default=1)
    # R1 as confirmed; each change after confirmation makes the next one (docs/adr/0019).
    revision = models.PositiveIntegerField(default=1, db_default=1)
    line_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # Since when it stands in its state, and when a transition of that state happens by itself because of the time.
    state_since = models.DateTimeField(null=True)
    acts_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="order_number_once"),
            models.CheckConstraint(
                condition=Q(acts_at__isnull=True) | Q(state_since__isnull=False), name="order_timer_has_beginning"
            ),
            UniqueConstraint(fields=["source", "source_key"], name="order_source_once", condition=~Q(source_key="")),
            models.CheckConstraint(condition=Q(total=F("net") + F("tax")), name="order_total_adds_up"),
            models.CheckConstraint(
                condition=Q(discount_percent__isnull=True, discount_amount__isnull=True)
                | Q(discount_percent__gt=0, discount_percent__lte=100, discount_amount__isnull=True)
                | Q(discount_percent__isnull=True, discount_amount__gt=0),
                name="order_discount_is_one",
            ),
            models.CheckConstraint(condition=Q(exposure__gte=0) & Q(paid__gte=0), name="order_money_not_negative"),
            models.CheckConstraint(
                condition=Q(kind__in=["sale", "service"], customer__isnull=False, supplier__isnull=True)
                | Q(kind="purchase", customer__isnull=True, supplier__isnull=False)
                | Q(kind="return", customer__isnull=False, supplier__isnull=True)
                | Q(kind="return", customer__isnull=True, supplier__isnull=False)
                | Q(kind="transfer", customer__isnull=True, supplier__isnull=True),
                name="order_party_fits_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["category", "-id"], name="order_by_category"),
            # With the kind a search for a customer's sales is counted in the index alone.
            models.Index(fields=["customer", "-id"], name="order_by_customer", include=["kind"]),
            models.Index(fields=["supplier", "-id"], name="order_by_supplier", condition=Q(supplier__isnull=False)),
            models.Index(fields=["origin"], name="order_by_origin", condition=Q(origin__isnull=False)),
            # The list of sales counts and walks this one as it did the primary key while there were only sales.
            models.Index(fields=["id"], name="order_sales", condition=Q(kind="sale")),
            models.Index(fields=["kind", "-id"], name="order_of_kind", condition=~Q(kind="sale")),
            models.Index(
                fields=["target_warehouse"],
                name="order_moving_there",
                condition=Q(kind="transfer", category__in=["confirmed", "in_progress"], is_history=False),
            ),
            models.Index(fields=["owner", "-id"], name="order_by_owner"),
            models.Index(fields=["department", "-id"], name="order_by_department"),
            models.Index(fields=["source_number"], name="order_by_source_number", condition=~Q(source_number="")),
            models.Index(fields=["customer_reference"], name="order_by_reference", condition=~Q(customer_reference="")),
            models.Index(fields=["ordered_on", "id"], name="order_by_day"),
            models.Index(
                fields=["due_on"],
                name="order_by_due_day",
                condition=Q(due_on__isnull=False, is_history=False) & ~Q(payment="paid"),
            ),
            models.Index(
                fields=["-id"],
                name="order_to_ship",
                condition=Q(category__in=["confirmed", "in_progress"], is_history=False, holds=[])
                & ~Q(fulfilment__in=["shipped", "delivered"]),
            ),
            models.Index(fields=["-id"], name="order_on_hold", condition=~Q(holds=[])),
            models.Index(
                fields=["-id"], name="order_between_departments", condition=Q(target_department__isnull=False)
            ),
            models.Index(
                fields=["-id"],
                name="order_unpaid",
                condition=Q(
                    category__in=["confirmed", "in_progress", "completed"],
                    payment__in=["unpaid", "part"],
                    is_history=False,
                ),
            ),
            models.Index(
                fields=["-id"],
                name="order_to_invoice",
                condition=Q(invoicing__in=["to_invoice", "part"], is_history=False)
                & ~Q(category__in=["draft", "cancelled"]),
            ),
            models.Index(Collate(Upper("number"), "C"), name="order_by_number_part"),
            GinIndex(
                fields=["attributes"],
                opclasses=["jsonb_path_ops"],
                name="order_attributes",
                condition=~Q(attributes={}),
            ),
            models.Index(fields=["acts_at", "id"], name="order_by_timer", condition=Q(acts_at__isnull=False)),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events and approvals call this order."""
        return ("order", int(self.pk))

    @property
    def party(self) -> Customer | Supplier | None:
        """Return with whom the order is made; nobody for a transfer."""
        return self.customer or self.supplier

    @property
    def party_name(self) -> str:
        """Return the name that lists show: the customer, the supplier, or where a transfer goes to."""
        if self.party is not None:
            return self.party.name
        place = self.target_warehouse or self.target_department
        return said(place.name_zh, place.name_en) if place is not None else ""

    @property
    def buyer(self) -> Customer:
        """Return the customer of an order that has one, as sales and services do. Raises: TypeError."""
        if self.customer is None:
            raise TypeError(f"{self.number} has no customer")
        return self.customer


class OrderLine(Light):
    """One position of an order with all its quantities, in the product's own unit.

    It may be ordered in another unit of the product, which it remembers with its factor of then: the price agreed is
    that of one `order_unit`, and all amounts follow from it. `unit_price` is then the same for one of the own unit,
    rounded, for all who compare prices (docs/adr/0036).
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    # What a return takes back.
    source_line = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    sku = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField(default="")
    unit = models.TextField()
    is_stocked = models.BooleanField(default=True)
    is_history = models.BooleanField(default=False)
    # Our supplier brings it to the customer: of a sale it takes no stock of ours, of a purchase it becomes none.
    is_direct = models.BooleanField(default=False, db_default=False)
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    # The position of the line that rules divided over warehouses; all its parts say it, the first one, too.
    divided_from = models.PositiveIntegerField(null=True)
    # The lot that it is to be served from, if it names one.
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)
    lot_code = models.TextField(default="", db_default="")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    unit_price = models.DecimalField(max_digits=24, decimal_places=10)
    order_unit = models.TextField(default="", db_default="")
    unit_numerator = models.PositiveIntegerField(default=1, db_default=1)
    unit_denominator = models.PositiveIntegerField(default=1, db_default=1)
    order_price = models.DecimalField(max_digits=24, decimal_places=10, null=True)
    list_price = models.DecimalField(max_digits=24, decimal_places=10, null=True)
    # Of one unit in company currency, as the product had it at entry; unknown where it is null.
    cost = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    # All that is off the line at entry: its own discount, what promotions took off, and its share of the order's.
    discount = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    # The kit that it was entered with: which of the order's, its SKU, names, number and price (docs/adr/0067).
    kit = models.JSONField(null=True)
    # How its price came about at entry (pricing.rules.Step); nothing is our list price alone.
    price_steps = models.JSONField(default=list, db_default=[])
    tax_code = models.TextField()
    # Zero rate, exempt and not taxable (TAX_KINDS) are worth the same and are three things on papers.
    tax_kind = models.TextField(default="taxable", db_default="taxable")
    tax_rate = models.DecimalField(max_digits=7, decimal_places=4)
    gross = models.DecimalField(max_digits=18, decimal_places=2)
    net = models.DecimalField(max_digits=18, decimal_places=2)
    tax = models.DecimalField(max_digits=18, decimal_places=2)
    cancelled = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))
    reserved = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))
    picked = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))
    shipped = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))
    delivered = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))
    returned = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))
    invoiced = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))
    # Of what came in: the part above what was ordered, and what an inspection rejected and is still here.
    over = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0), db_default=Decimal(0))
    rejected = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0), db_default=Decimal(0))
    is_of_rejected = models.BooleanField(default=False, db_default=False)
    requested_on = models.DateField(null=True)
    remark = models.TextField(default="")
    attributes = models.JSONField(default=dict)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["order", "position"], name="order_line_position_once"),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax")), name="order_line_adds_up"),
            models.CheckConstraint(
                condition=Q(tax_kind="taxable") | Q(tax_kind__in=TAX_KINDS[1:], tax_rate=0, tax=0),
                name="order_line_tax_kind",
            ),
            models.CheckConstraint(
                # A line of 0 was taken off the order by a change.
                condition=Q(is_history=True) | Q(quantity__gte=0, unit_price__gte=0, discount__gte=0, gross__gte=0),
                name="order_line_positive",
            ),
            models.CheckConstraint(
                condition=Q(kit__isnull=True) | Q(kit__has_keys=KIT_FACTS),
                name="order_line_kit_whole",
            ),
            models.CheckConstraint(
                condition=Q(lot__isnull=True, lot_code="") | (Q(lot__isnull=False) & ~Q(lot_code="")),
                name="order_line_lot_has_code",
            ),
            models.CheckConstraint(
                condition=Q(order_unit="", order_price__isnull=True, unit_numerator=1, unit_denominator=1)
                | (~Q(order_unit="") & Q(order_price__gte=0, unit_numerator__gt=0, unit_denominator__gt=0)),
                name="order_line_unit_whole",
            ),
            models.CheckConstraint(
                condition=Q(is_history=True)
                | Q(cancelled__gte=0, picked__gte=0, shipped__gte=0, delivered__gte=0, returned__gte=0)
                & Q(invoiced__gte=0, over__gte=0, rejected__gte=0)
                & (Q(picked__lte=F("reserved")) | Q(is_of_rejected=True, reserved=0))
                & Q(reserved__lte=F("quantity") + F("over") - F("cancelled") - F("shipped"))
                & Q(delivered__lte=F("shipped"))
                & Q(returned__lte=F("shipped") - F("rejected"))
                & Q(invoiced__lte=F("quantity") + F("over") - F("cancelled")),
                name="order_line_quantities_agree",
            ),
        ]
        indexes = [
            # What still waits for goods or is awaited: a line that is reserved in full is not in it (docs/adr/0030).
            models.Index(
                fields=["product", "warehouse"],
                name="order_line_waiting",
                condition=Q(
                    is_stocked=True, is_history=False, quantity__gt=F("cancelled") + F("shipped") + F("reserved")
                ),
            ),
            models.Index(fields=["source_line"], name="order_line_by_source", condition=Q(source_line__isnull=False)),
            GinIndex(
                fields=["attributes"],
                opclasses=["jsonb_path_ops"],
                name="order_line_attributes",
                condition=~Q(attributes={}),
            ),
        ]

    @property
    def ordered_in(self) -> OrderUnit:
        """Return the unit that it is ordered in."""
        if not self.order_unit:
            return OWN_UNIT
        return OrderUnit(self.order_unit, self.unit_numerator, self.unit_denominator)

    @property
    def ordered_quantity(self) -> Decimal:
        """Return the quantity as it was ordered, in that unit; what a change left uneven has six decimals."""
        return rounded_ratio(self.quantity, self.unit_denominator, self.unit_numerator, decimals=QUANTITY_DECIMALS)

    @property
    def agreed(self) -> AgreedPrice:
        """Return the price agreed, of one of the unit that it is ordered in."""
        return AgreedPrice(self.unit_price if self.order_price is None else self.order_price, self.ordered_in)


class OrderHold(models.Model):
    """A reason why an order must wait, what it blocks, and when it was lifted."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="hold_rows")
    code = models.TextField()
    reason = models.TextField()
    # Why a rule placed it by itself; such a hold only tells what the rule says anew at each step. Empty: by a person.
    cause = models.TextField(default="", db_default="")
    # What the rule found: its sentence is said to each reader in their own language.
    facts = models.JSONField(default=dict)
    placed_by_name = models.TextField()
    placed_at = models.DateTimeField()
    lifted_by_name = models.TextField(default="")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["order"], name="order_hold_open", condition=Q(lifted_at__isnull=True))]
        constraints = [
            # Rules that judge an order at the same moment leave one mark.
            UniqueConstraint(
                fields=["order", "code"],
                name="order_hold_by_rule_once",
                condition=~Q(cause="") & Q(lifted_at__isnull=True),
            )
        ]
