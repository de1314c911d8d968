"""The company that is measured: customers, products with plenty of stock, and tokens for the clients."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone

from shundan.accounts.actions import issue_api_token
from shundan.accounts.models import User
from shundan.catalog.models import Product, ProductPrice, TaxRate, Unit
from shundan.config.shipped import load_shipped
from shundan.inventory.models import Location, StockLevel, StockMove, StockPosition, Warehouse
from shundan.kernel.actor import system_actor
from shundan.kernel.search import search_columns
from shundan.parties.models import Customer, PaymentTerm

CUSTOMERS = 1000
PRODUCTS = 1000
PLENTY = Decimal(1_000_000_000)


@dataclass(frozen=True, slots=True)
class World:
    """What clients need to place orders."""

    token: str
    customers: tuple[str, ...]
    skus: tuple[str, ...]


def make_world() -> World:
    """Fill an empty, migrated database with what orders need; each customer has a credit limit, so it is checked."""
    load_shipped()
    by = system_actor(timezone.now())
    user, _made = User.objects.get_or_create(
        email="bench@example.com",
        defaults={
            "name": "Bench",
            "password": make_password(None),
            "roles": ["sales_manager", "executive", "finance", "warehouse", "service"],
            "created_at": by.at,
        },
    )
    if not Customer.objects.filter(number="B0001").exists():
        _make_customers(user, by.at)
        _make_products(by.at)
        with connection.cursor() as cursor:
            cursor.execute("analyze")
    return World(
        token=issue_api_token(user, name="bench", by=by),
        customers=tuple(f"B{i:04d}" for i in range(1, CUSTOMERS + 1)),
        skus=tuple(f"BP{i:04d}" for i in range(1, PRODUCTS + 1)),
    )


def _make_customers(user: User, at: object) -> None:
    term = PaymentTerm.objects.get(code="net30")
    Customer.objects.bulk_create(
        Customer(
            number=f"B{i:04d}",
            name=f"测量客户 {i} Bench customer",
            owner=user,
            payment_term=term,
            credit_limit=Decimal(10) ** 14,
            created_at=at,
            **search_columns(f"B{i:04d}", f"测量客户 {i}"),
        )
        for i in range(1, CUSTOMERS + 1)
    )


def _make_products(at: object) -> None:
    unit, rate = Unit.objects.get(code="pcs"), TaxRate.objects.get(code="vat13")
    warehouse = Warehouse.objects.order_by("id")[0]
    location = Location.objects.get(warehouse=warehouse, is_default=True)
    products = Product.objects.bulk_create(
        Product(
            sku=f"BP{i:04d}",
            name_zh=f"测量商品 {i}",
            unit=unit,
            tax_rate=rate,
            created_at=at,
            **search_columns(f"BP{i:04d}", f"测量商品 {i}"),
        )
        for i in range(1, PRODUCTS + 1)
    )
    ProductPrice.objects.bulk_create(ProductPrice(product=one, amount=Decimal(20)) for one in products)
    StockLevel.objects.bulk_create(StockLevel(product=one, warehouse=warehouse, on_hand=PLENTY) for one in products)
    StockMove.objects.bulk_create(
        StockMove(
            product=one,
            warehouse=warehouse,
            delta=PLENTY,
            balance=PLENTY,
            kind="receipt",
            reason="opening",
            actor_name="bench",
            at=at,
            effective_at=at,
            location=location,
        )
        for one in products
    )
    StockPosition.objects.bulk_create(
        StockPosition(product=one, warehouse=warehouse, location=location, quantity=PLENTY, since=at)
        for one in products
    )
