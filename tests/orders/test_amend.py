"""Changing a running order: limits, approvals of the difference, credit and stock by the difference, versions."""

from decimal import Decimal
from typing import Any

import pytest

from shundan.billing.actions import issue_invoice
from shundan.billing.hooks.credit import CreditExceeded
from shundan.fulfilment.actions import plan_shipment, ship_order
from shundan.inventory.actions import OutOfStock
from shundan.kernel.errors import Malformed, NotFound, NotPermitted, VersionConflict
from shundan.kernel.models import Event
from shundan.orders.actions import ChangeWish, LineInput, LineWish, ShipTo, amend_order, move_order
from shundan.orders.actions.amend import AmendmentOpen, NotAmendable
from shundan.orders.actions.change import ChangeBeyondLimits, NothingChanges, NothingLeft
from shundan.orders.models import Order, OrderAmendment, OrderLine, OrderRevision
from tests import make

pytestmark = pytest.mark.django_db


AGREED = ("unit_price", "discount", "gross", "net")


def change(order: Order, *lines: LineWish, by: Any = None, **more: Any) -> OrderAmendment:
    """Ask for a change of lines, and of what else is given."""
    wish = {name: more.pop(name) for name in list(more) if name in ChangeWish.__slots__}
    given = {"reason_code": "customer_wish"} | more
    return amend_order(order.number, ChangeWish(lines=lines, **wish), by=by or make.boss(), **given)


def line(order: Order, position: int = 1) -> OrderLine:
    return OrderLine.objects.get(order=order, position=position)


def figures(order: Order) -> tuple[Any, ...]:
    """Return what must come back exactly: lines, header amounts, credit, stock."""
    kept = make.fresh(order.number)
    rows = OrderLine.objects.filter(order=order, quantity__gt=0).order_by("position")
    return (
        list(
            rows.values_list("position", "quantity", "cancelled", "reserved", "unit_price", "discount", "gross", "net")
        ),
        (kept.total, kept.net, kept.exposure, kept.fulfilment, kept.invoicing, kept.payment),
        make.credit(kept.buyer),
        [make.stock_of(one.product) for one in rows.select_related("product")],
    )


def test_quantity_up_and_down_moves_stock_and_credit_by_the_difference() -> None:
    goods = make.product(price="100.00", stock=30)
    order = make.order(products=[goods], quantity=10)
    before = figures(order)
    done = change(order, LineWish(position=1, quantity=Decimal(15)))
    assert (done.state, done.revision, done.worth_after) == ("applied", 2, Decimal("1500.00"))
    assert make.stock_of(goods) == (Decimal(30), Decimal(15))
    assert make.credit(order.buyer)[0] == Decimal("1500.00")
    assert line(order).reserved == 15
    change(order, LineWish(position=1, quantity=Decimal(10)))
    assert figures(order) == before
    assert make.fresh(order.number).revision == 3


def test_a_line_is_added_at_the_list_price_and_taken_off_again() -> None:
    other = make.product("NUT", price="2.50", stock=100)
    order = make.order(quantity=10)
    before = figures(order)
    change(order, LineWish(sku="NUT", quantity=Decimal(40)))
    added = line(order, 2)
    assert (added.unit_price, added.gross, added.reserved) == (Decimal("2.5"), Decimal("100.00"), Decimal(40))
    assert make.fresh(order.number).total == Decimal("1100.00")
    change(order, LineWish(position=2, quantity=Decimal(0)))
    assert figures(order)[:3] == before[:3]
    assert make.stock_of(other) == (Decimal(100), Decimal(0))
    change(order, LineWish(position=2, quantity=Decimal(3)))
    assert line(order, 2).gross == Decimal("7.50")


