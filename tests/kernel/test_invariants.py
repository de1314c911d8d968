"""The checker checked: for each invariant one planted corruption, which exactly this invariant reports."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import connection, transaction

from shundan.billing.actions import credit_invoice, refund_payment
from shundan.billing.models import Invoice, Payment
from shundan.catalog.models import Product
from shundan.config.integrity import broken, invariants, run_checks
from shundan.fulfilment.actions import plan_shipment, receive_goods, ship_order
from shundan.inventory.actions import create_warehouse
from shundan.orders.actions import (
    ChangeWish,
    LineInput,
    LineWish,
    OrderInput,
    amend_order,
    create_order,
    move_order,
    place_order,
)
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.parties.models import Customer
from shundan.pricing.actions import PromotionInput, add_coupon, save_promotion
from tests import make
from tests.kernel.corruptions import CORRUPTIONS, MORE

pytestmark = pytest.mark.django_db


@dataclass
class World:
    """A small company in which every table has a row."""

    draft: Order
    other_draft: Order
    approved: Order
    big: Order
    backorder: Order
    picking: Order
    shipped: Order
    paid: Order
    credited: Order
    free: Product
    unstocked: Product
    invoice: Invoice
    payment: Payment
    bought: Order
    returned: Order
    keyed: Order
    amended: Order
    moved: Order
    couponed: Order

    def facts(self) -> dict[str, object]:
        """Return the ids that the corruptions name."""
        orders = {name: value for name, value in vars(self).items() if isinstance(value, Order)}
        found: dict[str, object] = {name: one.pk for name, one in vars(self).items()}
        found |= {f"{name}_line": one.lines.order_by("id")[0].pk for name, one in orders.items()}
        found |= {f"{name}_product": one.lines.order_by("id")[0].product_id for name, one in orders.items()}
        found |= {"number": self.draft.number, "warehouse": make.main_warehouse().pk, "at": make.AT}
        return found


@pytest.fixture
def world() -> World:
    """Orders in every stage, money and stock; nothing is broken."""
    customer = make.customer()
    backorder = make.order(state="confirmed", of=customer, allows_backorder=True)
    ship_order(backorder.number, by=make.boss(), quantities={1: Decimal(4)})
    picking = make.order(state="confirmed", of=customer)
    plan_shipment(picking.number, by=make.boss())
    paid = make.order(state="completed", of=customer)
    credited = make.order(state="invoiced", of=customer)
    credit_invoice(Invoice.objects.get(order=credited).number, reason="测试", by=make.boss())
    overpaid = make.payment(customer, "5.00", is_automatic=False)
    refund_payment(overpaid.number, amount=Decimal(5), method="bank_transfer", reason="多付", by=make.boss())
    payment = make.payment(customer, "70.00", is_automatic=False)
    made = World(
        draft=make.order(state="draft", of=customer),
        other_draft=make.order(state="draft", of=customer),
        approved=make.order(state="approved", of=customer),
        big=make.order(state="confirmed", of=customer, quantity=600),
        backorder=backorder,
        picking=picking,
        shipped=make.order(state="shipped", of=customer),
        paid=paid,
        credited=credited,
        free=make.product(stock=5),
        unstocked=make.product(),
        invoice=Invoice.objects.get(order=paid, kind="normal"),
        payment=payment,
        bought=_bought(),
        returned=_returned(customer),
        keyed=_keyed(customer),
        amended=_amended(customer),
        moved=_moved(),
        couponed=_couponed(customer),
    )
    assert broken() == []
    return made


def _bought() -> Order:
    """A purchase of which half has come in."""
    supplier = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=make.boss())
    line = LineInput(sku=make.product().sku, quantity=Decimal(10), unit_price=Decimal(5))
    order = place_order(OrderInput(type="purchase", supplier=supplier.number, lines=(line,)), by=make.boss())
    receive_goods(order.number, by=make.boss(), quantities={1: Decimal(5)})
    return make.fresh(order.number)


def _keyed(customer: Customer) -> Order:
    """An order with a value that no other order of its type may have."""
    make.order_type("contract", attributes=(make.attribute("contract", is_unique=True),))
    lines = (LineInput(sku=make.product().sku, quantity=Decimal(1)),)
    given = OrderInput(customer=customer.number, type="contract", lines=lines, attributes={"contract": "HT-1"})
    return create_order(given, by=make.boss())


def _returned(customer: Customer) -> Order:
    """A sale of which two have come back."""
    order = make.order(state="shipped", of=customer)
    line = LineInput(sku=order.lines.get().sku, quantity=Decimal(2))
    back = create_order(OrderInput(type="sales_return", origin=order.number, lines=(line,)), by=make.boss())
    for step in ("submit", "confirm"):
        move_order(back.number, step, by=make.boss())
    receive_goods(back.number, by=make.boss())
    return make.fresh(order.number)


def _moved() -> Order:
    """A transfer that is on its way."""
    create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    line = LineInput(sku=make.product(stock=3).sku, quantity=Decimal(3))
    order = place_order(OrderInput(type="transfer", target_warehouse="SOUTH", lines=(line,)), by=make.boss())
    ship_order(order.number, by=make.boss())
    return make.fresh(order.number)


def _couponed(customer: Customer) -> Order:
    """An order that uses a coupon."""
    offer = PromotionInput(code="P", name_zh="券", kind="percent", percent=Decimal(10), needs_code=True)
    save_promotion(offer, version=None, by=make.boss())
    add_coupon("P", "TEN", by=make.boss())
    return make.order(state="approved", of=customer, coupon="TEN")


def _amended(customer: Customer) -> Order:
    """An order with two versions."""
    order = make.order(state="confirmed", of=customer)
    less = ChangeWish(lines=(LineWish(position=1, quantity=Decimal(9)),))
    amend_order(order.number, less, by=make.boss(), reason_code="stock")
    return make.fresh(order.number)


def test_every_invariant_has_its_corruption() -> None:
    codes = [invariant.code for _room, invariant in invariants()]
    assert len(set(codes)) == len(codes)
    assert set(CORRUPTIONS) == set(codes)


def test_a_corruption_is_reported_by_its_invariant_and_no_other(world: World) -> None:
    """One test for all, for the world takes longer to make than to break; each corruption is rolled back."""
    facts = world.facts()
    with triggers_off():
        reported = {code: reported_after(statements, facts) for code, statements in CORRUPTIONS.items()}
        others = [(code, reported_after(statements, facts)) for code, statements in MORE]
    assert reported == {code: [code] for code in CORRUPTIONS}
    assert [code for code, found in others if code not in found] == []


@contextmanager
def triggers_off() -> Iterator[None]:
    """Silence triggers until all is undone: once, for each altered table makes PostgreSQL plan the promises anew."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        # The owner of the tables may do this; the role that switches off everything is for superusers only.
        cursor.execute("select distinct tgrelid::regclass::text from pg_trigger where not tgisinternal")
        for (table,) in cursor.fetchall():
            cursor.execute(f"alter table {table} disable trigger user")
        yield
        transaction.set_rollback(True)


def reported_after(statements: list[str], facts: dict[str, object]) -> list[str]:
    """Return what the checker reports after statements that run with triggers and foreign keys off; undo them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set constraints all deferred")
        for statement in statements:
            cursor.execute(statement, facts)
        found = broken()
        assert [one.code for one in run_checks() if one.count] == [one.code for one in found]
        assert all(one.examples for one in found)
        transaction.set_rollback(True)
    return [one.code for one in found]
