"""Migrations of running orders: plan with a dry run, run, progress, undo."""

from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Given, Id, Moment, Position, moment, moment_or_none
from shundan.api.routes import Routes
from shundan.kernel.actor import Actor
from shundan.orders.actions import keep_migration_plan, run_migration, undo_migration
from shundan.orders.queries import (
    PlannedState,
    WorkflowMigration,
    get_migration,
    left_behind,
    outcomes_of,
    plan_of,
    rehearse_migration,
)

routes = Routes("workflows")
RIGHT = "workflow.manage"


class MoveGiven(Given):
    """Where the orders of one state of one version go; states that are not named go where they are proposed to."""

    version: Position
    state: Code
    to: Code


class MigrationGiven(Given):
    """To which version the running orders go; without sources all other versions are left."""

    workflow: Code
    target: Position
    sources: Annotated[list[Position], Field(max_length=100)] = []
    moves: Annotated[list[MoveGiven], Field(max_length=500)] = []


class Ready(Answer):
    """An automatic transition that is ready for so many of the tried orders."""

    transition: str
    count: int
    samples: list[str]
    has_effects: bool


class PlannedMove(Answer):
    """Where one state leads, and what would differ there."""

    version: int
    state: str
    to: str
    reason: str
    orders: int
    approvals_kept: int
    approvals_withdrawn: int
    opened: list[str]
    closed: list[str]
    timed: list[str]
    ready: list[Ready]
    tried: int
    samples: list[str]


class LeftOrder(Answer):
    """An order that was not moved, or not moved back, and why."""

    number: str
    state: str
    reason: str


class Outcomes(Answer):
    """What became of the orders so far."""

    waiting: int
    moved: int
    skipped: int
    undone: int
    left: int


class Migration(Answer):
    """A migration: its plan with the dry run while it is planned, its progress and outcomes once it runs."""

    id: str
    workflow: str
    target: int
    state: str
    total: int
    done: int
    percent: int
    planned_at: Moment
    started_at: Moment | None
    ended_at: Moment | None
    undone_at: Moment | None
    moves: list[PlannedMove]
    outcomes: Outcomes
    left: list[LeftOrder]


@routes.post("/workflow-migrations", permission=RIGHT, answer=Migration)
def plan(request: HttpRequest, given: MigrationGiven) -> Migration:
    """Keep a plan and show what would differ, order by order counted; nothing moves yet.

    A plan that leaves a state out, or leads to one that holds stock or credit differently, is refused.
    """
    by = actor(request)
    chosen = {(one.version, one.state): one.to for one in given.moves}
    kept = keep_migration_plan(given.workflow, target=given.target, sources=given.sources, chosen=chosen, by=by)
    return _answer(get_migration(kept.pk, by=by), by)


@routes.get("/workflow-migrations/{migration_id}", permission=RIGHT, answer=Migration)
def show(request: HttpRequest, migration_id: Id) -> Migration:
    """Show a migration: the dry run of a plan, the progress of a run, at most 200 orders that were left."""
    by = actor(request)
    return _answer(get_migration(int(migration_id), by=by), by)


@routes.post("/workflow-migrations/{migration_id}/run", permission=RIGHT, answer=Migration, status=200)
def run(request: HttpRequest, migration_id: Id) -> Migration:
    """Begin to move the orders, as a job."""
    by = actor(request)
    run_migration(int(migration_id), by=by)
    return _answer(get_migration(int(migration_id), by=by), by)


@routes.post("/workflow-migrations/{migration_id}/undo", permission=RIGHT, answer=Migration, status=200)
def undo(request: HttpRequest, migration_id: Id) -> Migration:
    """Begin to move back, as a job, every order that has not moved on since."""
    by = actor(request)
    undo_migration(int(migration_id), by=by)
    return _answer(get_migration(int(migration_id), by=by), by)


def _answer(one: WorkflowMigration, by: Actor) -> Migration:
    is_planned = one.state == "planned"
    rows = rehearse_migration(plan_of(one, by=by), by=by).rows if is_planned else ()
    counts = outcomes_of(one, by=by)
    is_running = one.state in ("running", "undoing")
    return Migration(
        id=str(one.pk),
        workflow=one.code,
        target=one.target.version,
        state=one.state,
        total=one.total,
        done=one.done,
        percent=0 if is_planned else one.done * 100 // max(1, one.total) if is_running else 100,
        planned_at=moment(one.planned_at),
        started_at=moment_or_none(one.started_at),
        ended_at=moment_or_none(one.ended_at),
        undone_at=moment_or_none(one.undone_at),
        moves=[_move(row) for row in rows],
        outcomes=Outcomes(
            waiting=counts.waiting,
            moved=counts.moved,
            skipped=counts.skipped,
            undone=counts.undone,
            left=counts.left,
        ),
        left=[
            LeftOrder(number=item.order.number, state=item.order.state, reason=item.reason)
            for item in left_behind(one, by=by)
        ],
    )


def _move(row: PlannedState) -> PlannedMove:
    return PlannedMove(
        version=row.version.number,
        state=row.state.name,
        to=row.wanted,
        reason=row.reason,
        orders=row.count,
        approvals_kept=0 if row.withdrawn else row.pending,
        approvals_withdrawn=row.withdrawn,
        opened=[one.name for one in row.opened],
        closed=[one.name for one in row.closed],
        timed=[one.name for one in row.timed],
        ready=[
            Ready(
                transition=one.transition.name,
                count=one.count,
                samples=list(one.samples),
                has_effects=bool(one.transition.does),
            )
            for one in row.soon
        ],
        tried=row.tried,
        samples=list(row.samples),
    )
