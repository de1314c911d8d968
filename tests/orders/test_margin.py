"""What an order earns over its cost: reckoned, decided by, and shown to those who may know."""

from decimal import Decimal

import pytest

from shundan.catalog.actions import set_product_cost
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotPermitted, VersionConflict
from shundan.kernel.models import Event
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import margin_of_order
from shundan.orders.rules.margin import Margin, margin_of
from shundan.workflow.actions import publish_table
from shundan.workflow.models import ApprovalRun
from tests import cast, make
from tests.api.client import Api, as_person
from tests.cast import Cast

pytestmark = pytest.mark.django_db
THIN = """
code = "order"
policy = "collect"
own = false

[[rows]]
when = "margin_rate < 10"
level = 1
who = "role:sales_manager"
"""


@pytest.fixture
def people() -> Cast:
    return cast.everyone()


def line(net: str, cost: str | None, quantity: str = "1") -> OrderLine:
    return OrderLine(net=Decimal(net), cost=None if cost is None else Decimal(cost), quantity=Decimal(quantity))


@pytest.mark.parametrize(
    ("lines", "rate", "margin"),
    [
        ([], "1", None),
        ([line("100", None)], "1", None),
        ([line("100", "6", "10")], "1", Margin(Decimal(40), Decimal(40), 1, 1)),
        ([line("100", "6", "10"), line("999", None)], "1", Margin(Decimal(40), Decimal(40), 1, 2)),
        ([line("100", "6", "10"), line("0", "5", "0")], "1", Margin(Decimal(40), Decimal(40), 1, 1)),
        ([line("100", "426", "2")], "7.1", Margin(Decimal(-142), Decimal(-20), 1, 1)),
        ([line("0", "5")], "1", Margin(Decimal(-5), None, 1, 1)),
        ([line("3", "2")], "1", Margin(Decimal(1), Decimal("33.33"), 1, 1)),
    ],
)
def test_the_margin_covers_the_lines_whose_cost_is_known(
    lines: list[OrderLine], rate: str, margin: Margin | None
) -> None:
    assert margin_of(lines, exchange_rate=Decimal(rate)) == margin


def sold(people: Cast, *, cost: str | None, until: str = "submitted", by: Actor | None = None) -> Order:
    """Return an order of ten pieces at 113.00 with tax, 100.00 without."""
    goods = make.product(price="113.00", stock=100)
    if cost is not None:
        set_product_cost(goods.sku, Decimal(cost), version=1, by=make.boss())
    lines = (LineInput(sku=goods.sku, quantity=Decimal(10)),)
    given = OrderInput(customer=people.boyuan.number, lines=lines)
    return place_order(given, until=until, by=by or people.wang)


@pytest.mark.parametrize(("cost", "asked"), [("90.1", True), ("90", False), ("60", False), (None, False)])
def test_a_thin_margin_goes_to_the_manager(people: Cast, cost: str | None, asked: bool) -> None:
    publish_table(THIN, subject_kind="order", by=make.boss())
    order = sold(people, cost=cost)
    assert order.approval == ("pending" if asked else "not_needed")
    runs = ApprovalRun.objects.all()
    assert [(one.facts["margin_rate"], one.steps.get().who) for one in runs] == (
        [("9.90", "role:sales_manager")] if asked else []
    )


@pytest.mark.parametrize("until", ["draft", "submitted", "confirmed"])
def test_lines_keep_the_cost_of_their_entry(people: Cast, until: str) -> None:
    order = sold(people, cost="60.123456", until=until)
    line = order.lines.get()
    assert line.cost == Decimal("60.123456")
    set_product_cost(line.sku, Decimal(99), version=2, by=people.zhao)
    assert order.lines.get().cost == Decimal("60.123456")
    assert margin_of_order(make.fresh(order.number), by=people.zhao) == Margin(
        Decimal("398.77"), Decimal("39.88"), 1, 1
    )
    assert margin_of_order(make.fresh(order.number), by=people.wang) is None


def test_a_cost_is_set_by_few_and_not_over_anothers() -> None:
    goods = make.product("M-COST")
    for role in ("rep", "sales_manager", "warehouse", "service", "executive", "auditor", "admin"):
        with make.refused(NotPermitted):
            set_product_cost(goods.sku, Decimal(1), version=1, by=make.actor(role))
    for wrong in ("-1", "1E-7", "1E15"):
        with make.refused(Malformed):
            set_product_cost(goods.sku, Decimal(wrong), version=1, by=make.boss())
    finance = make.actor("finance")
    for _again in range(2):
        assert set_product_cost(goods.sku, Decimal("7.5"), version=1, by=finance).version == 2
    assert [one.data for one in Event.objects.filter(kind="product.cost_set")] == [
        {"changes": {"standard_cost": ["", "7.5"]}}
    ]
    with make.refused(VersionConflict) as caught:
        set_product_cost(goods.sku, None, version=1, by=finance)
    assert [(one.yours, one.theirs) for one in caught.value.details] == [("", "7.5")]


def test_the_api_tells_costs_and_margins_only_to_those_who_may_know(people: Cast) -> None:
    publish_table(THIN, subject_kind="order", by=make.boss())
    order = sold(people, cost="95")
    wang, zhang, zhao = (as_person(one) for one in (people.wang, people.zhang, people.zhao))
    sku, run = order.lines.get().sku, ApprovalRun.objects.get()
    for api, knows in ((wang, False), (zhang, True), (zhao, True)):
        assert ("standard_cost" in api.get(f"/products/{sku}").body) is knows
        assert ("margin" in api.get(f"/orders/{order.number}").body) is knows
    assert zhang.get(f"/orders/{order.number}").body["margin"] == {
        "amount": "50.00",
        "percent": "5",
        "known_lines": 1,
        "lines": 1,
    }
    assert "margin_rate" not in wang.get(f"/approvals/{run.pk}").body["facts"]
    assert zhang.get(f"/approvals/{run.pk}").body["facts"]["margin_rate"] == "5.00"
    _set_over_the_api(wang, zhang, zhao, sku)


def _set_over_the_api(wang: Api, zhang: Api, zhao: Api, sku: str) -> None:
    for api in (wang, zhang):
        answer = api.put(f"/product-costs/{sku}", {"standard_cost": "8", "version": 2})
        assert (answer.status, answer.code) == (403, "not_permitted")
    answer = zhao.put(f"/product-costs/{sku}", {"standard_cost": "8.5", "version": 2})
    assert (answer.status, answer.body["standard_cost"]) == (200, "8.5")
    gone = zhao.put(f"/product-costs/{sku}", {"standard_cost": None, "version": 3})
    assert (gone.status, "standard_cost" in gone.body) == (200, False)
