"""Below the level: locations, lots, serial numbers, states, back-dated entries."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from shundan.catalog.models import Product
from shundan.inventory.actions import (
    ExpiryNeeded,
    LocationInput,
    LocationInUse,
    LotInput,
    LotKnownOtherwise,
    LotsNeeded,
    NoLotsKept,
    NotThere,
    OutOfStock,
    SerialTwice,
    StockInUse,
    adjust_stock,
    correct_lot,
    create_warehouse,
    receive_stock,
    save_location,
    scrap_stock,
    shift_stock,
)
from shundan.inventory.models import Location, Lot, StockLevel, StockMove, StockPosition
from shundan.inventory.queries import list_locations, positions_of_product, stock_at
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.kernel.models import Event
from shundan.orders.actions import move_order
from tests import make
from tests.inventory.test_actions import at, pytestmark

__all__ = ["pytestmark"]


def lot(code: str, quantity: int | str = 1, **days: Any) -> LotInput:
    """Name units of a lot."""
    return LotInput(code=code, quantity=Decimal(quantity), **days)


def where(product: object) -> list[tuple[str, str | None, str, Decimal]]:
    """Return (location, lot, status, quantity) of each position."""
    found = positions_of_product(product.pk, by=make.boss())  # type: ignore[attr-defined]
    return [(one.location.code, one.lot.code if one.lot else None, one.status, one.quantity) for one in found]


def level(product: object) -> tuple[Decimal, Decimal, Decimal]:
    """Return (on hand, blocked, available)."""
    one = StockLevel.objects.get(product=product)  # type: ignore[misc]
    return one.on_hand, one.blocked, one.available


def shelf(code: str = "A-01", **more: Any) -> Location:
    """Add a location to the main warehouse."""
    return save_location("MAIN", LocationInput(code=code, **more), by=make.boss())


def test_a_warehouse_has_one_location_from_the_start_and_goods_lie_there() -> None:
    south = create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    assert [one.code for one in list_locations(south, by=make.boss())] == ["STOCK"]
    goods = make.product(stock=5)
    assert where(goods) == [("STOCK", None, "usable", Decimal(5))]
    adjust_stock(**at(goods, delta=Decimal(-5), reason="lost"))
    assert where(goods) == [] and level(goods) == (0, 0, 0)


def test_goods_move_between_locations_and_the_level_does_not_notice() -> None:
    goods = make.product(stock=5)
    shelf("A-01", zone="A", bin="01", walking_order=3)
    position = StockPosition.objects.get(product=goods)
    shift_stock(position.pk, quantity=Decimal(2), location="A-01", by=make.boss())
    assert sorted(where(goods)) == [("A-01", None, "usable", Decimal(2)), ("STOCK", None, "usable", Decimal(3))]
    assert level(goods) == (5, 0, 5)
    moves = StockMove.objects.filter(product=goods, kind="move").order_by("id")
    assert [(one.delta, one.balance) for one in moves] == [(-2, 3), (2, 5)]
    with make.refused(NotThere):
        shift_stock(position.pk, quantity=Decimal(4), location="A-01", by=make.boss())
    with make.refused(NotFound):
        shift_stock(position.pk, quantity=Decimal(1), location="nowhere", by=make.boss())
    with make.refused(Malformed):
        shift_stock(position.pk, quantity=Decimal(1), location="STOCK", by=make.boss())
    with make.refused(NotPermitted):
        shift_stock(position.pk, quantity=Decimal(1), location="A-01", by=make.actor("rep"))


def test_what_is_blocked_cannot_be_promised_and_what_is_promised_cannot_be_blocked() -> None:
    order = make.order(state="confirmed", quantity=10)
    goods = order.lines.get().product
    make.receive(goods, 5)
    position = StockPosition.objects.get(product=goods)
    with make.refused(StockInUse):
        shift_stock(position.pk, quantity=Decimal(6), status="blocked", by=make.boss())
    shift_stock(position.pk, quantity=Decimal(5), status="blocked", reason="漏油", by=make.boss())
    assert level(goods) == (15, 5, 0)
    blocked = StockPosition.objects.get(product=goods, status="blocked")
    shift_stock(blocked.pk, quantity=Decimal(2), status="usable", by=make.boss())
    assert level(goods) == (15, 3, 2)
    other = make.order(state="approved", products=[goods], quantity=3)
    with make.refused(OutOfStock):
        move_order(other.number, "confirm", by=make.boss())
    scrap_stock(blocked.pk, quantity=Decimal(3), reason="damaged", by=make.boss())
    assert level(goods) == (12, 0, 2)


def test_a_place_for_quarantine_or_scrap_decides_the_state() -> None:
    goods = make.product()
    shelf("Q", kind="quarantine")
    receive_stock(**at(goods, quantity=Decimal(4), reason="purchase", location="Q"))
    assert level(goods) == (4, 4, 0)
    position = StockPosition.objects.get(product=goods)
    shift_stock(position.pk, quantity=Decimal(4), location="STOCK", status="usable", by=make.boss())
    assert (level(goods), where(goods)) == ((4, 0, 4), [("STOCK", None, "usable", Decimal(4))])


def test_lots_are_named_where_they_are_kept_and_only_there() -> None:
    plain, kept = make.product(), make.product(tracking="lot", has_expiry=True, unit="kg")
    with make.refused(NoLotsKept):
        receive_stock(**at(plain, quantity=Decimal(1), reason="found", lots=[lot("L1")]))
    with make.refused(LotsNeeded):
        receive_stock(**at(kept, quantity=Decimal(3), reason="found"))
    with make.refused(LotsNeeded):
        receive_stock(**at(kept, quantity=Decimal(3), reason="found", lots=[lot("L1", 2, expires_on=date(2026, 9, 1))]))
    with make.refused(ExpiryNeeded):
        receive_stock(**at(kept, quantity=Decimal(3), reason="found", lots=[lot("L1", 3)]))
    with make.refused(Malformed):
        days = {"made_on": date(2026, 9, 2), "expires_on": date(2026, 9, 1)}
        receive_stock(**at(kept, quantity=Decimal(3), reason="found", lots=[lot("L1", 3, **days)]))
    given = [lot("L1", 2, expires_on=date(2026, 9, 1)), lot("L2", "0.5", expires_on=date(2026, 8, 1))]
    receive_stock(**at(kept, quantity=Decimal("2.5"), reason="found", lots=given))
    # A lot that is known keeps its days.
    receive_stock(**at(kept, quantity=Decimal(1), reason="found", lots=[lot("L1", 1)]))
    assert where(kept) == [("STOCK", "L2", "usable", Decimal("0.5")), ("STOCK", "L1", "usable", Decimal(3))]
    with make.refused(LotsNeeded):
        adjust_stock(**at(kept, delta=Decimal(-1), reason="lost"))
    with make.refused(NotThere):
        adjust_stock(**at(kept, delta=Decimal(-1), reason="lost", lots=[lot("L2", 1)]))
    adjust_stock(**at(kept, delta=Decimal(-1), reason="lost", lots=[lot("L1", 1)]))
    assert level(kept) == (Decimal("2.5"), 0, Decimal("2.5"))


def test_a_serial_number_is_one_unit_and_comes_once() -> None:
    goods = make.product(tracking="serial")
    receive_stock(**at(goods, quantity=Decimal(2), reason="found", lots=[lot("S1"), lot("S2")]))
    for wrong in ([lot("S3"), lot("S3")], [lot("S1"), lot("S4")], [lot("S5", 2)]):
        with make.refused(SerialTwice):
            receive_stock(**at(goods, quantity=Decimal(2), reason="found", lots=wrong))
    adjust_stock(**at(goods, delta=Decimal(-1), reason="lost", lots=[lot("S1")]))
    adjust_stock(**at(goods, delta=Decimal(1), reason="found", lots=[lot("S1")]))
    assert level(goods)[0] == 2


def test_an_entry_for_an_earlier_day_changes_no_later_row() -> None:
    goods = make.product()
    by, later = make.boss(), make.on(make.boss(), days=10)
    receive_stock(**at(goods, quantity=Decimal(8), reason="found", by=later))
    before = list(StockMove.objects.filter(product=goods).values())
    adjust_stock(**at(goods, delta=Decimal(-3), reason="lost", by=later, effective_at=later.at - timedelta(days=4)))
    receive_stock(**at(goods, quantity=Decimal(5), reason="found", by=later, effective_at=by.at))
    assert list(StockMove.objects.filter(product=goods).order_by("id").values())[:1] == before
    days = {0: 5, 5: 5, 6: 2, 9: 2, 10: 10}
    for day, quantity in days.items():
        assert stock_at(goods.pk, at=by.at + timedelta(days=day), by=by) == {"MAIN": Decimal(quantity)}
    assert stock_at(goods.pk, at=by.at - timedelta(days=1), by=by) == {}
    with make.refused(Malformed):
        receive_stock(**at(goods, quantity=Decimal(1), reason="found", by=by, effective_at=later.at))


def test_a_location_with_goods_stays_what_it_is() -> None:
    goods = make.product()
    shelf("A-01")
    receive_stock(**at(goods, quantity=Decimal(1), reason="found", location="A-01"))
    for change in ({"kind": "scrap"}, {"is_active": False}):
        with make.refused(LocationInUse):
            shelf("A-01", **change)
        with make.refused(LocationInUse):
            shelf("STOCK", **change)
    for wrong in ({"code": " "}, {"code": "a/b"}, {"kind": "transit"}, {"zone": "\x00"}, {"walking_order": 10**7}):
        with make.refused(Malformed):
            shelf(**wrong)
    assert shelf("A-01", zone="B").zone == "B"
    with make.refused(NotPermitted):
        save_location("MAIN", LocationInput(code="X"), by=make.actor("rep"))
    with make.refused(NotFound):
        save_location("NONE", LocationInput(code="X"), by=make.boss())


def test_a_lot_keeps_its_days_and_gets_those_that_it_lacks() -> None:
    kept = make.product(tracking="lot")
    first, other = date(2026, 9, 1), date(2026, 9, 2)
    receive_stock(**at(kept, quantity=Decimal(1), reason="found", lots=[lot("L1", 1)]))
    receive_stock(**at(kept, quantity=Decimal(1), reason="found", lots=[lot("L1", 1, expires_on=first)]))
    assert Lot.objects.get().expires_on == first
    (event,) = Event.objects.filter(kind="stock.lot_corrected")
    assert event.data["changes"] == {"expires_on": ["", "2026-09-01"]}
    with make.refused(LotKnownOtherwise) as caught:
        receive_stock(**at(kept, quantity=Decimal(1), reason="found", lots=[lot("L1", 1, expires_on=other)]))
    assert "2026-09-01" in str(caught.value)
    with make.refused(Malformed):
        receive_stock(**at(kept, quantity=Decimal(1), reason="found", lots=[lot("L1", 1, made_on=other)]))
    # Who gives no day means the lot as it is known.
    receive_stock(**at(kept, quantity=Decimal(1), reason="found", lots=[lot("L1", 1)]))
    Product.objects.filter(pk=kept.pk).update(has_expiry=True)
    receive_stock(**at(kept, quantity=Decimal(1), reason="found", lots=[lot("L1", 1)]))
    assert level(kept)[0] == 4


def test_one_paper_says_one_day_of_a_lot() -> None:
    kept = make.product(tracking="lot", has_expiry=True)
    first, other = date(2026, 9, 1), date(2026, 9, 2)
    with make.refused(Malformed) as caught:
        twice = [lot("L1", 1, expires_on=first), lot("L1", 1, expires_on=other)]
        receive_stock(**at(kept, quantity=Decimal(2), reason="found", lots=twice))
    assert [(one.path, one.code) for one in caught.value.details] == [("lots[1]", "different_days")]
    with make.refused(Malformed):
        twice = [lot("L1", 1, expires_on=first), lot("L1", 1, made_on=other)]
        receive_stock(**at(kept, quantity=Decimal(2), reason="found", lots=twice))
    assert not Lot.objects.exists()
    receive_stock(**at(kept, quantity=Decimal(2), reason="found", lots=[lot("L1", 1, expires_on=first), lot("L1", 1)]))
    assert where(kept) == [("STOCK", "L1", "usable", Decimal(2))]


def test_the_days_of_a_lot_are_put_right_with_a_reason() -> None:
    milk = make.product(tracking="lot", has_expiry=True)
    wrong, right = date(2027, 9, 1), date(2026, 9, 1)
    receive_stock(**at(milk, quantity=Decimal(1), reason="found", lots=[lot("L1", 1, expires_on=wrong)]))
    facts = {"made_on": None, "reason": "年份录错", "by": make.boss()}
    with make.refused(NotPermitted):
        correct_lot(milk.pk, "L1", expires_on=right, made_on=None, reason="x", by=make.person("finance"))
    with make.refused(NotFound):
        correct_lot(milk.pk, "L2", expires_on=right, **facts)
    with make.refused(ExpiryNeeded):
        correct_lot(milk.pk, "L1", expires_on=None, **facts)
    with make.refused(Malformed):
        correct_lot(milk.pk, "L1", expires_on=right, made_on=wrong, reason="x", by=make.boss())
    with make.refused(Malformed):
        correct_lot(milk.pk, "L1", expires_on=right, made_on=None, reason=" ", by=make.boss())
    assert correct_lot(milk.pk, "L1", expires_on=right, **facts).expires_on == right
    (event,) = Event.objects.filter(kind="stock.lot_corrected")
    assert event.data["changes"] == {"expires_on": ["2027-09-01", "2026-09-01"]}
    receive_stock(**at(milk, quantity=Decimal(1), reason="found", lots=[lot("L1", 1, expires_on=right)]))
    # Nothing is noted where nothing changes.
    correct_lot(milk.pk, "L1", expires_on=right, **facts)
    assert Event.objects.filter(kind="stock.lot_corrected").count() == 1
