"""Counting: blind, again where it differs, approved by another above the limit; moves meanwhile change nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from shundan.catalog.actions import save_category, set_product_cost
from shundan.catalog.models import Product
from shundan.fulfilment.actions import plan_shipment, scan_shipment
from shundan.inventory.actions import (
    CountGone,
    LocationInput,
    LotDaysUnknown,
    LotInput,
    LotNotCounted,
    NotAllCounted,
    NothingToCount,
    NotInCount,
    OwnCount,
    PlaceNeeded,
    SerialTwice,
    UnknownGoods,
    approve_count,
    cancel_count,
    finish_counting,
    plan_count,
    receive_consigned,
    receive_stock,
    reject_count,
    save_location,
    scan_count,
    shift_stock,
)
from shundan.inventory.models import CountLine, Location, Lot, StockCount, StockMove, StockPosition
from shundan.inventory.queries import SeveralProducts, get_count, list_counts
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make

pytestmark = pytest.mark.django_db


def shelved(sku: str, quantity: int, *, at: str, lot: str = "", cost: str = "", **more: object) -> Product:
    """Put a product on a shelf of zone Z."""
    save_location("MAIN", LocationInput(code=at, zone="Z"), by=make.boss())
    goods = Product.objects.filter(sku=sku).first() or make.product(sku, **more)
    if cost:
        set_product_cost(sku, Decimal(cost), version=goods.version, by=make.boss())
    put(goods, quantity, at=at, lot=lot)
    return goods


def put(goods: Product, quantity: int, *, at: str, lot: str = "") -> None:
    """Receive units to a shelf."""
    receive_stock(
        product_id=goods.pk,
        warehouse_id=make.main_warehouse().pk,
        quantity=Decimal(quantity),
        reason="found",
        location=at,
        lots=[LotInput(code=lot, quantity=Decimal(quantity))] if lot else [],
        by=make.boss(),
    )


def planned(**more: str) -> StockCount:
    """Plan a count of zone Z, or of a part."""
    return plan_count(warehouse_id=make.main_warehouse().pk, by=make.boss(), **({"zone": "Z"} | more))


def counted(count: StockCount, code: str, quantity: int | str | None, *, at: str) -> CountLine:
    """Count something at a shelf."""
    number = None if quantity is None else Decimal(quantity)
    line = scan_count(count.number, code, by=make.boss(), location=at, quantity=number)
    assert isinstance(line, CountLine)
    return line


def on_shelf(goods: Product) -> dict[str, Decimal]:
    """Return what lies where."""
    return dict(StockPosition.objects.filter(product=goods).values_list("location__code", "quantity"))


def test_a_count_that_agrees_is_posted_without_moving_anything() -> None:
    shelved("CT-A", 5, at="Z-01")
    count = planned()
    before = StockMove.objects.count()
    counted(count, "CT-A", None, at="Z-01")
    assert counted(count, "CT-A", None, at="Z-01").found == 2
    assert counted(count, "CT-A", 5, at="Z-01").found == 5
    assert finish_counting(count.number, by=make.boss()).state == "posted"
    assert StockMove.objects.count() == before


def test_a_difference_is_counted_again_and_a_small_one_is_posted() -> None:
    goods = shelved("CT-B", 5, at="Z-02", cost="10")
    count = planned()
    counted(count, "CT-B", 3, at="Z-02")
    assert finish_counting(count.number, by=make.boss()).state == "recounting"
    with make.refused(NotAllCounted):
        finish_counting(count.number, by=make.boss())
    counted(count, "CT-B", 4, at="Z-02")
    done = finish_counting(count.number, by=make.boss())
    assert (done.state, done.worth) == ("posted", Decimal(10))
    assert on_shelf(goods) == {"Z-02": 4}
    move = StockMove.objects.order_by("-id")[0]
    assert (move.kind, move.reason, move.delta, move.remark) == ("adjustment", "count", -1, count.number)


def test_above_the_limit_or_without_a_cost_somebody_else_approves() -> None:
    goods = shelved("CT-C", 5, at="Z-03")
    keeper = make.person("warehouse")
    count = plan_count(warehouse_id=make.main_warehouse().pk, zone="Z", by=keeper)
    for _round in range(2):
        scan_count(count.number, "CT-C", by=keeper, location="Z-03", quantity=Decimal(2))
        state = finish_counting(count.number, by=keeper).state
    assert state == "approving" and on_shelf(goods) == {"Z-03": 5}
    with make.refused(NotPermitted):
        approve_count(count.number, by=make.actor("warehouse"))
    both = replace(make.actor("warehouse", "finance"), id=keeper.id)
    with make.refused(OwnCount):
        approve_count(count.number, by=both)
    reject_count(count.number, by=make.person("finance"), reason="再数一次")
    scan_count(count.number, "CT-C", by=keeper, location="Z-03", quantity=Decimal(6))
    finish_counting(count.number, by=keeper)
    approve_count(count.number, by=make.person("finance"))
    assert on_shelf(goods) == {"Z-03": 6}
    with make.refused(CountGone):
        approve_count(count.number, by=make.person("finance"))


def test_goods_that_move_before_or_after_they_are_counted_are_no_difference() -> None:
    goods = shelved("CT-D", 5, at="Z-04", cost="1")
    order = make.order(products=[goods], quantity=2)
    count = planned()
    put(goods, 3, at="Z-04")
    # A picker has two units in hand: they are not on the shelf.
    shipment = plan_shipment(order.number, by=make.boss())
    scan_shipment(shipment.number, "CT-D", by=make.boss())
    line = counted(count, "CT-D", 6, at="Z-04")
    assert line.expected == 6
    put(goods, 4, at="Z-04")
    assert finish_counting(count.number, by=make.boss()).state == "posted"
    assert on_shelf(goods) == {"Z-04": 12}


@pytest.mark.parametrize("cost", ["", "1"])
def test_two_counts_of_one_place_post_a_difference_once(cost: str) -> None:
    goods = shelved("CT-TW", 50, at="Z-07", cost=cost)
    counts = [planned(), planned(location="Z-07")]
    for _round in range(2):
        for count in counts:
            counted(count, "CT-TW", 45, at="Z-07")
        for count in counts:
            finish_counting(count.number, by=make.boss())
    for count in counts:
        if not cost:
            assert get_count(count.number, by=make.boss()).state == "approving"
            done = approve_count(count.number, by=make.person("finance"))
            assert done.state == "posted"
    assert on_shelf(goods) == {"Z-07": 45}
    rows = StockMove.objects.filter(product=goods, reason="count")
    assert list(rows.values_list("delta", flat=True)) == [-5]
    assert {(line.found, line.expected) for line in CountLine.objects.filter(count=counts[1])} == {(45, 45)}


@pytest.mark.parametrize(("later_posts_first", "rest"), [(True, 43), (False, 43)])
def test_of_two_counts_that_found_different_quantities_the_later_one_is_true(
    later_posts_first: bool, rest: int
) -> None:
    goods = shelved("CT-TX", 50, at="Z-08")
    first, later = planned(), planned()
    for count, found, days in ((first, 47, 0), (later, 43, 1)):
        by = make.on(make.boss(), days=days)
        for _round in range(2):
            scan_count(count.number, "CT-TX", by=by, location="Z-08", quantity=Decimal(found))
            finish_counting(count.number, by=by)
    for count in (later, first) if later_posts_first else (first, later):
        approve_count(count.number, by=make.on(make.person("finance"), days=2))
    assert on_shelf(goods) == {"Z-08": rest}


def test_goods_that_move_while_they_are_counted_one_by_one_are_counted_again() -> None:
    goods = shelved("CT-E", 2, at="Z-05", cost="1")
    count = planned()
    counted(count, "CT-E", None, at="Z-05")
    put(goods, 1, at="Z-05")
    counted(count, "CT-E", None, at="Z-05")
    assert counted(count, "CT-E", None, at="Z-05").was_disturbed
    assert finish_counting(count.number, by=make.boss()).state == "recounting"
    counted(count, "CT-E", 3, at="Z-05")
    assert finish_counting(count.number, by=make.boss()).state == "posted"


def test_what_nobody_expected_is_found_and_what_is_missing_is_said_to_be() -> None:
    here = shelved("CT-F", 2, at="Z-06", cost="1")
    found = make.product("CT-G")
    set_product_cost("CT-G", Decimal(1), version=found.version, by=make.boss())
    count = planned()
    for _round in range(2):
        counted(count, "CT-G", 3, at="Z-06")
        finish_counting(count.number, by=make.boss(), rest_is_empty=True)
    assert (on_shelf(here), on_shelf(found)) == ({}, {"Z-06": 3})


def test_what_is_found_when_it_is_counted_again_is_added_and_what_agreed_is_not_asked_for() -> None:
    here = shelved("CT-J", 2, at="Z-11", cost="1")
    shelved("CT-K", 3, at="Z-11", cost="1")
    found = make.product("CT-L")
    set_product_cost("CT-L", Decimal(1), version=found.version, by=make.boss())
    count = planned()
    counted(count, "CT-J", 1, at="Z-11")
    counted(count, "CT-K", 3, at="Z-11")
    assert finish_counting(count.number, by=make.boss()).state == "recounting"
    counted(count, "CT-J", 1, at="Z-11")
    line = counted(count, "CT-L", 4, at="Z-11")
    assert (line.was_added, line.first_found, line.expected) == (True, 0, 0)
    assert not counted(count, "CT-L", 5, at="Z-11").was_added
    with make.refused(NotInCount, "not_in_count") as caught:
        counted(count, "CT-K", 3, at="Z-11")
    assert "初盘" in caught.value.message and "CT-K" in caught.value.message
    finish_counting(count.number, by=make.boss())
    assert (on_shelf(here), on_shelf(found)) == ({"Z-11": 1}, {"Z-11": 5})


def test_goods_of_another_category_are_counted_as_found_unless_the_books_know_them_there() -> None:
    for code in ("CHE", "MEC"):
        save_category(code=code, name_zh=code, name_en="", by=make.boss())
    shelved("CT-M", 2, at="Z-12", category="CHE", cost="1")
    known = shelved("CT-N", 2, at="Z-12", category="MEC", cost="1")
    lost = shelved("CT-O", 2, at="Z-13", category="MEC", cost="1")
    count = planned(zone="", category="CHE")
    with make.refused(NotInCount, "not_in_count") as caught:
        counted(count, "CT-N", 2, at="Z-12")
    assert "Z-12" in caught.value.message
    assert counted(count, "CT-O", 7, at="Z-12").was_added
    counted(count, "CT-M", 2, at="Z-12")
    assert finish_counting(count.number, by=make.boss()).state == "recounting"
    counted(count, "CT-O", 1, at="Z-12")
    finish_counting(count.number, by=make.boss())
    assert (on_shelf(known), on_shelf(lost)) == ({"Z-12": 2}, {"Z-12": 1, "Z-13": 2})


def test_a_lot_that_is_new_is_counted_by_its_label_and_needs_its_day() -> None:
    ean = "06901234567892"
    goods = shelved("CT-P", 1, at="Z-14", lot="L-1", tracking="lot", barcode=ean[1:], cost="1")
    fresh = make.product("CT-Q", tracking="lot", has_expiry=True, barcode="6901234567885")
    set_product_cost("CT-Q", Decimal(1), version=fresh.version, by=make.boss())
    count = planned()
    dayless = "(01)06901234567885(10)L-3"
    with make.refused(LotDaysUnknown, "lot_days_unknown") as caught:
        counted(count, dayless, 2, at="Z-14")
    assert "L-3" in caught.value.message and not Lot.objects.filter(code="L-3").exists()
    for _round in range(2):
        counted(count, f"(01){ean}(10)L-2", 4, at="Z-14")
        counted(count, "(01)06901234567885(17)270131(10)L-3", 2, at="Z-14")
        counted(count, "L-1", 1, at="Z-14") if _round == 0 else None
        finish_counting(count.number, by=make.boss())
    lots = StockPosition.objects.filter(product__in=(goods, fresh)).order_by("lot__code")
    assert list(lots.values_list("lot__code", "quantity", "lot__expires_on")) == [
        ("L-1", 1, None),
        ("L-2", 4, None),
        ("L-3", 2, date(2027, 1, 31)),
    ]


def test_a_code_that_nothing_has_names_the_cure_and_one_of_several_products_is_not_guessed() -> None:
    shelved("CT-T", 1, at="Z-15", lot="SAME", tracking="lot")
    shelved("CT-U", 1, at="Z-16", lot="SAME", tracking="lot")
    save_location("MAIN", LocationInput(code="Z-17", zone="Z"), by=make.boss())
    count = planned()
    with make.refused(UnknownGoods, "unknown_code") as caught:
        counted(count, "NO-SUCH", 1, at="Z-15")
    assert "SKU" in caught.value.message and "NO-SUCH" in caught.value.message
    assert counted(count, "SAME", 1, at="Z-16").product.sku == "CT-U"
    with make.refused(SeveralProducts, "several_products"):
        counted(count, "SAME", 1, at="Z-17")


def test_what_does_not_belong_to_the_count_is_refused() -> None:
    shelved("CT-H", 2, at="Z-07")
    shelved("CT-I", 2, at="Z-08", lot="L-1", tracking="lot")
    save_location("MAIN", LocationInput(code="Y-01", zone="Y"), by=make.boss())
    count = planned(location="Z-07")
    for code, at, refusal in (
        ("CT-H", "", PlaceNeeded),
        ("CT-H", "Z-08", NotInCount),
        ("Z-08", "", NotInCount),
        ("CT-H", "NONE", NotFound),
    ):
        with make.refused(refusal):
            scan_count(count.number, code, by=make.boss(), location=at)
    wide = planned()
    with make.refused(LotNotCounted):
        scan_count(wide.number, "CT-I", by=make.boss(), location="Z-08")
    with make.refused(NotInCount):
        scan_count(wide.number, "Y-01", by=make.boss())
    with make.refused(Malformed):
        scan_count(wide.number, "CT-H", by=make.boss(), location="Z-07", quantity=Decimal(-1))
    with make.refused(NothingToCount):
        planned(zone="NONE")
    with make.refused(NotPermitted):
        plan_count(warehouse_id=make.main_warehouse().pk, by=make.actor("rep"))
    cancel_count(wide.number, by=make.boss())
    with make.refused(CountGone):
        scan_count(wide.number, "L-1", by=make.boss(), location="Z-08")
    assert get_count(wide.number, by=make.actor("rep")).state == "cancelled"
    assert [one.number for one in list_counts(by=make.boss(), state="counting").items] == [count.number]


def test_a_serial_number_is_not_found_twice() -> None:
    goods = shelved("CT-S", 1, at="Z-09", lot="SN-9", tracking="serial")
    save_location("MAIN", LocationInput(code="Z-10", zone="Z"), by=make.boss())
    count = planned()
    for _round in range(2):
        counted(count, "SN-9", 1, at="Z-10")
        if _round == 0:
            counted(count, "SN-9", 1, at="Z-09")
        state = finish_counting(count.number, by=make.boss()).state
    assert state == "approving"
    with make.refused(SerialTwice):
        approve_count(count.number, by=make.person("finance"))
    assert on_shelf(goods) == {"Z-09": 1}


def test_what_a_supplier_has_at_a_place_is_expected_with_ours_and_the_difference_is_ours() -> None:
    goods = shelved("CNT-OWN", 25, at="Z-91")
    works = create_supplier(SupplierInput(name="寄售商"), by=make.boss())
    place = {"product_id": goods.pk, "warehouse_id": make.main_warehouse().pk, "location": "Z-91"}
    receive_consigned(supplier=works.number, quantity=Decimal(15), by=make.boss(), **place)  # type: ignore[arg-type]
    count = planned(location="Z-91")
    assert counted(count, "CNT-OWN", 40, at="Z-91").expected == 40
    assert finish_counting(count.number, by=make.boss()).state == "posted"
    assert make.stock_of(goods) == (25, 0)
    count = planned(location="Z-91")
    for _round in range(2):
        counted(count, "CNT-OWN", 38, at="Z-91")
        finish_counting(count.number, by=make.boss())
    if StockCount.objects.get(pk=count.pk).state == "approving":
        approve_count(count.number, by=make.person("finance"))
    assert make.stock_of(goods) == (23, 0)
    assert StockPosition.objects.get(owner=works).quantity == 15


def test_goods_that_were_blocked_or_came_blocked_since_the_plan_are_not_counted_twice() -> None:
    goods, other = shelved("CNT-BLK", 6, at="Z-92"), make.product("CNT-NEW")
    count = planned(location="Z-92")
    position = StockPosition.objects.get(product=goods)
    shift_stock(position.pk, quantity=Decimal(6), status="blocked", by=make.boss())
    put(other, 4, at="Z-92")
    shift_stock(StockPosition.objects.get(product=other).pk, quantity=Decimal(4), status="quarantine", by=make.boss())
    blocked, waiting = counted(count, "CNT-BLK", 6, at="Z-92"), counted(count, "CNT-NEW", 4, at="Z-92")
    assert [(one.status, one.expected) for one in (blocked, waiting)] == [("blocked", 6), ("quarantine", 4)]
    assert finish_counting(count.number, by=make.boss()).state == "posted"
    assert sorted(StockPosition.objects.filter(product__in=[goods, other]).values_list("status", "quantity")) == [
        ("blocked", 6),
        ("quarantine", 4),
    ]


def test_nothing_is_counted_where_goods_are_on_their_way_or_no_more() -> None:
    shelved("CNT-WAY", 2, at="Z-93")
    count = plan_count(warehouse_id=make.main_warehouse().pk, by=make.boss())
    Location.objects.create(warehouse=make.main_warehouse(), code="TRANSIT", kind="transit")
    for code in ("TRANSIT", "Z-94"):
        save_location("MAIN", LocationInput(code="Z-94", zone="Z", is_active=False), by=make.boss())
        with make.refused(NotFound):
            scan_count(count.number, "CNT-WAY", by=make.boss(), location=code, quantity=Decimal(1))
