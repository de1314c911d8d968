"""Moving running orders to another version of their workflow, in short transactions, and taking that back.

A migration changes where an order stands and nothing else: no effect, no automatic transition, no stock, no money.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app
from pydantic_core import to_json

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record, record_many
from shundan.kernel.models import Event
from shundan.orders.actions.clock import first_look
from shundan.orders.actions.coupons import give_back_use, lock_coupon_of
from shundan.orders.actions.draft import order_facts
from shundan.orders.models import MigratedOrder, Order, WorkflowMigration
from shundan.orders.queries.migrations import (
    RIGHT,
    MigrationPlan,
    Moves,
    falls_back,
    get_migration,
    plan_migration,
    plan_of,
)
from shundan.workflow.actions import end_approvals
from shundan.workflow.queries import FINAL, Problem, State, definition_of, leads_on

JOB = "orders.migrate"
BATCH = 200
MOVED, MOVED_BACK = "order.migrated", "order.migrated_back"
# The orders are named when a migration begins, so that each is dealt with once, however often the work is interrupted.
_NAME_ORDERS = """
insert into orders_migratedorder (migration_id, order_id, version_id, from_state, to_state, outcome, reason)
select %s, o.id, o.workflow_id, o.state, %s::jsonb -> o.workflow_id::text ->> o.state, 'waiting', ''
from orders_order o
where o.workflow_id = any(%s) and not o.is_history and o.category <> all(%s)
"""


class MigrationUnderWay(Refused):
    """Orders of this workflow are moving already."""

    code = "migration_under_way"
    sentence = _("Orders of this workflow are being migrated already. Wait until that has ended.")


class MigrationNotPossible(Refused):
    """The migration is not at the point where this can be done."""

    code = "migration_state"
    sentence = _("This is not possible in the present state of the migration. Reload the page.")


class NothingToMigrate(Refused):
    """No order is under way in the versions that are left."""

    code = "nothing_to_migrate"
    sentence = _("No running order stands in another version, so there is nothing to migrate.")


@action
def keep_migration_plan(
    code: str, *, target: int, by: Actor, sources: Sequence[int] = (), chosen: Moves | None = None
) -> WorkflowMigration:
    """Keep a plan that leaves no state out, to be run later.

    Raises: NotPermitted, NotFound, Malformed with each state that cannot go where it should, NothingToMigrate.
    """
    plan = plan_migration(code, target=target, sources=sources, chosen=chosen, by=by)
    _check_plan(plan)
    return WorkflowMigration.objects.create(
        code=code,
        target_id=plan.target.id,
        moves=plan.moves(),
        total=plan.total,
        by_id=by.id,
        by_name=by.name,
        planned_at=by.at,
    )


@action
def run_migration(migration_id: int, *, by: Actor) -> WorkflowMigration:
    """Begin to move the orders of a kept plan, as a job; once it runs, calling again only wakes the job.

    Raises: NotPermitted, NotFound, Malformed for a plan that today's states forbid, MigrationUnderWay,
    MigrationNotPossible for one that has ended, NothingToMigrate.
    """
    migration = _lock_migration(migration_id, by=by)
    if migration.state in ("running", "undoing"):
        _wake(migration)
        return migration
    if migration.state != "planned":
        raise MigrationNotPossible()
    _check_plan(plan_of(migration, by=by))
    _begin(migration, "running", by=by)
    migration.started_at, migration.by_id, migration.by_name = by.at, by.id, by.name
    with connection.cursor() as cursor:
        sources = [int(version) for version in migration.moves]
        cursor.execute(_NAME_ORDERS, [migration.pk, to_json(migration.moves).decode(), sources, list(FINAL)])
        migration.total = cursor.rowcount
    migration.save()
    record("workflow_migration.started", subject=_subject(migration), by=by, data=_facts(migration))
    _wake(migration)
    return migration


@action
def undo_migration(migration_id: int, *, by: Actor) -> WorkflowMigration:
    """Begin to take the moved orders back to where their events say they stood, as a job.

    Raises: NotPermitted, NotFound, MigrationUnderWay, MigrationNotPossible for one that has not run or was undone.
    """
    migration = _lock_migration(migration_id, by=by)
    if migration.state != "done":
        raise MigrationNotPossible()
    _begin(migration, "undoing", by=by)
    migration.total = MigratedOrder.objects.filter(migration=migration, outcome="moved").count()
    migration.done, migration.by_id, migration.by_name = 0, by.id, by.name
    migration.save()
    record("workflow_migration.undone", subject=_subject(migration), by=by, data=_facts(migration))
    _wake(migration)
    return migration


@action
def continue_migration(migration_id: int, *, by: Actor) -> bool:
    """Deal with the next two hundred orders of a migration and return whether more are left; a job calls it.

    Its transaction is short and takes up exactly what is not done yet, so that a killed job loses and repeats nothing.
    """
    migration = WorkflowMigration.objects.select_for_update(no_key=True).get(pk=migration_id)
    if migration.state not in ("running", "undoing"):
        return False
    in_their_name = replace(by, id=migration.by_id, name=migration.by_name)
    is_undoing = migration.state == "undoing"
    wanted = MigratedOrder.objects.filter(migration=migration, outcome="moved" if is_undoing else "waiting")
    items = list(wanted.order_by("order_id")[:BATCH])
    locked = Order.objects.select_for_update(no_key=True).filter(pk__in=[item.order_id for item in items])
    orders = {order.pk: order for order in locked.order_by("pk")}
    (_move_back if is_undoing else _move)(migration, items, orders, by=in_their_name)
    migration.done += len(items)
    if len(items) < BATCH:
        migration.state = "undone" if is_undoing else "done"
        if is_undoing:
            migration.undone_at = by.at
        else:
            migration.ended_at = by.at
    migration.save()
    return migration.state in ("running", "undoing")


def _move(migration: WorkflowMigration, items: list[MigratedOrder], orders: Mapping[int, Order], *, by: Actor) -> None:
    after = definition_of(migration.target_id)
    ready: list[tuple[MigratedOrder, Order, State]] = []
    for item in items:
        order = orders[item.order_id]
        if order.workflow_id != item.version_id or order.state != item.from_state:
            item.outcome, item.reason = "skipped", _reason(order, item.version_id)
            continue
        item.outcome, target = "moved", after.state(item.to_state)
        if falls_back(_state_of(order), target) and order.approval in ("pending", "approved"):
            end_approvals(subject=order.subject, state="withdrawn", by=by)
            Order.objects.filter(pk=order.pk).update(approval="withdrawn")
            item.reason = "approval_withdrawn"
        if falls_back(_state_of(order), target) and order.coupon_code:
            lock_coupon_of(order)
            give_back_use(order, by=by)
            item.reason = item.reason or "coupon_given_back"
        ready.append((item, order, target))
    rows: list[tuple[int, Mapping[str, Any]]] = [
        (order.pk, _told(order, migration, target.name, left=item.version_id, entered=migration.target_id))
        for item, order, target in ready
    ]
    events = record_many(MOVED, subject_kind="order", rows=rows, by=by)
    for item, order, _target in ready:
        item.event_id = events[order.pk]
    for target in {target for _item, _order, target in ready}:
        _put([order.pk for _item, order, one in ready if one == target], migration.target_id, target, by=by)
    _keep_outcomes(items)


def _move_back(
    migration: WorkflowMigration, items: list[MigratedOrder], orders: Mapping[int, Order], *, by: Actor
) -> None:
    since = _moved_since(items)
    ready: dict[tuple[int, State], list[int]] = {}
    rows: list[tuple[int, Mapping[str, Any]]] = []
    for item in items:
        order = orders[item.order_id]
        item.outcome = "left"
        if order.workflow_id != migration.target_id or order.state != item.to_state or order.pk in since:
            item.reason = _reason(order, migration.target_id)
            continue
        if item.reason in ("approval_withdrawn", "coupon_given_back"):
            # The question that was taken back cannot be asked again by a machine: whoever submits it asks anew.
            # Somebody else may have used the coupon meanwhile.
            continue
        item.outcome = "undone"
        ready.setdefault((item.version_id, definition_of(item.version_id).state(item.from_state)), []).append(order.pk)
        told = _told(order, migration, item.from_state, left=migration.target_id, entered=item.version_id)
        rows.append((order.pk, told))
    record_many(MOVED_BACK, subject_kind="order", rows=rows, by=by)
    for (version_id, state), ids in ready.items():
        _put(ids, version_id, state, by=by)
    _keep_outcomes(items)


def _put(order_ids: list[int], version_id: int, state: State, *, by: Actor) -> None:
    Order.objects.filter(pk__in=order_ids).update(
        workflow_id=version_id,
        state=state.name,
        category=state.category,
        # The clocks of the other version begin now. What leads on there by itself is looked at next, each order in a
        # transaction of its own.
        state_since=by.at,
        acts_at=by.at if leads_on(version_id, state.name) else first_look(version_id, state.name, at=by.at),
        version=F("version") + 1,
        changed_at=by.at,
    )


def _keep_outcomes(items: list[MigratedOrder]) -> None:
    """Write what became of the items, in one statement; the event of a moved order is what its undoing goes back by."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update orders_migratedorder m set outcome = t.outcome, reason = t.reason, event_id = t.event_id"
            " from unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) as t(id, outcome, reason, event_id)"
            " where m.id = t.id",
            [
                [item.pk for item in items],
                [item.outcome for item in items],
                [item.reason for item in items],
                [item.event_id for item in items],
            ],
        )


