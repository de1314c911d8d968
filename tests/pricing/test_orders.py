"""What customers pay: lists, promotions and discounts from the table to the lines of orders, and who must approve."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shundan.catalog.actions import PriceInput, UnitInput, save_category, save_exchange_rate, set_product_cost
from shundan.kernel.errors import Malformed, NotPermitted, VersionConflict
from shundan.kernel.memory import forget_everything
from shundan.kernel.models import Event
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
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import get_order, lines_of
from shundan.pricing.actions import (
    ItemInput,
    LimitInput,
    PriceListInput,
    PromotionInput,
    TargetInput,
    save_limits,
    save_price_list,
    save_promotion,
)
from shundan.pricing.models import DiscountLimit, PriceList, Promotion
from tests import make

pytestmark = pytest.mark.django_db
D = Decimal


def price_list(code: str, *items: ItemInput, version: int | None = None, **more: Any) -> PriceList:
    given = PriceListInput(code=code, name_zh=f"价格表{code}", items=items, **more)
    return save_price_list(given, version=version, by=make.boss())


def promotion(code: str, kind: str, **more: Any) -> Promotion:
    given = PromotionInput(code=code, name_zh=f"促销{code}", kind=kind, **more)
    return save_promotion(given, version=None, by=make.boss())


def entered(*lines: LineInput, of: Any = None, **more: Any) -> Order:
    buyer = of or make.customer()
    return create_order(OrderInput(customer=buyer.number, lines=lines, **more), by=make.boss())


def line(sku: str, quantity: str = "1", **more: Any) -> LineInput:
    return LineInput(sku=sku, quantity=D(quantity), **more)


def only(order: Order) -> OrderLine:
    return OrderLine.objects.get(order=order)


class TestLists:
    def test_the_closest_list_sets_the_price_and_says_so(self) -> None:
        goods, buyer = make.product(price="100.00"), make.customer(tags=("vip",))
        price_list("all", ItemInput(method="percent", value=D(5)))
        assert only(entered(line(goods.sku), of=buyer)).unit_price == D("95.00")
        price_list("vip", ItemInput(sku=goods.sku, value=D(90)), tags=("vip",))
        price_list("own", ItemInput(sku=goods.sku, value=D(80), min_quantity=D(10)), numbers=(buyer.number,))
        few = only(entered(line(goods.sku, "9"), of=buyer))
        assert (few.unit_price, few.list_price, few.price_steps) == (
            D(90),
            D(90),
            [{"kind": "price_list", "code": "vip", "price": "90.000000", "method": "amount"}],
        )
        many = only(entered(line(goods.sku, "10"), of=buyer))
        assert (many.unit_price, many.gross) == (D(80), D("800.00"))
        assert many.price_steps[0]["from_quantity"] == "10.000000"
        # Nobody else is meant by them.
        assert only(entered(line(goods.sku))).unit_price == D("95.00")

    def test_a_category_holds_for_all_below_it_and_channels_narrow(self) -> None:
        upper = save_category(code="TOP", name_zh="上", name_en="Upper", by=make.boss())
        save_category(code="LOW", name_zh="下", name_en="Lower", by=make.boss(), parent=upper)
        goods = make.product(price="100.00", category="LOW")
        price_list("cat", ItemInput(category="TOP", method="percent", value=D(20)), channels=("api",))
        buyer = make.customer()
        given = OrderInput(customer=buyer.number, lines=(line(goods.sku),))
        by_api = create_order(given, by=replace(make.boss(), door="api"))
        assert only(by_api).unit_price == D(80)
        assert only(create_order(given, by=make.boss())).unit_price == D(100)

    def test_units_currencies_and_costs(self) -> None:
        box = UnitInput(unit="box", numerator=12)
        goods = make.product(units=(box,), prices=(PriceInput(amount=D(10)), PriceInput(amount=D(2), currency="USD")))
        set_product_cost(goods.sku, D(6), version=goods.version, by=make.boss())
        price_list(
            "boxes",
            ItemInput(sku=goods.sku, unit="box", value=D(99)),
            ItemInput(sku=goods.sku, method="markup", value=D(50)),
        )
        boxes = only(entered(line(goods.sku, "2", unit="box")))
        assert (boxes.order_price, boxes.gross) == (D(99), D("198.00"))
        assert only(entered(line(goods.sku, "2"))).unit_price == D(9)
        # A list in another currency is not for this order.
        save_exchange_rate(currency="USD", valid_from=date(2026, 1, 1), rate=D(7), by=make.boss())
        assert only(entered(line(goods.sku), currency="USD")).unit_price == D(2)

    def test_days_decide_on_the_day_of_the_order(self) -> None:
        goods = make.product(price="100.00")
        today = make.boss().today
        price_list("old", ItemInput(sku=goods.sku, value=D(50)), valid_to=today.replace(day=1))
        price_list("now", ItemInput(sku=goods.sku, value=D(70)), valid_from=today, valid_to=today, rank=200)
        price_list("off", ItemInput(sku=goods.sku, value=D(1)), status="retired")
        assert only(entered(line(goods.sku))).unit_price == D(70)
        assert only(entered(line(goods.sku), ordered_on=today.replace(day=1))).unit_price == D(50)

    def test_a_price_by_hand_stays_by_hand(self) -> None:
        goods, buyer = make.product(price="100.00"), make.customer()
        price_list("all", ItemInput(method="percent", value=D(10)))
        order = entered(line(goods.sku, unit_price=D(88)), of=buyer)
        assert only(order).price_steps == [{"kind": "hand", "price": "88"}]
        assert only(order).list_price == D("90.00")
        # The price that the rules would set is not by hand.
        assert only(entered(line(goods.sku, unit_price=D(90)), of=buyer)).price_steps[0]["kind"] == "price_list"

    def test_thousand_lines_are_one_pass(self) -> None:
        goods = [make.product(price="10.00") for _ in range(30)]
        price_list("own", *(ItemInput(sku=one.sku, value=D(9)) for one in goods))
        counts = []
        for some in (goods[:3], goods):
            forget_everything()
            with CaptureQueriesContext(connection) as seen:
                order = entered(*(line(one.sku) for one in some), of=make.customer())
            counts.append(len([one for one in seen.captured_queries if "pricing_" in one["sql"]]))
            assert {one.unit_price for one in lines_of(order)} == {D(9)}
        assert counts[0] == counts[1]


class TestPromotions:
    def test_it_is_taken_off_told_and_kept_when_it_ends(self) -> None:
        goods, buyer = make.product(price="100.00", stock=50), make.customer()
        promotion("SPRING", "percent", percent=D(10))
        order = place_order(OrderInput(customer=buyer.number, lines=(line(goods.sku, "2"),)), by=make.boss())
        found = only(order)
        assert (order.state, found.discount, found.gross, order.total) == (
            "confirmed",
            D("20.00"),
            D("180.00"),
            D("180.00"),
        )
        assert found.price_steps == [
            {"kind": "list", "price": "100.000000"},
            {"kind": "promotion", "code": "SPRING", "off": "20.00"},
        ]
        given = PromotionInput(code="SPRING", name_zh="春", kind="percent", percent=D(50), status="retired")
        save_promotion(given, version=1, by=make.boss())
        assert only(get_order(order.number, by=make.boss())).gross == D("180.00")

    def test_a_draft_that_is_saved_again_is_priced_anew(self) -> None:
        goods, buyer = make.product(price="100.00"), make.customer()
        promotion("P11", "buy_get", buy_quantity=D(10), free_quantity=D(1), targets=(TargetInput(sku=goods.sku),))
        order = entered(line(goods.sku, "10", discount=D(3)), of=buyer)
        assert only(order).discount == D(3)
        given = OrderInput(customer=buyer.number, lines=(line(goods.sku, "11", discount=D(3)),))
        saved = save_draft(order.number, given, version=order.version, by=make.boss())
        # 1,097.00 are left for eleven, and one of them is free.
        assert only(saved).discount == D("3.00") + D("99.73")
        assert save_draft(order.number, given, version=saved.version, by=make.boss()).total == saved.total

    def test_what_is_copied_is_agreed_and_not_taken_off_twice(self) -> None:
        goods, buyer = make.product(price="100.00"), make.customer()
        promotion("TEN", "percent", percent=D(10))
        order = entered(line(goods.sku), of=buyer)
        kept = copy_order(order.number, by=make.boss())
        assert (kept.total, only(kept).price_steps[0]["kind"]) == (D("90.00"), "kept")
        assert copy_order(order.number, by=make.boss(), prices="fresh").total == D("90.00")

    def test_changes_of_running_orders_take_the_customer_s_prices_and_no_promotion(self) -> None:
        goods, more, buyer = make.product(stock=50), make.product(price="100.00", stock=50), make.customer()
        price_list("all", ItemInput(method="percent", value=D(20)))
        order = place_order(OrderInput(customer=buyer.number, lines=(line(goods.sku),)), by=make.boss())
        promotion("TEN", "percent", percent=D(10))
        wish = ChangeWish(lines=(LineWish(sku=more.sku, quantity=D(1)),))
        amend_order(order.number, wish, version=order.version, reason_code="customer_wish", by=make.boss())
        added = OrderLine.objects.get(order=order, position=2)
        assert (added.unit_price, added.discount) == (D(80), D(0))


class TestOrderDiscount:
    def test_it_is_spread_so_that_no_cent_is_lost(self) -> None:
        goods = [make.product(price=price) for price in ("33.33", "33.33", "33.34")]
        order = entered(*(line(one.sku) for one in goods), discount_amount=D(10))
        assert [one.discount for one in lines_of(order)] == [D("3.33"), D("3.33"), D("3.34")]
        assert (order.total, order.net + order.tax) == (D("90.00"), D("90.00"))
        assert entered(line(goods[0].sku, "3"), discount_percent=D("10")).total == D("89.99")

    @pytest.mark.parametrize(
        ("more", "path"),
        [
            ({"discount_amount": D("100.01")}, "discount_amount"),
            ({"discount_amount": D("1.001")}, "discount_amount"),
            ({"discount_percent": D(101)}, "discount_percent"),
            ({"discount_percent": D(1), "discount_amount": D(1)}, "discount_amount"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_place(self, more: dict[str, Decimal], path: str) -> None:
        goods, buyer = make.product(price="100.00"), make.customer()
        with make.refused(Malformed) as caught:
            entered(line(goods.sku), of=buyer, **more)
        assert caught.value.details[0].path == path


class TestLimits:
    def test_beyond_the_seller_s_limit_somebody_must_approve(self) -> None:
        rep = make.person("rep")
        goods, buyer = make.product(price="100.00", stock=50), make.customer(by=rep)
        given = OrderInput(customer=buyer.number, lines=(line(goods.sku, unit_price=D(94)),))
        assert place_order(given, by=rep).state == "confirmed"
        save_limits([LimitInput(role="rep", most_discount=D(5))], by=make.boss())
        order = place_order(given, by=rep)
        assert order.state == "submitted"
        within = OrderInput(customer=buyer.number, lines=(line(goods.sku, unit_price=D(95)),))
        assert place_order(within, by=rep).state == "confirmed"
        # What a promotion takes off is no gift of the seller.
        promotion("HALF", "percent", percent=D(50))
        plain = OrderInput(customer=buyer.number, lines=(line(goods.sku),))
        assert place_order(plain, by=rep).state == "confirmed"

    def test_the_least_margin(self) -> None:
        rep = make.person("rep")
        goods = make.product(price="113.00", stock=50)
        set_product_cost(goods.sku, D(90), version=goods.version, by=make.boss())
        buyer = make.customer(by=rep)
        given = OrderInput(customer=buyer.number, lines=(line(goods.sku),))
        save_limits([LimitInput(role="rep", least_margin=D(10))], by=make.boss())
        assert place_order(given, by=rep).state == "confirmed"
        save_limits([LimitInput(role="rep", least_margin=D("10.01"))], by=make.boss())
        assert place_order(given, by=rep).state == "submitted"

    def test_they_are_kept_all_at_once_and_told(self) -> None:
        save_limits([LimitInput(role="rep", most_discount=D(5)), LimitInput(role="service")], by=make.boss())
        save_limits([LimitInput(role="sales_manager", least_margin=D(3))], by=make.boss())
        assert list(DiscountLimit.objects.values_list("role", "least_margin")) == [("sales_manager", D(3))]
        told = Event.objects.filter(kind="discount_limits.changed").order_by("id")
        assert told[1].data["changes"] == {"limits": ["rep: 5 % / -", "sales_manager: - / 3 %"]}
        with make.refused(NotPermitted):
            save_limits([], by=make.actor("sales_manager"))
        with make.refused(Malformed):
            save_limits([LimitInput(role="king", most_discount=D(5))], by=make.boss())


class TestKeeping:
    def test_a_change_names_its_version(self) -> None:
        goods = make.product()
        kept = price_list("one", ItemInput(sku=goods.sku, value=D(5)))
        changed = price_list("one", ItemInput(sku=goods.sku, value=D(6)), version=kept.version)
        assert (changed.version, list(changed.items.values_list("value", flat=True))) == (2, [D(6)])
        with make.refused(VersionConflict):
            price_list("one", version=kept.version)
        with make.refused(Malformed) as taken:
            price_list("one")
        assert taken.value.details[0].code == "taken"
        with make.refused(NotPermitted):
            save_price_list(PriceListInput(code="x", name_zh="x"), version=None, by=make.actor("rep"))

    @pytest.mark.parametrize(
        ("item", "path", "code"),
        [
            ({"sku": "NOPE", "value": D(1)}, "items[0].sku", "unknown_sku"),
            ({"value": D(1)}, "items[0].sku", "needs_product"),
            ({"category": "NOPE", "method": "percent", "value": D(1)}, "items[0].category", "unknown"),
            ({"method": "percent", "value": D(101)}, "items[0].value", "out_of_range"),
            ({"method": "percent", "value": D("1.0000001")}, "items[0].value", "too_many_decimals"),
            ({"method": "percent", "value": D(1), "min_quantity": D(-1)}, "items[0].min_quantity", "out_of_range"),
            ({"method": "percent", "value": D(1), "unit": "box"}, "items[0].unit", "needs_product"),
        ],
    )
    def test_malformed_prices_are_told_with_their_place(self, item: dict[str, Any], path: str, code: str) -> None:
        with make.refused(Malformed) as caught:
            price_list("bad", ItemInput(**item))
        assert (caught.value.details[0].path, caught.value.details[0].code) == (path, code)

    @pytest.mark.parametrize(
        ("more", "path"),
        [
            ({"kind": "percent"}, "percent"),
            ({"kind": "percent", "percent": D(0)}, "percent"),
            ({"kind": "buy_get", "buy_quantity": D(1)}, "free_quantity"),
            ({"kind": "over_amount", "least_amount": D(1)}, "amount"),
            ({"kind": "over_amount", "least_amount": D(100), "amount": D("100.01")}, "amount"),
            ({"kind": "bundle", "amount": D(1)}, "targets"),
            ({"kind": "luck"}, "kind"),
            ({"kind": "percent", "percent": D(1), "numbers": ("C-NONE",)}, "numbers"),
        ],
    )
    def test_malformed_promotions_are_told_with_their_place(self, more: dict[str, Any], path: str) -> None:
        with make.refused(Malformed) as caught:
            promotion("BAD", **more)
        assert path in [one.path for one in caught.value.details]

    def test_the_price_of_a_moment_ago_is_never_taken_from_memory(self) -> None:
        goods, buyer = make.product(price="100.00", stock=50), make.customer()
        given = OrderInput(customer=buyer.number, lines=(line(goods.sku),))
        assert place_order(given, by=make.boss()).total == D("100.00")
        price_list("new", ItemInput(sku=goods.sku, value=D(90)))
        assert place_order(given, by=make.boss()).total == D("90.00")


def test_the_draft_goes_its_way_with_what_it_was_priced_with() -> None:
    goods, buyer = make.product(price="100.00", stock=50), make.customer()
    promotion("TEN", "percent", percent=D(10))
    order = entered(line(goods.sku), of=buyer, discount_percent=D(10))
    assert order.total == D("81.00")
    move_order(order.number, "submit", by=make.boss())
    assert make.advance(order.number, "draft").total == D("81.00")
