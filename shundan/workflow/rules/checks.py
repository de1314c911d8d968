"""What forbids publishing a definition: ways to nowhere, names nobody knows, conditions that strand documents."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from shundan.workflow.rules.definition import SAME_STATE, Definition, Transition, reachable_states, read_definition
from shundan.workflow.rules.expressions import Schema, check_condition, condition_problems
from shundan.workflow.rules.problems import (
    MOST_PROBLEMS,
    Problem,
    code_problems,
    name_problems,
    unreadable,
)
from shundan.workflow.rules.strands import Findings, follow_documents
from shundan.workflow.rules.transition_checks import Known, partner_problems, transition_problems

MOST_STATES = 60
MOST_TRANSITIONS = 300


def check_definition(
    definition: Definition,
    *,
    guards: Iterable[str],
    effects: Iterable[str],
    permissions: Iterable[str],
    roles: Iterable[str],
    facts: Schema,
    tables: Iterable[str] | None = None,
    fields: Iterable[str] | None = None,
    partners: Mapping[str, tuple[str, ...]] | None = None,
    lock_ranks: Mapping[str, int] | None = None,
) -> list[Problem]:
    """Return what is wrong with a definition, errors and warnings; it may be published when no error is among them."""
    known = Known(
        guards=frozenset(guards),
        effects=frozenset(effects),
        permissions=frozenset(permissions),
        roles=frozenset(roles),
        facts=facts,
        tables=frozenset(tables) if tables is not None else None,
        fields=frozenset(fields) if fields is not None else None,
        partners=partners or {},
        lock_ranks=lock_ranks or {},
    )
    too_big = list(_size_problems(definition))
    if too_big:
        return too_big
    return list(islice(_problems(definition, known), MOST_PROBLEMS))


def check_definition_text(
    text: str,
    *,
    guards: Iterable[str],
    effects: Iterable[str],
    permissions: Iterable[str],
    roles: Iterable[str],
    facts: Schema,
    tables: Iterable[str] | None = None,
    fields: Iterable[str] | None = None,
    partners: Mapping[str, tuple[str, ...]] | None = None,
    lock_ranks: Mapping[str, int] | None = None,
) -> list[Problem]:
    """Return what is wrong with a text that should be a definition; one that cannot be read is one problem."""
    try:
        definition = read_definition(text)
    except ValueError as fault:
        return [unreadable(fault)]
    return check_definition(
        definition,
        guards=guards,
        effects=effects,
        permissions=permissions,
        roles=roles,
        facts=facts,
        tables=tables,
        fields=fields,
        partners=partners,
        lock_ranks=lock_ranks,
    )


def _size_problems(definition: Definition) -> Iterator[Problem]:
    for place, most, count, zh, en in (
        ("states", MOST_STATES, len(definition.states), "状态", "states"),
        ("transitions", MOST_TRANSITIONS, len(definition.transitions), "流转", "transitions"),
    ):
        if count > most:
            yield Problem(
                place,
                f"too_many_{place}",
                f"有 {count} 个{zh}，最多 {most} 个。",
                f"There are {count} {en}; at most {most} are allowed.",
                "请拆成几个流程。",
                "Split it into several workflows.",
            )


def _problems(definition: Definition, known: Known) -> Iterator[Problem]:
    yield from _names(definition, known)
    is_typed = True
    for one in definition.transitions:
        yield from transition_problems(one, known)
        if one.when:
            yield from condition_problems(f"transitions.{one.name}.when", one.when, facts=known.facts)
            is_typed = is_typed and not check_condition(one.when, facts=known.facts)
        yield from partner_problems(definition, one, known)
    shape = list(_shape_problems(definition))
    yield from shape
    # Conditions that cannot be evaluated lead no document anywhere; their own faults come first.
    if is_typed:
        yield from _way_problems(definition, known, told={problem.place for problem in shape})


def _names(definition: Definition, known: Known) -> Iterator[Problem]:
    yield from code_problems("code", definition.code)
    yield from name_problems("zh", definition.label_zh)
    yield from name_problems("en", definition.label_en)
    for part, named in (("states", definition.states), ("transitions", definition.transitions)):
        for one in named:
            yield from code_problems(f"{part}.{one.name}", one.name)
            yield from name_problems(f"{part}.{one.name}.zh", one.label_zh)
            yield from name_problems(f"{part}.{one.name}.en", one.label_en)


def _shape_problems(definition: Definition) -> Iterator[Problem]:
    """Yield what the bare diagram shows, whatever the conditions say."""
    reached = reachable_states(definition)
    ends = {state.name for state in definition.states if state.is_final}
    before = _leading_to(ends, definition)
    for state in definition.states:
        place = f"states.{state.name}"
        ways = [one for one in definition.leaving(state.name) if one.target not in (SAME_STATE, state.name)]
        if state.name not in reached:
            yield _unreachable(place)
        if not state.is_final and not ways:
            yield Problem(
                place,
                "dead_end",
                "单据到此状态后无法离开。",
                "A document that comes here cannot leave.",
                "请添加流转，或把此状态归入已完成、已关闭或已取消。",
                "Add a transition, or put the state into completed, closed or cancelled.",
            )
        elif not state.is_final and state.name not in before:
            yield _endless(place, is_automatic=all(one.happens_by_itself for one in ways))


def _unreachable(place: str) -> Problem:
    return Problem(
        place,
        "unreachable",
        "没有单据能到达此状态。",
        "No document can ever reach this state.",
        "请添加或放宽通向它的流转，或删除它。",
        "Add or widen a transition that leads here, or delete the state.",
    )


def _endless(place: str, *, is_automatic: bool) -> Problem:
    return Problem(
        place,
        "loop_without_exit" if is_automatic else "no_way_to_end",
        "从此状态永远到不了已完成、已关闭或已取消。",
        "From here no way leads to completed, closed or cancelled.",
        "请添加通向最终状态的流转，例如取消。",
        "Add a transition towards a final state, such as cancelling.",
    )


def _leading_to(ends: set[str], definition: Definition) -> set[str]:
    found = set(ends)
    while True:
        more = {source for one in definition.transitions if one.target in found for source in one.sources}
        if more <= found:
            return found
        found |= more


def _way_problems(definition: Definition, known: Known, *, told: set[str]) -> Iterator[Problem]:
    """Yield what happens to documents by their facts."""
    findings = follow_documents(definition, facts=known.facts)
    yield from _stranding(definition, findings, told)
    yield from _automatic(definition, findings)
    yield from _undecided(definition, findings)
    for one in definition.transitions:
        if one.when in findings.never_true:
            yield Problem(
                f"transitions.{one.name}.when",
                "never_true",
                "此条件永远不成立。",
                "This condition never holds.",
                "请检查数值和比较符。",
                "Look at its values and signs.",
                is_error=False,
            )


def _stranding(definition: Definition, findings: Findings, told: set[str]) -> Iterator[Problem]:
    for state in definition.states:
        place = f"states.{state.name}"
        if place in told:
            continue
        if state.name not in findings.at("reached"):
            yield _unreachable(place)
        for what, tell in (("gaps", _gap), ("stranded", _stranded)):
            # A circle is told as such, with its own cure.
            if state.name in findings.at(what) and state.name not in findings.at("circles"):
                yield tell(place, findings.at(what)[state.name])
        if state.name in findings.at("doubtful"):
            yield _doubtful(place, is_error=not findings.is_decided)


def _gap(place: str, example: str) -> Problem:
    return Problem(
        place,
        "conditions_leave_gap",
        f"各出路的条件有缺口：当 {example} 时单据无法离开。",
        f"The conditions of the ways out leave a gap: with {example} a document cannot leave.",
        "请放宽一个条件，或添加一条无条件的出路，例如取消。",
        "Widen a condition, or add a way out without one, such as cancelling.",
    )


def _stranded(place: str, example: str) -> Problem:
    return Problem(
        place,
        "stranded",
        f"当 {example} 时，单据从此状态到不了任何最终状态。",
        f"With {example} a document here reaches no final state.",
        "请添加或放宽通向最终状态的流转。",
        "Add or widen a transition towards a final state.",
    )


def _doubtful(place: str, *, is_error: bool) -> Problem:
    return Problem(
        place,
        "maybe_stranded",
        "无法确定单据总能从此状态走到最终状态。",
        "It cannot be decided whether every document here reaches a final state.",
        "请添加一条无条件的出路，例如取消。",
        "Add a way out without a condition, such as cancelling.",
        is_error=is_error,
    )


def _automatic(definition: Definition, findings: Findings) -> Iterator[Problem]:
    for name, example in findings.at("circles").items():
        yield Problem(
            f"states.{name}",
            "automatic_loop",
            f"自动流转在此循环不止：{example or '任何单据'}。",
            f"Automatic transitions run in a circle here: {example or 'any document'}.",
            "请让循环中的一步由人执行，或修改其条件。",
            "Let a person take one step of the circle, or change its condition.",
        )
    stuck = findings.at("gaps")
    for name, example in findings.at("waiting").items():
        if name not in stuck:
            yield Problem(
                f"states.{name}",
                "automatic_gap",
                f"自动流转的条件有缺口：当 {example} 时不会自动前进。",
                f"The automatic transitions leave a gap: with {example} none is taken.",
                "如需自动前进请补上条件；否则由人处理。",
                "Add the missing condition if it shall go on by itself; a person must act otherwise.",
                is_error=False,
            )
    for name, example in findings.at("overlaps").items():
        yield Problem(
            f"transitions.{name}.when",
            "automatic_overlap",
            f"当 {example or '任何单据'} 时，排在前面的另一条自动流转也成立，它将优先。",
            f"With {example or 'any document'} an earlier automatic transition holds too and is taken instead.",
            "请让两个条件互不重叠，或确认顺序正确。",
            "Make the conditions exclude each other, or make sure the order is meant.",
            is_error=False,
        )
    yield from _left_ends(definition, lambda one: one.name in findings.at("fired"))


def _left_ends(definition: Definition, is_sure: Callable[[Transition], bool]) -> Iterator[Problem]:
    ends = {state.name for state in definition.states if state.is_final}
    for one in definition.transitions:
        if one.happens_by_itself and ends & set(one.sources) and one.target != SAME_STATE and one.target not in ends:
            yield Problem(
                f"transitions.{one.name}.from",
                "final_state_left",
                "单据会自动离开最终状态。",
                "Documents leave a final state by themselves.",
                "请改为由人执行，或确认其前置条件确有必要。",
                "Let a person take it, or make sure that its guard is meant.",
                is_error=is_sure(one) or not (one.needs or one.when or one.required),
            )


def _undecided(definition: Definition, findings: Findings) -> Iterator[Problem]:
    for one in definition.transitions:
        if one.when in findings.opaque and one.is_immediate:
            yield Problem(
                f"transitions.{one.name}.when",
                "condition_undecided",
                "无法判断此自动条件与其他条件是否重叠、有缺口或循环。",
                "It cannot be decided whether this automatic condition overlaps others, leaves gaps or circles.",
                "请用事实与固定值比较，并减少条件的数量。",
                "Compare facts with fixed values, and use fewer conditions.",
                # A definition too large to be decided could hide a circle.
                is_error=not findings.is_decided,
            )
