"""Customers and suppliers with their contacts, addresses and terms."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.accounts.models import Department, Team, User
from shundan.kernel.instances import Light
from shundan.kernel.models import Searchable
from shundan.parties.rules import DELIVERY_POLICIES, TAX_STATUSES


class PaymentTerm(Light):
    """When an invoice falls due: so many days after its date, or at the end of that month."""

    code = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()
    days = models.PositiveSmallIntegerField()
    is_end_of_month = models.BooleanField(default=False)
    # Billing keeps a deposit or a plan for it, so each order that is confirmed has it heard.
    has_steps = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [UniqueConstraint(fields=["code"], name="payment_term_code_once")]


class Customer(Searchable):
    """A company or person who buys from us."""

    number = models.TextField()
    name = models.TextField()
    short_name = models.TextField(default="")
    kind = models.TextField(default="company")
    status = models.TextField(default="active")
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")
    currency = models.TextField(default="CNY")
    includes_tax = models.BooleanField(default=True)
    payment_term = models.ForeignKey(PaymentTerm, models.PROTECT, related_name="+")
    credit_limit = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    # Whether goods may come in parts (DELIVERY_POLICIES).
    delivery_policy = models.TextField(default="any", db_default="any")
    language = models.TextField(default="zh-hans")
    country = models.TextField(default="CN")
    region = models.TextField(default="")
    tax_title = models.TextField(default="")
    tax_number = models.TextField(default="")
    tax_status = models.TextField(default="normal", db_default="normal")
    bank_name = models.TextField(default="")
    bank_account = models.TextField(default="")
    tags = ArrayField(models.TextField(), default=list)
    preferences = models.TextField(default="")
    remark = models.TextField(default="")
    source = models.TextField(default="")
    source_number = models.TextField(default="")
    order_count = models.PositiveIntegerField(default=0)
    latest_order_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="customer_number_once"),
            UniqueConstraint(
                fields=["source", "source_number"], name="customer_source_once", condition=~Q(source_number="")
            ),
            models.CheckConstraint(condition=Q(status__in=["active", "closed"]), name="customer_status_known"),
            models.CheckConstraint(
                condition=Q(delivery_policy__in=DELIVERY_POLICIES), name="customer_delivery_policy_known"
            ),
            models.CheckConstraint(condition=Q(tax_status__in=TAX_STATUSES), name="customer_tax_status_known"),
            models.CheckConstraint(
                condition=Q(credit_limit__isnull=True) | Q(credit_limit__gte=0),
                name="customer_credit_limit_not_negative",
            ),
        ]
        indexes = [
            GinIndex(fields=["search_grams"], name="customer_grams"),
            GinIndex(fields=["tags"], name="customer_tags"),
            models.Index(fields=["owner", "-id"], name="customer_by_owner"),
        ]


class Contact(models.Model):
    """A person at a customer."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts")
    name = models.TextField()
    title = models.TextField(default="")
    phone = models.TextField(default="")
    email = models.TextField(default="")
    is_main = models.BooleanField(default=False)


class Address(Light):
    """Where a customer gets goods or papers: 省 市 区, street and who takes them."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="addresses")
    kind = models.TextField(default="ship")
    contact_name = models.TextField(default="")
    phone = models.TextField(default="")
    country = models.TextField(default="CN")
    province = models.TextField(default="")
    city = models.TextField(default="")
    district = models.TextField(default="")
    street = models.TextField(default="")
    postal_code = models.TextField(default="")
    is_main = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["ship", "bill"]), name="address_kind_known"),
        ]


class Supplier(Searchable):
    """A company we buy from; without a payment term its bills are due at once."""

    number = models.TextField()
    name = models.TextField()
    contact_name = models.TextField(default="")
    phone = models.TextField(default="")
    # Where orders are sent to.
    email = models.TextField(default="", db_default="")
    country = models.TextField(default="CN")
    address = models.TextField(default="")
    currency = models.TextField(default="CNY", db_default="CNY")
    payment_term = models.ForeignKey(PaymentTerm, models.PROTECT, null=True, related_name="+")
    tax_number = models.TextField(default="", db_default="")
    bank_name = models.TextField(default="", db_default="")
    bank_account = models.TextField(default="", db_default="")
    source = models.TextField(default="")
    source_number = models.TextField(default="")
    version = models.PositiveIntegerField(default=1, db_default=1)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="supplier_number_once"),
            UniqueConstraint(
                fields=["source", "source_number"], name="supplier_source_once", condition=~Q(source_number="")
            ),
        ]
        indexes = [GinIndex(fields=["search_grams"], name="supplier_grams")]


class OwnCompany(models.Model):
    """Our own company, as it stands on papers; there is one at most."""

    name_zh = models.TextField()
    name_en = models.TextField(default="")
    address_zh = models.TextField(default="")
    address_en = models.TextField(default="")
    phone = models.TextField(default="")
    email = models.TextField(default="")
    website = models.TextField(default="")
    tax_number = models.TextField(default="")
    bank_name = models.TextField(default="")
    bank_account = models.TextField(default="")
    # A PNG or JPEG with its size in pixels; empty where there is none.
    logo = models.BinaryField(default=b"")
    logo_width = models.PositiveIntegerField(default=0)
    logo_height = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="own_company_once")]
