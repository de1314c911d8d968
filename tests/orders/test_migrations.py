"""Moving running orders to another version: no state is left out, nothing is bypassed, each order moves once."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from shundan.accounts.rules import ROLES
from shundan.kernel.errors import Malformed, NotPermitted
from shundan.kernel.models import Event
from shundan.orders.actions import (
    MigrationNotPossible,
    MigrationUnderWay,
    NothingToMigrate,
    continue_migration,
    keep_migration_plan,
    migrate,
    move_order,
    run_migration,
    undo_migration,
)
from shundan.orders.models import MigratedOrder, Order, WorkflowMigration
from shundan.orders.queries import get_migration, left_behind, outcomes_of, plan_migration, rehearse_migration
from shundan.pricing.actions import PromotionInput, add_coupon, save_promotion
from shundan.pricing.models import Coupon
from shundan.workflow.actions import approve_task, publish_definition
from shundan.workflow.models import ApprovalRun, WorkflowVersion
from shundan.workflow.queries import latest_run_of
from tests import make
from tests.faults.crowd import crowd, deadlocks
from tests.orders.versions import publish_renamed, publish_unchecked, renamed, sale_text

pytestmark = pytest.mark.django_db
ADMIN = "admin"


def run(migration: WorkflowMigration) -> WorkflowMigration:
    """Run a migration or its undoing to its end, as the job does."""
    while continue_migration(migration.pk, by=make.boss()):
        pass
    return get_migration(migration.pk, by=make.boss())


def moved(version: WorkflowVersion, **more: Any) -> WorkflowMigration:
    """Migrate everything that runs to a version."""
    plan = keep_migration_plan("sale", target=version.version, by=make.actor(ADMIN), **more)
    return run(run_migration(plan.pk, by=make.actor(ADMIN)))


def where(order: Order) -> tuple[int, str, str]:
    """Return the version number, state and category of an order as the database has it."""
    found = Order.objects.select_related("workflow").get(pk=order.pk)
    return found.workflow.version, found.state, found.category


def test_states_are_proposed_by_name_and_by_category() -> None:
    order = make.order(state="approved")
    make.order(state="draft")
    version = publish_renamed()
    plan = plan_migration("sale", target=version.version, by=make.boss())
    rows = {row.state.name: row for row in plan.rows}
    assert [row.version.number for row in plan.rows] == [1] * 5
    assert {name: (row.wanted, row.reason, row.count) for name, row in rows.items()} == {
        "draft": ("draft", "name", 1),
        "submitted": ("submitted", "name", 0),
        "approved": ("checked", "category", 1),
        "confirmed": ("confirmed", "name", 0),
        "in_progress": ("in_progress", "name", 0),
    }
    assert (plan.total, plan.problems) == (2, ())
    assert where(order) == (1, "approved", "approved")


def test_a_state_without_a_clear_target_is_not_left_out() -> None:
    make.order(state="approved")
    text = renamed(sale_text(), "approved", "checked")
    more = 'checked_twice = { category = "approved", zh = "复核", en = "Checked twice" }\n'
    text = text.replace("[transitions.submit]", more + "\n[transitions.submit]")
    way = '\n[transitions.recheck]\nzh = "复核"\nen = "Check again"\nfrom = ["checked"]\nto = "checked_twice"\n'
    back = '\n[transitions.uncheck]\nzh = "退回"\nen = "Back"\nfrom = ["checked_twice"]\nto = "checked"\n'
    right = 'permission = "order.confirm"\n'
    version = make_version(text + way + right + back + right)
    with make.refused(Malformed) as caught:
        keep_migration_plan("sale", target=version.version, by=make.actor(ADMIN))
    assert [(one.path, one.code) for one in caught.value.details] == [("moves.1.approved", "state_left_out")]
    chosen = {(1, "approved"): "checked_twice"}
    kept = keep_migration_plan("sale", target=version.version, chosen=chosen, by=make.actor(ADMIN))
    assert kept.moves[str(WorkflowVersion.objects.get(code="sale", version=1).pk)]["approved"] == "checked_twice"


def make_version(text: str) -> WorkflowVersion:
    """Publish a text."""
    return publish_definition(text, by=make.boss())


@pytest.mark.parametrize(
    ("state", "target", "code"),
    [
        ("draft", "confirmed", "other_meaning"),
        ("draft", "checked", "other_meaning"),
        ("submitted", "checked", "other_meaning"),
        ("confirmed", "checked", "other_meaning"),
        ("in_progress", "completed", "other_meaning"),
        ("approved", "cancelled", "other_meaning"),
        ("approved", "nowhere", "unknown_target"),
        ("approved", "", "state_left_out"),
    ],
)
def test_what_would_bypass_approval_stock_or_credit_is_refused(state: str, target: str, code: str) -> None:
    make.order(state="draft")
    version = publish_renamed()
    with make.refused(Malformed) as caught:
        keep_migration_plan("sale", target=version.version, chosen={(1, state): target}, by=make.actor(ADMIN))
    assert [(one.path, one.code) for one in caught.value.details] == [(f"moves.1.{state}", code)]


def test_a_target_that_cannot_carry_out_approvals_is_refused() -> None:
    make.order(state="draft")
    version = publish_unchecked('does = ["record_order_rejection"]\n', "")
    with make.refused(Malformed) as caught:
        keep_migration_plan("sale", target=version.version, by=make.actor(ADMIN))
    assert [(one.path, one.code) for one in caught.value.details] == [("moves.1.submitted", "approval_without_way")]


def test_unknown_versions_states_and_workflows_are_refused() -> None:
    make.order(state="draft")
    version = publish_renamed()
    for wrong in (
        {"target": 99},
        {"target": version.version, "sources": [99]},
        {"target": version.version, "sources": [version.version]},
        {"target": version.version, "chosen": {(1, "completed"): "completed"}},
    ):
        with make.refused(Malformed):
            keep_migration_plan("sale", by=make.actor(ADMIN), **wrong)  # type: ignore[arg-type]


def test_every_running_order_moves_once_and_tells_it() -> None:
    orders = {state: make.order(state=state) for state in ("draft", "approved", "confirmed", "shipped", "completed")}
    stock = {one.pk: make.stock_of(one.lines.get().product) for one in orders.values()}
    version = publish_renamed()
    migration = moved(version)
    assert (migration.state, migration.total, migration.done) == ("done", 4, 4)
    assert where(orders["draft"]) == (2, "draft", "draft")
    assert where(orders["approved"]) == (2, "checked", "approved")
    assert where(orders["confirmed"]) == (2, "confirmed", "confirmed")
    assert where(orders["shipped"]) == (2, "in_progress", "in_progress")
    assert where(orders["completed"]) == (1, "completed", "completed")
    assert stock == {one.pk: make.stock_of(one.lines.get().product) for one in orders.values()}
    told = Event.objects.filter(kind="order.migrated").order_by("subject_id").values_list("subject_id", "data")
    assert [(pk, data["from"], data["to"], data["migration"]) for pk, data in told] == [
        (orders["draft"].pk, "draft", "draft", migration.pk),
        (orders["approved"].pk, "approved", "checked", migration.pk),
        (orders["confirmed"].pk, "confirmed", "confirmed", migration.pk),
        (orders["shipped"].pk, "in_progress", "in_progress", migration.pk),
    ]
    # They go on by the new version, and the whole history still obeys the versions it was made under (I15).
    assert move_order(orders["approved"].number, "confirm", by=make.boss()).state == "confirmed"
    assert move_order(orders["draft"].number, "submit", by=make.boss()).state == "checked"


def test_beginning_defers_one_job_in_the_same_transaction() -> None:
    make.order(state="draft")
    version = publish_renamed()
    plan = keep_migration_plan("sale", target=version.version, by=make.actor(ADMIN))
    run_migration(plan.pk, by=make.actor(ADMIN))
    with connection.cursor() as cursor:
        cursor.execute("select args from procrastinate_jobs where task_name = 'orders.migrate'")
        assert [row[0] for row in cursor.fetchall()] == [f'{{"migration_id": {plan.pk}}}']


def test_a_job_that_is_killed_in_a_batch_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "BATCH", 2)
    orders = [make.order(state="draft") for _ in range(5)]
    plan = keep_migration_plan("sale", target=publish_renamed().version, by=make.actor(ADMIN))
    run_migration(plan.pk, by=make.actor(ADMIN))
    assert continue_migration(plan.pk, by=make.boss()) is True
    with make.undone():
        continue_migration(plan.pk, by=make.boss())
    assert [where(one)[0] for one in orders] == [2, 2, 1, 1, 1]
    assert (get_migration(plan.pk, by=make.boss()).done, Event.objects.filter(kind="order.migrated").count()) == (2, 2)
    run_migration(plan.pk, by=make.actor(ADMIN))  # only wakes the job
    assert run(plan).state == "done"
    assert [where(one)[0] for one in orders] == [2] * 5
    assert Event.objects.filter(kind="order.migrated").count() == 5
    assert continue_migration(plan.pk, by=make.boss()) is False


def test_orders_that_moved_on_meanwhile_are_left_and_listed() -> None:
    still, gone, ended = make.order(state="draft"), make.order(state="draft"), make.order(state="draft")
    plan = keep_migration_plan("sale", target=publish_renamed().version, by=make.actor(ADMIN))
    run_migration(plan.pk, by=make.actor(ADMIN))
    move_order(gone.number, "submit", by=make.boss())
    move_order(ended.number, "cancel", inputs={"reason": "x"}, by=make.boss())
    migration = run(plan)
    assert [where(one)[:2] for one in (still, gone, ended)] == [(2, "draft"), (1, "approved"), (1, "cancelled")]
    assert [(one.order_id, one.reason) for one in left_behind(migration, by=make.boss())] == [
        (gone.pk, "moved_on"),
        (ended.pk, "ended"),
    ]
    assert outcomes_of(migration, by=make.boss()).skipped == 2
    assert where(gone)[0] == 1
    again = moved(WorkflowVersion.objects.get(code="sale", version=2))
    assert (again.total, where(gone)[:2]) == (1, (2, "checked"))


def test_undoing_goes_back_by_the_events_and_leaves_those_that_moved_on() -> None:
    back, on = make.order(state="approved"), make.order(state="approved")
    migration = moved(publish_renamed())
    move_order(on.number, "confirm", by=make.boss())
    run(undo_migration(migration.pk, by=make.actor(ADMIN)))
    assert where(back) == (1, "approved", "approved")
    assert where(on) == (2, "confirmed", "confirmed")
    found = get_migration(migration.pk, by=make.boss())
    counts = outcomes_of(found, by=make.boss())
    assert (found.state, counts.undone, counts.left) == ("undone", 1, 1)
    assert [(one.order_id, one.reason) for one in left_behind(found, by=make.boss())] == [(on.pk, "moved_on")]
    event = Event.objects.get(kind="order.migrated_back")
    assert (event.subject_id, event.data["from"], event.data["to"]) == (back.pk, "checked", "approved")
    with make.refused(MigrationNotPossible):
        undo_migration(migration.pk, by=make.actor(ADMIN))
    assert move_order(back.number, "confirm", by=make.boss()).state == "confirmed"


def test_there_and_back_again_keeps_the_history_whole() -> None:
    order = make.order(state="approved")
    version = publish_renamed()
    run(undo_migration(moved(version).pk, by=make.actor(ADMIN)))
    moved(version)
    assert where(order)[:2] == (2, "checked")


def test_pending_approvals_stay_and_are_carried_out_by_the_new_version() -> None:
    order = make.order(state="submitted", price="60000.00", quantity=1)
    publish = publish_renamed("submitted", "waiting")
    moved(publish)
    assert where(order)[:2] == (2, "waiting")
    waiting = latest_run_of(order.subject)
    assert waiting is not None
    assert waiting.state == "pending"
    approve_task(waiting.pk, by=make.boss())
    assert where(order)[:2] == (2, "approved")


def test_going_back_to_a_draft_withdraws_what_was_asked_and_is_not_undone_by_a_machine() -> None:
    asked = make.order(state="submitted", price="60000.00", quantity=1)
    free = make.order(state="approved")
    offer = PromotionInput(code="P", name_zh="券", kind="percent", percent=Decimal(10), needs_code=True)
    save_promotion(offer, version=None, by=make.boss())
    add_coupon("P", "TEN", by=make.boss())
    used = make.order(state="approved", coupon="TEN")
    version = publish_renamed()
    chosen = {(1, "submitted"): "draft", (1, "approved"): "draft"}
    plan = plan_migration("sale", target=version.version, chosen=chosen, by=make.boss())
    assert {row.state.name: row.withdrawn for row in plan.rows}["submitted"] == 1
    migration = moved(version, chosen=chosen)
    assert [where(one)[:2] for one in (asked, free, used)] == [(2, "draft"), (2, "draft"), (2, "draft")]
    assert Coupon.objects.get().uses == 0
    assert ApprovalRun.objects.get(subject_id=asked.pk).state == "withdrawn"
    assert make.fresh(asked.number).approval == "withdrawn"
    run(undo_migration(migration.pk, by=make.actor(ADMIN)))
    assert [where(one)[:2] for one in (asked, free, used)] == [(2, "draft"), (1, "approved"), (2, "draft")]
    left = left_behind(get_migration(migration.pk, by=make.boss()), by=make.boss())
    kept = [(one.order_id, one.reason) for one in left]
    assert kept == [(asked.pk, "approval_withdrawn"), (used.pk, "coupon_given_back")]
    assert move_order(asked.number, "submit", by=make.boss()).state == "submitted"


def test_the_dry_run_shows_what_would_differ_and_writes_nothing() -> None:
    order = make.order(state="confirmed")
    asked = make.order(state="submitted", price="60000.00", quantity=1)
    start = '[transitions.start]\nevent = "started"\nzh = "开始处理"\nen = "Start processing"\n'
    new = (
        '[transitions.begin]\nzh = "自动开始"\nen = "Begin"\nfrom = ["confirmed"]\nto = "in_progress"\n'
        'permission = "order.confirm"\nautomatic = true\n\n[transitions.remind]\nzh = "催办"\nen = "Remind"\n'
        'from = ["confirmed"]\nto = "in_progress"\npermission = "order.confirm"\nafter = "3 days"\n\n'
    )
    cut = sale_text()[sale_text().index("[transitions.unconfirm]") : sale_text().index("[transitions.start]")]
    version = make_version(sale_text().replace(cut, "").replace(start, new + start))
    before = make.everything()
    plan = rehearse_migration(plan_migration("sale", target=version.version, by=make.boss()), by=make.boss())
    assert make.everything() == before
    row = {row.state.name: row for row in plan.rows}["confirmed"]
    assert [one.name for one in row.opened] == ["begin", "remind"]
    assert [one.name for one in row.closed] == ["unconfirm"]
    assert [one.name for one in row.timed] == ["remind"]
    assert [(one.transition.name, one.count, one.samples) for one in row.soon] == [("begin", 1, (order.number,))]
    assert (row.count, row.tried, row.samples, row.is_different) == (1, 1, (order.number,), True)
    submitted = {row.state.name: row for row in plan.rows}["submitted"]
    assert (submitted.pending, submitted.withdrawn, submitted.samples) == (1, 0, (asked.number,))
    assert where(order) == (1, "confirmed", "confirmed")
    # The migration itself takes no transition.
    moved(version)
    assert where(order) == (2, "confirmed", "confirmed")


def test_one_migration_of_a_workflow_at_a_time() -> None:
    make.order(state="draft")
    version = publish_renamed()
    first, second = (keep_migration_plan("sale", target=version.version, by=make.actor(ADMIN)) for _ in range(2))
    run_migration(first.pk, by=make.actor(ADMIN))
    with make.refused(MigrationUnderWay):
        run_migration(second.pk, by=make.actor(ADMIN))
    run(first)
    with make.refused(NothingToMigrate):
        run_migration(second.pk, by=make.actor(ADMIN))


@pytest.mark.parametrize("role", sorted(set(ROLES) - {ADMIN}))
def test_only_administrators_migrate(role: str) -> None:
    make.order(state="draft")
    version = publish_renamed()
    by = make.actor(role)
    with make.refused(NotPermitted):
        plan_migration("sale", target=version.version, by=by)
    with make.refused(NotPermitted):
        keep_migration_plan("sale", target=version.version, by=by)
    plan = keep_migration_plan("sale", target=version.version, by=make.actor(ADMIN))
    for verb in (run_migration, undo_migration, get_migration):
        with make.refused(NotPermitted):
            verb(plan.pk, by=by)  # type: ignore[operator]


@pytest.mark.parametrize(
    "change",
    ["state = 'nowhere'", "category = 'approved'", "workflow_id = 0", "state = 'confirmed'"],
)
def test_the_database_refuses_a_state_that_the_version_lacks(change: str) -> None:
    order = make.order(state="draft")
    with pytest.raises(IntegrityError, match="has no state"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update orders_order set {change} where id = %s", [order.pk])
    order.pk, order.number, order.state, order._state.adding = None, "X", "nowhere", True
    with pytest.raises(IntegrityError, match="has no state"), transaction.atomic():
        order.save()


def test_a_published_version_is_never_changed() -> None:
    make.shipped()
    for change in ("content = 'x'", "states = '{}'", "edges = '[]'", "code = 'x'", "version = 7"):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"update workflow_workflowversion set {change} where code = 'sale'")


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
def test_orders_that_move_while_they_are_migrated_are_lost_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "BATCH", 3)
    orders = [make.order(state="approved") for _ in range(24)]
    plan = keep_migration_plan("sale", target=publish_renamed().version, by=make.actor(ADMIN))
    run_migration(plan.pk, by=make.actor(ADMIN))
    before = deadlocks()

    def work(i: int) -> None:
        if i < 2:
            run(plan)
        else:
            for order in orders[i - 2 :: 3]:
                move_order(order.number, "confirm", by=replace(make.boss(), name=f"rep {i}"))

    assert crowd(5, work) == [None] * 5
    assert deadlocks() == before
    found = get_migration(plan.pk, by=make.boss())
    assert (found.state, found.done) == ("done", 24)
    assert Order.objects.filter(state="confirmed").count() == 24
    counts = outcomes_of(found, by=make.boss())
    assert (counts.waiting, counts.moved + counts.skipped) == (0, 24)
    left = set(MigratedOrder.objects.filter(outcome="skipped").values_list("order_id", flat=True))
    assert set(Order.objects.filter(workflow__version=1).values_list("id", flat=True)) == left
