"""Following documents of every kind through a definition: where one could stand for ever, or run in a circle."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from shundan.workflow.rules.cells import MOST_TRIALS, said_facts, space_of
from shundan.workflow.rules.definition import SAME_STATE, Definition, Transition
from shundan.workflow.rules.expressions import Schema, parse_condition

# What a condition says of a kind of document: it holds, it does not, or that cannot be decided.
Answer = bool | None


Leaving = Mapping[str, tuple[Transition, ...]]
# Each kind of document is followed through the whole diagram, which takes about a millisecond.
MOST_WALKS = 2000


@dataclass(frozen=True, slots=True)
class Findings:
    """What can happen to documents: `places` maps what happens to where, with an example of facts that lead there."""

    places: Mapping[str, Mapping[str, str]]
    never_true: frozenset[str]
    opaque: frozenset[str]
    is_decided: bool

    def at(self, what: str) -> Mapping[str, str]:
        """Return where something happens, with the example."""
        return self.places.get(what, {})


def follow_documents(definition: Definition, *, facts: Schema) -> Findings:
    """Try one document of every kind; conditions must have passed their type check.

    Facts are taken to stay as they are: a document that only leaves when its facts change may wait for ever.
    """
    conditions = [parse_condition(text) for text in dict.fromkeys(one.when for one in definition.transitions) if text]
    space = space_of(conditions, facts=facts)
    decided = [condition for condition in conditions if condition.text not in space.opaque]
    walks: dict[tuple[bool, ...], str] = {}
    if space.size * max(1, len(decided)) <= MOST_TRIALS:
        for cell in space.cells():
            vector = tuple(condition.holds(cell) for condition in decided)
            if vector not in walks:
                walks[vector] = said_facts(cell)
    if not walks or len(walks) > MOST_WALKS:
        return _undecided(definition)
    opaque: dict[str, Answer] = dict.fromkeys(space.opaque)
    places: dict[str, dict[str, str]] = {}
    for vector, example in walks.items():
        answers = {condition.text: holds for condition, holds in zip(decided, vector, strict=True)}
        _note(places, _walked(definition, answers | opaque), example)
    never = [condition.text for i, condition in enumerate(decided) if not any(vector[i] for vector in walks)]
    return Findings(places, frozenset(never), space.opaque, is_decided=True)


def edges_open_to(definition: Definition, answers: Mapping[str, Answer]) -> frozenset[tuple[str, str, str]]:
    """Return the (state, transition, target) that a document may take which gives these answers to the conditions."""
    ways = _ways(definition, answers)
    reached = _from([definition.initial], {name: _targets(found) for name, found in ways.items()})
    return frozenset((name, one.name, one.target) for name in reached for one in ways[name])


def _undecided(definition: Definition) -> Findings:
    """Take no condition for granted, in either direction."""
    texts = frozenset(one.when for one in definition.transitions if one.when)
    places: dict[str, dict[str, str]] = {}
    _note(places, _walked(definition, dict.fromkeys(texts)), "")
    return Findings(places, frozenset(), texts, is_decided=False)


def _note(places: dict[str, dict[str, str]], walked: Iterator[tuple[str, str]], example: str) -> None:
    for what, place in walked:
        places.setdefault(what, {}).setdefault(place, example)


def _walked(definition: Definition, answers: Mapping[str, Answer]) -> Iterator[tuple[str, str]]:
    """Yield what happens to documents that give these answers, as (what, where)."""
    answer = _answering(answers)
    leaving = {state.name: definition.leaving(state.name) for state in definition.states}
    ways = _ways(definition, answers)
    reached = _from([definition.initial], {name: _targets(found) for name, found in ways.items()})
    ends = [state.name for state in definition.states if state.is_final]
    may_end = _from(ends, _backwards(ways))
    must_end = _from(ends, _backwards({name: [one for one in found if answer(one)] for name, found in ways.items()}))
    for name in reached:
        yield "reached", name
        if name not in may_end:
            yield ("stranded" if _targets(ways[name]) - {name} else "gaps"), name
        elif name not in must_end:
            yield "doubtful", name
        yield from _automatic_findings(name, [one for one in leaving[name] if is_choice(one)], answer)
    for name in _circling(leaving, reached, answer):
        yield "circles", name


def _answering(answers: Mapping[str, Answer]) -> Callable[[Transition], Answer]:
    return lambda one: answers[one.when] if one.when else True


def _ways(definition: Definition, answers: Mapping[str, Answer]) -> dict[str, list[Transition]]:
    answer = _answering(answers)
    return {state.name: _open_ways(definition.leaving(state.name), answer) for state in definition.states}


def _open_ways(ways: Iterable[Transition], answer: Callable[[Transition], Answer]) -> list[Transition]:
    """Return the ways that may be open. An automatic one that surely is leaves no time for the others."""
    found = [one for one in ways if answer(one) is not False]
    immediate = []
    for one in found:
        if one.is_immediate:
            immediate.append(one)
            if answer(one) and is_choice(one):
                return immediate
    return found


def _automatic_findings(
    state: str, choices: list[Transition], answer: Callable[[Transition], Answer]
) -> Iterator[tuple[str, str]]:
    """Yield overlaps and gaps among automatic ways that nothing but their conditions chooses from."""
    holding = [one for one in choices if answer(one)]
    if len(choices) > 1 and all(answer(one) is False for one in choices):
        yield "waiting", state
    for first, second in pairwise(holding):
        # A last one without a condition means "otherwise": no overlap.
        if first.target != second.target and (second.when or not first.when):
            yield "overlaps", second.name
    yield from (("fired", one.name) for one in holding[:1])


def is_choice(one: Transition) -> bool:
    """Tell whether it is taken at once when its condition holds, without a guard that may say no."""
    return one.is_immediate and not one.needs and not one.required


def _circling(leaving: Leaving, reached: Iterable[str], answer: Callable[[Transition], Answer]) -> set[str]:
    """Return the states from which automatic ways, one after another, lead back."""
    following: dict[str, str] = {}
    for state in reached:
        first = next((one for one in leaving[state] if is_choice(one) and answer(one)), None)
        if first is not None:
            following[state] = state if first.target == SAME_STATE else first.target
    return {start for start in following if _leads_back(start, following)}


def _leads_back(start: str, following: Mapping[str, str]) -> bool:
    state = following[start]
    for _step in following:
        if state == start:
            return True
        state = following.get(state, "")
    return False


def _targets(ways: Iterable[Transition]) -> set[str]:
    return {one.target for one in ways} - {SAME_STATE}


def _backwards(ways: Mapping[str, Iterable[Transition]]) -> dict[str, set[str]]:
    back: dict[str, set[str]] = {}
    for state, found in ways.items():
        for target in _targets(found):
            back.setdefault(target, set()).add(state)
    return back


def _from(starts: Iterable[str], edges: Mapping[str, set[str]]) -> set[str]:
    reached = set(starts)
    waiting = deque(reached)
    while waiting:
        for state in edges.get(waiting.popleft(), ()):
            if state not in reached:
                reached.add(state)
                waiting.append(state)
    return reached
