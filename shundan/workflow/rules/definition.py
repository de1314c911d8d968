"""What a workflow is: states in lifecycle categories, transitions with guards and effects."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shundan.workflow.rules import toml
from shundan.workflow.rules.expressions import Facts, parse_condition

CATEGORIES = ("draft", "submitted", "approved", "confirmed", "in_progress", "completed", "closed", "cancelled")
# What was handed to those who carry it out.
RELEASED = ("confirmed", "in_progress", "completed", "closed")
# Where a document ends.
FINAL = ("completed", "closed", "cancelled")
SAME_STATE = "="
# What a transition may wait for (`on`).
OCCASIONS = ("fulfilled", "paid", "invoiced")

_DEFINITION_KEYS = ("code", "zh", "en", "initial", "states", "transitions")
_STATE_KEYS = ("category", "zh", "en", "side")
_TRANSITION_KEYS = (
    "zh", "en", "from", "to", "permission", "roles", "when", "needs", "required", "does", "asks", "notices",
    "approval", "automatic", "after", "on", "primary", "danger", "event",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class State:
    """One place a document can stand in."""

    name: str
    category: str
    label_zh: str
    label_en: str
    is_side: bool = False

    @property
    def is_final(self) -> bool:
        """Tell whether a document ends here."""
        return self.category in FINAL


@dataclass(frozen=True, slots=True)
class Transition:
    """One way from some states to another: who may go it, what must be true, what it does.

    `automatic` transitions are nobody's to take. Those with `after` or `on` also happen by themselves, at that time;
    without `automatic` a person may take them earlier.
    """

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
    when: str = ""
    required: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    after: timedelta | None = None
    on: str = ""
    approval: str = ""

    @property
    def is_immediate(self) -> bool:
        """Tell whether it is taken by itself as soon as its guards and conditions hold."""
        return self.is_automatic and self.after is None and not self.on

    @property
    def happens_by_itself(self) -> bool:
        """Tell whether it can be taken without a person."""
        return self.is_automatic or self.after is not None or bool(self.on)

    def is_open_for(self, facts: Facts) -> bool:
        """Tell whether its condition holds. Raises: ConditionFault for one that was never checked."""
        return not self.when or parse_condition(self.when).holds(facts)


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole workflow; immutable once a document has begun with it."""

    code: str
    label_zh: str
    label_en: str
    initial: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]

    def state(self, name: str) -> State:
        """Return a state by name. Raises: KeyError."""
        for state in self.states:
            if state.name == name:
                return state
        raise KeyError(name)

    def edges(self) -> list[list[str]]:
        """Return the allowed steps as [from, to] pairs, for the integrity check."""
        return [[source, one.target] for one in self.transitions for source in one.sources if one.target != SAME_STATE]

    def categories(self) -> dict[str, str]:
        """Return the category of each state, as the database keeps it beside the version."""
        return {state.name: state.category for state in self.states}

    def transition(self, name: str) -> Transition | None:
        """Return a transition by name, or None."""
        return next((one for one in self.transitions if one.name == name), None)

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """Return the transitions that start in a state."""
        return tuple(one for one in self.transitions if state in one.sources)


def parse_definition(text: str) -> Definition:
    """Read a definition from TOML, as published. Raises: ValueError naming the place of the fault.

    Keys it does not know are left aside: a version published by another release must stay readable.
    """
    definition = _definition(toml.read_toml(text))
    unreachable = sorted({state.name for state in definition.states} - reachable_states(definition))
    if unreachable:
        raise ValueError(f"workflow {definition.code}: no way leads to {', '.join(unreachable)}")
    return definition


def read_definition(text: str) -> Definition:
    """Read a definition whose form is right, even if its ways are not yet: what a designer holds half done.

    Raises: ValueError naming the place of the fault.
    """
    raw = toml.read_toml(text)
    definition = _definition(raw)
    toml.only("", raw, _DEFINITION_KEYS)
    for what, keys in (("states", _STATE_KEYS), ("transitions", _TRANSITION_KEYS)):
        for name, body in raw[what].items():
            toml.only(f"{what}.{name}.", body, keys)
    return definition


