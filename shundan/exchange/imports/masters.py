"""Adding what a source knows of products, customers, suppliers and people; what is there already stays as it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection

from shundan.accounts.models import Team, User
from shundan.catalog.models import Category, Product, ProductPrice, TaxRate, Unit
from shundan.exchange.copying import copy_rows, new_ids
from shundan.kernel.actor import Actor
from shundan.kernel.events import record_many
from shundan.kernel.numbering import next_numbers
from shundan.kernel.search import search_columns
from shundan.parties.models import Address, Contact, Customer, PaymentTerm, Supplier

TERM = "net30"
Events = list[tuple[int, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenProduct:
    """A product as a source describes it."""

    key: str
    sku: str
    name: str
    kind: str = "goods"
    spec: str = ""
    category: Category | None = None
    tax: str
    currency: str
    price: Decimal | None
    is_retired: bool = False
    reorder_point: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCustomer:
    """A customer as a source describes it."""

    key: str
    name: str
    kind: str = "company"
    currency: str
    country: str
    region: str = ""
    province: str = ""
    city: str = ""
    street: str = ""
    postal_code: str = ""
    contact: str = ""
    contact_title: str = ""
    phone: str = ""
    language: str = "en"
    tags: tuple[str, ...] = ()


def add_products(source: str, given: Iterable[GivenProduct], *, by: Actor) -> list[Product]:
    """Add the products that the source did not bring before; return the new ones.

    A SKU that another product has gets the source's name behind it.
    """
    known = set(Product.objects.filter(source=source).values_list("source_number", flat=True))
    taken = set(Product.objects.exclude(source=source).values_list("sku", flat=True))
    units, taxes = Unit.objects.get(code="pcs"), {row.code: row for row in TaxRate.objects.all()}
    ids, price_ids = new_ids(Product), new_ids(ProductPrice)
    products, prices = [], []
    for one in given:
        if one.key in known:
            continue
        sku = f"{one.sku}-{source}" if one.sku in taken else one.sku
        product = Product(
            pk=next(ids),
            sku=sku,
            name_zh=one.name,
            name_en=one.name,
            spec=one.spec,
            kind=one.kind,
            status="retired" if one.is_retired else "active",
            category=one.category,
            unit=units,
            tax_rate=taxes[one.tax],
            reorder_point=one.reorder_point,
            source=source,
            source_number=one.key,
            created_at=by.at,
            **search_columns(sku, one.name),
        )
        products.append(product)
        if one.price is not None:
            prices.append(
                ProductPrice(
                    pk=next(price_ids),
                    product=product,
                    currency=one.currency,
                    min_quantity=Decimal(0),
                    amount=one.price,
                )
            )
    copy_rows(products)
    copy_rows(prices)
    rows: Events = [(int(product.pk), {"sku": product.sku}) for product in products]
    record_many("product.created", subject_kind="product", rows=rows, by=by, jobs=False)
    return products


def add_customers(source: str, given: Iterable[GivenCustomer], *, by: Actor) -> int:
    """Add the customers that the source did not bring before; return how many are new.

    They are shared out among the active sales representatives, so that somebody can take their next order.
    """
    known = set(Customer.objects.filter(source=source).values_list("source_number", flat=True))
    new = [one for one in given if one.key not in known]
    numbers = next_numbers("customer", prefix="C", on=by.today, count=len(new)) if new else []
    reps = list(User.objects.filter(roles__contains=["rep"], is_active=True).order_by("id"))
    term = PaymentTerm.objects.get(code=TERM)
    ids = new_ids(Customer)
    customers, contacts, addresses = [], [], []
    for i, (one, number) in enumerate(zip(new, numbers, strict=True)):
        rep = reps[i % len(reps)] if reps else None
        customer = Customer(
            pk=next(ids),
            number=number,
            name=one.name,
            kind=one.kind,
            owner=rep,
            department_id=rep.department_id if rep else None,
            team_id=rep.team_id if rep else None,
            currency=one.currency,
            payment_term=term,
            language=one.language,
            country=one.country,
            region=one.region,
            tags=list(one.tags),
            source=source,
            source_number=one.key,
            created_at=by.at,
            **search_columns(number, one.name, one.key, one.contact, one.phone),
        )
        customers.append(customer)
        if one.contact:
            contacts.append(_contact(customer, one))
        if one.street or one.city or one.province:
            addresses.append(_address(customer, one))
    copy_rows(customers)
    _write_numbered(contacts)
    _write_numbered(addresses)
    rows: Events = [(int(customer.pk), {"number": customer.number, "source": source}) for customer in customers]
    record_many("customer.created", subject_kind="customer", rows=rows, by=by, jobs=False)
    return len(customers)


def add_suppliers(source: str, given: Sequence[Supplier], *, by: Actor) -> int:
    """Add the suppliers that the source did not bring before; return how many are new."""
    known = set(Supplier.objects.filter(source=source).values_list("source_number", flat=True))
    new = [one for one in given if one.source_number not in known]
    numbers = next_numbers("supplier", prefix="V", on=by.today, count=len(new)) if new else []
    for one, number in zip(new, numbers, strict=True):
        one.number, one.source, one.created_at = number, source, by.at
        for column, value in search_columns(number, one.name, one.contact_name, one.phone).items():
            setattr(one, column, value)
    Supplier.objects.bulk_create(new)
    return len(new)


def add_people(emails: dict[str, str], *, by: Actor, teams: dict[str, Team] | None = None) -> dict[str, User]:
    """Add people of the past by e-mail address and name: they own their orders and cannot sign in."""
    people = {}
    for email, name in emails.items():
        team = (teams or {}).get(email)
        defaults = {
            "name": name,
            "password": make_password(None),
            "roles": ["rep"],
            "is_active": False,
            "team": team,
            "department": team.department if team else None,
            "created_at": by.at,
            **search_columns(name, email),
        }
        people[email], is_new = User.objects.get_or_create(email=email, defaults=defaults)
        if is_new:
            rows: Events = [(int(people[email].pk), {"email": email, "roles": ["rep"]})]
            record_many("user.created", subject_kind="user", rows=rows, by=by, jobs=False)
    return people


def count_orders_of_customers(source: str) -> None:
    """Let the purchase history of a source's customers follow their orders."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update parties_customer c set order_count = t.orders, latest_order_on = t.latest"
            " from (select o.customer_id, count(*) as orders, max(o.ordered_on) as latest from orders_order o"
            " join parties_customer k on k.id = o.customer_id and k.source = %s"
            " where o.category not in ('draft', 'submitted', 'approved', 'cancelled') and o.total > 0 group by 1) t"
            " where t.customer_id = c.id and (c.order_count, c.latest_order_on) is distinct from (t.orders, t.latest)",
            [source],
        )


def refresh_statistics() -> None:
    """Let the planner know what was added; a join planned for an empty table would take hours."""
    with connection.cursor() as cursor:
        cursor.execute("analyze parties_customer, catalog_product")


def _contact(customer: Customer, given: GivenCustomer) -> Contact:
    return Contact(customer=customer, name=given.contact, title=given.contact_title, phone=given.phone, is_main=True)


def _address(customer: Customer, given: GivenCustomer) -> Address:
    return Address(
        customer=customer,
        contact_name=given.contact,
        phone=given.phone,
        country=given.country,
        province=given.province,
        city=given.city,
        street=given.street,
        postal_code=given.postal_code,
        is_main=True,
    )


def _write_numbered(rows: list[Contact] | list[Address]) -> None:
    for row, pk in zip(rows, new_ids(type(rows[0])), strict=False) if rows else ():
        row.pk = pk
    copy_rows(rows)
