"""The straight way writes exactly what the engine's ordinary steps write, and refuses what they refuse."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shundan.billing.actions import release_credit
from shundan.billing.actions.letting import review_credit_of
from shundan.inventory.actions import OutOfStock
from shundan.inventory.models import Reservation
from shundan.kernel.errors import Refused
from shundan.kernel.models import Event
from shundan.orders.actions import BY_RULES, LineInput, OrderInput, move_order, place_order
from shundan.orders.actions.draft import create_order
from shundan.orders.actions.place import straight_way
from shundan.orders.models import Order, OrderLine
from shundan.parties.actions import set_credit_limit
from shundan.pricing.actions import ItemInput, PriceListInput, PromotionInput, save_price_list, save_promotion
from tests import make

pytestmark = pytest.mark.django_db

NOT_COMPARED = {"id", "number", "order_id"}


def stepwise(given: OrderInput) -> Order:
    number = create_order(given, by=make.boss()).number
    move_order(number, "submit", by=make.boss())
    return move_order(number, "confirm", by=make.boss())


def told(order: Order) -> dict[str, Any]:
    """Return all that an order left in the database, without numbers and ids."""
    header = Order.objects.filter(pk=order.pk).values()[0]
    lines = list(OrderLine.objects.filter(order_id=order.pk).order_by("position").values())
    events = list(Event.objects.filter(subject_kind="order", subject_id=order.pk).order_by("id").values())
    held = Reservation.objects.filter(line_id__in=[line["id"] for line in lines]).order_by("line_id")
    with connection.cursor() as cursor:
        cursor.execute(
            "select j.task_name, j.args - 'event_id' from procrastinate_jobs j where (j.args ->> 'event_id')::bigint"
            " in (select id from kernel_event where subject_kind = 'order' and subject_id = %s) order by j.id",
            [order.pk],
        )
        jobs = cursor.fetchall()
    for event in events:
        event["data"] = {key: value for key, value in event["data"].items() if key != "number"}
    return {
        "header": {key: value for key, value in header.items() if key not in NOT_COMPARED},
        "lines": [{key: value for key, value in line.items() if key not in NOT_COMPARED} for line in lines],
        "events": [{k: v for k, v in one.items() if k not in {"id", "subject_id"}} for one in events],
        "held": [(one.product_id, one.warehouse_id, one.quantity) for one in held],
        "jobs": jobs,
    }


prices = st.decimals(min_value=0, max_value=50, places=4)
quantities = st.integers(min_value=1, max_value=40).map(Decimal)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(st.tuples(quantities, prices | st.none()), min_size=1, max_size=6),
    includes_tax=st.booleans(),
    rates=st.lists(st.sampled_from(["vat13", "vat6", "exempt"]), min_size=6, max_size=6),
    rules=st.sets(st.sampled_from(["list", "promotion", "discount"])),
)
def test_both_ways_leave_the_same_rows(
    db: None, lines: list[tuple[Decimal, Decimal | None]], includes_tax: bool, rates: list[str], rules: set[str]
) -> None:
    buyer = make.customer(limit="10000000")
    if "list" in rules:
        cheaper = ItemInput(method="percent", value=Decimal("12.5"), min_quantity=Decimal(5))
        given = PriceListInput(code=buyer.number, name_zh="协议价", numbers=(buyer.number,), items=(cheaper,))
        save_price_list(given, version=None, by=make.boss())
    if "promotion" in rules:
        offer = PromotionInput(
            code=buyer.number, name_zh="买赠", numbers=(buyer.number,), kind="percent", percent=Decimal("3.3")
        )
        save_promotion(offer, version=None, by=make.boss())
    goods = [make.product(price="19.99", stock=1000, tax_rate=rates[i]) for i in range(len(lines))]
    wanted = OrderInput(
        customer=buyer.number,
        includes_tax=includes_tax,
        discount_percent=Decimal("1.5") if "discount" in rules else None,
        lines=tuple(
            LineInput(sku=one.sku, quantity=quantity, unit_price=price)
            for one, (quantity, price) in zip(goods, lines, strict=True)
        ),
    )
    straight = place_order(wanted, by=make.boss())
    assert straight_way(straight.workflow_id) is not None
    assert told(straight) == told(stepwise(wanted))


def test_an_order_of_the_rules_remembers_that_they_chose(db: None) -> None:
    goods = make.product(stock=10)
    line = LineInput(sku=goods.sku, quantity=Decimal(1))
    given = OrderInput(customer=make.customer(limit="100000").number, warehouse=BY_RULES, lines=(line,))
    order = place_order(given, by=make.boss())
    assert order.state == "confirmed"
    assert make.fresh(order.number).is_sourced


@pytest.mark.django_db(transaction=True)
def test_the_straight_way_takes_few_round_trips(django_assert_max_num_queries: Any) -> None:
    goods = [make.product(stock=10) for _ in range(5)]
    buyer = make.customer(limit="100000")
    given = OrderInput(customer=buyer.number, lines=tuple(LineInput(sku=one.sku, quantity=Decimal(1)) for one in goods))
    place_order(given, by=make.boss())
    # One of them reads the taxes, which memory saves like the others.
    with django_assert_max_num_queries(7):
        assert place_order(given, by=make.boss()).state == "confirmed"


@pytest.mark.django_db(transaction=True)
def test_too_little_stock_names_the_line() -> None:
    plenty, scarce = make.product(stock=10), make.product(stock=3)
    given = OrderInput(
        customer=make.customer().number,
        lines=(
            LineInput(sku=plenty.sku, quantity=Decimal(5)),
            LineInput(sku=scarce.sku, quantity=Decimal(4)),
        ),
    )
    with pytest.raises(OutOfStock) as refused:
        place_order(given, by=make.boss())
    assert [(one.path, one.code) for one in refused.value.details] == [("lines[1].quantity", "out_of_stock")]
    assert "4" in str(refused.value.details[0].message)
    assert "3" in str(refused.value.details[0].message)


@pytest.mark.django_db(transaction=True)
def test_a_refusal_leaves_no_order_no_event_and_no_credit() -> None:
    scarce = make.product(stock=3)
    buyer, line = make.customer(limit="1000.00"), LineInput(sku=scarce.sku, quantity=Decimal(4))
    before = (Order.objects.count(), Event.objects.count(), make.stock_of(scarce))
    with pytest.raises(Refused) as refused:
        place_order(OrderInput(customer=buyer.number, lines=(line,)), by=make.boss())
    assert refused.value.code == "out_of_stock"
    assert (Order.objects.count(), Event.objects.count(), make.stock_of(scarce)) == before


@pytest.mark.django_db(transaction=True)
def test_an_order_over_the_limit_is_kept_and_waits_for_finance() -> None:
    goods, poor = make.product(price="100.00", stock=9), make.customer(limit="250.00")

    def placed(quantity: int) -> Order:
        line = LineInput(sku=goods.sku, quantity=Decimal(quantity))
        return place_order(OrderInput(customer=poor.number, lines=(line,)), by=make.boss())

    # 300.00 of 250.00 waits, and takes neither credit nor stock; 200.00 goes straight on, the next 100.00 waits, too.
    found = [make.fresh(placed(quantity).number) for quantity in (3, 2, 1)]
    assert [(one.state, one.holds) for one in found] == [("submitted", ["credit"]), ("confirmed", []),
                                                         ("submitted", ["credit"])]  # fmt: skip
    assert (make.credit(poor)[0], make.stock_of(goods)) == (Decimal(200), (9, 2))
    # Finance lets the last one pass: that approves it, and it is confirmed as any other.
    release_credit(found[2].number, reason="老客户", by=make.boss())
    assert make.fresh(found[2].number).state == "approved"
    assert move_order(found[2].number, "confirm", by=make.boss()).state == "confirmed"
    # A higher limit approves the other by itself.
    set_credit_limit(poor.number, limit=Decimal(600), by=make.boss())
    review_credit_of(poor.pk, by=make.boss())
    assert make.fresh(found[0].number).state == "approved"


def test_a_large_order_stops_for_approval(db: None) -> None:
    goods = make.product(price="60000.00", stock=5)
    given = OrderInput(customer=make.customer().number, lines=(LineInput(sku=goods.sku, quantity=Decimal(1)),))
    assert place_order(given, by=make.boss()).state == "submitted"
