"""Migrations of running orders to another version of their workflow: plan, dry run, progress, what was left, undo."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.naming import listed
from shundan.orders.actions import keep_migration_plan, run_migration, undo_migration
from shundan.orders.queries import (
    MigrationPlan,
    PlannedState,
    WorkflowMigration,
    get_migration,
    left_behind,
    list_migrations,
    outcomes_of,
    plan_migration,
    plan_of,
    rehearse_migration,
)
from shundan.ui.doors import page
from shundan.web.forms import do_once, go, new_key, refusal_of_form
from shundan.web.frame import frame
from shundan.web.lists import pager, state_of
from shundan.web.words import MIGRATION_REASONS, is_english, label_of
from shundan.workflow.queries import (
    current_version_id,
    definition_of,
    running_states,
    versions_of_workflow,
    workflow_codes,
)

RIGHT = "workflow.manage"
PLANNED = "planned"


@page(RIGHT)
def migration_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the migrations, newest first."""
    state = state_of(request)
    found = list_migrations(by=by, cursor=state.cursor, limit=state.size)
    context = {
        "page": frame(request, by, title=_("Workflow migrations"), active="migrations"),
        "new_url": reverse("migrations.new"),
        "rows": [_row(one) for one in found.items],
        "pager": pager(
            state,
            next_cursor=found.next,
            previous_cursor=found.previous,
            count=found.total,
            shown=len(found.items),
        ),
    }
    return render(request, "migrations/list.html", context)


