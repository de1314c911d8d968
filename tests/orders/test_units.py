"""Lines in further units: exact in the product's own unit, amounts that add up, whatever is done with them."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shundan.billing.actions import issue_invoice
from shundan.billing.models import InvoiceLine
from shundan.catalog.actions import PriceInput, ProductInput, UnitInput, change_product
from shundan.catalog.models import Product
from shundan.fulfilment.actions import ship_order
from shundan.kernel.errors import Malformed
from shundan.kernel.money import amount_of, exact_ratio, rounded_ratio
from shundan.orders.actions import (
    ChangeWish,
    LineInput,
    LineWish,
    OrderInput,
    amend_order,
    copy_order,
    create_order,
    move_order,
    place_order,
    save_draft,
)
from shundan.orders.actions.change import plan_change
from shundan.orders.actions.planning import ChangeBeyondLimits
from shundan.orders.actions.wishes import wish_to_restore
from shundan.orders.models import Order, OrderLine, OrderRevision
from shundan.orders.rules import AgreedPrice, OrderUnit, countable_step, line_amounts
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.orders.test_place import stepwise, told

pytestmark = pytest.mark.django_db

FACTORS = st.integers(1, 1000)
QUANTITIES = st.decimals(min_value="0.001", max_value=100_000, places=3)
PRICES = st.decimals(min_value=0, max_value=100_000, places=6)
BOX = UnitInput(unit="box", numerator=12)


def boxed(price: str = "10.00", stock: int = 240, **more: Any) -> Product:
    """Add a product that comes in boxes of 12."""
    return make.product(price=price, stock=stock, **({"units": (BOX,)} | more))


def entered(goods: Product, quantity: str = "2", unit: str = "box", **more: Any) -> Order:
    """Enter a draft of one line."""
    line = LineInput(sku=goods.sku, quantity=Decimal(quantity), unit=unit, **more)
    return create_order(OrderInput(customer=make.customer().number, lines=(line,)), by=make.boss())


def amended(order: Order, *lines: LineWish) -> OrderLine:
    """Change a running order, and return its first line."""
    amend_order(order.number, ChangeWish(lines=lines), by=make.boss(), reason_code="customer_wish")
    return make.fresh(order.number).lines.order_by("position")[0]


class TestArithmetic:
    """Conversions are exact, amounts are rounded once; without a database."""

    @settings(max_examples=500)
    @given(quantity=QUANTITIES, numerator=FACTORS, denominator=FACTORS)
    def test_a_conversion_is_exact_or_none(self, quantity: Decimal, numerator: int, denominator: int) -> None:
        found = exact_ratio(quantity, numerator, denominator, decimals=6)
        exact = Fraction(quantity) * numerator / denominator
        assert (found is None) == ((exact * 10**6).denominator != 1)
        if found is not None:
            assert Fraction(found) == exact
            assert exact_ratio(found, denominator, numerator, decimals=3) == quantity

    @settings(max_examples=500)
    @given(quantity=QUANTITIES, price=PRICES, numerator=FACTORS, denominator=FACTORS, tax=st.booleans())
    def test_an_amount_is_rounded_once(
        self, quantity: Decimal, price: Decimal, numerator: int, denominator: int, tax: bool
    ) -> None:
        unit = OrderUnit("box", numerator, denominator)
        found = line_amounts(
            quantity=quantity,
            unit_price=price,
            unit=unit,
            discount=Decimal(0),
            tax_rate=Decimal("0.13"),
            includes_tax=tax,
            currency="CNY",
        )
        exact = Fraction(quantity) * Fraction(price) * denominator / numerator
        lead = Fraction(found.gross if tax else found.net)
        assert abs(lead - exact) <= Fraction(1, 200)
        assert found.gross == found.net + found.tax

    @settings(max_examples=300)
    @given(boxes=st.integers(1, 10_000), price=PRICES, numerator=FACTORS, denominator=FACTORS)
    def test_whole_boxes_cost_what_boxes_cost(
        self, boxes: int, price: Decimal, numerator: int, denominator: int
    ) -> None:
        own = exact_ratio(Decimal(boxes), numerator, denominator, decimals=6)
        if own is not None:
            found = amount_of(own, price, numerator=numerator, denominator=denominator)
            assert found == (boxes * price).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @settings(max_examples=300)
    @given(numerator=FACTORS, denominator=FACTORS, decimals=st.integers(0, 3), own=st.integers(0, 3))
    def test_the_smallest_countable_step_is_one(
        self, numerator: int, denominator: int, decimals: int, own: int
    ) -> None:
        step = countable_step(numerator, denominator, decimals, own)
        assert exact_ratio(step, numerator, denominator, decimals=own) is not None
        assert all(
            exact_ratio(step - Decimal(less).scaleb(-decimals), numerator, denominator, decimals=own) is None
            for less in range(1, min(30, int(step.scaleb(decimals))))
        )

    @settings(max_examples=300)
    @given(price=PRICES, numerator=FACTORS, denominator=FACTORS)
    def test_the_price_of_the_own_unit_is_rounded_at_the_tenth_decimal(
        self, price: Decimal, numerator: int, denominator: int
    ) -> None:
        own = AgreedPrice(price, OrderUnit("box", numerator, denominator)).of_own_unit
        assert abs(Fraction(own) * numerator - Fraction(price) * denominator) * 2 * 10**10 <= numerator

    def test_halves_go_away_from_zero(self) -> None:
        assert rounded_ratio(Decimal("0.01"), 1, 2, decimals=2) == Decimal("0.01")
        assert rounded_ratio(Decimal("-0.01"), 1, 2, decimals=2) == Decimal("-0.01")


class TestEntry:
    """What a line keeps, and what is refused."""

    def test_a_line_in_boxes_is_counted_in_pieces_and_priced_by_the_box(self) -> None:
        prices = (PriceInput(amount=Decimal(10)), PriceInput(amount=Decimal(100), unit="box"))
        line = entered(boxed(prices=prices)).lines.get()
        assert (line.quantity, line.unit, line.order_unit, line.order_price) == (24, "pcs", "box", 100)
        assert (line.unit_numerator, line.unit_denominator, line.gross) == (12, 1, 200)
        assert line.unit_price == line.list_price == Decimal("8.3333333333")

    def test_without_a_price_of_its_own_a_box_costs_as_much_as_its_pieces(self) -> None:
        line = entered(boxed()).lines.get()
        assert (line.order_price, line.gross, line.unit_price) == (120, 240, 10)

    def test_a_third_of_a_price_is_not_lost(self) -> None:
        line = entered(boxed(), unit_price=Decimal("100.01")).lines.get()
        assert line.gross == Decimal("200.02")

    def test_the_own_unit_may_be_named(self) -> None:
        line = entered(boxed(), unit="pcs").lines.get()
        assert (line.quantity, line.order_unit, line.order_price, line.unit_price) == (2, "", None, 10)

    def test_grams_of_a_kilogram(self) -> None:
        goods = make.product(unit="kg", price="12.50", units=(UnitInput(unit="g", numerator=1, denominator=1000),))
        line = entered(goods, "1500", "g").lines.get()
        assert (line.quantity, line.order_price, line.gross) == (Decimal("1.5"), Decimal("0.0125"), Decimal("18.75"))

    @pytest.mark.parametrize(
        ("quantity", "unit", "place", "code", "says"),
        [
            ("1", "parsec", "unit", "unknown_unit", "pcs, box, pack"),
            ("1.5", "box", "quantity", "too_many_decimals", "箱"),
            ("1", "pack", "quantity", "not_countable", "2"),
            ("0", "box", "quantity", "out_of_range", ""),
            ("999999999999", "box", "quantity", "out_of_range", ""),
        ],
    )
    def test_what_cannot_be_counted_is_refused_with_its_place_and_the_cure(
        self, quantity: str, unit: str, place: str, code: str, says: str
    ) -> None:
        goods = boxed(units=(BOX, UnitInput(unit="pack", numerator=5, denominator=2)))
        with make.refused(Malformed) as caught:
            entered(goods, quantity, unit)
        (detail,) = caught.value.details
        assert (detail.path, detail.code) == (f"lines[0].{place}", code)
        assert says in str(detail.message)

    def test_a_unit_that_is_not_offered_is_refused(self) -> None:
        goods = boxed(units=(UnitInput(unit="box", numerator=12, for_sale=False),))
        with make.refused(Malformed) as caught:
            entered(goods)
        assert [one.code for one in caught.value.details] == ["unit_not_offered"]

    def test_a_draft_saved_again_changes_its_unit(self) -> None:
        order = entered(goods := boxed())
        line = LineInput(sku=goods.sku, quantity=Decimal(24))
        given = OrderInput(customer=order.customer.number, lines=(line,))
        kept = save_draft(order.number, given, version=1, by=make.boss()).lines.get()
        assert (kept.quantity, kept.order_unit, kept.gross) == (24, "", 240)

    def test_prices_that_do_not_agree_cannot_be_kept(self) -> None:
        order = entered(boxed())
        with pytest.raises(IntegrityError), transaction.atomic():
            order.lines.update(order_price=Decimal(121))
        with pytest.raises(IntegrityError), transaction.atomic():
            order.lines.update(order_unit="")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    boxes=st.integers(1, 9), price=st.decimals(min_value=0, max_value=50, places=4) | st.none(), size=st.integers(1, 40)
)
def test_both_ways_of_placing_leave_the_same_rows(db: None, boxes: int, price: Decimal | None, size: int) -> None:
    goods = boxed(stock=2 * boxes * size, units=(UnitInput(unit="box", numerator=size),))
    line = LineInput(sku=goods.sku, quantity=Decimal(boxes), unit="box", unit_price=price)
    wanted = OrderInput(customer=make.customer(limit="100000000").number, lines=(line,))
    straight, slow = place_order(wanted, by=make.boss()), stepwise(wanted)
    assert told(straight) == told(slow)
    assert make.stock_of(goods) == (2 * boxes * size, 2 * boxes * size)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shares=st.lists(st.integers(1, 9), min_size=2, max_size=4), price=PRICES, tax=st.booleans())
def test_parts_of_a_line_in_boxes_are_billed_to_the_cent(
    db: None, shares: list[int], price: Decimal, tax: bool
) -> None:
    size = sum(shares)
    goods = boxed(stock=size, units=(UnitInput(unit="box", numerator=size),))
    line = LineInput(sku=goods.sku, quantity=Decimal(1), unit="box", unit_price=price)
    order = place_order(OrderInput(customer=make.customer().number, lines=(line,), includes_tax=tax), by=make.boss())
    for share in shares:
        ship_order(order.number, quantities={1: Decimal(share)}, by=make.boss())
        issue_invoice(order.number, by=make.boss())
    kept = make.fresh(order.number).lines.get()
    parts = InvoiceLine.objects.filter(order_line=kept)
    assert sum(part.gross for part in parts) == kept.gross
    assert sum(part.net for part in parts) == kept.net
    assert (kept.gross if tax else kept.net) == price.quantize(Decimal("0.01"), ROUND_HALF_UP)


class TestLater:
    """Changes, versions, copies, returns and purchases keep the unit and its factor of then."""

    def test_a_change_may_speak_in_boxes_or_in_pieces(self) -> None:
        order = make.advance(entered(boxed()).number, "confirmed")
        line = amended(order, LineWish(position=1, quantity=Decimal(3), unit="box"))
        assert (line.quantity, line.order_unit, line.gross, line.reserved) == (36, "box", 360, 36)
        line = amended(order, LineWish(position=1, quantity=Decimal(20)))
        assert (line.quantity, line.order_unit, line.order_price, line.gross) == (20, "box", 120, 200)

    def test_a_price_brings_its_unit_with_it(self) -> None:
        order = make.advance(entered(boxed()).number, "confirmed")
        line = amended(order, LineWish(position=1, unit="box", unit_price=Decimal("130.01")))
        assert (line.quantity, line.order_price, line.gross) == (24, Decimal("130.01"), Decimal("260.02"))
        line = amended(order, LineWish(position=1, unit_price=Decimal(11)))
        assert (line.quantity, line.order_unit, line.order_price, line.gross) == (24, "", None, 264)

    def test_another_box_than_the_one_of_then_does_not_change_a_line(self) -> None:
        order = make.advance(entered(goods := boxed()).number, "confirmed")
        small = UnitInput(unit="box", numerator=10)
        given = ProductInput(sku=goods.sku, name_zh="螺丝", units=(small,), prices=(PriceInput(amount=Decimal(10)),))
        change_product(goods.sku, given, version=1, by=make.boss())
        line = amended(order, LineWish(position=1, quantity=Decimal(1), unit="box"))
        assert (line.quantity, line.unit_numerator, line.gross) == (12, 12, 120)
        copied = copy_order(order.number, by=make.boss()).lines.get()
        assert (copied.quantity, copied.unit_numerator, copied.gross) == (12, 12, 120)

    def test_an_earlier_version_comes_back_with_its_unit(self) -> None:
        order = make.advance(entered(boxed(), unit_price=Decimal("100.01")).number, "confirmed")
        amended(order, LineWish(position=1, quantity=Decimal(5), unit_price=Decimal(11)))
        first = OrderRevision.objects.get(order=order, number=1)
        back = wish_to_restore(make.fresh(order.number), first.content)
        (terms,) = plan_change(make.fresh(order.number), back).terms.values()
        assert (terms.quantity, terms.gross) == (24, Decimal("200.02"))
        assert terms.price == AgreedPrice(Decimal("100.01"), OrderUnit("box", 12))

    def test_a_copy_of_an_uneven_line_keeps_its_worth(self) -> None:
        order = make.advance(entered(boxed(), unit_price=Decimal("100.01")).number, "confirmed")
        kept = amended(order, LineWish(position=1, quantity=Decimal(20)))
        copied = copy_order(order.number, by=make.boss()).lines.get()
        assert (copied.quantity, copied.order_unit, copied.gross) == (20, "box", kept.gross)

    def test_an_invoiced_part_holds_price_and_unit(self) -> None:
        order = make.advance(entered(boxed()).number, "confirmed")
        ship_order(order.number, quantities={1: Decimal(5)}, by=make.boss())
        issue_invoice(order.number, by=make.boss())
        with pytest.raises(ChangeBeyondLimits) as caught:
            amended(order, LineWish(position=1, unit_price=Decimal(10)))
        assert [one.code for one in caught.value.details] == ["price_invoiced"]
        line = amended(order, LineWish(position=1, quantity=Decimal(5)))
        assert (line.quantity, line.gross) == (5, 50)

    def test_what_comes_back_is_worth_what_it_was_sold_for(self) -> None:
        sold = make.advance(entered(goods := boxed(), "1", unit_price=Decimal(100)).number, "shipped")
        line = LineInput(sku=goods.sku, quantity=Decimal(5))
        back = create_order(OrderInput(type="sales_return", origin=sold.number, lines=(line,)), by=make.boss())
        kept = back.lines.get()
        assert (kept.quantity, kept.order_unit, kept.order_price, kept.gross) == (5, "box", 100, Decimal("41.67"))

    def test_a_purchase_takes_the_last_price_in_its_unit(self) -> None:
        goods, supplier = boxed(), create_supplier(SupplierInput(name="无锡泵业有限公司"), by=make.boss())
        line = LineInput(sku=goods.sku, quantity=Decimal(1), unit="box", unit_price=Decimal(100))
        given = OrderInput(type="purchase", supplier=supplier.number, lines=(line,))
        bought = create_order(given, by=make.boss())
        move_order(bought.number, "submit", by=make.boss())
        again = LineInput(sku=goods.sku, quantity=Decimal(3), unit="box")
        pieces = LineInput(sku=goods.sku, quantity=Decimal(6))
        order = create_order(
            OrderInput(type="purchase", supplier=supplier.number, lines=(again, pieces)), by=make.boss()
        )
        boxes, own = order.lines.order_by("position")
        assert (boxes.order_price, boxes.gross) == (100, 300)
        assert (own.unit_price, own.gross) == (Decimal("8.3333333333"), 50)
