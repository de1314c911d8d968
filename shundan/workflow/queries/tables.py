"""Decision tables in force, the facts they are asked with, and the route they give."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language

from shundan.accounts.queries import (
    actives_of_unscoped,
    head_of_department_unscoped,
    people_in_role_unscoped,
    role_codes,
    superior_of_unscoped,
)
from shundan.kernel.actor import Actor
from shundan.workflow.models import ApprovalTableVersion, DesignDraft
from shundan.workflow.queries.sentences import condition_in_both_languages, known_facts
from shundan.workflow.registries import FACTS, added_facts, facts_schema
from shundan.workflow.rules import (
    ApprovalTable,
    FactType,
    Route,
    RouteStep,
    check_table,
    has_errors,
    parse_condition,
    read_table,
    route,
    steps_for,
)
from shundan.workflow.rules import Value as Value

SUBJECT = "order"
_ROW = re.compile(r"rows\[(\d{1,5})\]\Z")


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One published version of a workflow or table, as a list shows it."""

    id: int
    number: int
    published_at: datetime


@lru_cache(maxsize=256)
def table_of(version_id: int) -> ApprovalTable:
    """Return a published table; versions never change, so they are kept in memory."""
    return read_table(ApprovalTableVersion.objects.get(pk=version_id).content)


def current_table_id(code: str) -> int:
    """Return the id of the newest published version of a table."""
    return ApprovalTableVersion.objects.filter(code=code).order_by("-version").values_list("id", flat=True)[0]


def versions_of_table(code: str) -> list[VersionLine]:
    """Return the published versions of a table, the newest first."""
    rows = ApprovalTableVersion.objects.filter(code=code.replace("\x00", "")).order_by("-version")
    return [VersionLine(*row) for row in rows.values_list("id", "version", "published_at")]


def table_codes() -> list[str]:
    """Return the codes of all tables."""
    return list(ApprovalTableVersion.objects.order_by("code").values_list("code", flat=True).distinct())


def table_content(version_id: int) -> str:
    """Return a published table's text."""
    return ApprovalTableVersion.objects.get(pk=version_id).content


def subject_of_table(code: str) -> str:
    """Return the kind of document that a table judges: as it was published, else drafted, else orders."""
    clean = code.replace("\x00", "")
    published = ApprovalTableVersion.objects.filter(code=clean).order_by("-version")
    drafted = DesignDraft.objects.filter(kind="approval_table", code=clean)
    of_draft = drafted.values_list("subject_kind", flat=True).first
    return published.values_list("subject_kind", flat=True).first() or of_draft() or SUBJECT


class LiveFacts(Mapping[str, Value]):
    """The facts of a document as it is now; each is worked out once, when a condition asks for it."""

    def __init__(self, kind: str, document: Any, by: Actor) -> None:  # Any: the room above knows its document
        self._kind, self._document, self._by = kind, document, by
        self._found: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self._found:
            known = FACTS[self._kind].get(name) or added_facts(self._kind, self._document)[name]
            self._found[name] = known.find(self._document, self._by)
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        yield from FACTS.get(self._kind, {})
        yield from added_facts(self._kind, self._document)

    def at_hand(self) -> dict[str, Value]:
        """Return what costs nothing to know: facts that were asked for already, and those of the document itself."""
        facts = FACTS.get(self._kind, {})
        return {name: self[name] for name, one in facts.items() if one.is_at_hand or name in self._found}

    def __len__(self) -> int:
        return len(FACTS.get(self._kind, {})) + len(added_facts(self._kind, self._document))