@page(RIGHT, methods=("GET", "POST"))
def new_migration(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show a plan with its dry run, to be changed until it fits; posting keeps it."""
    if request.method == "GET":
        return _plan_page(request, request.GET, by)
    given = request.POST
    try:
        return go(request, do_once(request, by=by, work=lambda: _kept(given, by)))
    except Refused as refusal:
        return _plan_page(request, given, by, refusal)


@page(RIGHT)
def show_migration(request: HttpRequest, migration_id: int, *, by: Actor) -> HttpResponse:
    """Show a migration: its plan before it runs, its progress, what it left."""
    return _migration_page(request, get_migration(migration_id, by=by), by)


@page(RIGHT)
def migration_progress(request: HttpRequest, migration_id: int, *, by: Actor) -> HttpResponse:
    """Show how far a migration has come; once it has ended, the whole page is asked for."""
    migration = get_migration(migration_id, by=by)
    context = {"job": _progress(migration)}
    response = render(request, "components/_job.html", context)
    if migration.state not in ("running", "undoing"):
        response.headers["HX-Refresh"] = "true"
    return response


@page(RIGHT, methods=("POST",))
def act_on_migration(request: HttpRequest, migration_id: int, verb: str, *, by: Actor) -> HttpResponse:
    """Run a migration or take it back."""
    act = run_migration if verb == "run" else undo_migration
    try:
        act(migration_id, by=by)
    except Refused as refusal:
        return _migration_page(request, get_migration(migration_id, by=by), by, refusal)
    return go(request, reverse("migrations.show", args=[migration_id]))


def workflow_label(code: str) -> str:
    """Return what the workflow in force is called in the reader's language."""
    return label_of(definition_of(current_version_id(code)))


def _kept(given: QueryDict, by: Actor) -> str:
    code, target, chosen = _wanted(given)
    kept = keep_migration_plan(code, target=target, chosen=chosen, by=by)
    return reverse("migrations.show", args=[kept.pk])


def _wanted(given: QueryDict) -> tuple[str, int, dict[tuple[int, str], str]]:
    codes = workflow_codes()
    code = given.get("workflow") or "sale"
    code = code if code in codes else codes[0]
    target = _whole(given.get("target", "")) or versions_of_workflow(code)[0].number
    chosen = {}
    for name in given:
        part, _dot, rest = name.partition(".")
        version, _dot, state = rest.partition(".")
        if part == "to" and _whole(version) and state:
            chosen[_whole(version), state] = given.get(name, "").replace("\x00", "")
    return code, target, chosen


def _whole(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 8 else 0


def _plan_page(request: HttpRequest, given: QueryDict, by: Actor, refusal: Refused | None = None) -> HttpResponse:
    code, target, chosen = _wanted(given)
    numbers = [one.number for one in versions_of_workflow(code)]
    target = target if target in numbers else numbers[0]
    plan = rehearse_migration(_fitting(code, target, chosen, by), by=by)
    context = {
        "page": frame(request, by, title=_("New migration"), active="migrations"),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "key": new_key(),
        "self_url": reverse("migrations.new"),
        "cancel_url": reverse("migrations.list"),
        "workflows": [(one, workflow_label(one)) for one in workflow_codes()],
        "versions": [(number, _("Version %(number)s") % {"number": number}) for number in numbers],
        "workflow": code,
        "target": target,
        "is_editable": True,
        **_plan_view(plan),
    }
    return render(request, "migrations/new.html", context)


def _fitting(code: str, target: int, chosen: dict[tuple[int, str], str], by: Actor) -> MigrationPlan:
    """Return the plan; choices for states that it does not have (another workflow was chosen) are left aside."""
    known = {
        (line.number, state.name)
        for line in versions_of_workflow(code)
        for state in running_states(definition_of(line.id))
    }
    plan = plan_migration(code, target=target, by=by)
    rows = {(row.version.number, row.state.name) for row in plan.rows}
    fitting = {key: value for key, value in chosen.items() if key in known & rows}
    return plan_migration(code, target=target, chosen=fitting, by=by)


def _migration_page(
    request: HttpRequest, migration: WorkflowMigration, by: Actor, refusal: Refused | None = None
) -> HttpResponse:
    title = _("%(workflow)s to version %(number)s") % {
        "workflow": workflow_label(migration.code),
        "number": migration.target.version,
    }
    plan = rehearse_migration(plan_of(migration, by=by), by=by) if migration.state == PLANNED else None
    context = {
        "page": frame(request, by, title=title, active="migrations"),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "row": _row(migration),
        "job": _progress(migration),
        "counts": None if plan else outcomes_of(migration, by=by),
        "left": [] if plan else [_left(one, by) for one in left_behind(migration, by=by)],
        "run_url": reverse("migrations.run", args=[migration.pk]),
        "undo_url": reverse("migrations.undo", args=[migration.pk]) if migration.state == "done" else None,
        "list_url": reverse("migrations.list"),
        "is_planned": plan is not None,
        "is_editable": False,
        **(_plan_view(plan) if plan else {"rows": [], "problems": [], "total": 0}),
    }
    return render(request, "migrations/show.html", context)


def _row(one: WorkflowMigration) -> dict[str, Any]:
    return {
        "url": reverse("migrations.show", args=[one.pk]),
        "title": workflow_label(one.code),
        "version": one.target.version,
        "value": one.state,
        "total": one.total,
        "done": one.done,
        "by": one.by_name,
        "at": one.started_at or one.planned_at,
    }


def _progress(one: WorkflowMigration) -> dict[str, Any]:
    is_running = one.state in ("running", "undoing")
    return {
        "percent": 100 if not is_running else (one.done * 100 // one.total if one.total else 0),
        "label": _("Taking orders back") if one.state == "undoing" else _("Moving orders"),
        "done": one.done,
        "total": one.total,
        "is_running": is_running,
        "poll_url": reverse("migrations.progress", args=[one.pk]),
    }


def _plan_view(plan: MigrationPlan) -> dict[str, Any]:
    after = definition_of(plan.target.id)
    english = is_english()
    problems: dict[str, list[str]] = {}
    for one in plan.problems:
        said = f"{one.sentence_en} {one.cure_en}" if english else f"{one.sentence_zh}{one.cure_zh}"
        problems.setdefault(one.place, []).append(said)
    return {
        "rows": [_state_view(row, problems.get(row.place, [])) for row in plan.rows],
        "problems": [sentence for sentences in problems.values() for sentence in sentences],
        "total": plan.total,
        "targets": [(one.name, label_of(one)) for one in running_states(after)],
    }


def _state_view(row: PlannedState, problems: list[str]) -> dict[str, Any]:
    return {
        "field": f"to.{row.version.number}.{row.state.name}",
        "version": row.version.number,
        "state": label_of(row.state),
        "category": row.state.category,
        "wanted": row.wanted,
        "target": label_of(row.target) if row.target else None,
        "target_category": row.target.category if row.target else None,
        "reason": row.reason,
        "count": row.count,
        "pending": row.pending,
        "withdrawn": row.withdrawn,
        "opened": listed(label_of(one) for one in row.opened),
        "closed": listed(label_of(one) for one in row.closed),
        "timed": listed(label_of(one) for one in row.timed),
        "soon": [
            {
                "name": label_of(one.transition),
                "count": one.count,
                "samples": listed(one.samples),
                "has_effects": bool(one.transition.does),
            }
            for one in row.soon
        ],
        "tried": row.tried,
        "samples": listed(row.samples) + ("…" if row.count > len(row.samples) else ""),
        "is_different": row.is_different,
        "problems": problems,
    }


def _left(one: Any, by: Actor) -> dict[str, Any]:  # Any: a row of a table that faces do not name
    definition = definition_of(one.order.workflow_id)
    return {
        "number": one.order.number,
        "url": reverse("orders.show", args=[one.order.number]) if by.may("order.read") else None,
        "category": one.order.category,
        "state": label_of(definition.state(one.order.state)),
        "reason": str(MIGRATION_REASONS.get(one.reason, one.reason)),
    }
