"""Orders and their approval table: facts, levels, signers without the order's right, and what was moved over."""

from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from shundan.kernel.errors import NotFound, NotPermitted
from shundan.orders.actions import LineInput, OrderInput, move_order, place_order
from shundan.orders.models import Order
from shundan.orders.queries import facts_of_order
from shundan.workflow.actions import (
    LevelDecided,
    NotYourTurn,
    approve_task,
    publish_table,
    reject_task,
    send_back,
    withdraw_approval,
)
from shundan.workflow.models import ApprovalRun, ApprovalTableVersion, ApprovalTask
from shundan.workflow.queries import recalled, table_of
from shundan.workflow.registries import facts_schema
from tests import cast, make
from tests.cast import Cast

pytestmark = pytest.mark.django_db
TWO_LEVELS = """
code = "order"
policy = "collect"
own = false

[[rows]]
when = "company_total > 1000"
level = 1
who = "role:sales_manager"

[[rows]]
when = "discount_rate > 0.15 or credit_left < 0 or overdue_days > 30"
level = 2
who = "role:finance"
mode = "all"
"""


@pytest.fixture
def people() -> Cast:
    return cast.everyone()


def submitted(people: Cast, price: str = "70.00") -> Order:
    """Wang gives 30 % off 20 pieces at 100.00."""
    goods = make.product(price="100.00", stock=100)
    lines = (LineInput(sku=goods.sku, quantity=Decimal(20), unit_price=Decimal(price)),)
    return place_order(OrderInput(customer=people.boyuan.number, lines=lines), until="submitted", by=people.wang)


def test_the_table_chooses_levels_and_finance_signs_without_the_right(people: Cast) -> None:
    publish_table(TWO_LEVELS, subject_kind="order", by=make.boss())
    order = submitted(people)
    run = ApprovalRun.objects.get()
    assert [one.who for one in run.steps.order_by("level")] == ["role:sales_manager", "role:finance"]
    assert (run.facts["discount_rate"], run.facts["company_total"], run.facts["department"]) == (
        "0.3000",
        "1400.00",
        "EAST",
    )
    assert run.facts["credit_left"] == "98600.00"
    for by, refusal in ((people.li, NotFound), (people.zhao, NotPermitted)):
        with make.refused(refusal):
            move_order(order.number, "approve", by=by)
    assert move_order(order.number, "approve", by=people.zhang).state == "submitted"
    with make.refused(NotYourTurn):
        move_order(order.number, "approve", by=people.zhang)
    with make.refused(LevelDecided):
        move_order(order.number, "withdraw", by=people.wang)
    # Finance may not approve orders by right; the table asks them, and so they may.
    approve_task(run.pk, by=people.zhao, remark="可以")
    found = make.fresh(order.number)
    assert (found.state, found.approval) == ("approved", "approved")


def test_a_small_order_without_discount_needs_nobody(people: Cast) -> None:
    publish_table(TWO_LEVELS, subject_kind="order", by=make.boss())
    goods = make.product(price="100.00", stock=100)
    given = OrderInput(customer=people.boyuan.number, lines=(LineInput(sku=goods.sku, quantity=Decimal(2)),))
    assert place_order(given, by=people.wang).state == "confirmed"
    assert ApprovalRun.objects.count() == 0


def test_back_to_the_draft_with_the_reason(people: Cast) -> None:
    publish_table(TWO_LEVELS, subject_kind="order", by=make.boss())
    for verb in (reject_task, send_back):
        order = submitted(people)
        run = ApprovalRun.objects.get(title=order.number)
        verb(run.pk, by=people.zhang, remark="太便宜")
        assert (make.fresh(order.number).state, make.fresh(order.number).approval) == ("draft", "rejected")
    order = submitted(people)
    withdraw_approval(ApprovalRun.objects.get(title=order.number).pk, by=people.wang)
    assert (make.fresh(order.number).state, make.fresh(order.number).approval) == ("draft", "withdrawn")


def test_a_broken_table_leaves_the_one_in_force(people: Cast) -> None:
    for wrong in ("discount_rate >", "moon > 3", "currency > 3"):
        with pytest.raises(ValueError, match="rows"):
            publish_table(TWO_LEVELS.replace("company_total > 1000", wrong), subject_kind="order", by=make.boss())
    assert ApprovalTableVersion.objects.get(code="order").version == 1
    first = publish_table(TWO_LEVELS, subject_kind="order", by=make.boss())
    assert publish_table(TWO_LEVELS, subject_kind="order", by=make.boss()) == first


def test_recorded_facts_judge_again(people: Cast) -> None:
    publish_table(TWO_LEVELS, subject_kind="order", by=make.boss())
    order = submitted(people)
    run = ApprovalRun.objects.get()
    live = dict(facts_of_order(make.fresh(order.number), by=people.wang))
    assert recalled(run.facts, facts_schema("order")) == live
    assert run.table_id is not None and table_of(run.table_id).code == "order"


def test_one_level_approvals_of_before_become_runs(people: Cast) -> None:
    orders = [make.order(state="draft") for _state in range(3)]
    rows = [
        ("pending", None, None, ""),
        ("approved", people.zhang.id, make.AT, "好"),
        ("rejected", people.zhang.id, make.AT, "太贵"),
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "create table workflow_approval (id bigint, subject_kind text, subject_id bigint, content_hash text,"
            " permission text, role text, level int, amount numeric, state text, requested_by_id bigint,"
            " requested_by_name text, requested_at timestamptz, decided_by_id bigint, decided_by_name text,"
            " decided_at timestamptz, remark text)"
        )
        for i, (state, who, at, remark) in enumerate(rows):
            values: list[Any] = [1000 + i, orders[i].pk, state, people.wang.id, make.AT, who, at, remark]
            cursor.execute(
                "insert into workflow_approval values (%s, 'order', %s, 'h', 'order.approve', 'sales_manager', 1, 600,"
                " %s, %s, 'x', %s, %s, 'y', %s, %s)",
                values,
            )
        cursor.execute(import_module("shundan.orders.migrations.0008_approval_runs").MOVE)
        cursor.execute("drop table workflow_approval")
    assert list(ApprovalTask.objects.order_by("id").values_list("state", "decided_by_id", "remark")) == [
        ("open", None, ""),
        ("approved", people.zhang.id, "好"),
        ("rejected", people.zhang.id, "太贵"),
    ]
    assert [one.title for one in ApprovalRun.objects.order_by("id")] == [one.number for one in orders]
    assert ApprovalRun.objects.order_by("-id")[0].pk == 1002
