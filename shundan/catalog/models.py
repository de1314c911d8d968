"""Products, their categories, units and taxes, prices by currency and quantity, exchange rates."""

from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, UniqueConstraint, Value

from shundan.catalog.rules import KINDS, RATE_SOURCES, SINGLE_KINDS, TAX_KINDS, TAX_STATUSES, TRADES
from shundan.kernel.models import Searchable


class DateRange(Func):
    """A range of days as PostgreSQL has it."""

    function = "daterange"
    output_field = DateRangeField()


class Category(models.Model):
    """A product category; categories form a tree."""

    code = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")

    class Meta:
        constraints = [UniqueConstraint(fields=["code"], name="category_code_once")]


class Unit(models.Model):
    """A unit of quantity and how finely it may be divided."""

    code = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()
    decimals = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [UniqueConstraint(fields=["code"], name="unit_code_once")]


class TaxRate(models.Model):
    """A tax as products and rules name it; its periods say what it comes to on a day."""

    code = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()
    country = models.TextField(default="CN", db_default="CN")
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        constraints = [UniqueConstraint(fields=["code"], name="tax_rate_code_once")]


class TaxPeriod(models.Model):
    """What a tax comes to from a day until a day: 13 %, 0 % of exports, exempt (免税), not taxable (不征税).

    The last three are all worth nothing and are three things. An exclusion constraint says that no two periods of a
    tax share a day.
    """

    tax_rate = models.ForeignKey(TaxRate, models.CASCADE, related_name="periods", db_index=False)
    kind = models.TextField(default="taxable")
    rate = models.DecimalField(max_digits=7, decimal_places=4)
    reason = models.TextField(default="")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="tax_period_overlaps_none",
                expressions=[
                    (Func("tax_rate_id", "tax_rate_id", Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (
                        DateRange("valid_from", "valid_to", RangeBoundary(inclusive_lower=True, inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(kind="taxable", rate__gt=0, rate__lt=1) | Q(kind__in=TAX_KINDS[1:], rate=0),
                name="tax_period_kind_and_rate",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")),
                name="tax_period_has_days",
            ),
        ]


class TaxRule(models.Model):
    """Who bears another tax than that of the product; the first that fits counts, by rank. Retired, never deleted."""

    name = models.TextField()
    rank = models.PositiveIntegerField()
    trade = models.TextField(default="sale")
    # A country, ABROAD for all others than ours, nothing for any.
    country = models.TextField(default="")
    # The province or state that goods go to.
    region = models.TextField(default="")
    tax_status = models.TextField(default="")
    product_kind = models.TextField(default="")
    of_tax = models.ForeignKey(TaxRate, models.PROTECT, null=True, related_name="+", db_index=False)
    tax_rate = models.ForeignKey(TaxRate, models.PROTECT, related_name="+", db_index=False)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["rank"], name="tax_rule_rank_once", condition=Q(is_active=True)),
            models.CheckConstraint(
                condition=Q(trade__in=TRADES, product_kind__in=("", *SINGLE_KINDS), tax_status__in=("", *TAX_STATUSES)),
                name="tax_rule_known",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")),
                name="tax_rule_has_days",
            ),
        ]


class Product(Searchable):
    """Something we sell: goods that are stocked, a service, a charge such as freight, or a kit of others."""

    sku = models.TextField()
    barcode = models.TextField(default="")
    name_zh = models.TextField()
    name_en = models.TextField(default="")
    spec = models.TextField(default="")
    kind = models.TextField(default="goods")
    status = models.TextField(default="active")
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    tax_rate = models.ForeignKey(TaxRate, models.PROTECT, related_name="+")
    tax_category_code = models.TextField(default="")
    reorder_point = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    # What one unit costs us, in company currency; nobody knows it where it is null.
    standard_cost = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    # Of one unit, in kilograms; nobody knows it where it is null.
    weight = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    # Whether units are told apart by batch (lot) or one by one (serial), and whether they expire.
    tracking = models.TextField(default="none", db_default="none")
    has_expiry = models.BooleanField(default=False, db_default=False)
    source = models.TextField(default="")
    source_number = models.TextField(default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["sku"], name="product_sku_once"),
            UniqueConstraint(
                fields=["source", "source_number"], name="product_source_once", condition=~Q(source_number="")
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="product_kind_known"),
            models.CheckConstraint(condition=Q(status__in=["active", "retired"]), name="product_status_known"),
            models.CheckConstraint(
                condition=Q(standard_cost__isnull=True) | Q(standard_cost__gte=0), name="product_cost_not_negative"
            ),
            models.CheckConstraint(condition=Q(weight__isnull=True) | Q(weight__gte=0), name="product_weight_positive"),
            models.CheckConstraint(condition=Q(tracking__in=["none", "lot", "serial"]), name="product_tracking_known"),
            models.CheckConstraint(condition=Q(has_expiry=False) | ~Q(tracking="none"), name="product_expires_by_lot"),
        ]
        indexes = [
            GinIndex(fields=["search_grams"], name="product_grams"),
            models.Index(fields=["barcode"], name="product_by_barcode", condition=~Q(barcode="")),
        ]


class ProductUnit(models.Model):
    """A further unit of a product: one of it is exactly `numerator` / `denominator` of the product's own unit.

    Stock is counted in the product's own unit only. `for_sale` and `for_purchase` say where lines may be entered in
    it, the defaults in which unit entry begins.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="units", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    numerator = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField(default=1)
    barcode = models.TextField(default="")
    for_sale = models.BooleanField(default=True)
    for_purchase = models.BooleanField(default=True)
    is_sale_default = models.BooleanField(default=False)
    is_purchase_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["product", "unit"], name="product_unit_once"),
            models.CheckConstraint(condition=Q(numerator__gt=0, denominator__gt=0), name="product_unit_has_factor"),
            models.CheckConstraint(
                condition=(Q(is_sale_default=False) | Q(for_sale=True))
                & (Q(is_purchase_default=False) | Q(for_purchase=True)),
                name="product_unit_default_is_offered",
            ),
            UniqueConstraint(fields=["product"], name="product_unit_one_for_sale", condition=Q(is_sale_default=True)),
            UniqueConstraint(
                fields=["product"], name="product_unit_one_for_purchase", condition=Q(is_purchase_default=True)
            ),
            UniqueConstraint(fields=["barcode"], name="product_unit_barcode_once", condition=~Q(barcode="")),
        ]


class KitComponent(models.Model):
    """How much of a product one kit holds, in that product's own unit; a trigger says that no kit is in a kit."""

    kit = models.ForeignKey(Product, models.CASCADE, related_name="components", db_index=False)
    component = models.ForeignKey(Product, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["kit", "component"], name="kit_component_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="kit_component_quantity"),
        ]


class ProductCost(models.Model):
    """What one unit of a product cost us from a moment on; nothing for unknown. The last one is its standard cost."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="costs", db_index=False)
    cost = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["product", "-at", "-id"], name="product_cost_by_time")]


class ProductPrice(models.Model):
    """The list price of one unit in a currency from a quantity upward; whether tax is in it is said by the order.

    Price and quantity are those of `unit`, of the product's own where it is null.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="prices")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    currency = models.TextField(default="CNY")
    min_quantity = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))
    amount = models.DecimalField(max_digits=20, decimal_places=6)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["product", "currency", "unit", "min_quantity"], name="product_price_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(amount__gte=0, min_quantity__gte=0), name="product_price_not_negative"),
        ]


class ExchangeRate(models.Model):
    """How much company currency one unit of a foreign currency is worth from a day on, and who said so."""

    currency = models.TextField()
    valid_from = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    source = models.TextField(default="manual", db_default="manual")
    entered_at = models.DateTimeField(null=True)
    entered_by_name = models.TextField(default="", db_default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["currency", "valid_from"], name="exchange_rate_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_positive"),
            models.CheckConstraint(condition=Q(source__in=RATE_SOURCES), name="exchange_rate_source_known"),
        ]


class RateService(models.Model):
    """The public service that is asked for rates of exchange; there is one at most, and off it asks nobody."""

    provider = models.TextField()
    url = models.TextField()
    currencies = ArrayField(models.TextField(), default=list)
    is_active = models.BooleanField(default=False)
    asked_at = models.DateTimeField(null=True)
    # What went wrong the last time, empty when nothing did.
    problem = models.TextField(default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="rate_service_once")]
