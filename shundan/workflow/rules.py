"""What a workflow is: states in lifecycle categories, transitions with guards and effects, an approval step."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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
    states = tuple(
        State(
            name=name,
            category=_known(f"states.{name}.category", body["category"], CATEGORIES),
            label_zh=body["zh"],
            label_en=body["en"],
            is_side=bool(body.get("side", False)),
        )
        for name, body in raw["states"].items()
    )
    names = [state.name for state in states]
    transitions = tuple(_transition(name, body, names) for name, body in raw["transitions"].items())
    approvals = tuple(
        ApprovalLevel(permission=level["permission"], role=level["role"], over=Decimal(level["over"]))
        for level in raw.get("approvals", [])
    )
    definition = Definition(
        code=raw["code"],
        label_zh=raw["zh"],
        label_en=raw["en"],
        initial=_known("initial", raw["initial"], names),
        states=states,
        transitions=transitions,
        approvals=approvals,
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


def _transition(name: str, body: Mapping[str, Any], states: list[str]) -> Transition:
    sources = tuple(_known(f"transitions.{name}.from", state, states) for state in body["from"])
    return Transition(
        name=name,
        label_zh=body["zh"],
        label_en=body["en"],
        sources=sources,
        target=_known(f"transitions.{name}.to", body["to"], [*states, SAME_STATE]),
        permission=body["permission"],
        needs=tuple(body.get("needs", ())),
        does=tuple(body.get("does", ())),
        asks=tuple(body.get("asks", ())),
        is_automatic=bool(body.get("automatic", False)),
        is_primary=bool(body.get("primary", False)),
        is_danger=bool(body.get("danger", False)),
        event=body.get("event", body["to"]),
    )


def _reachable(definition: Definition) -> set[str]:
    reached = {definition.initial}
    while True:
        more = {one.target for one in definition.transitions if set(one.sources) & reached} - {SAME_STATE}
        if more <= reached:
            return reached
        reached |= more


def _known(place: str, value: str, known: Iterable[str]) -> str:
    if value not in known:
        raise ValueError(f"{place}: {value!r} is not one of {', '.join(known)}")
    return value
