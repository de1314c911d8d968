"""Moving running orders to another version of their workflow: the plan, its dry run, and how far a move has come."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.orders.models import MigratedOrder, Order, WorkflowMigration
from shundan.workflow.queries import (
    FINAL,
    Definition,
    Problem,
    State,
    Transition,
    VersionLine,
    definition_of,
    happens_now,
    move_problems,
    propose_move,
    refusal_of,
    running_states,
    versions_of_workflow,
    ways_changed,
)

RIGHT = "workflow.manage"
# Effects by which a definition says which of its transitions carry out what approvers decided.
DECISIONS = ("record_order_approval", "record_order_rejection")
# Guards ask the database for each order: so many of a state are tried.
MOST_TRIED = 100
MOST_SAMPLES = 5

Moves = Mapping[tuple[int, str], str]
_NO_VERSION = _("Choose one of the offered values.")


@dataclass(frozen=True, slots=True)
class _Count:
    """Orders of one state: all of them, those that wait for a decision, and those that wait for one or have one."""

    orders: int = 0
    pending: int = 0
    judged: int = 0


@dataclass(frozen=True, slots=True)
class Soon:
    """An automatic transition that is ready for so many of the tried orders as soon as they stand in the target."""

    transition: Transition
    count: int
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedState:
    """Where the orders of one state of one version go, and what differs for them there.

    `reason` says who chose the target: name, category or chosen; it is empty while there is none.
    """

    version: VersionLine
    state: State
    target: State | None
    wanted: str
    reason: str
    count: int = 0
    pending: int = 0
    withdrawn: int = 0
    opened: tuple[Transition, ...] = ()
    closed: tuple[Transition, ...] = ()
    timed: tuple[Transition, ...] = ()
    soon: tuple[Soon, ...] = ()
    tried: int = 0
    samples: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Return how problems and forms call this row."""
        return f"moves.{self.version.number}.{self.state.name}"

    @property
    def is_different(self) -> bool:
        """Tell whether anything but the version changes for these orders."""
        renamed = self.target is None or self.target.name != self.state.name
        return renamed or bool(self.opened or self.closed or self.timed or self.soon or self.withdrawn)


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """From which versions to which, state by state, and what forbids it."""

    code: str
    target: VersionLine
    rows: tuple[PlannedState, ...]
    problems: tuple[Problem, ...]

    @property
    def total(self) -> int:
        """Return how many orders would move."""
        return sum(row.count for row in self.rows)

    def moves(self) -> dict[str, dict[str, str]]:
        """Return the plan as it is kept: the target of each state, by the id of the version left."""
        found: dict[str, dict[str, str]] = {}
        for row in self.rows:
            found.setdefault(str(row.version.id), {})[row.state.name] = row.wanted
        return found


@dataclass(frozen=True, slots=True)
class MigrationCounts:
    """What became of the orders of a migration so far."""

    waiting: int = 0
    moved: int = 0
    skipped: int = 0
    undone: int = 0
    left: int = 0


def plan_migration(
    code: str, *, target: int, by: Actor, sources: Sequence[int] = (), chosen: Moves | None = None
) -> MigrationPlan:
    """Return where each running state of the versions left would lead, without looking at single orders.

    `target` and `sources` are version numbers; without sources all versions with running orders are left. `chosen`
    overrides the proposals by (version number, state). Raises: NotPermitted, NotFound, Malformed.
    """
    require(by, RIGHT)
    lines = {one.number: one for one in versions_of_workflow(code)}
    if not lines:
        raise NotFound(what="workflow", key=code[:100])
    if target not in lines:
        raise Malformed(details=[Detail("target", "unknown", _NO_VERSION)])
    counts = _counts(lines.values(), lines[target])
    left = _left(lines, target, sources, counts)
    wanted = dict(chosen or {})
    after = definition_of(lines[target].id)
    rows = tuple(
        _planned(
            line, state, after, wanted.pop((line.number, state.name), None), counts.get((line.id, state.name), _Count())
        )
        for line in left
        for state in running_states(definition_of(line.id))
    )
    if wanted:
        places = [f"moves.{number}.{state[:100]}" for number, state in wanted]
        raise Malformed(details=[Detail(place, "unknown", _NO_VERSION) for place in places])
    return MigrationPlan(code, lines[target], rows, tuple(_plan_problems(rows, after)))


def rehearse_migration(plan: MigrationPlan, *, by: Actor) -> MigrationPlan:
    """Return the plan with what would differ for its orders: a dry run, which writes nothing.

    Guards and conditions of automatic transitions are asked for at most 100 orders of each state.
    """
    require(by, RIGHT)
    return replace(plan, rows=tuple(_rehearsed(row, row.target, plan, by) if row.target else row for row in plan.rows))


def get_migration(migration_id: int, *, by: Actor) -> WorkflowMigration:
    """Return a migration with its target. Raises: NotPermitted, NotFound."""
    require(by, RIGHT)
    found = WorkflowMigration.objects.select_related("target").filter(pk=migration_id).first()
    if found is None:
        raise NotFound(what="migration", key=str(migration_id))
    return found


def list_migrations(*, by: Actor, cursor: str | None = None, limit: int = 50) -> Page[WorkflowMigration]:
    """Return one page of migrations, newest first. Raises: NotPermitted, Malformed."""
    require(by, RIGHT)
    return page_of(WorkflowMigration.objects.select_related("target"), cursor=cursor, limit=limit, counted=True)


