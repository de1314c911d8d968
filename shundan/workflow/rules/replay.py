"""What if: recorded documents judged by two versions, to see which would go another way and who would be asked more."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from shundan.workflow.rules.definition import SAME_STATE, Definition, Transition
from shundan.workflow.rules.expressions import Facts, parse_condition
from shundan.workflow.rules.moving import propose_move
from shundan.workflow.rules.strands import edges_open_to, is_choice
from shundan.workflow.rules.tables import ApprovalTable, Wanted, steps_by_answers, steps_for

Edge = tuple[str, str, str]
Edges = frozenset[Edge]
Path = tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """Whom a document really waited for, as the table named them (`role:finance`), and how long."""

    who: str
    waited: timedelta


@dataclass(frozen=True, slots=True)
class Recorded:
    """One submission as it was: the facts of that moment and what happened then.

    `path` is the way the document took, as (state, transition, target); `table` judges it where no transition on its
    way names another.
    """

    key: int | str
    facts: Facts
    applicant: int | None
    steps: tuple[RecordedStep, ...] = ()
    path: Path = ()
    table: str = ""


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a version would have led a document off the way it took.

    `why`: the version lacks the state (no_state) or the transition (no_way), its condition does not hold (closed), it
    leads to another state (elsewhere), or another transition is taken by itself before (by_itself). `instead` names
    that state or transition.
    """

    state: str
    transition: str
    why: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One document that would have gone another way. Edges are (state, transition, target)."""

    key: int | str
    applicant: int | None
    before: tuple[Wanted, ...]
    after: tuple[Wanted, ...]
    edges_lost: tuple[Edge, ...] = ()
    edges_gained: tuple[Edge, ...] = ()
    leaves_before: Departure | None = None
    leaves_after: Departure | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """The outcome: `asked` counts approvals by who (before, after); waiting is the expected sum over all documents.

    What somebody usually takes is the median of what they took. `guessed` are those whose waiting was never recorded:
    the median of all others stands for them.
    """

    documents: int
    differences: tuple[Difference, ...]
    asked: Mapping[str, tuple[int, int]]
    newly_automatic: int
    no_longer_automatic: int
    waiting_before: timedelta
    waiting_after: timedelta
    guessed: tuple[str, ...]

    @property
    def waiting_change(self) -> timedelta:
        """Return by how much an average document would wait longer; negative is shorter."""
        return (self.waiting_after - self.waiting_before) / max(1, self.documents)


@dataclass(frozen=True, slots=True)
class _Way:
    """How a version treats a document: whom it asks, and which ways are open to it."""

    asks: tuple[Wanted, ...]
    edges: Edges = frozenset()
    leaves: Departure | None = None

    def differs(self, other: "_Way") -> bool:
        """Tell whether documents are treated differently; the row and its words do not matter."""
        is_led_alike = self.edges == other.edges and self.leaves == other.leaves
        return not is_led_alike or _asked(self.asks) != _asked(other.asks)


@dataclass(slots=True)
class _Pair:
    """Documents that both versions treat alike among themselves."""

    before: _Way
    after: _Way
    is_different: bool
    count: int = 0


# Gives the pair of ways a document takes; equal answers to all conditions give the same pair.
_Judge = Callable[[Recorded], _Pair]
_Waits = dict[str, list[float]]


def replay_tables(records: Iterable[Recorded], before: ApprovalTable, after: ApprovalTable) -> Replay:
    """Judge every record by both tables. Nothing is written; the records are read once."""
    # A condition that stands in both tables is asked once.
    tests = tuple(dict.fromkeys([*before.tests, *after.tests]))
    pairs: dict[tuple[bool, ...], _Pair] = {}

    def judge(record: Recorded) -> _Pair:
        answers = tuple([test(record.facts) for test in tests])
        found = pairs.get(answers)
        if found is None:
            by_test = dict(zip(tests, answers, strict=True))
            old, new = _Way(steps_by_answers(before, by_test)), _Way(steps_by_answers(after, by_test))
            found = pairs[answers] = _Pair(old, new, old.differs(new))
        return found

    return _replay(records, judge, pairs)


def replay_definitions(
    records: Iterable[Recorded],
    before: Definition,
    after: Definition,
    *,
    tables_before: Mapping[str, ApprovalTable] | None = None,
    tables_after: Mapping[str, ApprovalTable] | None = None,
) -> Replay:
    """Judge every record by both definitions and the tables they name: open ways by conditions, and whom they ask.

    Guards ask the world of that day and are taken to hold.
    """
    old_way, new_way = _way_under(before, tables_before or {}), _way_under(after, tables_after or {})
    pairs: dict[Hashable, _Pair] = {}

    def judge(record: Recorded) -> _Pair:
        old, new = old_way(record.facts), new_way(record.facts)
        found = pairs.get((old, new))
        if found is None:
            found = pairs[old, new] = _Pair(old, new, old.differs(new))
        return found

    return _replay(records, judge, pairs)


def replay_paths(
    records: Iterable[Recorded],
    before: Definition,
    after: Definition,
    *,
    tables: Mapping[str, ApprovalTable] | None = None,
    asking: Collection[str] = (),
) -> Replay:
    """Follow the way that each document took through both definitions: where each would have led it elsewhere.

    A state that only has another name is the same one. `asking` names the effects that ask the document's own table for
    approval. Guards ask the world of that day and are taken to answer as they did.
    """
    old_way = _path_under(before, tables or {}, asking, aliases=_aliases(after, before))
    new_way = _path_under(after, tables or {}, asking, aliases=_aliases(before, after))
    pairs: dict[Hashable, _Pair] = {}

    def judge(record: Recorded) -> _Pair:
        old, new = old_way(record), new_way(record)
        found = pairs.get((old, new))
        if found is None:
            found = pairs[old, new] = _Pair(old, new, old.differs(new))
        return found

    return _replay(records, judge, pairs)


def facts_named(*texts: str) -> frozenset[str]:
    """Return the facts that conditions name. Raises: ConditionFault for one that was never checked."""
    return frozenset(name for text in texts if text for name in parse_condition(text).names)


def conditions_of(version: Definition | ApprovalTable) -> tuple[str, ...]:
    """Return the conditions that a definition or table asks, without repetition."""
    if isinstance(version, Definition):
        return tuple(dict.fromkeys(one.when for one in version.transitions if one.when))
    return tuple(dict.fromkeys(text for text in (version.automatic, *(row.when for row in version.rows)) if text))


def _replay(records: Iterable[Recorded], judge: _Judge, pairs: Mapping[Any, _Pair]) -> Replay:
    waits: _Waits = {}
    differences = []
    for record in records:
        pair = judge(record)
        pair.count += 1
        for step in record.steps:
            waits.setdefault(step.who, []).append(step.waited.total_seconds())
        if pair.is_different:
            differences.append(_difference(record, pair.before, pair.after))
    return _summed(pairs.values(), waits, tuple(differences))


def _way_under(definition: Definition, tables: Mapping[str, ApprovalTable]) -> Callable[[Facts], _Way]:
    texts = tuple(dict.fromkeys(one.when for one in definition.transitions if one.when))
    tests = tuple(parse_condition(text).holds for text in texts)
    known: dict[tuple[bool, ...], tuple[Edges, list[ApprovalTable]]] = {}

    def way(facts: Facts) -> _Way:
        answers = tuple(test(facts) for test in tests)
        if answers not in known:
            edges = edges_open_to(definition, dict(zip(texts, answers, strict=True)))
            known[answers] = edges, _tables_on(edges, definition, tables)
        edges, asking = known[answers]
        return _Way(tuple(step for table in asking for step in steps_for(table, facts)), edges)

    return way


def _aliases(other: Definition, definition: Definition) -> dict[str, str]:
    """Return what the states of another version are called here, where only the name differs."""
    known = {state.name for state in definition.states}
    proposals = ((state.name, propose_move(state, definition).target) for state in other.states)
    return {name: target for name, target in proposals if name not in known and target}


def _path_under(
    definition: Definition,
    tables: Mapping[str, ApprovalTable],
    asking: Collection[str],
    *,
    aliases: Mapping[str, str],
) -> Callable[[Recorded], _Way]:
    texts = tuple(dict.fromkeys(one.when for one in definition.transitions if one.when))
    tests = tuple(parse_condition(text).holds for text in texts)
    known: dict[tuple[Path, str, tuple[bool, ...]], tuple[Departure | None, list[ApprovalTable]]] = {}
    steps: dict[tuple[int, tuple[bool, ...]], tuple[Wanted, ...]] = {}

    def way(record: Recorded) -> _Way:
        answers = tuple([test(record.facts) for test in tests])
        key = (record.path, record.table, answers)
        if key not in known:
            path = tuple((aliases.get(at, at), name, aliases.get(to, to)) for at, name, to in record.path)
            left, taken = _follow(definition, path, dict(zip(texts, answers, strict=True)))
            codes = dict.fromkeys(code for one in taken for code in _tables_of(one, asking, record.table))
            known[key] = left, [tables[code] for code in codes if code in tables]
        left, asked = known[key]
        return _Way(tuple(step for table in asked for step in _steps(table, record.facts)), leaves=left)

    def _steps(table: ApprovalTable, facts: Facts) -> tuple[Wanted, ...]:
        said = tuple([test(facts) for test in table.tests])
        found = steps.get((id(table), said))
        if found is None:
            by_test = dict(zip(table.tests, said, strict=True))
            found = steps[id(table), said] = steps_by_answers(table, by_test)
        return found

    return way


def _tables_of(one: Transition, asking: Collection[str], own: str) -> list[str]:
    return [one.approval] if one.approval else [own for effect in one.does if effect in asking]


def _follow(
    definition: Definition, path: Path, answers: Mapping[str, bool]
) -> tuple[Departure | None, list[Transition]]:
    """Go a recorded way; return where the definition leaves it, and the transitions taken until then."""
    names = {state.name for state in definition.states}
    taken: list[Transition] = []
    for state, name, target in path:
        one = definition.transition(name)
        if state not in names:
            return Departure(state, name, "no_state"), taken
        first = next((each for each in definition.leaving(state) if is_choice(each) and _holds(each, answers)), None)
        if first is not None and first.name != name:
            return Departure(state, name, "by_itself", first.name), taken
        if one is None or state not in one.sources:
            return Departure(state, name, "no_way"), taken
        if not _holds(one, answers):
            return Departure(state, name, "closed"), taken
        if (state if one.target == SAME_STATE else one.target) != target:
            return Departure(state, name, "elsewhere", one.target), taken
        taken.append(one)
    return None, taken


def _holds(one: Transition, answers: Mapping[str, bool]) -> bool:
    return answers[one.when] if one.when else True


def _tables_on(edges: Edges, definition: Definition, tables: Mapping[str, ApprovalTable]) -> list[ApprovalTable]:
    taken = {name for _state, name, _target in edges}
    codes = dict.fromkeys(one.approval for one in definition.transitions if one.name in taken)
    return [tables[code] for code in codes if code in tables]


def _difference(record: Recorded, old: _Way, new: _Way) -> Difference:
    return Difference(
        key=record.key,
        applicant=record.applicant,
        before=old.asks,
        after=new.asks,
        edges_lost=tuple(sorted(old.edges - new.edges)) if old.edges != new.edges else (),
        edges_gained=tuple(sorted(new.edges - old.edges)) if old.edges != new.edges else (),
        leaves_before=old.leaves,
        leaves_after=new.leaves,
    )


def _summed(pairs: Iterable[_Pair], waits: _Waits, differences: tuple[Difference, ...]) -> Replay:
    asked: dict[str, list[int]] = {}
    waiting = [0.0, 0.0]
    each = {who: median(held) for who, held in waits.items()}
    usual = median(seconds for held in waits.values() for seconds in held) if waits else 0.0
    automatic = Counter[tuple[bool, bool]]()
    for pair in pairs:
        automatic[not pair.before.asks, not pair.after.asks] += pair.count
        for side, steps in enumerate((pair.before.asks, pair.after.asks)):
            waiting[side] += pair.count * _waiting(steps, each, usual=usual)
            for step in steps:
                asked.setdefault(step.who, [0, 0])[side] += pair.count
    return Replay(
        documents=automatic.total(),
        differences=differences,
        asked={who: (before, after) for who, (before, after) in sorted(asked.items())},
        newly_automatic=automatic[False, True],
        no_longer_automatic=automatic[True, False],
        waiting_before=timedelta(seconds=waiting[0]),
        waiting_after=timedelta(seconds=waiting[1]),
        guessed=tuple(sorted(who for who in asked if who not in waits)),
    )


def _waiting(steps: tuple[Wanted, ...], each: Mapping[str, float], *, usual: float) -> float:
    """Return the seconds a document would wait: levels follow one another, steps of a level run side by side."""
    levels: dict[int, float] = {}
    for step in steps:
        levels[step.level] = max(levels.get(step.level, 0.0), each.get(step.who, usual))
    return sum(levels.values())


def _asked(steps: tuple[Wanted, ...]) -> tuple[tuple[object, ...], ...]:
    return tuple((one.level, one.who, one.mode, one.need, one.escalate_after) for one in steps)
