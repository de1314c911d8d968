"""Price lists, promotions and their coupons with whom they are for, and how much each role may grant on its own."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.catalog.models import Category, Product, Unit
from shundan.parties.models import Customer
from shundan.pricing.rules import METHODS, MOST_DECIMALS, PROMOTION_KINDS, STATUSES


class Offered(models.Model):
    """What price lists and promotions have in common: their names, their days, and whom they are for.

    `numbers`, `tags` and `classes` name customers: one of them must hold, all empty means everybody. `regions` (of
    the customer) and `channels` (the door by which the order comes) narrow further. A smaller `rank` goes first.
    """

    code = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField(default="")
    status = models.TextField(default="active")
    currency = models.TextField(default="CNY")
    rank = models.PositiveSmallIntegerField(default=100)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    numbers = ArrayField(models.TextField(), default=list)
    tags = ArrayField(models.TextField(), default=list)
    classes = ArrayField(models.TextField(), default=list)
    regions = ArrayField(models.TextField(), default=list)
    channels = ArrayField(models.TextField(), default=list)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        abstract = True
        constraints = [
            UniqueConstraint(fields=["code"], name="%(class)s_code_once"),
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="%(class)s_status_known"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")),
                name="%(class)s_days_in_order",
            ),
        ]


class PriceList(Offered):
    """Prices for some customers in a currency; calculated ones are rounded to `decimals`."""

    decimals = models.PositiveSmallIntegerField(default=2)

    class Meta(Offered.Meta):
        constraints = [
            *Offered.Meta.constraints,
            models.CheckConstraint(condition=Q(decimals__lte=MOST_DECIMALS), name="price_list_decimals_kept"),
        ]


class PriceItem(models.Model):
    """The price that a list has for a product, a category with all below it, or everything, from a quantity upward.

    `value` is by method: the price of one (`amount`), the percentage off our list price (`percent`), or that upon
    what it costs us (`markup`). Price and quantity are those of `unit`, of the product's own where it is null.
    """

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="items", db_index=False)
    product = models.ForeignKey(Product, models.CASCADE, null=True, related_name="+")
    category = models.ForeignKey(Category, models.CASCADE, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    min_quantity = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))
    method = models.TextField(default="amount")
    value = models.DecimalField(max_digits=20, decimal_places=6)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["price_list", "product", "category", "unit", "min_quantity", "valid_from"],
                name="price_item_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(method__in=METHODS), name="price_item_method_known"),
            models.CheckConstraint(condition=Q(value__gte=0, min_quantity__gte=0), name="price_item_not_negative"),
            models.CheckConstraint(condition=~Q(method="percent") | Q(value__lte=100), name="price_item_percent"),
            models.CheckConstraint(
                condition=Q(product__isnull=True) | Q(category__isnull=True), name="price_item_one_target"
            ),
            models.CheckConstraint(
                condition=Q(product__isnull=False) | (Q(unit__isnull=True) & ~Q(method="amount")),
                name="price_item_amount_is_of_product",
            ),
        ]


class Promotion(Offered):
    """Something off for some customers during some days; see rules.promotions for what each kind does.

    An exclusive one shares its lines with no other. One that needs a code holds only on orders that give one of its
    coupons, `most_uses` times in all and `most_uses_each` times for each customer, null without a limit.
    """

    kind = models.TextField()
    is_exclusive = models.BooleanField(default=False)
    percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    least_amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    repeats = models.BooleanField(default=False)
    buy_quantity = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    free_quantity = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    gift = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+", db_index=False)
    needs_code = models.BooleanField(default=False, db_default=False)
    most_uses = models.PositiveIntegerField(null=True)
    most_uses_each = models.PositiveIntegerField(null=True)

    class Meta(Offered.Meta):
        constraints = [
            *Offered.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=PROMOTION_KINDS), name="promotion_kind_known"),
            models.CheckConstraint(
                condition=Q(needs_code=False, most_uses__isnull=True, most_uses_each__isnull=True)
                | Q(needs_code=True)
                & (Q(most_uses__isnull=True) | Q(most_uses__gt=0))
                & (Q(most_uses_each__isnull=True) | Q(most_uses_each__gt=0)),
                name="promotion_limits_uses_of_codes",
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gt=0, percent__lte=100), name="promotion_percent"
            ),
            models.CheckConstraint(
                condition=Q(kind="percent", percent__isnull=False)
                | Q(kind="buy_get", buy_quantity__gt=0, free_quantity__gt=0)
                | Q(kind="over_amount", least_amount__gt=0, percent__isnull=False, amount__isnull=True)
                | Q(kind="over_amount", least_amount__gt=0, percent__isnull=True, amount__gt=0)
                | Q(kind="bundle", amount__gte=0),
                name="promotion_says_what",
            ),
        ]


class PromotionTarget(models.Model):
    """A product or category that a promotion is about; of a bundle with how much of it one set holds."""

    promotion = models.ForeignKey(Promotion, models.CASCADE, related_name="targets", db_index=False)
    product = models.ForeignKey(Product, models.CASCADE, null=True, related_name="+", db_index=False)
    category = models.ForeignKey(Category, models.CASCADE, null=True, related_name="+", db_index=False)
    quantity = models.DecimalField(max_digits=18, decimal_places=6, null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["promotion", "product", "category"], name="promotion_target_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(product__isnull=True) ^ Q(category__isnull=True), name="promotion_target_is_one"
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gt=0), name="promotion_target_quantity"
            ),
        ]


class Coupon(models.Model):
    """A code by which a promotion is claimed: one that many share, or of a batch where each counts once.

    The code never changes and no row goes away (a trigger): orders name it. `uses` are those that stand now.
    """

    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="coupons", db_index=False)
    code = models.TextField()
    status = models.TextField(default="active")
    most_uses = models.PositiveIntegerField(null=True)
    uses = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["code"], name="coupon_code_once"),
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="coupon_status_known"),
            models.CheckConstraint(
                condition=Q(most_uses__isnull=True) | Q(uses__lte=F("most_uses")), name="coupon_not_overused"
            ),
        ]
        indexes = [models.Index(fields=["promotion", "-id"], name="coupon_by_promotion")]


class CouponTally(models.Model):
    """How often the coupons of a promotion are used: by a customer, or in all where there is none.

    `most` is the promotion's limit of when the last use was claimed; it may be lowered below what is used already.
    """

    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="tallies", db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="+", db_index=False)
    uses = models.PositiveIntegerField(default=0)
    most = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["promotion", "customer"], name="coupon_tally_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(most__isnull=True) | Q(uses__lte=F("most")), name="coupon_tally_not_overused"
            ),
        ]


class DiscountLimit(models.Model):
    """How far a role may go below the price by rules, and to which margin, before somebody must approve; in percent."""

    role = models.TextField()
    most_discount = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    least_margin = models.DecimalField(max_digits=7, decimal_places=4, null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["role"], name="discount_limit_role_once"),
            models.CheckConstraint(
                condition=Q(most_discount__isnull=True) | Q(most_discount__gte=0, most_discount__lte=100),
                name="discount_limit_discount_is_percent",
            ),
            models.CheckConstraint(
                condition=Q(least_margin__isnull=True) | Q(least_margin__lte=100), name="discount_limit_margin_percent"
            ),
        ]
