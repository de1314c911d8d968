"""Whom a document goes to for approval: the steps that a decision table found, in order, with why."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One step: these people, in this mode, because of that row of the table."""

    level: int
    mode: str  # all 会签 | any 或签 | in_turn 依次 | n_of_m
    need: int  # for n_of_m, else 0
    people: tuple[int, ...]  # user ids, in order, no duplicates
    who: str  # as the table says, e.g. "role:sales_manager"
    rule: str  # place in the table, e.g. "rows[3]"
    why_zh: str
    why_en: str
    escalate_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """All steps of a document, or that it needs none, and what of the table could not be followed."""

    steps: tuple[RouteStep, ...]
    is_automatic: bool
    problems: tuple[str, ...]