def test_nothing_falls_below_what_is_picked_shipped_or_invoiced() -> None:
    order = make.order(quantity=10)
    ship_order(order.number, quantities={1: Decimal(4)}, by=make.boss())
    plan_shipment(order.number, quantities={1: Decimal(2)}, by=make.boss())
    with make.refused(ChangeBeyondLimits, "beyond_limits") as caught:
        change(order, LineWish(position=1, quantity=Decimal(5)))
    assert [(one.path, one.code) for one in caught.value.details] == [("lines[0].quantity", "below_shipped")]
    assert "6" in str(caught.value.details[0].message)
    change(order, LineWish(position=1, quantity=Decimal(6)))
    assert line(order).reserved == 2
    issue_invoice(order.number, by=make.boss())
    with make.refused(ChangeBeyondLimits) as caught:
        change(order, LineWish(position=1, unit_price=Decimal(90)))
    assert [(one.path, one.code) for one in caught.value.details] == [("lines[0].unit_price", "price_invoiced")]


def test_the_price_of_what_is_not_invoiced_changes() -> None:
    order = make.order(quantity=10)
    ship_order(order.number, quantities={1: Decimal(4)}, by=make.boss())
    change(order, LineWish(position=1, unit_price=Decimal("110.00")))
    assert make.fresh(order.number).total == Decimal("1100.00")
    assert make.credit(order.buyer)[0] == Decimal("1100.00")


def test_a_part_invoiced_line_keeps_price_and_adds_up() -> None:
    goods = make.product(price="33.33", stock=100)
    order = make.order(products=[goods], quantity=10)
    ship_order(order.number, quantities={1: Decimal(3)}, by=make.boss())
    first = issue_invoice(order.number, by=make.boss())
    before = figures(order)
    change(order, LineWish(position=1, quantity=Decimal(7)))
    change(order, LineWish(position=1, quantity=Decimal(10)))
    assert figures(order) == before
    change(order, LineWish(position=1, quantity=Decimal(3)))
    done = make.fresh(order.number)
    assert (done.state, done.total, done.exposure) == ("completed", first.total, Decimal(0))


def test_the_address_changes_until_the_last_goods_have_left() -> None:
    order = make.order(quantity=10)
    there = ShipTo(contact="韩梅梅", province="江苏省", city="苏州市", street="星湖街 328 号")
    change(order, ship_to=there)
    assert make.fresh(order.number).ship_street == "星湖街 328 号"
    ship_order(order.number, by=make.boss())
    with make.refused(ChangeBeyondLimits) as caught:
        change(order, ship_to=ShipTo(street="别处"))
    assert caught.value.details[0].code == "address_shipped"


def test_more_is_refused_without_stock_or_credit_and_nothing_changes() -> None:
    buyer = make.customer(limit="1200.00")
    goods = make.product(price="100.00", stock=20)
    order = make.order(products=[goods], quantity=10, of=buyer)
    with make.refused(CreditExceeded):
        change(order, LineWish(position=1, quantity=Decimal(13)))
    change(order, LineWish(position=1, quantity=Decimal(12)))
    free = make.order(products=[goods], quantity=8)
    with make.refused(OutOfStock) as caught:
        change(free, LineWish(position=1, quantity=Decimal(9)))
    assert caught.value.details[0].path == "lines[0].quantity"


def test_what_is_malformed_is_named_at_its_place() -> None:
    order = make.order(quantity=10)
    with make.refused(Malformed) as caught:
        change(
            order,
            LineWish(position=1, quantity=Decimal("1.5")),
            LineWish(position=9, quantity=Decimal(1)),
            LineWish(sku="NONE", quantity=Decimal(1)),
        )
    assert [one.path for one in caught.value.details] == ["lines[0].quantity", "lines[1].position"]
    with make.refused(Malformed) as caught:
        change(order, LineWish(position=1, quantity=Decimal(2)), LineWish(sku="NONE", quantity=Decimal(1)))
    assert [(one.path, one.code) for one in caught.value.details] == [("lines[1].sku", "unknown_sku")]
    with make.refused(Malformed):
        change(order, LineWish(position=1, quantity=Decimal(2)), reason_code="because")
    with make.refused(NothingChanges):
        change(order, LineWish(position=1, quantity=Decimal(10)))
    with make.refused(NothingLeft):
        change(order, LineWish(position=1, quantity=Decimal(0)))


