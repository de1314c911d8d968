"""What a workflow is: states in lifecycle categories, transitions with guards and effects, an approval step."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shundan.kernel.money import parse_decimal

CATEGORIES = ("draft", "submitted", "approved", "confirmed", "in_progress", "completed", "closed", "cancelled")
# What was handed to those who carry it out.
RELEASED = ("confirmed", "in_progress", "completed", "closed")
SAME_STATE = "="


@dataclass(frozen=True, slots=True)
class State:
    """One place a document can stand in."""

    name: str
    category: str
    label_zh: str
    label_en: str
    is_side: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """One way from some states to another: who may go it, what must be true, what it does."""

    name: str
    label_zh: str
    label_en: str
    sources: tuple[str, ...]
    target: str
    permission: str
    needs: tuple[str, ...] = ()
    does: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    is_automatic: bool = False
    is_primary: bool = False
    is_danger: bool = False
    event: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalLevel:
    """Who must approve from which amount of company currency upward."""

    permission: str
    role: str
    over: Decimal


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole workflow; immutable once a document has begun with it."""

    code: str
    label_zh: str
    label_en: str
    initial: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    approvals: tuple[ApprovalLevel, ...]

    def state(self, name: str) -> State:
        """Return a state by name. Raises: KeyError."""
        return {state.name: state for state in self.states}[name]

    def edges(self) -> list[list[str]]:
        """Return the allowed steps as [from, to] pairs, for the integrity check."""
        return [[source, one.target] for one in self.transitions for source in one.sources if one.target != SAME_STATE]

    def transition(self, name: str) -> Transition | None:
        """Return a transition by name, or None."""
        return next((one for one in self.transitions if one.name == name), None)

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """Return the transitions that start in a state."""
        return tuple(one for one in self.transitions if state in one.sources)

    def approval_for(self, amount: Decimal) -> ApprovalLevel | None:
        """Return the level that an amount needs, the highest one it exceeds, or None."""
        needed = [level for level in self.approvals if amount > level.over]
        return max(needed, key=lambda level: level.over) if needed else None


def parse_definition(text: str) -> Definition:
    """Read a definition from TOML. Raises: ValueError naming the place of the fault."""
    raw = tomllib.loads(text)
    states = tuple(_state(name, body) for name, body in _needed("", raw, "states").items())
    names = [state.name for state in states]
    transitions = tuple(_transition(name, body, names) for name, body in _needed("", raw, "transitions").items())
    definition = Definition(
        code=_needed("", raw, "code"),
        label_zh=_needed("", raw, "zh"),
        label_en=_needed("", raw, "en"),
        initial=_known("initial", _needed("", raw, "initial"), names),
        states=states,
        transitions=transitions,
        approvals=tuple(_level(f"approvals[{i}].", level) for i, level in enumerate(raw.get("approvals", []))),
    )
    unreachable = sorted(set(names) - _reachable(definition))
    if unreachable:
        raise ValueError(f"workflow {definition.code}: no way leads to {', '.join(unreachable)}")
    return definition


def unknown_names(definition: Definition, *, guards: Iterable[str], effects: Iterable[str]) -> list[str]:
    """Return what a definition names that nobody registered, as `transition.needs.name` places."""
    known_guards, known_effects = set(guards), set(effects)
    return [
        f"{definition.code}.{one.name}.{what}.{name}"
        for one in definition.transitions
        for what, names, known in (("needs", one.needs, known_guards), ("does", one.does, known_effects))
        for name in names
        if name not in known
    ]


def _state(name: str, body: Mapping[str, Any]) -> State:
    place = f"states.{name}."
    return State(
        name=name,
        category=_known(f"{place}category", _needed(place, body, "category"), CATEGORIES),
        label_zh=_needed(place, body, "zh"),
        label_en=_needed(place, body, "en"),
        is_side=bool(body.get("side", False)),
    )


def _level(place: str, body: Mapping[str, Any]) -> ApprovalLevel:
    over = parse_decimal(_needed(place, body, "over"))
    if over is None:
        raise ValueError(f"{place}over: {body['over']!r} is no amount")
    return ApprovalLevel(_needed(place, body, "permission"), _needed(place, body, "role"), over)


def _transition(name: str, body: Mapping[str, Any], states: list[str]) -> Transition:
    place = f"transitions.{name}."
    target = _known(f"{place}to", _needed(place, body, "to"), [*states, SAME_STATE])
    return Transition(
        name=name,
        label_zh=_needed(place, body, "zh"),
        label_en=_needed(place, body, "en"),
        sources=tuple(_known(f"{place}from", state, states) for state in _needed(place, body, "from")),
        target=target,
        permission=_needed(place, body, "permission"),
        needs=tuple(body.get("needs", ())),
        does=tuple(body.get("does", ())),
        asks=tuple(body.get("asks", ())),
        is_automatic=bool(body.get("automatic", False)),
        is_primary=bool(body.get("primary", False)),
        is_danger=bool(body.get("danger", False)),
        event=body.get("event", target),
    )


def _reachable(definition: Definition) -> set[str]:
    reached = {definition.initial}
    while True:
        more = {one.target for one in definition.transitions if set(one.sources) & reached} - {SAME_STATE}
        if more <= reached:
            return reached
        reached |= more


def _needed(place: str, body: Mapping[str, Any], key: str) -> Any:
    if key not in body:
        raise ValueError(f"{place}{key}: is missing")
    return body[key]


def _known(place: str, value: str, known: Iterable[str]) -> str:
    if value not in known:
        raise ValueError(f"{place}: {value!r} is not one of {', '.join(known)}")
    return value
