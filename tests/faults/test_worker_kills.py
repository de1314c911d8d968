"""Timers and migrations lose and repeat nothing when their worker is killed before its commit or while it commits."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shundan.kernel.models import Event
from shundan.orders.actions import keep_migration_plan, run_migration, undo_migration
from shundan.orders.models import MigratedOrder, Order, WorkflowMigration
from shundan.orders.tasks import take_due
from shundan.workflow.actions import publish_definition
from tests import make
from tests.faults.workers import at_work, end_worker, kill_while_it_stands_still, standing_still, start_worker
from tests.orders.versions import publish_renamed, sale_text
from tests.platform.installation import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("jobs")]
EXPIRES = """
[transitions.expire]
zh = "过期"
en = "Expire"
from = ["approved"]
to = "cancelled"
permission = "order.cancel"
automatic = true
after = "2 days"
"""
# Two batches and a part of a third.
MANY = 450


def done_by_another(folder: Path, is_done: Callable[[], bool]) -> None:
    """Let a second worker finish what the killed one left."""
    second = start_worker(folder)
    try:
        assert eventually(is_done), (folder / "log").read_text()
    finally:
        end_worker(second)


@pytest.mark.parametrize("moment", ["before", "at"])
def test_timed_transitions_happen_once_though_the_worker_is_killed_around_its_commit(
    tmp_path: Path, moment: str
) -> None:
    make.shipped()
    publish_definition(sale_text() + EXPIRES, by=make.boss())
    customer, goods = make.customer(), make.product(stock=100)
    orders = [make.order(state="approved", of=customer, products=[goods], quantity=1) for _ in range(6)]
    expired = Order.objects.filter(state="cancelled")
    with standing_still("order.cancelled", nth=3, moment=moment):
        first = start_worker(tmp_path)
        take_due.defer(timestamp=0)
        kill_while_it_stands_still(first)
    # The worker takes its own job of this minute beside this one: how many were kept depends on how the two ran.
    assert eventually(lambda: not at_work())
    assert 0 < expired.count() < len(orders)
    assert Event.objects.filter(kind="order.cancelled").count() == expired.count()
    done_by_another(tmp_path, lambda: expired.count() == len(orders))
    told = Event.objects.filter(kind="order.cancelled").values_list("subject_id", flat=True)
    assert sorted(told) == sorted(one.pk for one in orders)
    assert set(Order.objects.values_list("version", flat=True)) == {orders[0].version + 1}


def many_drafts() -> list[int]:
    """Enter more drafts than two batches of a migration take."""
    customer, goods = make.customer(), make.product(stock=1)
    return [make.order(state="draft", of=customer, products=[goods], quantity=1).pk for _ in range(MANY)]


def state_of(migration: WorkflowMigration) -> tuple[str, int]:
    migration.refresh_from_db()
    return migration.state, migration.done


def test_a_migration_killed_in_the_middle_goes_on_and_can_be_taken_back_through_another_kill(tmp_path: Path) -> None:
    orders = many_drafts()
    old = Order.objects.values_list("workflow_id", flat=True)[0]
    plan = keep_migration_plan("sale", target=publish_renamed("draft", "sketch").version, by=make.actor("admin"))
    for moment, kind, begin, outcome, kept in (
        ("before", "order.migrated", run_migration, "done", 200),
        ("at", "order.migrated_back", undo_migration, "undone", 400),
    ):
        with standing_still(kind, nth=250, moment=moment):
            first = start_worker(tmp_path)
            begin(plan.pk, by=make.actor("admin"))
            kill_while_it_stands_still(first)
        assert eventually(lambda kept=kept: state_of(plan)[1] == kept)
        assert Event.objects.filter(kind=kind).count() == kept
        done_by_another(tmp_path, lambda outcome=outcome: state_of(plan) == (outcome, MANY))
        told = Event.objects.filter(kind=kind).values_list("subject_id", flat=True)
        assert sorted(told) == orders
    assert set(Order.objects.values_list("workflow_id", "state")) == {(old, "draft")}
    assert set(MigratedOrder.objects.values_list("outcome", flat=True)) == {"undone"}