def test_only_running_orders_are_amended_and_only_what_was_seen() -> None:
    draft = make.order(state="draft")
    with make.refused(NotAmendable):
        change(draft, LineWish(position=1, quantity=Decimal(1)))
    order = make.order()
    seen = order.version
    change(order, LineWish(position=1, quantity=Decimal(5)))
    with make.refused(VersionConflict):
        change(order, LineWish(position=1, quantity=Decimal(6)), version=seen)
    move_order(order.number, "cancel", by=make.boss(), inputs={"reason": "x"})
    with make.refused(NotAmendable):
        change(order, LineWish(position=1, quantity=Decimal(6)))


def test_a_change_that_was_not_asked_for_is_not_carried_out_by_the_transition() -> None:
    order = make.order()
    with make.refused(Malformed):
        move_order(order.number, "amend", by=make.boss())
    from shundan.orders.actions.amend import NoSuchAmendment

    with make.refused(NoSuchAmendment):
        move_order(order.number, "amend", by=make.boss(), inputs={"amendment": "1"})


def test_versions_are_kept_whole_and_the_papers_name_theirs() -> None:
    order = make.order(quantity=10)
    first = ship_order(order.number, quantities={1: Decimal(2)}, by=make.boss())
    change(order, LineWish(position=1, quantity=Decimal(8)), requested_on=make.AT.date())
    second = ship_order(order.number, by=make.boss())
    assert (first.order_revision, second.order_revision) == (1, 2)
    assert issue_invoice(order.number, by=make.boss()).order_revision == 2
    kept = list(OrderRevision.objects.filter(order=order).order_by("number"))
    assert [one.number for one in kept] == [1, 2]
    assert [one.content["lines"][0]["quantity"] for one in kept] == ["10", "8"]
    assert [one.content["header"]["requested_on"] for one in kept] == ["", "2026-03-02"]
    told = Event.objects.filter(subject_kind="order", subject_id=order.pk, kind="order.amended").get().data
    assert told["changes"] == {"lines[0].quantity": ["10", "8"], "requested_on": ["", "2026-03-02"]}
    assert told["revision"] == 2


def test_permissions() -> None:
    order = make.order()
    for role in ("finance", "auditor", "admin", "executive"):
        with make.refused(NotPermitted):
            change(order, LineWish(position=1, quantity=Decimal(5)), by=make.person(role))
    # The warehouse amends its transfers, a rep their own orders: those of others are not there for them.
    for role in ("warehouse", "rep"):
        with make.refused(NotFound):
            change(order, LineWish(position=1, quantity=Decimal(5)), by=make.person(role))


def test_one_change_at_a_time() -> None:
    order = make.order(quantity=10)
    asked = change(order, LineWish(position=1, unit_price=Decimal("99.00")))
    assert asked.state == "submitted"
    with make.refused(AmendmentOpen):
        change(order, LineWish(position=1, quantity=Decimal(9)))


def test_input_line_of_entry_is_untouched() -> None:
    """A quantity of 0 belongs to changes: entry refuses it as before."""
    with pytest.raises(Malformed):
        make.order(state="draft", quantity=0)
    assert LineInput(sku="X", quantity=Decimal(1)).quantity == 1


def test_what_is_computed_follows_the_change_and_comes_back_with_it() -> None:
    make.order_type(
        "fee",
        attributes=(
            make.attribute("note", editable_in=("draft", "confirmed")),
            make.attribute("fee", "computed", formula="total * 0.05", decimals=2),
            make.attribute("worth", "computed", formula="line.net * 2", decimals=2, place="line"),
        ),
        line_columns=("quantity", "price", "worth"),
    )
    order = make.order(type="fee", products=[make.product(price="100.00", stock=30)], quantity=10)
    fee = order.attributes
    worth = line(order).attributes
    change(order, LineWish(position=1, quantity=Decimal(15)))
    assert make.fresh(order.number).attributes == {"fee": "75"}
    assert Decimal(line(order).attributes["worth"]) == 2 * line(order).net
    change(order, LineWish(position=1, quantity=Decimal(10)))
    assert (make.fresh(order.number).attributes, line(order).attributes) == (fee, worth)
