"""Kits: what one is made of, what it costs on an order, and what happens to its lines."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shundan.catalog.actions import (
    ComponentInKits,
    ComponentInput,
    PriceInput,
    ProductInput,
    change_product,
    remove_product,
)
from shundan.catalog.models import KitComponent, Product
from shundan.catalog.queries import get_product
from shundan.inventory.queries import available_kits_unscoped, kits_by_warehouse_unscoped
from shundan.kernel.errors import Malformed
from shundan.kernel.models import Event
from shundan.kernel.referring import InUse
from shundan.orders.actions import (
    KitComponentFixed,
    KitNamed,
    KitNotADraft,
    LineInput,
    OrderInput,
    break_up_kit,
    copy_order,
    create_order,
    move_order,
    place_order,
    save_draft,
)
from shundan.orders.models import Order
from shundan.orders.queries import get_order, lines_of, paper_of_order
from shundan.orders.rules.kits import shares_of_kit
from tests import make

pytestmark = pytest.mark.django_db
D = Decimal


def kit(sku: str = "K-1", *, price: str | None = "100.00", status: str = "active", **parts: str) -> Product:
    """Add a kit of parts by SKU, whose dashes are written as underscores."""
    prices = () if price is None else (PriceInput(amount=D(price)),)
    components = tuple(ComponentInput(sku=name.replace("_", "-"), quantity=D(of)) for name, of in parts.items())
    return make.product(sku, kind="kit", unit="set", components=components, prices=prices, status=status)


def parts(*, stock: int = 100) -> None:
    """Add a tap of 60, a hose of 40 of which a kit holds two, and a service without a price."""
    make.product("A-1", price="60.00", stock=stock)
    make.product("B-1", price="40.00", stock=stock, tax_rate="vat9")
    make.product("S-1", kind="service", prices=())


def entered(*lines: LineInput, **more: Any) -> Order:
    return create_order(OrderInput(customer=make.customer().number, lines=lines, **more), by=make.boss())


def said(order: Order) -> list[tuple[str, Decimal, Decimal]]:
    return [(line.sku, line.quantity, line.gross) for line in lines_of(order)]


def wrong_of(caught: Any) -> list[tuple[str, str]]:
    return [(one.path, one.code) for one in caught.value.details]


# What it is made of.


def test_there_are_as_many_kits_as_the_scarcest_component_allows() -> None:
    parts(stock=0)
    make.receive(get_product("A-1", by=make.boss()), 7)
    made = kit(A_1="2", B_1="1", S_1="1")
    assert available_kits_unscoped([made.pk]) == {made.pk: 0}
    make.receive(get_product("B-1", by=make.boss()), 9)
    assert available_kits_unscoped([made.pk]) == {made.pk: 3}
    assert kits_by_warehouse_unscoped(made.pk) == {make.main_warehouse().pk: 3}
    only_work = kit("K-2", S_1="1")
    assert available_kits_unscoped([only_work.pk]) == {only_work.pk: None}


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        ((), ("components", "required")),
        ((("X-9", "1"),), ("components[0].sku", "unknown_sku")),
        ((("K-1", "1"),), ("components[0].sku", "kit_in_kit")),
        ((("K-2", "1"),), ("components[0].sku", "kit_in_kit")),
        ((("A-1", "1"), ("A-1", "2")), ("components[1].sku", "twice")),
        ((("A-1", "0"),), ("components[0].quantity", "out_of_range")),
        ((("A-1", "0.5"),), ("components[0].quantity", "too_many_decimals")),
        ((("R-1", "1"),), ("components[0].sku", "retired_product")),
    ],
)
def test_what_no_kit_is_made_of_is_refused(components: tuple[tuple[str, str], ...], expected: tuple[str, str]) -> None:
    parts()
    make.product("R-1", status="retired")
    kit("K-2", A_1="1")
    given = tuple(ComponentInput(sku=sku, quantity=D(quantity)) for sku, quantity in components)
    with pytest.raises(Malformed) as caught:
        make.product("K-1", kind="kit", components=given)
    assert wrong_of(caught) == [expected]
    assert not Product.objects.filter(sku="K-1").exists()


def test_the_database_itself_knows_no_kit_in_a_kit() -> None:
    parts()
    outer, inner = kit("K-1", A_1="1"), kit("K-2", B_1="1")
    for holder, component in ((outer, inner), (Product.objects.get(sku="A-1"), Product.objects.get(sku="B-1"))):
        with pytest.raises(IntegrityError), transaction.atomic():
            KitComponent.objects.create(kit=holder, component=component, quantity=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(sku="A-1").update(kind="kit")


def test_a_kit_stays_one_and_its_components_stay_where_nothing_is_said_of_them() -> None:
    parts()
    made = kit(A_1="1", B_1="2")
    given = ProductInput(sku="K-1", name_zh="龙头套装", kind="kit", unit="set")
    change_product("K-1", given, version=made.version, by=make.boss())
    assert KitComponent.objects.filter(kit=made).count() == 2
    with pytest.raises(Malformed) as caught:
        change_product("K-1", ProductInput(sku="K-1", name_zh="龙头"), version=2, by=make.boss())
    assert wrong_of(caught) == [("kind", "kit_stays")]
    fewer = (ComponentInput(sku="B-1", quantity=D(3)),)
    changed = ProductInput(sku="K-1", name_zh="龙头套装", kind="kit", unit="set", components=fewer)
    change_product("K-1", changed, version=2, by=make.boss())
    assert list(KitComponent.objects.values_list("component__sku", "quantity")) == [("B-1", 3)]
    told = Event.objects.filter(kind="product.changed").latest("id").data["changes"]
    assert told["components"] == ["A-1 × 1, B-1 × 2", "B-1 × 3"]


def test_a_component_does_not_go_silently() -> None:
    parts()
    made = kit(A_1="1")
    retired = ProductInput(sku="A-1", name_zh="龙头", status="retired")
    with pytest.raises(ComponentInKits) as caught:
        change_product("A-1", retired, version=1, by=make.boss())
    assert "K-1" in str(caught.value)
    assert Product.objects.get(sku="A-1").status == "active"
    with pytest.raises(InUse):
        remove_product("A-1", version=1, by=make.boss())
    off = ProductInput(sku="K-1", name_zh="套装", kind="kit", unit="set", status="retired")
    change_product("K-1", off, version=made.version, by=make.boss())
    change_product("A-1", retired, version=1, by=make.boss())
    on = ProductInput(sku="K-1", name_zh="套装", kind="kit", unit="set")
    with pytest.raises(Malformed) as back:
        change_product("K-1", on, version=2, by=make.boss())
    assert wrong_of(back) == [("status", "retired_component")]


# What it costs.


def test_a_kit_becomes_the_lines_of_its_components_and_costs_what_the_kit_costs() -> None:
    parts()
    kit(A_1="1", B_1="2", S_1="1")
    order = entered(LineInput(sku="A-1", quantity=D(1)), LineInput(sku="K-1", quantity=D(3)))
    lines = lines_of(order)
    # 60 to 80 of 140: 128.57 and 171.43 of 300; the service has no price and takes nothing.
    assert said(order) == [("A-1", 1, D("60.00")), ("A-1", 3, D("128.57")), ("B-1", 6, D("171.43")), ("S-1", 3, 0)]
    assert order.total == D("360.00")
    assert {line.tax_code for line in lines[1:3]} == {"vat13", "vat9"}
    facts = [line.kit for line in lines]
    assert facts[0] is None
    assert {(one["group"], one["sku"], one["quantity"], one["price"]) for one in facts[1:] if one} == {
        (1, "K-1", "3", "100")
    }
    assert [one["kind"] for one in lines[1].price_steps][:1] == ["kit"]


@pytest.mark.parametrize("quantities", [("1", "2"), ("7", "13"), ("999999", "123457")])
@pytest.mark.parametrize("worth", ["0.01", "100.00", "33333.33", "0.00"])
def test_the_shares_of_a_kit_add_up_to_the_cent(quantities: tuple[str, str], worth: str) -> None:
    much = [D(one) for one in quantities]
    for weights in ([D(3), D(1)], [D(0), D(0)]):
        shares = shares_of_kit(
            much, weights, worth=D(worth), listed=D(worth), discount=D("0.01") if D(worth) else D(0), currency="CNY"
        )
        found = [
            (q * s.price).quantize(D("0.01"), "ROUND_HALF_UP") - s.rounding for q, s in zip(much, shares, strict=True)
        ]
        assert sum(found) == D(worth)
        assert all(one.rounding >= 0 for one in shares)
    assert found == [D(worth) / 2, D(worth) / 2] or abs(found[0] - found[1]) == D("0.01")


def test_a_price_and_a_discount_of_the_kit_are_shared_too() -> None:
    parts()
    kit(A_1="1", B_1="1")
    order = entered(LineInput(sku="K-1", quantity=D(2), unit_price=D("90"), discount=D("5")))
    assert order.total == D("175.00")
    first = lines_of(order)[0].kit
    assert first is not None
    assert (first["price"], first["discount"], first["named"]) == ("90", "5", True)


def test_a_kit_without_any_price_asks_for_one() -> None:
    parts()
    kit(price=None, A_1="1")
    with pytest.raises(Malformed) as caught:
        entered(LineInput(sku="A-1", quantity=D(1)), LineInput(sku="K-1", quantity=D(2)))
    assert wrong_of(caught) == [("lines[1].unit_price", "no_price")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (LineInput(sku="K-1", quantity=D("1.5")), ("lines[1].quantity", "kit_not_whole")),
        (LineInput(sku="K-1", quantity=D(0)), ("lines[1].quantity", "kit_not_whole")),
        (LineInput(sku="K-1", quantity=D(1), unit="box"), ("lines[1].unit", "unknown_unit")),
        (LineInput(sku="K-1", quantity=D(1), discount=D(101)), ("lines[1].discount", "out_of_range")),
        (LineInput(sku="K-1", quantity=D(1), lot="L1"), ("lines[1].lot", "lot_not_asked")),
        (LineInput(sku="NO", quantity=D(1)), ("lines[1].sku", "unknown_sku")),
    ],
)
def test_faults_name_the_lines_as_they_were_given(line: LineInput, expected: tuple[str, str]) -> None:
    parts()
    kit(A_1="1", B_1="1")
    with pytest.raises(Malformed) as caught:
        entered(LineInput(sku="K-1", quantity=D(1)), line)
    assert wrong_of(caught) == [expected]


def test_kits_are_only_sold() -> None:
    parts()
    kit(A_1="1")
    with pytest.raises(Malformed) as caught:
        create_order(
            OrderInput(
                type="transfer",
                lines=(LineInput(sku="K-1", quantity=D(1)),),
                target_warehouse=make.main_warehouse().code,
            ),
            by=make.boss(),
        )
    assert ("lines[0].sku", "kit_not_here") in wrong_of(caught)


def test_orders_without_kits_ask_the_database_nothing_more() -> None:
    parts()
    kit(A_1="1")
    buyer = make.customer().number
    given = OrderInput(customer=buyer, lines=(LineInput(sku="A-1", quantity=D(1)),))
    create_order(given, by=make.boss())
    with CaptureQueriesContext(
        connection,
    ) as asked:
        create_order(given, by=make.boss())
    assert not [one for one in asked.captured_queries if "kitcomponent" in one["sql"].lower()]


# What becomes of its lines.


def named(order: Order, **changed: Any) -> tuple[LineInput, ...]:
    """Return the lines of an order as one reads them, with something changed in the first one."""
    found = []
    for at, line in enumerate(lines_of(order)):
        values: dict[str, Any] = {"sku": line.sku, "quantity": line.quantity}
        if line.kit:
            values["kit"] = KitNamed(group=line.kit["group"], sku=line.kit["sku"], quantity=D(line.kit["quantity"]))
        found.append(LineInput(**(values | (changed if at == 0 else {}))))
    return tuple(found)


def test_the_number_of_kits_changes_all_its_lines_and_none_changes_alone() -> None:
    parts()
    kit(A_1="1", B_1="2")
    order = entered(LineInput(sku="K-1", quantity=D(1)))
    buyer = order.buyer.number
    with pytest.raises(KitComponentFixed) as caught:
        save_draft(
            order.number, OrderInput(customer=buyer, lines=named(order, quantity=D(5))), version=1, by=make.boss()
        )
    assert wrong_of(caught) == [("lines[0].quantity", "kit_component_fixed")]
    assert said(get_order(order.number, by=make.boss())) == [("A-1", 1, D("42.86")), ("B-1", 2, D("57.14"))]
    # What was read and is sent back unchanged stays what it is.
    save_draft(order.number, OrderInput(customer=buyer, lines=named(order)), version=1, by=make.boss())
    again = get_order(order.number, by=make.boss())
    assert said(again) == [("A-1", 1, D("42.86")), ("B-1", 2, D("57.14"))]
    more = (LineInput(sku="K-1", quantity=D(4)),)
    save_draft(order.number, OrderInput(customer=buyer, lines=more), version=2, by=make.boss())
    assert said(get_order(order.number, by=make.boss())) == [("A-1", 4, D("171.43")), ("B-1", 8, D("228.57"))]


def test_a_kit_is_broken_up_at_the_prices_it_has() -> None:
    parts()
    kit(A_1="1", B_1="2")
    order = entered(LineInput(sku="K-1", quantity=D(3)))
    break_up_kit(order.number, 1, version=1, by=make.boss())
    found = get_order(order.number, by=make.boss())
    assert said(found) == [("A-1", 3, D("128.57")), ("B-1", 6, D("171.43"))]
    assert [line.kit for line in lines_of(found)] == [None, None]
    assert Event.objects.filter(kind="order.kit_broken_up", subject_id=order.pk).count() == 1
    loose = (LineInput(sku="A-1", quantity=D(1)), LineInput(sku="B-1", quantity=D(6)))
    save_draft(order.number, OrderInput(customer=order.buyer.number, lines=loose), version=2, by=make.boss())
    placed = place_order(
        OrderInput(customer=order.buyer.number, lines=(LineInput(sku="K-1", quantity=D(1)),)), by=make.boss()
    )
    with pytest.raises(KitNotADraft):
        break_up_kit(placed.number, 1, by=make.boss())


def test_the_lines_of_a_kit_are_reserved_and_copied_as_a_kit() -> None:
    parts()
    kit(A_1="1", B_1="2")
    buyer = make.customer().number
    given = OrderInput(customer=buyer, lines=(LineInput(sku="K-1", quantity=D(2)),))
    order = place_order(given, by=make.boss())
    assert order.category == "confirmed"
    assert [(line.sku, line.reserved) for line in lines_of(get_order(order.number, by=make.boss()))] == [
        ("A-1", 2),
        ("B-1", 4),
    ]
    copied = copy_order(order.number, by=make.boss())
    assert said(copied) == said(order)
    assert [line.kit["kept"] for line in lines_of(copied) if line.kit] == [True, True]
    fresh = copy_order(order.number, by=make.boss(), prices="fresh")
    assert fresh.total == D("200.00")
    assert [line.kit["named"] for line in lines_of(fresh) if line.kit] == [False, False]


def test_papers_show_the_kit_as_a_heading_over_its_lines() -> None:
    parts()
    kit(A_1="1", B_1="2")
    order = entered(LineInput(sku="A-1", quantity=D(1)), LineInput(sku="K-1", quantity=D(2)))
    rows = paper_of_order(get_order(order.number, by=make.boss()), "quotation").rows
    assert [row[1] for row in rows] == ["A-1", "K-1", "A-1", "B-1"]
    assert rows[1][0] == ""
    assert rows[1][3].startswith("2")
    assert rows[1][-1] == ""


def test_an_order_with_a_kit_goes_its_whole_way() -> None:
    parts()
    kit(A_1="1", B_1="2")
    order = entered(LineInput(sku="K-1", quantity=D(1)))
    for step in ("submit", "confirm"):
        move_order(order.number, step, by=make.boss())
    found = get_order(order.number, by=make.boss())
    assert found.category == "confirmed"
    assert sum(line.gross for line in lines_of(found)) == D("100.00") == found.total
