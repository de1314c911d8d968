"""Moving documents to another version: where each state goes, and which moves would change more than a name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shundan.workflow.rules.definition import Definition, State, Transition
from shundan.workflow.rules.problems import Problem, shown

# What a document in a category holds of stock and credit. A move that changes it would need an effect, and a move
# never has one; taking a document back to a draft frees nothing, for nothing is held yet.
_MAY_BECOME = {"submitted": ("draft",), "approved": ("draft",), "confirmed": ("in_progress",)}
_MAY_BECOME["in_progress"] = ("confirmed",)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where a state would go: by its `name`, by its `category`, or nowhere yet (target and reason empty)."""

    target: str
    reason: str


def may_become(category: str, other: str) -> bool:
    """Tell whether a document may move between states of two categories without an effect on stock or credit."""
    return category == other or other in _MAY_BECOME.get(category, ())


def running_states(definition: Definition) -> tuple[State, ...]:
    """Return the states in which documents are still under way."""
    return tuple(state for state in definition.states if not state.is_final)


def propose_move(state: State, after: Definition) -> Proposal:
    """Propose a target: the state of the same name, or the only one of its category; nothing when that is unclear."""
    same = {one.name: one for one in after.states}.get(state.name)
    if same is not None and may_become(state.category, same.category):
        return Proposal(same.name, "name")
    alike = [one.name for one in after.states if one.category == state.category]
    return Proposal(alike[0], "category") if len(alike) == 1 else Proposal("", "")


def move_problems(
    place: str, state: State, target: str, after: Definition, *, decisions: Iterable[str] = ()
) -> Iterator[Problem]:
    """Yield why documents in a state cannot go to a target.

    `decisions` are the effects by which an approval is carried out: a submitted document needs ways with each.
    """
    found = {one.name: one for one in after.states}.get(target)
    if not target:
        yield _unmapped(place, state)
    elif found is None:
        yield Problem(
            place,
            "unknown_target",
            f"新版本没有状态“{shown(target)}”。",
            f"The new version has no state “{shown(target)}”.",
            "请从新版本的状态中选择。",
            "Choose one of the states of the new version.",
        )
    elif not may_become(state.category, found.category):
        yield _other_meaning(place, state, found)
    elif found.category == "submitted":
        known = {effect for one in after.leaving(target) for effect in one.does}
        if missing := [effect for effect in decisions if effect not in known]:
            yield _undecidable(place, found, missing)


def ways_changed(
    before: Definition, state: str, after: Definition, target: str
) -> tuple[list[Transition], list[Transition]]:
    """Return the ways that open and those that close for a document which moves from a state to a target."""
    old = {one.name: one for one in before.leaving(state)}
    new = {one.name: one for one in after.leaving(target)}
    opened = [one for name, one in new.items() if name not in old]
    return opened, [one for name, one in old.items() if name not in new]


def _unmapped(place: str, state: State) -> Problem:
    return Problem(
        place,
        "state_left_out",
        f"状态“{state.label_zh}”还没有去向。",
        f"The state “{state.label_en}” leads nowhere yet.",
        "请选择这些单据在新版本中的状态。",
        "Choose the state that these documents get in the new version.",
    )


def _other_meaning(place: str, state: State, target: State) -> Problem:
    return Problem(
        place,
        "other_meaning",
        f"“{state.label_zh}”与“{target.label_zh}”占用的库存或信用不同，迁移不会变动它们。",
        f"“{state.label_en}” and “{target.label_en}” hold stock or credit differently; a migration changes neither.",
        "请选择同一类别的状态，或先用流转处理这些单据。",
        "Choose a state of the same category, or take these documents on by a transition first.",
    )


def _undecidable(place: str, target: State, missing: Iterable[str]) -> Problem:
    names = ", ".join(missing)
    return Problem(
        place,
        "approval_without_way",
        f"“{target.label_zh}”缺少落实审批结果的流转（{names}）。",
        f"No way out of “{target.label_en}” carries out what approvers decide ({names}).",
        "请在新版本中添加这些流转，或选择另一状态。",
        "Add such transitions to the new version, or choose another state.",
    )
