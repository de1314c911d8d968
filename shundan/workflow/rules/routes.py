"""From wanted steps to people: who is asked, in which order, never the applicant, never nobody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from shundan.workflow.rules.expressions import Facts
from shundan.workflow.rules.tables import Wanted

# Who is asked when a step is left with nobody, after the head of the applicant's department.
LAST_ROLE = "executive"


@dataclass(frozen=True, slots=True)
class RouteStep:
    """People who are asked together. A step without people (see `nobody_can_approve`) is never done."""

    level: int
    mode: str
    need: int
    people: tuple[int, ...]
    who: str
    rule: str
    why_zh: str
    why_en: str
    escalate_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """All steps of one document by level; steps of one level run side by side. Problems are codes."""

    steps: tuple[RouteStep, ...]
    is_automatic: bool
    problems: tuple[str, ...]


class Organisation(Protocol):
    """Who stands where; departments are named as the fact `department` names them."""

    def people_in_role(self, role: str, department: int | str | None) -> Sequence[int]:
        """Return those who hold the role for this department (None: anywhere), in a stable order."""

    def manager_of(self, user: int) -> int | None:
        """Return whom somebody reports to."""

    def head_of(self, department: int | str | None) -> int | None:
        """Return who leads a department."""

    def is_active(self, user: int) -> bool:
        """Tell whether somebody can still sign in."""


def route(
    wanted: Sequence[Wanted],
    organisation: Organisation,
    applicant: int | None,
    facts: Facts,
    *,
    allows_own: bool = False,
) -> Route:
    """Return who is asked. `allows_own` is the table's `own`; without it the applicant stands in no step."""
    finder = _Finder(organisation, applicant, facts, allows_own=allows_own)
    steps: list[RouteStep] = []
    for one in wanted:
        step = finder.step_for(one)
        if not _is_answered(step, steps):
            steps.append(replace(step, people=_fresh(step, steps) or step.people))
    return Route(tuple(steps), is_automatic=not wanted, problems=tuple(dict.fromkeys(finder.problems)))


class _Finder:
    """Finds the people of one document's steps, and keeps what went wrong on the way."""

    def __init__(self, organisation: Organisation, applicant: int | None, facts: Facts, *, allows_own: bool) -> None:
        self.organisation = organisation
        self.applicant = applicant
        self.facts = facts
        self.allows_own = allows_own
        self.problems: list[str] = []
        department = facts.get("department")
        self.department = department if isinstance(department, int | str) else None

    def step_for(self, wanted: Wanted) -> RouteStep:
        """Return a step with its people: too few are filled up, others stand in for nobody, and nobody stays nobody."""
        named = list(dict.fromkeys(self._named(wanted.who)))
        people = [person for person in named if self._may_decide(person)]
        if named and not people:
            self.problems.append("only_applicant" if self.applicant in named else "person_inactive")
        least = max(1, wanted.need)
        if len(people) >= least:
            return _step(wanted, people)
        if people:
            self.problems.append("too_few_people")
        others = self._fallback(people, least - len(people))
        if not others:
            self.problems.append("nobody_can_approve")
            return _step(wanted, [])
        # Those who stand in need not all sign: one decides, unless the table counts heads.
        return _step(wanted, people + others, mode="n_of_m" if wanted.need else "any")

    def _named(self, who: str) -> Sequence[int]:
        kind, _colon, name = who.partition(":")
        match kind:
            case "role":
                return self._found(self.organisation.people_in_role(name, self.department), "nobody_in_role")
            case "person":
                return [int(name)]
            case "manager":
                return self._found(tuple(self._managers(int(name))), "no_manager")
            case "field":
                person = self.facts.get(name)
                is_person = isinstance(person, int) and not isinstance(person, bool)
                return self._found((person,) if is_person else (), "field_empty")
            case _:
                return self._found(self._heads(), "no_department_head")

    def _found(self, people: Sequence[object], problem: str) -> list[int]:
        if not people:
            self.problems.append(problem)
        return [person for person in people if isinstance(person, int)]

    def _managers(self, levels: int) -> Iterator[int]:
        """Yield the chain above the applicant; one that runs in a circle ends where it began."""
        seen = {self.applicant}
        person = self.applicant
        for _level in range(levels):
            person = self.organisation.manager_of(person) if person is not None else None
            if person is None or person in seen:
                return
            seen.add(person)
            yield person

    def _heads(self) -> tuple[int, ...]:
        head = self.organisation.head_of(self.department)
        return (head,) if head is not None else ()

    def _fallback(self, people: Sequence[int], missing: int) -> list[int]:
        """Return who stands in: the heads, or also the last role when they are too few, or nobody."""
        found: list[int] = []
        for others in (self._heads(), self.organisation.people_in_role(LAST_ROLE, None)):
            found += [one for one in dict.fromkeys(others) if one not in (*people, *found) and self._may_decide(one)]
            if len(found) >= missing:
                return found
        return []

    def _may_decide(self, person: int) -> bool:
        return (self.allows_own or person != self.applicant) and self.organisation.is_active(person)


def _is_answered(step: RouteStep, earlier: Sequence[RouteStep]) -> bool:
    """Tell whether an earlier step, whoever decides it, already brings the word of somebody who is wanted here."""
    if _fresh(step, earlier) or step.mode != "any" or not step.people:
        return False
    return any(set(one.people) <= set(step.people) for one in _any_of(earlier))


def _fresh(step: RouteStep, earlier: Sequence[RouteStep]) -> tuple[int, ...]:
    """Return who is not asked yet. When that is nobody, all are asked again, unless the step is answered."""
    if step.mode != "any":
        return step.people
    asked = {person for one in _any_of(earlier) for person in one.people}
    return tuple(person for person in step.people if person not in asked)


def _any_of(steps: Sequence[RouteStep]) -> list[RouteStep]:
    return [one for one in steps if one.mode == "any" and one.people]


def _step(wanted: Wanted, people: Sequence[int], *, mode: str = "") -> RouteStep:
    # "All" of nobody would be done at once; "any" of nobody never is.
    return RouteStep(
        level=wanted.level,
        mode=(mode or wanted.mode) if people else "any",
        need=wanted.need if people else 0,
        people=tuple(people),
        who=wanted.who,
        rule=wanted.rule,
        why_zh=wanted.why_zh,
        why_en=wanted.why_en,
        escalate_after=wanted.escalate_after,
    )