def needs_nobody(version_id: int, facts: Mapping[str, Value]) -> bool:
    """Tell whether a table asks nobody about a document with these facts."""
    return not steps_for(table_of(version_id), facts)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a table says of a document: the facts it names, which rows hold, who is asked."""

    facts: Mapping[str, Value]
    is_automatic: bool
    holding: tuple[bool, ...]
    steps: tuple[RouteStep, ...]


def judge_by_table(text: str, facts: Mapping[str, Value], *, applicant_id: int | None, owner_id: int | None) -> Judged:
    """Return what a table that need not be published says of a document.

    Raises: ValueError for a text that cannot be read or has conditions that mean nothing.
    """
    table = read_table(text)
    if has_errors(check_table(table, roles=role_codes(), facts=facts_schema("order"))):
        raise ValueError("the table has errors")
    conditions = [parse_condition(one) for one in (table.automatic, *(row.when for row in table.rows)) if one]
    named = dict.fromkeys(name for one in conditions for name in one.names)
    return Judged(
        facts={name: facts[name] for name in named},
        is_automatic=bool(table.automatic) and parse_condition(table.automatic).holds(facts),
        holding=tuple(not row.when or parse_condition(row.when).holds(facts) for row in table.rows),
        steps=_route(table, facts, applicant_id=applicant_id, owner_id=owner_id).steps,
    )


def route_of(version_id: int, facts: Mapping[str, Value], *, applicant_id: int | None, owner_id: int | None) -> Route:
    """Return who is asked about a document with these facts, by name; without need for anybody it has no steps."""
    return _route(table_of(version_id), facts, applicant_id=applicant_id, owner_id=owner_id)


def _route(
    table: ApprovalTable, facts: Mapping[str, Value], *, applicant_id: int | None, owner_id: int | None
) -> Route:
    wanted = steps_for(table, facts)
    barred = {owner_id} - {None} if not table.allows_own else set()
    house = House(frozenset(one for one in barred if one is not None))
    found = route(wanted, house, applicant_id, facts, allows_own=table.allows_own)
    return replace(found, steps=tuple(_in_words(table, one) for one in found.steps))


def _in_words(table: ApprovalTable, step: RouteStep) -> RouteStep:
    """Let a step of a row without names say its condition as people read it, as it is kept with the approval."""
    found = _ROW.match(step.rule)
    row = table.rows[int(found[1])] if found else None
    if row is None or not row.when or (row.name_zh and row.name_en):
        return step
    zh, en = condition_in_both_languages(row.when, lambda: known_facts(subject_of_table(table.code)))
    return replace(
        step,
        why_zh=row.name_zh or f"符合条件：{zh}",
        why_en=row.name_en or f"This holds: {en}",
    )


@dataclass(frozen=True)
class House:
    """Who stands where, as routes ask for it; whom the document bars counts as absent."""

    barred: frozenset[int] = frozenset()

    def people_in_role(self, role: str, department: int | str | None) -> list[int]:
        """Return those who hold the role for this department."""
        return people_in_role_unscoped(role, department=None if department is None else str(department))

    def manager_of(self, user: int) -> int | None:
        """Return whom somebody reports to."""
        return superior_of_unscoped(user)

    def head_of(self, department: int | str | None) -> int | None:
        """Return who leads a department."""
        return None if department is None else head_of_department_unscoped(str(department))

    def is_active(self, user: int) -> bool:
        """Tell whether somebody can still sign in and is not barred."""
        return user not in self.barred and bool(actives_of_unscoped([user]))


def recorded(facts: Mapping[str, Value]) -> dict[str, Any]:
    """Return all facts as they are kept with a run."""
    return {name: _kept(facts[name]) for name in facts}


def recalled(kept: Mapping[str, Any], schema: Mapping[str, FactType]) -> dict[str, Value]:
    """Return facts that were kept with a run as conditions take them, to judge the past by another table.

    `schema` says of what kind each fact is; others are left out.

    Raises: ValueError, TypeError, ArithmeticError for a value that is none of its kind.
    """
    return {name: _value(schema[name].kind, value) for name, value in kept.items() if name in schema}


def label_of_table(table: ApprovalTable) -> str:
    """Return a table's name in the language that is active now."""
    return (table.label_en if (get_language() or "").startswith("en") else table.label_zh) or table.code


def _kept(value: Value) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _value(kind: str, kept: Any) -> Value:
    if kept is None:
        return None
    if kind == "number":
        return Decimal(str(kept))
    if kind == "date":
        return date.fromisoformat(kept)
    if kind == "datetime":
        return datetime.fromisoformat(kept)
    return tuple(kept) if kind == "texts" else kept
