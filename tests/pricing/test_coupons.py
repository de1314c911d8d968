"""Coupons: which codes hold for whom, what they take off, and that each use is counted exactly once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shundan.kernel.errors import Malformed, NotPermitted
from shundan.kernel.models import Event
from shundan.orders.actions import (
    LineInput,
    OrderInput,
    copy_order,
    create_order,
    move_order,
    place_order,
    save_draft,
    try_order,
)
from shundan.orders.models import CouponUse, Order, OrderLine
from shundan.orders.queries import lines_of
from shundan.orders.queries.coupons import coupon_refusal, list_coupon_uses
from shundan.pricing.actions import (
    NeedsNoCode,
    PromotionInput,
    add_coupon,
    draw_coupons,
    save_promotion,
    set_coupon_status,
)
from shundan.pricing.models import Coupon, CouponTally, Promotion
from shundan.pricing.queries import CouponRefused, list_coupons, typed_code
from shundan.pricing.rules.coupons import CODE, LETTERS
from tests import make

pytestmark = pytest.mark.django_db
D = Decimal


def promotion(code: str = "P", *, version: int | None = None, **more: Any) -> Promotion:
    """Keep a promotion that needs a code, a tenth off unless something else is said."""
    kind = more.pop("kind", "percent")
    values = {"needs_code": True, **({"percent": D(10)} if kind == "percent" else {}), **more}
    given = PromotionInput(code=code, name_zh=f"券{code}", kind=kind, **values)
    return save_promotion(given, version=version, by=make.boss())


def coupon(code: str = "TEN", **more: Any) -> Coupon:
    return add_coupon(promotion(**more).code, code, by=make.boss())


def wanted(sku: str, code: str, *, of: Any = None, quantity: str = "1", **more: Any) -> OrderInput:
    lines = (LineInput(sku=sku, quantity=D(quantity)),)
    return OrderInput(customer=(of or make.customer()).number, lines=lines, coupon=code, **more)


def placed(sku: str, code: str, **more: Any) -> Order:
    return place_order(wanted(sku, code, **more), by=make.boss())


def counted(code: str = "TEN") -> tuple[int, int, int]:
    """Return how often a code is used by the code, by its promotion, and by the rows of its uses."""
    found = Coupon.objects.get(code=code)
    in_all = CouponTally.objects.get(promotion=found.promotion_id, customer=None).uses
    return found.uses, in_all, CouponUse.objects.filter(coupon=found, given_back_at=None).count()


def refused_with(code: str, given: OrderInput) -> str:
    """Return the sentence by which an order is refused with this code, at the place of its coupon."""
    with pytest.raises(CouponRefused) as caught:
        create_order(given, by=make.boss())
    assert (caught.value.code, [one.path for one in caught.value.details]) == (code, ["coupon"])
    return caught.value.message


class TestHolding:
    def test_only_who_gives_the_code_gets_it_and_the_line_says_by_which(self) -> None:
        goods, buyer = make.product(price="100.00", stock=9), make.customer()
        coupon("Ten-Off")
        assert placed(goods.sku, "", of=buyer).total == D(100)
        order = placed(goods.sku, " ten-ｏｆｆ ", of=buyer)
        assert (order.state, order.coupon_code, order.total) == ("confirmed", "TEN-OFF", D("90.00"))
        assert OrderLine.objects.get(order=order).price_steps == [
            {"kind": "list", "price": "100.000000"},
            {"kind": "promotion", "code": "P", "coupon": "TEN-OFF", "off": "10.00"},
        ]
        use = CouponUse.objects.get()
        assert (use.order_id, use.customer_id, use.amount) == (order.pk, buyer.pk, D(10))
        assert counted("TEN-OFF") == (1, 1, 1)

    def test_it_stacks_as_promotions_do(self) -> None:
        goods = make.product(price="100.00")
        save_promotion(
            PromotionInput(code="ALL", name_zh="全场", kind="percent", percent=D(20), rank=1),
            version=None,
            by=make.boss(),
        )
        coupon("TEN")
        assert create_order(wanted(goods.sku, "TEN"), by=make.boss()).total == D("72.00")
        add_coupon(promotion("ONLY", is_exclusive=True, rank=0, percent=D(15)).code, "ONLY", by=make.boss())
        assert create_order(wanted(goods.sku, "ONLY"), by=make.boss()).total == D("85.00")

    def test_each_refusal_has_its_code_and_cure(self) -> None:
        goods, other, buyer = make.product(price="100.00"), make.product(), make.customer(tags=("vip",))
        today = make.boss().today
        day = timedelta(days=1)
        for name, more in {
            "PAST": {"valid_to": today - day},
            "SOON": {"valid_from": today + day},
            "VIP": {"tags": ("vip",)},
            "USD": {"currency": "USD"},
            "API": {"channels": ("api",)},
            "OFF": {},
        }.items():
            add_coupon(promotion(name, **more).code, name, by=make.boss())
        set_coupon_status("OFF", "retired", by=make.boss())
        assert "NONE" in refused_with("coupon_unknown", wanted(goods.sku, "none"))
        assert (today - day).isoformat() in refused_with("coupon_expired", wanted(goods.sku, "PAST"))
        refused_with("coupon_not_yet_valid", wanted(goods.sku, "SOON"))
        refused_with("coupon_not_for_customer", wanted(goods.sku, "VIP"))
        refused_with("coupon_not_for_customer", wanted(goods.sku, "API"))
        assert "USD" in refused_with("coupon_other_currency", wanted(goods.sku, "USD"))
        refused_with("coupon_retired", wanted(goods.sku, "OFF"))
        assert create_order(wanted(goods.sku, "VIP", of=buyer), by=make.boss()).total == D(90)
        assert create_order(wanted(goods.sku, "API"), by=replace(make.boss(), door="api")).total == D(90)
        # The order's day counts, as it does for promotions.
        assert create_order(wanted(goods.sku, "PAST", ordered_on=today - day), by=make.boss()).total == D(90)
        with make.refused(Malformed):
            create_order(wanted(goods.sku, "x" * 6000), by=make.boss())
        assert not Order.objects.filter(lines__product=other).exists()

    def test_a_draft_may_wait_for_its_minimum_and_does_not_leave_entry_below_it(self) -> None:
        goods, buyer = make.product(price="100.00"), make.customer()
        add_coupon(promotion("BIG", kind="over_amount", least_amount=D(250), amount=D(50)).code, "BIG", by=make.boss())
        small = wanted(goods.sku, "BIG", of=buyer, quantity="2")
        order = create_order(small, by=make.boss())
        told = coupon_refusal(order)
        assert told is not None and (told.code, "250 CNY" in told.message) == ("coupon_minimum_not_reached", True)
        for work in (
            lambda: move_order(order.number, "submit", by=make.boss()),
            lambda: try_order(small, until="draft", by=make.boss()),
            lambda: place_order(small, until="submitted", by=make.boss()),
        ):
            with make.refused(CouponRefused, "coupon_minimum_not_reached"):
                work()
        assert make.fresh(order.number).state == "draft"
        enough = wanted(goods.sku, "BIG", of=buyer, quantity="3")
        saved = save_draft(order.number, enough, version=1, by=make.boss())
        assert (saved.total, coupon_refusal(saved)) == (D(250), None)
        assert move_order(order.number, "submit", by=make.boss()).category == "approved"
        changes = Event.objects.filter(kind="order.edited").latest("id").data["changes"]
        assert "coupon" not in changes

    def test_prices_by_hand_take_no_part_in_it(self) -> None:
        goods = make.product(price="100.00")
        coupon("TEN")
        given = wanted(goods.sku, "TEN")
        by_hand = replace(given, lines=(replace(given.lines[0], unit_price=D(95)),))
        order = create_order(by_hand, by=make.boss())
        with make.refused(CouponRefused, "coupon_without_effect"):
            move_order(order.number, "submit", by=make.boss())

    def test_only_what_we_sell_has_one(self) -> None:
        goods = make.product(price="100.00", stock=5)
        coupon("TEN")
        sold = make.order(products=[goods], quantity=1, state="shipped")
        back = OrderInput(
            type="sales_return",
            origin=sold.number,
            coupon="TEN",
            lines=(LineInput(sku=goods.sku, quantity=D(1), source_position=1),),
        )
        with make.refused(Malformed) as caught:
            create_order(back, by=make.boss())
        assert [(one.path, one.code) for one in caught.value.details] == [("coupon", "not_of_this_type")]


class TestCounting:
    def test_a_use_is_held_from_submission_until_the_order_goes_back_or_ends(self) -> None:
        goods, buyer = make.product(price="100.00", stock=9), make.customer()
        coupon("TEN", most_uses=1)
        order = create_order(wanted(goods.sku, "TEN", of=buyer), by=make.boss())
        assert counted() == (0, 0, 0)
        move_order(order.number, "submit", by=make.boss())
        assert counted() == (1, 1, 1)
        refused_with("coupon_used_up", wanted(goods.sku, "TEN"))
        move_order(order.number, "revoke", by=make.boss(), inputs={"reason": "x"})
        assert counted() == (0, 0, 0)
        # Somebody else was quicker, and cancels in the end.
        quick = placed(goods.sku, "TEN")
        with make.refused(CouponRefused, "coupon_used_up"):
            move_order(order.number, "submit", by=make.boss())
        assert make.fresh(order.number).state == "draft"
        move_order(quick.number, "cancel", by=make.boss(), inputs={"reason": "x"})
        assert counted() == (0, 0, 0)
        move_order(order.number, "submit", by=make.boss())
        move_order(order.number, "confirm", by=make.boss())
        assert counted() == (1, 1, 1)
        assert CouponUse.objects.exclude(given_back_at=None).count() == 2

    def test_each_customer_has_his_own_limit(self) -> None:
        goods, buyer = make.product(price="100.00", stock=9), make.customer()
        coupon("TEN", most_uses_each=2)
        for _time in range(2):
            placed(goods.sku, "TEN", of=buyer)
        assert "2" in refused_with("coupon_used_by_customer", wanted(goods.sku, "TEN", of=buyer))
        assert placed(goods.sku, "TEN").total == D(90)
        # A limit may be lowered below what is used: no more, but what is stays.
        promotion(version=1, most_uses_each=1)
        placed(goods.sku, "TEN")
        refused_with("coupon_used_by_customer", wanted(goods.sku, "TEN", of=buyer))
        assert counted() == (4, 4, 4)

    def test_the_database_itself_refuses_one_too_many(self) -> None:
        made = coupon("TEN", most_uses=1)
        (single,) = draw_coupons("P", 1, by=make.boss())
        with pytest.raises(IntegrityError, match="coupon_not_overused"), transaction.atomic():
            Coupon.objects.filter(pk=single.pk).update(uses=2)
        with pytest.raises(IntegrityError, match="coupon_tally_not_overused"), transaction.atomic():
            CouponTally.objects.filter(promotion=made.promotion_id).update(uses=2, most=1)
        for broken in ({"code": "OTHER"}, {"promotion": promotion("Q")}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Coupon.objects.filter(pk=made.pk).update(**broken)
        with pytest.raises(IntegrityError), transaction.atomic():
            Coupon.objects.filter(pk=made.pk).delete()

    def test_who_copies_an_order_copies_no_coupon(self) -> None:
        goods = make.product(price="100.00", stock=9)
        coupon("TEN")
        order = placed(goods.sku, "TEN", discount_percent=D(10))
        copied = copy_order(order.number, by=make.boss())
        assert (order.total, copied.coupon_code, copied.total) == (D(81), "", D(91))

    def test_an_order_without_one_asks_nothing_more(self) -> None:
        goods, buyer = make.product(price="100.00", stock=9), make.customer()
        coupon("TEN")
        placed(goods.sku, "", of=buyer)
        with CaptureQueriesContext(connection) as seen:
            placed(goods.sku, "", of=buyer)
        assert [one["sql"] for one in seen.captured_queries if "coupon" in one["sql"].lower()] == []
        order = make.order(products=[goods], quantity=1, state="draft", of=buyer)
        with CaptureQueriesContext(connection) as seen:
            move_order(order.number, "submit", by=make.boss())
        told = [one["sql"] for one in seen.captured_queries]
        assert [one for one in told if "pricing_coupon" in one or "orders_couponuse" in one] == []


class TestKeeping:
    def test_a_batch_is_unguessable_readable_and_counts_once_each(self) -> None:
        goods, buyer = make.product(price="100.00", stock=9), make.customer()
        promotion()
        made = draw_coupons("P", 300, by=make.boss())
        codes = {one.code for one in made}
        assert len(codes) == 300
        assert all(CODE.match(code) and set(code) <= {*LETTERS, "-"} and len(code) == 14 for code in codes)
        assert not set("01OILU") & set("".join(codes))
        first, second = sorted(codes)[:2]
        placed(goods.sku, first.lower(), of=buyer)
        refused_with("coupon_used_up", wanted(goods.sku, first, of=buyer))
        placed(goods.sku, second, of=buyer)
        found = list_coupons(made[0].promotion, by=make.boss(), status="used", counted=True)
        assert ({one.code for one in found.items}, found.total) == ({first, second}, 2)
        assert list_coupons(made[0].promotion, by=make.boss(), search=first).items[0].code == first
        told = Event.objects.get(kind="coupon.drawn")
        assert told.data["count"] == 300 and first not in str(told.data)

    def test_what_is_wrong_is_told(self) -> None:
        boss = make.boss()
        promotion("OPEN", needs_code=False)
        with make.refused(NeedsNoCode):
            add_coupon("OPEN", "X23", by=boss)
        coupon("TEN")
        for code in ("ten", "ab", "a b?", "优惠券"):
            with make.refused(Malformed):
                add_coupon("P", code, by=boss)
        for count in (0, 5001):
            with make.refused(Malformed):
                draw_coupons("P", count, by=boss)
        with make.refused(Malformed) as caught:
            promotion(version=1, needs_code=False)
        assert caught.value.details[0].code == "has_codes"
        with make.refused(Malformed) as caught:
            promotion(version=1, most_uses=0)
        assert caught.value.details[0].path == "most_uses"
        for work in (
            lambda: add_coupon("P", "NEW", by=make.actor("rep")),
            lambda: draw_coupons("P", 1, by=make.actor("rep")),
            lambda: set_coupon_status("TEN", "retired", by=make.actor("rep")),
        ):
            with make.refused(NotPermitted):
                work()
        # Limits of uses are kept only where a code is needed.
        assert promotion("FREE", needs_code=False, most_uses=3).most_uses is None

    def test_uses_are_listed_within_the_readers_sight(self) -> None:
        goods = make.product(price="100.00", stock=9)
        made = coupon("TEN")
        order = placed(goods.sku, "TEN")
        found = list_coupon_uses(made.promotion, by=make.boss(), counted=True)
        assert [(one.order.number, one.coupon.code, one.amount) for one in found.items] == [
            (order.number, "TEN", D(10))
        ]
        manager = make.person("sales_manager", department=make.department("FAR"))
        assert list_coupon_uses(made.promotion, by=manager).items == []
        with make.refused(NotPermitted):
            list_coupon_uses(made.promotion, by=make.actor("rep"))


def test_codes_are_typed_in_many_ways() -> None:
    assert typed_code(" ab　c-１２\n") == "ABC-12"


def test_the_lines_of_a_copy_at_todays_prices_have_no_coupon_either() -> None:
    goods = make.product(price="100.00", stock=9)
    coupon("TEN")
    copied = copy_order(placed(goods.sku, "TEN").number, by=make.boss(), prices="fresh")
    assert (lines_of(copied)[0].discount, copied.total) == (0, D(100))