def definition_text(definition: Definition) -> str:
    """Return the definition as canonical TOML; reading it gives the same definition."""
    head = [
        ("code", definition.code),
        ("zh", definition.label_zh),
        ("en", definition.label_en),
        ("initial", definition.initial),
    ]
    lines = [f"{key} = {toml.written(value)}" for key, value in head]
    lines += ["", "[states]", *(_state_line(state) for state in definition.states)]
    if not definition.transitions:
        lines += ["", "[transitions]"]
    for one in definition.transitions:
        lines += ["", f"[transitions.{toml.written_key(one.name)}]", *_transition_lines(one)]
    return "\n".join(lines) + "\n"


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


def reachable_states(definition: Definition) -> set[str]:
    """Return the states that ways lead to from the initial one, whatever their conditions."""
    reached = {definition.initial}
    while True:
        more = {one.target for one in definition.transitions if set(one.sources) & reached} - {SAME_STATE}
        if more <= reached:
            return reached
        reached |= more


def _definition(raw: toml.Body) -> Definition:
    states = tuple(_state(name, body) for name, body in toml.table("", raw, "states").items())
    names = [state.name for state in states]
    ways = toml.table("", raw, "transitions")
    return Definition(
        code=toml.needed("", raw, "code"),
        label_zh=toml.needed("", raw, "zh"),
        label_en=toml.needed("", raw, "en"),
        initial=toml.known("initial", toml.needed("", raw, "initial"), names),
        states=states,
        transitions=tuple(_transition(name, body, names) for name, body in ways.items()),
    )


def _state(name: str, raw: object) -> State:
    place = f"states.{name}."
    body = toml.as_table(place[:-1], raw)
    return State(
        name=name,
        category=toml.known(f"{place}category", toml.needed(place, body, "category"), CATEGORIES),
        label_zh=toml.needed(place, body, "zh"),
        label_en=toml.needed(place, body, "en"),
        is_side=toml.yes_no(place, body, "side"),
    )


def _transition(name: str, raw: object, states: list[str]) -> Transition:
    place = f"transitions.{name}."
    body = toml.as_table(place[:-1], raw)
    target = toml.known(f"{place}to", toml.needed(place, body, "to"), [*states, SAME_STATE])
    sources = toml.texts(place, body, "from", is_needed=True)
    on = toml.optional(place, body, "on")
    return Transition(
        name=name,
        label_zh=toml.needed(place, body, "zh"),
        label_en=toml.needed(place, body, "en"),
        sources=tuple(toml.known(f"{place}from", state, states) for state in sources),
        target=target,
        permission=toml.needed(place, body, "permission"),
        needs=toml.texts(place, body, "needs"),
        does=toml.texts(place, body, "does"),
        asks=toml.texts(place, body, "asks"),
        is_automatic=toml.yes_no(place, body, "automatic"),
        is_primary=toml.yes_no(place, body, "primary"),
        is_danger=toml.yes_no(place, body, "danger"),
        event=toml.optional(place, body, "event", target),
        when=toml.optional(place, body, "when"),
        required=toml.texts(place, body, "required"),
        notices=toml.texts(place, body, "notices"),
        roles=toml.texts(place, body, "roles"),
        after=toml.duration(place, body, "after"),
        on=toml.known(f"{place}on", on, OCCASIONS) if on else "",
        approval=toml.optional(place, body, "approval"),
    )


def _state_line(state: State) -> str:
    parts = [("category", state.category), ("zh", state.label_zh), ("en", state.label_en)]
    said = [f"{key} = {toml.written(value)}" for key, value in parts] + ["side = true"] * state.is_side
    return f"{toml.written_key(state.name)} = {{ {', '.join(said)} }}"


def _transition_lines(one: Transition) -> list[str]:
    always: list[tuple[str, Any]] = [
        ("zh", one.label_zh),
        ("en", one.label_en),
        ("from", one.sources),
        ("to", one.target),
        ("permission", one.permission),
    ]
    pairs = [
        ("roles", one.roles),
        ("when", one.when),
        ("needs", one.needs),
        ("required", one.required),
        ("does", one.does),
        ("asks", one.asks),
        ("notices", one.notices),
        ("approval", one.approval),
        ("automatic", one.is_automatic),
        ("after", one.after),
        ("on", one.on),
        ("primary", one.is_primary),
        ("danger", one.is_danger),
    ]
    event = [f"event = {toml.written(one.event)}"] if one.event != one.target else []
    return [f"{key} = {toml.written(value)}" for key, value in always] + toml.written_lines(pairs) + event
