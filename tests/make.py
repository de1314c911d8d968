"""Factories: the shortest way to a valid record. Everything goes through the actions that users take."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from shundan.accounts import actions as accounts
from shundan.accounts.models import Department, Team, User
from shundan.accounts.rules import grants_of
from shundan.billing.actions import issue_invoice, register_payment
from shundan.billing.models import CreditAccount, Invoice, Payment
from shundan.catalog.actions import PriceInput, ProductInput, create_product
from shundan.catalog.models import Product
from shundan.config.shipped import load_shipped
from shundan.fulfilment.actions import ship_order
from shundan.inventory.actions import receive_stock
from shundan.inventory.models import StockLevel, Warehouse
from shundan.kernel.actor import Actor, system_actor
from shundan.kernel.errors import Refused
from shundan.orders.actions import (
    LineInput,
    OrderInput,
    create_order,
    create_order_type,
    move_order,
    publish_order_type,
)
from shundan.orders.kinds import KINDS
from shundan.orders.models import Order, OrderType
from shundan.orders.queries import current_version_of, get_order_type
from shundan.orders.rules.types import Attribute, TypeDefinition
from shundan.parties.actions import AddressInput, ContactInput, CustomerInput, create_customer
from shundan.parties.models import Customer

# Monday, 2 March 2026, nine in the morning in Shanghai: tests never read the clock.
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"

_serial = count(1)


def shipped() -> None:
    """Load what every installation is shipped with, unless it is there."""
    if not OrderType.objects.exists():
        load_shipped()


def boss(at: datetime = AT) -> Actor:
    """Return an actor who may do everything: the system."""
    return system_actor(at, door="test")


def actor(
    *roles: str, user: User | None = None, at: datetime = AT, door: str = "web", grants: dict[str, str] | None = None
) -> Actor:
    """Return somebody with these roles; with `user` it is that person, in their department and team."""
    department = user.department if user else None
    below = list(Department.objects.filter(path__startswith=department.path)) if department else []
    return Actor(
        id=user.pk if user else None,
        name=user.name if user else "、".join(roles) or "nobody",
        door=door,
        at=at,
        grants=grants_of(roles) if grants is None else grants,
        department_id=department.pk if department else None,
        department_ids=tuple(one.pk for one in below),
        team_id=user.team_id if user else None,
        team_ids=(user.team_id,) if user and user.team_id else (),
        roles=roles,
    )


def on(by: Actor, *, days: int = 0, hours: int = 0) -> Actor:
    """Return the same actor so much later."""
    return replace(by, at=by.at + timedelta(days=days, hours=hours))


def user(
    *roles: str,
    name: str = "王芳",
    email: str = "",
    department: Department | None = None,
    team: Team | None = None,
) -> User:
    """Add a person who can sign in with `make.PASSWORD`."""
    return accounts.create_user(
        email=email or f"person{next(_serial)}@example.com",
        name=name,
        password=PASSWORD,
        roles=roles,
        department=department,
        team=team,
        by=boss(),
    )


def person(*roles: str, **more: Any) -> Actor:
    """Add a person and return them as an actor."""
    return actor(*roles, user=user(*roles, **more))


def department(code: str = "", *, parent: Department | None = None, name: str = "销售部") -> Department:
    """Add a department."""
    code = code or f"D{next(_serial)}"
    return accounts.save_department(code=code, name_zh=name, name_en=code, parent=parent, by=boss())


def team(of: Department, code: str = "", *, name: str = "一组") -> Team:
    """Add a team of a department."""
    code = code or f"T{next(_serial)}"
    return accounts.save_team(code=code, name_zh=name, name_en=code, department=of, by=boss())


def customer(
    name: str = "上海博远科技有限公司", *, limit: str | None = None, by: Actor | None = None, **more: Any
) -> Customer:
    """Add a customer with a contact and an address; `limit` is its credit limit, none by default."""
    shipped()
    values: dict[str, Any] = {
        "contacts": (ContactInput(name="李雷", phone="13800001111", is_main=True),),
        "addresses": (AddressInput(province="上海市", city="上海市", district="浦东新区", street="张江路 1 号"),),
    }
    credit_limit = None if limit is None else Decimal(limit)
    return create_customer(CustomerInput(name=name, credit_limit=credit_limit, **(values | more)), by=by or boss())


def product(
    sku: str = "", *, price: str = "100.00", stock: int | str = 0, warehouse: Warehouse | None = None, **more: Any
) -> Product:
    """Add a product with a price in CNY, and receive its stock into the main warehouse."""
    shipped()
    sku = sku or f"P-{next(_serial):05d}"
    values: dict[str, Any] = {"name_zh": "内六角螺丝", "prices": (PriceInput(amount=Decimal(price)),)}
    made = create_product(ProductInput(sku=sku, **(values | more)), by=boss())
    if stock:
        receive(made, stock, warehouse=warehouse)
    return made


def receive(product: Product, quantity: int | str, *, warehouse: Warehouse | None = None) -> None:
    """Receive stock of a product."""
    place = warehouse or main_warehouse()
    receive_stock(product_id=product.pk, warehouse_id=place.pk, quantity=Decimal(quantity), reason="opening", by=boss())


def publish_type(code: str = "sales", **changed: Any) -> OrderType:
    """Publish the next version of an order type, with these parts changed."""
    shipped()
    order_type = get_order_type(code, by=boss())
    definition = replace(current_version_of(order_type), **changed)
    return publish_order_type(code, definition, version=order_type.version, by=boss())


def order_type(code: str = "sample", *, kind: str = "sale", **more: Any) -> OrderType:
    """Add an order type of a kind; numbers begin with its code."""
    shipped()
    facts = KINDS[kind]
    values: dict[str, Any] = {
        "name_zh": "样品订单",
        "name_en": "Sample order",
        "number": f"{code.upper()}-{{yyyy}}-{{seq:6}}",
        "workflow": facts.workflow,
        "invoices_on": facts.invoices_on,
    }
    return create_order_type(code, kind=kind, definition=TypeDefinition(**(values | more)), by=boss())


def attribute(code: str, data_type: str = "text", **more: Any) -> Attribute:
    """Return an attribute of an order type."""
    return Attribute(**({"code": code, "name_zh": f"属性{code}", "name_en": code, "data_type": data_type} | more))


def main_warehouse() -> Warehouse:
    """Return the shipped warehouse."""
    shipped()
    return Warehouse.objects.order_by("id")[0]


def order(
    lines: int = 1,
    *,
    state: str = "confirmed",
    quantity: int | str = 10,
    price: str = "100.00",
    of: Customer | None = None,
    products: list[Product] | None = None,
    by: Actor | None = None,
    **more: Any,
) -> Order:
    """Enter an order and take it to a state: draft, submitted, approved, confirmed, shipped, invoiced, completed.

    Its products are new ones that have just the stock it needs, unless they are given.
    """
    by = by or boss()
    goods = products or [product(price=price, stock=quantity) for _ in range(lines)]
    given = OrderInput(
        customer=(of or customer()).number,
        lines=tuple(LineInput(sku=one.sku, quantity=Decimal(quantity)) for one in goods),
        **more,
    )
    number = create_order(given, by=by).number
    return advance(number, state)


STEPS = ("draft", "submitted", "approved", "confirmed", "shipped", "invoiced", "completed")


def advance(number: str, state: str) -> Order:
    """Take a draft to a state as the system; what needs approval is approved."""
    wanted = STEPS.index(state)
    if wanted >= STEPS.index("submitted"):
        moved = move_order(number, "submit", by=boss())
        if wanted >= STEPS.index("approved") and moved.state == "submitted":
            move_order(number, "approve", by=boss())
    if wanted >= STEPS.index("confirmed"):
        move_order(number, "confirm", by=boss())
    if wanted >= STEPS.index("shipped"):
        ship_order(number, by=boss())
    if wanted >= STEPS.index("invoiced"):
        issue_invoice(number, by=boss())
    if wanted >= STEPS.index("completed"):
        found = Order.objects.select_related("customer").get(number=number)
        customer = found.customer.number
        register_payment(customer=customer, amount=found.total, method="bank_transfer", order=number, by=boss())
    return fresh(number)


def invoice(of: Order | None = None, **more: Any) -> Invoice:
    """Issue an invoice for all that an order lets us bill; by default for a new, shipped order of 1,000.00."""
    return issue_invoice((of or order(state="shipped")).number, by=boss(), **more)


def payment(of: Customer, amount: str, **more: Any) -> Payment:
    """Register a bank transfer."""
    return register_payment(
        customer=of.number, amount=Decimal(amount), **({"method": "bank_transfer", "by": boss()} | more)
    )


def fresh(number: str) -> Order:
    """Return an order as the database has it now."""
    return Order.objects.select_related("customer", "type").get(number=number)


def stock_of(product: Product, warehouse: Warehouse | None = None) -> tuple[Decimal, Decimal]:
    """Return (on hand, reserved) of a product."""
    place = warehouse or main_warehouse()
    found = StockLevel.objects.filter(product=product, warehouse=place).values_list("on_hand", "reserved").first()
    return found or (Decimal(0), Decimal(0))


def credit(of: Customer, currency: str = "CNY") -> tuple[Decimal, Decimal, Decimal]:
    """Return (ordered, receivable, on account) of a customer."""
    found = CreditAccount.objects.filter(customer=of, currency=currency).values_list(
        "ordered", "receivable", "unallocated"
    )
    return found.first() or (Decimal(0), Decimal(0), Decimal(0))


def everything() -> dict[str, str]:
    """Return a fingerprint of every table of ours and of the jobs, to prove that nothing changed."""
    tables = [model._meta.db_table for config in apps.get_app_configs() for model in _models_of(config)]
    one = "select '{0}' as name, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {0} t"
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(one.format(table) for table in [*tables, "procrastinate_jobs"]))
        return dict(cursor.fetchall())


@contextmanager
def refused(refusal: type[Refused], code: str = "") -> Iterator["pytest.ExceptionInfo[Refused]"]:
    """Expect a refusal after which every table is as it was before."""
    before = everything()
    with pytest.raises(refusal) as caught, transaction.atomic():
        yield caught
    assert not code or caught.value.code == code
    assert {name for name, mark in everything().items() if before[name] != mark} == set()


@contextmanager
def undone() -> Iterator[None]:
    """Do something and take it back, as if it had not been."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _models_of(config: Any) -> list[Any]:
    return list(config.get_models()) if config.name.startswith("shundan.") else []