def plan_of(migration: WorkflowMigration, *, by: Actor) -> MigrationPlan:
    """Return the plan of a migration as it stands now, with its orders counted anew. Raises: NotPermitted."""
    numbers = {one.id: one.number for one in versions_of_workflow(migration.code)}
    chosen = {
        (numbers[int(version)], state): target
        for version, states in migration.moves.items()
        for state, target in states.items()
    }
    sources = [numbers[int(version)] for version in migration.moves]
    return plan_migration(migration.code, target=migration.target.version, sources=sources, chosen=chosen, by=by)


def outcomes_of(migration: WorkflowMigration, *, by: Actor) -> MigrationCounts:
    """Return how many orders of a migration have come to what. Raises: NotPermitted."""
    require(by, RIGHT)
    rows = MigratedOrder.objects.filter(migration=migration).values_list("outcome").annotate(count=Count("id"))
    return MigrationCounts(**dict(rows.order_by()))


def left_behind(migration: WorkflowMigration, *, by: Actor, limit: int = 200) -> list[MigratedOrder]:
    """Return the orders that a migration or its undoing did not move, with the reason. Raises: NotPermitted."""
    require(by, RIGHT)
    rows = MigratedOrder.objects.filter(migration=migration, outcome__in=("skipped", "left"))
    return list(rows.select_related("order", "version").order_by("order_id")[:limit])


def falls_back(state: State, target: State) -> bool:
    """Tell whether a move takes an order back to a draft, so that what was asked or given for it ends."""
    return target.category != state.category and target.category == "draft"


def running_orders(version_id: int) -> QuerySet[Order]:
    """Return the orders that are under way under a version; what came from elsewhere as history never is."""
    return Order.objects.filter(workflow_id=version_id, is_history=False).exclude(category__in=FINAL)


def _left(
    lines: Mapping[int, VersionLine], target: int, sources: Sequence[int], counts: Mapping[tuple[int, str], _Count]
) -> list[VersionLine]:
    if wrong := [number for number in sources if number not in lines or number == target]:
        raise Malformed(details=[Detail("sources", "unknown", _NO_VERSION) for _one in wrong[:1]])
    with_orders = {version for version, _state in counts}
    return [
        line
        for number, line in sorted(lines.items())
        if (number in sources if sources else line.id in with_orders and number != target)
    ]


def _counts(lines: Iterable[VersionLine], target: VersionLine) -> dict[tuple[int, str], _Count]:
    rows = Order.objects.filter(workflow_id__in=[one.id for one in lines if one.id != target.id], is_history=False)
    counted = rows.exclude(category__in=FINAL).values_list("workflow_id", "state").order_by()
    return {
        (version, state): _Count(count, pending, judged)
        for version, state, count, pending, judged in counted.annotate(
            count=Count("id"),
            pending=Count("id", filter=Q(approval="pending")),
            judged=Count("id", filter=Q(approval__in=("pending", "approved"))),
        )
    }


def _planned(line: VersionLine, state: State, after: Definition, chosen: str | None, count: _Count) -> PlannedState:
    proposal = propose_move(state, after)
    wanted = proposal.target if chosen is None else chosen
    target = next((one for one in after.states if one.name == wanted), None)
    return PlannedState(
        version=line,
        state=state,
        target=target,
        wanted=wanted,
        reason=proposal.reason if wanted == proposal.target else "chosen",
        count=count.orders,
        pending=count.pending,
        withdrawn=count.judged if target is not None and falls_back(state, target) else 0,
    )


def _plan_problems(rows: Iterable[PlannedState], after: Definition) -> Iterator[Problem]:
    for row in rows:
        yield from move_problems(row.place, row.state, row.wanted, after, decisions=DECISIONS)


def _rehearsed(row: PlannedState, target: State, plan: MigrationPlan, by: Actor) -> PlannedState:
    before, after = definition_of(row.version.id), definition_of(plan.target.id)
    opened, closed = ways_changed(before, row.state.name, after, target.name)
    known = {one.name for one in before.leaving(row.state.name) if one.after}
    orders = list(
        running_orders(row.version.id)
        .filter(state=row.state.name)
        .select_related("customer", "supplier", "type", "payment_term", "warehouse")
        .order_by("-id")[:MOST_TRIED]
    )
    return replace(
        row,
        opened=tuple(opened),
        closed=tuple(closed),
        timed=tuple(one for one in after.leaving(target.name) if one.after and one.name not in known),
        soon=tuple(_soon(orders, target, plan.target.id, by)),
        tried=len(orders),
        samples=tuple(order.number for order in orders[:MOST_SAMPLES]),
    )


def _soon(orders: Iterable[Order], target: State, version_id: int, by: Actor) -> Iterator[Soon]:
    """Yield what would go on by itself: each order is asked as if it stood there, in memory alone."""
    choices = [one for one in definition_of(version_id).leaving(target.name) if one.on or one.is_immediate]
    ready: dict[str, list[str]] = {}
    system = by.as_system()
    for order in orders if choices else ():
        order.workflow_id, order.state, order.category = version_id, target.name, target.category
        found = next(
            (one for one in choices if happens_now(order, one) and not refusal_of(order, one, by=system)), None
        )
        if found is not None:
            ready.setdefault(found.name, []).append(order.number)
    for one in choices:
        if one.name in ready:
            yield Soon(one, len(ready[one.name]), tuple(ready[one.name][:MOST_SAMPLES]))