def _moved_since(items: Iterable[MigratedOrder]) -> set[int]:
    """Return the orders that a transition or another migration has taken on after the event that moved them."""
    moved = {item.order_id: item.event_id or 0 for item in items}
    if not moved:
        return set()
    rows = Event.objects.filter(
        subject_kind="order", subject_id__in=moved, id__gt=min(moved.values()), data__has_key="to"
    )
    return {order_id for order_id, event_id in rows.values_list("subject_id", "id") if event_id > moved[order_id]}


def _reason(order: Order, version_id: int) -> str:
    if order.workflow_id != version_id:
        return "other_version"
    return "ended" if order.category in FINAL else "moved_on"


def _told(order: Order, migration: WorkflowMigration, state: str, *, left: int, entered: int) -> dict[str, Any]:
    return order_facts(order) | {
        "from": order.state,
        "to": state,
        "workflow": migration.code,
        "version_left": left,
        "version_entered": entered,
        "migration": migration.pk,
    }


def _state_of(order: Order) -> State:
    return definition_of(order.workflow_id).state(order.state)


def _lock_migration(migration_id: int, *, by: Actor) -> WorkflowMigration:
    require(by, RIGHT)
    found = WorkflowMigration.objects.select_for_update(no_key=True, of=("self",)).filter(pk=migration_id).first()
    if found is None:
        raise NotFound(what="migration", key=str(migration_id))
    return get_migration(migration_id, by=by)


def _begin(migration: WorkflowMigration, state: str, *, by: Actor) -> None:
    others = WorkflowMigration.objects.filter(code=migration.code, state__in=("running", "undoing"))
    if others.exclude(pk=migration.pk).exists():
        raise MigrationUnderWay()
    migration.state = state


def _check_plan(plan: MigrationPlan) -> None:
    if plan.problems:
        raise Malformed(details=[Detail(one.place, one.code, sentence_of(one)) for one in plan.problems])
    if not plan.total:
        raise NothingToMigrate()


def sentence_of(problem: Problem) -> str:
    """Return what is wrong and its cure in the language that is active now."""
    if (get_language() or "").startswith("en"):
        return f"{problem.sentence_en} {problem.cure_en}"
    return f"{problem.sentence_zh}{problem.cure_zh}"


def _subject(migration: WorkflowMigration) -> tuple[str, int]:
    return ("workflow_migration", migration.pk)


def _facts(migration: WorkflowMigration) -> dict[str, Any]:
    return {"workflow": migration.code, "version": migration.target.version, "orders": migration.total}


def _wake(migration: WorkflowMigration) -> None:
    app.configure_task(JOB, lock=f"{JOB}.{migration.pk}").defer(migration_id=migration.pk)
