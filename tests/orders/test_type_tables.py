"""An order type names the approval table that judges its orders, on both ways of placing, and later versions count."""

from decimal import Decimal

import pytest
from django.db import connection

from shundan.kernel.errors import Malformed
from shundan.orders.actions import LineInput, OrderInput, Question, ask_what_if, create_order, move_order, place_order
from shundan.orders.models import Order
from shundan.workflow.actions import publish_table
from shundan.workflow.models import ApprovalRun, ApprovalTableVersion
from tests import make

pytestmark = pytest.mark.django_db
STRICT = """
code = "strict"
zh = "严格"
en = "Strict"
policy = "collect"

[[rows]]
when = "company_total > 100"
level = 1
who = "role:finance"
mode = "any"
"""


@pytest.fixture(autouse=True)
def strict() -> None:
    """Publish a table that asks finance early, for one type of order."""
    make.shipped()
    publish_table(STRICT, subject_kind="order", by=make.boss())
    make.order_type("special", approval_table="strict")


def given(order_type: str, *, price: str = "500.00") -> OrderInput:
    """Return an order of a type for one piece at a price."""
    goods = make.product(price=price, stock=1)
    line = LineInput(sku=goods.sku, quantity=Decimal(1))
    return OrderInput(type=order_type, customer=make.customer().number, lines=(line,))


def judged_by(order: Order) -> str:
    """Return the code of the table that judged an order which waits for approval, or nothing."""
    run = ApprovalRun.objects.filter(subject_kind="order", subject_id=order.pk).first()
    return ApprovalTableVersion.objects.get(pk=run.table_id).code if run is not None else ""


def test_each_type_is_judged_by_its_own_table() -> None:
    special, usual = (place_order(given(code), by=make.boss()) for code in ("special", "sales"))
    assert [(one.state, judged_by(one)) for one in (special, usual)] == [("submitted", "strict"), ("confirmed", "")]
    draft = create_order(given("special"), by=make.boss())
    assert judged_by(move_order(draft.number, "submit", by=make.boss())) == "strict"
    assert place_order(given("special", price="99.00"), by=make.boss()).state == "confirmed"


def test_an_unknown_table_or_one_of_something_else_is_not_offered() -> None:
    for code in ("nothing", "payment_request", "amendment"):
        with make.refused(Malformed) as caught:
            make.publish_type("special", approval_table=code)
        assert [one.path for one in caught.value.details] == ["approval_table"]


def test_the_past_is_asked_of_the_orders_that_the_table_judged() -> None:
    special, usual = (place_order(given(code), by=make.boss()) for code in ("special", "sales"))
    text = STRICT.replace("100", "1000")
    asked = ask_what_if(Question(subject="table", code="strict", before=1, text=text), by=make.actor("admin"))
    assert [one["number"] for one in asked.differences] == [special.number]
    assert asked.result["documents"] == 1
    assert usual.number not in str(asked.differences)
    with make.refused(Malformed) as caught:
        ask_what_if(Question(subject="table", code="amendment", before=1, after=1), by=make.actor("admin"))
    assert [one.code for one in caught.value.details] == ["not_replayable"]


def test_submissions_are_found_by_their_moment() -> None:
    from shundan.orders.queries import recorded

    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        for sql, index in (
            (recorded._JUDGED, "order_event_judged"),
            (recorded._ASKED, "order_approval_by_moment"),
        ):
            cursor.execute(f"explain {sql}", [make.AT, 0, "order", 5000, ["total"]])
            assert any(index in row[0] for row in cursor.fetchall())
