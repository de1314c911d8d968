"""Which rows an actor sees: one filter for lists, details, writes, search and exports."""

from collections.abc import Collection, Hashable
from dataclasses import dataclass, field

from django.db.models import Q

from shundan.accounts.rules import parts_of
from shundan.kernel.actor import Actor

NOTHING = Q(pk__in=())


@dataclass(frozen=True, slots=True)
class Reader:
    """An actor as far as it decides which rows they see; two with the same rights and places are equal."""

    facts: tuple[Hashable, ...]
    by: Actor = field(compare=False)


def reader_of(by: Actor) -> Reader:
    """Return what a query that is kept for later (kernel.kept) may know of an actor: not their moment or language."""
    places = (by.department_id, by.team_id, by.department_ids, by.team_ids)
    return Reader((by.id, by.today, frozenset(by.grants.items()), by.roles, places), by)


def scope_filter(
    by: Actor,
    permission: str,
    *,
    owner: str = "owner_id",
    team: str = "team_id",
    department: str = "department_id",
    other_department: str = "",
    kind: str = "",
    named: dict[str, Q] | None = None,
) -> Q:
    """Return the rows in which the actor holds the permission; without it, none.

    `other_department` is the column of the second department, where rows may lie between two (the scope `between`).
    `named` gives the rows of scopes that only one room knows (e.g. `released` for orders); `kind` is the column of
    the order's kind, for scopes that are limited to kinds. Rows without such a column are not limited by it.
    """
    scope = by.scope_of(permission)
    if scope is None:
        return NOTHING
    if scope == "all":
        return Q()
    rows = NOTHING
    for part in parts_of(scope):
        if part.scope == "between":
            reached = _between(by, department, other_department)
        else:
            reached = _reached(part.scope, by, owner=owner, team=team, department=department, named=named or {})
        rows |= Q(**{f"{kind}__in": part.kinds}) & reached if part.kinds and kind else reached
    return rows


def _between(by: Actor, one: str, other: str) -> Q:
    if not other or not by.department_ids:
        return NOTHING
    mine = Q(**{f"{one}__in": by.department_ids}) | Q(**{f"{other}__in": by.department_ids})
    return Q(**{f"{other}__isnull": False}) & mine


def _reached(scope: str, by: Actor, *, owner: str, team: str, department: str, named: dict[str, Q]) -> Q:
    if scope == "all":
        return Q()
    rows = named.get(scope, NOTHING)
    if scope not in named and by.id is not None:
        rows |= Q(**{owner: by.id})
    if scope in ("team", "department") and by.team_ids:
        rows |= Q(**{f"{team}__in": by.team_ids})
    if scope == "department" and by.department_ids:
        rows |= Q(**{f"{department}__in": by.department_ids})
    return rows


def scope_sql(by: Actor, permission: str, *, alias: str) -> tuple[str, list[int | list[int] | None]]:
    """Return the same filter as SQL for one-round-trip reads of rows without kinds: a condition and its parameters."""
    scope = by.scope_of(permission)
    if scope is None:
        return "false", []
    parts = {part.scope for part in parts_of(scope)}
    if "all" in parts:
        return "true", []
    teams = list(by.team_ids) if {"team", "department"} & parts else []
    departments = list(by.department_ids) if "department" in parts else []
    return (
        f"({alias}.owner_id = %s or {alias}.team_id = any(%s) or {alias}.department_id = any(%s))",
        [by.id, teams, departments],
    )


def holds(by: Actor, permission: str, row: object, *, named: dict[str, bool] | None = None) -> bool:
    """Tell whether the actor holds the permission for one row with owner_id, team_id, department_id (and kind)."""
    scope = by.scope_of(permission)
    if scope is None or scope == "all":
        return scope is not None
    kind = getattr(row, "kind", "")
    return any(
        _holds_in(part.scope, by, row, named or {}) for part in parts_of(scope) if not part.kinds or kind in part.kinds
    )


def may_with_kind(by: Actor, permission: str, kind: str) -> bool:
    """Tell whether the actor holds the permission, in whatever scope, for records of a kind."""
    scope = by.scope_of(permission)
    return scope is not None and any(not part.kinds or kind in part.kinds for part in parts_of(scope))


def kinds_within(by: Actor, permission: str, kinds: Collection[str]) -> bool:
    """Tell whether the actor's scope holds no other kinds than these, so that rows need no filter by kind."""
    scope = by.scope_of(permission)
    return scope is not None and all(part.kinds and set(part.kinds) <= set(kinds) for part in parts_of(scope))


def _holds_in(scope: str, by: Actor, row: object, named: dict[str, bool]) -> bool:
    if scope == "all":
        return True
    if scope == "between":
        other = getattr(row, "target_department_id", None)
        return other is not None and not {other, getattr(row, "department_id", None)}.isdisjoint(by.department_ids)
    if scope in named:
        return named[scope]
    if by.id is not None and getattr(row, "owner_id", None) == by.id:
        return True
    if scope in ("team", "department") and getattr(row, "team_id", None) in by.team_ids:
        return True
    return scope == "department" and getattr(row, "department_id", None) in by.department_ids
