"""Which warehouse ships: rules in their order, kept, tried, and followed at entry and at confirmation."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shundan.inventory.actions import create_warehouse
from shundan.inventory.models import Warehouse
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.orders.actions import (
    BY_RULES,
    LineInput,
    OrderInput,
    ShipTo,
    create_order,
    move_order,
    place_order,
    save_sourcing_rules,
)
from shundan.orders.models import Order
from shundan.orders.queries import preview_sourcing, sourcing_rules
from shundan.orders.rules.sourcing import CRITERIA, RULES, SPLIT, Need, Place, choose_places, distance_of, region_of
from tests import make

SHANGHAI, SUZHOU = Place(1, "上海市", "上海市", True, 0), Place(2, "江苏省", "苏州市", False, 5)
GUANGZHOU = Place(3, "广东省", "广州市", True, 9)
PLACES = (GUANGZHOU, SUZHOU, SHANGHAI)


def chosen(rules: str, free: dict[tuple[int, int], int], *wanted: int, city: str = "上海市") -> list[int]:
    """Return which warehouses ship so much of the products 1, 2, …."""
    needs = [Need(n, n, Decimal(quantity)) for n, quantity in enumerate(wanted, start=1)]
    known = {key: Decimal(quantity) for key, quantity in free.items()}
    found = choose_places(needs, PLACES, free=known, province="上海市", city=city, rules=rules.split())
    return [found.places[need.position] for need in needs]


def test_the_first_rule_that_tells_two_apart_decides() -> None:
    everywhere = {(product, place): 9 for product in (1, 2) for place in (1, 2, 3)}
    assert chosen("single_parcel nearest", everywhere, 1, 1) == [1, 1]
    assert chosen("single_parcel priority", everywhere, 1, 1) == [3, 3]
    assert chosen("own_fleet nearest", everywhere | {(1, 1): 0}, 1, 1) == [1, 1]
    assert chosen("single_parcel nearest", everywhere | {(1, 1): 0}, 1, 1) == [2, 2]
    assert chosen("single_parcel own_fleet nearest", everywhere | {(1, 1): 0}, 1, 1) == [3, 3]
    assert chosen("", everywhere, 1) == [3]


def test_an_order_is_split_only_where_it_may() -> None:
    parts = {(1, 1): 5, (2, 2): 5, (2, 3): 4}
    assert chosen("nearest", parts, 5, 5) == [1, 1]
    assert chosen("nearest split", parts, 5, 5) == [1, 2]
    assert chosen("nearest split", parts, 5, 9) == [1, 1]
    # Two lines of one product do not take the same units twice.
    needs = [Need(1, 1, Decimal(3)), Need(2, 1, Decimal(3))]
    free = {(1, 1): Decimal(5), (1, 2): Decimal(4)}
    found = choose_places(needs, PLACES, free=free, province="上海", city="上海", rules=("nearest", "split"))
    assert dict(found.places) == {1: 1, 2: 2} and all(found.is_covered.values())
    assert choose_places(needs, (), free=free, province="", city="", rules=RULES).places == {}


def test_ways_are_reckoned_by_city_province_and_region() -> None:
    assert [distance_of(one, province="上海市", city="上海市") for one in PLACES] == [3, 2, 0]
    assert distance_of(SUZHOU, province="江苏省", city="南京市") == 1
    assert distance_of(SUZHOU, province="", city="") == 3
    assert (region_of("内蒙古自治区"), region_of("黑龙江省"), region_of("Bavaria")) == ("north", "northeast", None)


def test_a_line_is_divided_only_where_that_may_be_and_nobody_has_it_whole() -> None:
    needs = [Need(1, 1, Decimal(3)), Need(2, 1, Decimal(7)), Need(3, 2, Decimal(9), is_whole=True)]
    free = {(1, 1): Decimal(5), (1, 2): Decimal(4), (1, 3): Decimal(9), (2, 1): Decimal(4), (2, 2): Decimal(5)}
    rules = ("nearest", "split", "divide")
    found = choose_places(needs, PLACES[1:], free=free, province="上海", city="上海", rules=rules)
    # The first line takes three of the five that are near; the other gets what is left, and then from the next.
    assert found.parts == {2: ((1, Decimal(2)), (2, Decimal(4)))}
    assert dict(found.is_covered) == {1: True, 2: False, 3: False}
    found = choose_places(needs, PLACES, free=free, province="上海", city="上海", rules=rules)
    assert (found.parts, found.places[2]) == ({}, 3)
    assert not choose_places(needs, PLACES[1:], free=free, province="上海", city="上海", rules=rules[:2]).parts


@given(
    free=st.dictionaries(st.tuples(st.integers(1, 3), st.integers(1, 3)), st.integers(0, 9).map(Decimal)),
    wanted=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 9).map(Decimal)), max_size=6),
    rules=st.permutations(RULES),
)
def test_nobody_is_said_to_cover_more_than_they_have(
    free: dict[tuple[int, int], Decimal], wanted: list[tuple[int, Decimal]], rules: list[str]
) -> None:
    needs = [Need(n, product, quantity) for n, (product, quantity) in enumerate(wanted)]
    found = choose_places(needs, PLACES, free=free, province="上海市", city="", rules=rules)
    assert set(found.places) == {need.position for need in needs}
    taken: dict[tuple[int, int], Decimal] = {}
    for need in needs:
        whole = [(found.places[need.position], need.quantity)] if found.is_covered[need.position] else []
        for place, quantity in found.parts.get(need.position, whole):
            key = (need.product_id, place)
            taken[key] = taken.get(key, Decimal(0)) + quantity
    assert all(quantity <= free.get(key, Decimal(0)) for key, quantity in taken.items())


@pytest.fixture
def south(db: None) -> Warehouse:
    """Add a second warehouse."""
    make.shipped()
    return create_warehouse(code="SO-SOUTH", name_zh="华南仓", name_en="South", province="广东省", by=make.boss())


def ordered(*goods: tuple[str, int], until: str = "confirmed", province: str = "广东省", **more: object) -> Order:
    """Place an order that leaves the choice to the rules."""
    lines = tuple(LineInput(sku=sku, quantity=Decimal(quantity)) for sku, quantity in goods)
    values = {"warehouse": BY_RULES, "ship_to": ShipTo(province=province, city="广州市", street="天河路 1 号")} | more
    given = OrderInput(customer=make.customer().number, lines=lines, **values)  # type: ignore[arg-type]
    return place_order(given, until=until, by=make.boss())


def places(order: Order) -> list[str]:
    """Return the codes of the warehouses that ship the lines."""
    return list(order.lines.order_by("position").values_list("warehouse__code", flat=True))


def test_an_order_follows_the_rules_at_entry_and_again_when_it_is_confirmed(south: Warehouse) -> None:
    one, two = make.product(stock=5), make.product(stock=5)
    for product in (one, two):
        make.receive(product, 3, warehouse=south)
    assert places(ordered((one.sku, 1), (two.sku, 1))) == ["SO-SOUTH", "SO-SOUTH"]
    # The near one lacks a line, so that everything comes from the main one.
    assert places(ordered((one.sku, 3), (two.sku, 1))) == ["MAIN", "MAIN"]
    assert places(ordered((one.sku, 1), province="四川省")) == ["MAIN"]
    draft = ordered((two.sku, 1), until="draft")
    assert (places(draft), draft.is_sourced, draft.warehouse_id) == (["SO-SOUTH"], True, south.pk)
    make.order(state="confirmed", products=[two], quantity=2, warehouse="SO-SOUTH")
    move_order(draft.number, "submit", by=make.boss())
    confirmed = move_order(draft.number, "confirm", by=make.boss())
    assert places(confirmed) == ["MAIN"]
    assert make.stock_of(two, south) == (3, 3)
    # Whoever names a warehouse gets it.
    assert places(ordered((one.sku, 1), warehouse="SO-SOUTH")) == ["SO-SOUTH"]


def test_rules_are_kept_in_an_order_and_tried_on_an_order(south: Warehouse) -> None:
    goods = make.product(stock=5)
    make.receive(goods, 5, warehouse=south)
    assert [kind for kind, is_active in sourcing_rules() if is_active] == ["single_parcel", "nearest", "priority"]
    create_warehouse(code="MAIN", name_zh="主仓", name_en="Main", priority=7, by=make.boss())
    wanted = [
        ("priority", True),
        *((kind, False) for kind in CRITERIA if kind != "priority"),
        (SPLIT, True),
        ("divide", False),
        ("direct", False),
    ]
    order = ordered((goods.sku, 1), until="draft")
    tried = preview_sourcing(order, by=make.boss(), rules=wanted)
    assert [found.place.id for found in tried.sourced.ranking] == [make.main_warehouse().pk, south.pk]
    assert places(ordered((goods.sku, 1))) == ["SO-SOUTH"]
    with make.refused(NotPermitted):
        save_sourcing_rules(wanted, by=make.actor("rep"))
    with make.refused(Malformed):
        save_sourcing_rules(wanted[:-1], by=make.boss())
    save_sourcing_rules(wanted, by=make.boss())
    assert sourcing_rules() == wanted
    assert places(ordered((goods.sku, 1))) == ["MAIN"]


def test_a_warehouse_is_run_by_somebody_known(south: Warehouse) -> None:
    for wrong in ({"operator": "nobody"}, {"priority": 101}):
        with make.refused(Malformed):
            create_warehouse(code="SO-X", name_zh="仓", name_en="", by=make.boss(), **wrong)  # type: ignore[arg-type]


def test_drafts_of_other_kinds_do_not_know_the_rules(south: Warehouse) -> None:
    goods = make.product(stock=5)
    lines = (LineInput(sku=goods.sku, quantity=Decimal(1)),)
    given = OrderInput(type="transfer", target_warehouse="SO-SOUTH", warehouse=BY_RULES, lines=lines)
    with make.refused(NotFound):
        create_order(given, by=make.boss())
