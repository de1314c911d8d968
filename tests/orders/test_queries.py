"""Lists: views, filters, paging, search, and how many statements they cost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.orders.actions import move_order
from shundan.orders.models import Order
from shundan.orders.queries import OrderFilter, get_order, list_and_sum_orders, list_orders, sum_orders
from shundan.orders.rules import VIEWS
from tests import make

pytestmark = pytest.mark.django_db
STATES = ("draft", "submitted", "approved", "confirmed", "shipped", "invoiced", "completed")


@pytest.fixture(scope="module")
def orders(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Order]]:
    """One order in each stage, one on hold, one cancelled; Monday, 2 March 2026. All tests look at the same."""
    with django_db_blocker.unblock(), make.undone():
        customer = make.customer()
        found = {state: make.order(state=state, of=customer, quantity=600) for state in STATES}
        held = make.order(of=customer)
        found["held"] = move_order(held.number, "hold", by=make.boss(), inputs={"reason": "争议"})
        cancelled = make.order(of=customer)
        found["cancelled"] = move_order(cancelled.number, "cancel", by=make.boss(), inputs={"reason": "取消"})
        yield found


def names(orders: dict[str, Order], by: Any = None, **wanted: Any) -> set[str]:
    """Return the names of the orders that a filter finds."""
    numbers = {one.number for one in list_orders(by=by or make.boss(), wanted=OrderFilter(**wanted)).items}
    return {name for name, order in orders.items() if order.number in numbers}


def test_views_hold_the_work_to_do(orders: dict[str, Order]) -> None:
    expected = {
        "all": set(orders),
        "mine": set(),
        "to_approve": {"submitted"},
        "to_confirm": {"approved"},
        "to_ship": {"confirmed"},
        "to_invoice": {"shipped"},
        "today": set(orders),
        "overdue": set(),
        "unpaid": {"confirmed", "shipped", "invoiced", "held"},
        "on_hold": {"held"},
        "drafts": {"draft"},
        "slipping": set(),
        "between": set(),
    }
    assert set(expected) == set(VIEWS)
    assert {view: names(orders, view=view) for view in VIEWS} == expected
    # Forty days later the unpaid invoice is overdue; the paid one is not.
    assert names(orders, by=make.on(make.boss(), days=40), view="overdue") == {"invoiced"}


def test_an_unconfirmed_service_is_nothing_to_invoice() -> None:
    order = make.order(state="confirmed", products=[make.product(kind="service")])
    assert names({"one": order}, view="to_invoice") == {"one"}
    move_order(order.number, "unconfirm", by=make.boss())
    assert names({"one": order}, view="to_invoice") == set()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"category": ("draft", "cancelled")}, {"draft", "cancelled"}),
        ({"fulfilment": ("shipped",)}, {"shipped", "invoiced", "completed"}),
        ({"payment": ("paid",)}, {"completed"}),
        ({"invoicing": ("full",), "payment": ("unpaid",)}, {"invoiced"}),
        ({"total_to": Decimal("1000.00")}, {"held", "cancelled"}),
        ({"total_from": Decimal("60000.01")}, set()),
        ({"ordered_from": date(2026, 3, 3)}, set()),
        ({"customer": "C\x00"}, set()),
        ({"category": ("x\x00",)}, set()),
        ({"warehouse": "\x00"}, set()),
    ],
)
def test_filters_add_up(wanted: dict[str, Any], found: set[str], orders: dict[str, Order]) -> None:
    assert names(orders, **wanted) == found


@pytest.mark.parametrize("words", ["上海博远", "boyuan", "\x00", "%", "'", "x" * 1000, "SO-"])
def test_any_words_may_be_searched(words: str, orders: dict[str, Order]) -> None:
    hits = names(orders, search=words)
    assert hits == (set(orders) if words in ("上海博远", "boyuan", "SO-", "\x00") else set())


def test_an_order_is_found_by_the_sku_or_barcode_of_what_it_holds() -> None:
    pump = make.product("PUMP-7", barcode="6901234567892")
    mine = make.order(state="draft", products=[pump, make.product("NUT-7")])
    other = make.order(state="draft", products=[make.product("NUT-8")])
    for words in ("PUMP-7", "pump-7", "6901234567892"):
        assert names({"mine": mine, "other": other}, search=words) == {"mine"}
    rep = make.person("rep")
    assert names({"mine": mine, "other": other}, by=rep, search="PUMP-7") == set()


def test_an_unknown_view_sort_limit_or_cursor_is_refused(orders: dict[str, Order]) -> None:
    with make.refused(Malformed):
        list_orders(by=make.boss(), wanted=OrderFilter(view="everything"))
    for wrong in ({"sort": "secret"}, {"sort": "-"}, {"limit": 0}, {"limit": 201}, {"cursor": "x"}, {"cursor": "é"}):
        with make.refused(Malformed):
            list_orders(by=make.boss(), **wrong)  # type: ignore[arg-type]
    # A cursor of one sort is none of another.
    cursor = list_orders(by=make.boss(), sort="number", limit=2).next
    with make.refused(Malformed):
        list_orders(by=make.boss(), sort="ordered_on", cursor=cursor)


@pytest.mark.parametrize(
    "sort", ["-id", "id", "total", "-total", "ordered_on", "-requested_on", "requested_on", "number"]
)
@pytest.mark.parametrize("limit", [1, 4, 9])
def test_pages_there_and_back_show_each_order_once(sort: str, limit: int, orders: dict[str, Order]) -> None:
    Order.objects.filter(pk=orders["draft"].pk).update(requested_on=date(2026, 3, 5))
    there: list[list[str]] = []
    page = list_orders(by=make.boss(), sort=sort, limit=limit)
    while True:
        there.append([one.number for one in page.items])
        if page.next is None:
            break
        page = list_orders(by=make.boss(), sort=sort, limit=limit, cursor=page.next)
    assert sorted(number for numbers in there for number in numbers) == sorted(one.number for one in orders.values())
    back = [there[-1]]
    while page.previous is not None:
        page = list_orders(by=make.boss(), sort=sort, limit=limit, cursor=page.previous)
        back.insert(0, [one.number for one in page.items])
    assert back == there


def test_a_list_costs_one_statement_however_long(
    orders: dict[str, Order], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    by = make.boss()
    for limit in (1, 9):
        with django_assert_num_queries(1):
            page = list_orders(by=by, limit=limit)
            assert all(one.customer.name and one.type.code and not one.owner for one in page.items)


@pytest.mark.parametrize("role", ["rep", "sales_manager", "warehouse", "purchasing"])
def test_page_and_sums_together_are_those_of_each_alone(role: str, orders: dict[str, Order]) -> None:
    by = make.person(role)
    for wanted in (
        OrderFilter(),
        OrderFilter(view="to_ship", kinds=("sale",)),
        OrderFilter(search="boyuan"),
        OrderFilter(search=orders["draft"].number[:-1]),
        OrderFilter(search="nobody"),
        OrderFilter(category=("draft", "submitted"), total_from=Decimal(1)),
        OrderFilter(kinds=("sale", "return", "purchase"), search="上海"),
    ):
        for sort in ("-id", "total"):
            cursor = None
            for _page in range(3):
                page, sums = list_and_sum_orders(by=by, wanted=wanted, cursor=cursor, limit=4, sort=sort)
                alone = list_orders(by=by, wanted=wanted, cursor=cursor, limit=4, sort=sort)
                assert [one.pk for one in page.items] == [one.pk for one in alone.items]
                assert [one.party_name for one in page.items] == [one.party_name for one in alone.items]
                assert (page.next, page.previous) == (alone.next, alone.previous)
                assert sums == sum_orders(by=by, wanted=wanted)
                cursor = page.next


def test_sums_are_of_what_is_seen(orders: dict[str, Order]) -> None:
    sums = sum_orders(by=make.boss(), wanted=OrderFilter(category=("draft", "submitted")))
    assert (sums.count, sums.company_total) == (2, Decimal("120000.00"))
    assert sum_orders(by=make.person("rep"), wanted=OrderFilter()).count == 0


def test_what_one_may_not_see_does_not_exist(orders: dict[str, Order]) -> None:
    number = orders["draft"].number
    strangers = (make.person(role) for role in ("rep", "warehouse", "purchasing"))
    for by in (*strangers, replace(make.person("sales_manager"), department_ids=())):
        with make.refused(NotFound) as hidden:
            get_order(number, by=by)
        with make.refused(NotFound) as missing:
            get_order("SO-NONE", by=by)
        assert hidden.value.as_json()["message"].replace(number, "SO-NONE") == missing.value.as_json()["message"]
    for by in (make.person("admin"), make.person()):
        with make.refused(NotPermitted):
            get_order(number, by=by)
