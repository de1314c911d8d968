"""Transitions that happen after a time or tell somebody, and automatic ones that a fresh order must not miss."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from shundan.config.shipped import WORKFLOWS
from shundan.kernel.models import Event
from shundan.orders.actions import (
    LineInput,
    OrderInput,
    continue_migration,
    keep_migration_plan,
    move_order,
    place_order,
    run_migration,
    take_due_orders,
)
from shundan.orders.models import Order
from shundan.workflow.actions import publish_definition
from shundan.workflow.queries import check_workflow
from tests import make

SALE = (WORKFLOWS / "sale.toml").read_text(encoding="utf-8")
TIMED = """
[transitions.expire]
zh = "过期"
en = "Expire"
from = ["approved"]
to = "cancelled"
permission = "order.cancel"
needs = ["nothing_shipped"]
does = ["withdraw_order_approval", "lift_order_holds"]
notices = ["owner", "role:finance", "person:7"]
automatic = true
after = "2 days"
"""


@pytest.fixture
def timed(db: None) -> None:
    make.shipped()
    publish_definition(SALE + TIMED, by=make.boss())


def due(days: float) -> int:
    return take_due_orders(by=make.on(make.boss(), hours=int(days * 24)))


@pytest.mark.django_db
def test_an_order_goes_on_when_its_time_has_come_and_not_before(timed: None) -> None:
    order = make.order(state="approved")
    since = Order.objects.get(pk=order.pk)
    assert since.state_since is not None and since.acts_at == since.state_since + timedelta(days=2)
    assert (due(1.9), make.fresh(order.number).state) == (0, "approved")
    assert (due(2), make.fresh(order.number).state) == (1, "cancelled")
    assert due(3) == 0
    event = Event.objects.filter(kind="order.cancelled", subject_id=order.pk).get()
    assert (event.actor_name, event.data["transition"]) == ("system", "expire")
    assert event.data["notify"] == ["owner", "role:finance", "user:7"]
    assert Order.objects.get(pk=order.pk).acts_at is None


@pytest.mark.django_db
def test_leaving_the_state_stops_the_clock_and_coming_back_starts_it_anew(timed: None) -> None:
    order = make.order(state="confirmed")
    assert Order.objects.get(pk=order.pk).acts_at is None
    later = make.on(make.boss(), days=1)
    move_order(order.number, "unconfirm", by=later)
    assert Order.objects.get(pk=order.pk).acts_at == later.at + timedelta(days=2)
    assert due(2) == 0


@pytest.mark.django_db
def test_what_a_guard_refuses_is_tried_again_and_keeps_nobody_waiting(db: None) -> None:
    make.shipped()
    publish_definition(SALE + TIMED.replace("nothing_shipped", "is_on_hold"), by=make.boss())
    stuck, other = make.order(state="approved"), make.order(state="approved")
    move_order(other.number, "hold", by=make.boss(), inputs={"reason": "wait"})
    assert due(2) == 1
    assert make.fresh(other.number).state == "cancelled"
    move_order(stuck.number, "hold", by=make.boss(), inputs={"reason": "wait"})
    assert (due(2), due(2.1)) == (0, 1)


@pytest.mark.django_db
def test_a_workflow_without_timers_keeps_none() -> None:
    order = make.order(state="confirmed")
    kept = Order.objects.get(pk=order.pk)
    assert (kept.state_since, kept.acts_at) == (kept.created_at, None)


@pytest.mark.django_db(transaction=True)
def test_what_another_worker_holds_is_passed_by() -> None:
    from threading import Event as Flag
    from threading import Thread

    make.shipped()
    publish_definition(SALE + TIMED, by=make.boss())
    first, second = make.order(state="approved"), make.order(state="approved")
    held, done = Flag(), Flag()

    def hold() -> None:
        with transaction.atomic():
            Order.objects.select_for_update().get(pk=first.pk)
            held.set()
            done.wait(20)
        connection.close()

    other = Thread(target=hold)
    other.start()
    held.wait(20)
    assert due(2) == 1
    done.set()
    other.join()
    assert [make.fresh(one.number).state for one in (first, second)] == ["approved", "cancelled"]
    assert due(2) == 1


@pytest.mark.django_db
def test_nobody_answers_what_happens_by_itself() -> None:
    problems = check_workflow(SALE + TIMED + 'asks = ["reason"]\n')
    assert ("transitions.expire.asks", "nobody_answers") in {(one.place, one.code) for one in problems}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("added", "state"),
    [
        # Confirmation leads on by itself: an order that is placed at once must not miss it.
        ("needs = []\nautomatic = true", "in_progress"),
        ('needs = ["nothing_shipped"]\nautomatic = true', "in_progress"),
        ('needs = ["is_on_hold"]\nautomatic = true', "confirmed"),
        ('after = "1 hour"', "confirmed"),
    ],
)
def test_an_order_placed_at_once_takes_automatic_ways_too(added: str, state: str) -> None:
    make.shipped()
    way = '[transitions.hurry]\nzh = "直达"\nen = "Hurry"\nfrom = ["confirmed"]\nto = "in_progress"\n'
    publish_definition(f'{SALE}\n{way}permission = "order.confirm"\n{added}\n', by=make.boss())
    goods, customer = make.product(stock=5), make.customer()
    line = LineInput(sku=goods.sku, quantity=Decimal(1))
    placed = place_order(OrderInput(customer=customer.number, lines=(line,)), by=make.boss())
    kept = make.fresh(placed.number)
    assert kept.state == state
    assert (kept.acts_at is not None) == ("after" in added)


@pytest.mark.django_db
def test_the_clocks_of_another_version_begin_when_an_order_is_moved_there() -> None:
    make.shipped()
    order = make.order(state="approved")
    version = publish_definition(SALE + TIMED, by=make.boss())
    plan = keep_migration_plan("sale", target=version.version, by=make.actor("admin"))
    run_migration(plan.pk, by=make.actor("admin"))
    later = make.on(make.boss(), hours=24 * 30)
    while continue_migration(plan.pk, by=later):
        pass
    found = Order.objects.get(pk=order.pk)
    assert (found.state_since, found.acts_at) == (later.at, later.at + timedelta(days=2))
    assert due(31.9) == 0
