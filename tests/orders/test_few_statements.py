"""How many questions the verbs of an order ask the database, and that rows read the short way are the same rows."""

from decimal import Decimal
from typing import Any

import pytest

from shundan.accounts.scopes import holds
from shundan.kernel.actor import Actor
from shundan.kernel.rows import Rows, save_columns
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order, place_order
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import get_order, lines_of
from shundan.orders.scopes import visible_orders
from shundan.workflow.actions import approve_task
from shundan.workflow.models import ApprovalRun
from tests import cast, make
from tests.cast import Cast

pytestmark = pytest.mark.django_db
LARGE = "60000.00"


@pytest.fixture
def people() -> Cast:
    return cast.everyone()


def placed(people: Cast, price: str, until: str = "submitted") -> Order:
    line = LineInput(sku=make.product(stock=10).sku, quantity=Decimal(1), unit_price=Decimal(price))
    return place_order(OrderInput(customer=people.boyuan.number, lines=(line,)), until=until, by=people.wang)


def asked_of_the_south(people: Cast) -> str:
    """Enter work that the south does for the east, and return its number."""
    hours = LineInput(sku=make.product(kind="service", unit="hour").sku, quantity=Decimal(1), unit_price=Decimal(300))
    sides = {"source_department": "SOUTH", "target_department": "EAST"}
    return create_order(OrderInput(type="service_transfer", lines=(hours,), **sides), by=people.wang).number


def test_a_transition_without_stock_asks_four_times(people: Cast, django_assert_num_queries: Any) -> None:
    once, again = placed(people, "1.00"), placed(people, "1.00")
    move_order(once.number, "revoke", by=people.wang, inputs={"reason": "x"})
    # Order, lines, event, order; as many for any of them.
    with django_assert_num_queries(4):
        assert move_order(again.number, "revoke", by=people.wang, inputs={"reason": "x"}).state == "draft"


def test_a_decision_asks_fifteen_times(people: Cast, django_assert_max_num_queries: Any) -> None:
    once, again = placed(people, LARGE), placed(people, LARGE)
    runs = {run.title: run.pk for run in ApprovalRun.objects.all()}
    approve_task(runs[once.number], by=people.zhang)
    with django_assert_max_num_queries(15):
        assert approve_task(runs[again.number], by=people.zhang).state == "approved"
    assert make.fresh(again.number).state == "approved"


def test_an_order_read_the_short_way_is_the_one_of_the_database(people: Cast) -> None:
    number = placed(people, "1.00").number
    usual, short = Order.objects.get(number=number), get_order(number, by=people.wang)
    for field in Order._meta.concrete_fields:
        assert getattr(short, field.attname) == getattr(usual, field.attname), field.name
    assert (short.buyer, short.type, short.warehouse, short.supplier) == (
        usual.buyer,
        usual.type,
        usual.warehouse,
        None,
    )
    (line,) = OrderLine.objects.filter(order=usual)
    (same,) = lines_of(short)
    for field in OrderLine._meta.concrete_fields:
        assert getattr(same, field.attname) == getattr(line, field.attname), field.name


def test_columns_are_saved_and_no_others(people: Cast) -> None:
    number = placed(people, "1.00").number
    order = Rows(Order).fetch("where own.number = %s", [number])[0]
    order.remark, order.attributes, order.holds, order.due_on = "甲'", {"a": [1, "二"]}, ["credit"], None
    save_columns(order, ["attributes", "holds", "due_on"])
    kept = Order.objects.get(number=number)
    assert (kept.remark, kept.attributes, kept.holds, kept.due_on) == ("", {"a": [1, "二"]}, ["credit"], None)


@pytest.mark.parametrize(
    "scope",
    [
        "all",
        "own",
        "team",
        "department",
        "between",
        "released",
        "sale:own",
        "purchase:all",
        "sale:between|sale:released",
    ],
)
@pytest.mark.parametrize("is_work", [False, True])
def test_one_order_is_seen_where_the_list_shows_it(people: Cast, scope: str, *, is_work: bool) -> None:
    order = get_order(asked_of_the_south(people) if is_work else placed(people, "1.00").number, by=people.wang)
    for person in (people.wang, people.zhang, people.li, people.zhao):
        by = Actor(
            id=person.id,
            name=person.name,
            door="test",
            at=person.at,
            grants={"order.read": scope},
            team_ids=person.team_ids,
            department_ids=person.department_ids,
        )
        is_listed = visible_orders(by).filter(pk=order.pk).exists()
        assert holds(by, "order.read", order, named={"released": False}) is is_listed
