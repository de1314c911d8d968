"""Proof by trial: what the publish check accepts strands no document; what strands one, it refuses."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shundan.workflow.actions import publish_definition, publish_table
from shundan.workflow.models import ApprovalTableVersion, WorkflowVersion
from shundan.workflow.queries import current_table_id, current_version_id
from shundan.workflow.rules import (
    SAME_STATE,
    Definition,
    Facts,
    Transition,
    Value,
    check_definition,
    definition_text,
    has_errors,
    parse_condition,
    read_definition,
)
from tests import make
from tests.workflow import drawn


def is_accepted(definition: Definition) -> bool:
    """Tell whether the check lets it be published."""
    problems = check_definition(
        definition,
        guards=["order_has_lines"],
        effects=[],
        permissions=["order.submit"],
        roles=drawn.ROLES,
        facts=drawn.FACTS,
    )
    return not has_errors(problems)


def open_ways(definition: Definition, state: str, facts: Facts) -> list[Transition]:
    """Return what can happen to a document, told anew and apart from the rules: a ready automatic way forces itself."""
    found = [
        one
        for one in definition.transitions
        if state in one.sources and (not one.when or parse_condition(one.when).holds(facts))
    ]
    for i, one in enumerate(found):
        if one.is_automatic and not one.needs:
            # Earlier automatic ways with a guard may be taken first; nothing after this one has a chance.
            return [each for each in found[:i] if each.is_automatic] + [one]
    return found


def after(state: str, one: Transition) -> str:
    """Return where a transition leads."""
    return state if one.target == SAME_STATE else one.target


def can_end(definition: Definition, state: str, facts: Facts) -> bool:
    """Tell whether some way leads from a state to an end."""
    seen, waiting = {state}, [state]
    while waiting:
        at = waiting.pop()
        if definition.state(at).is_final:
            return True
        more = {after(at, one) for one in open_ways(definition, at, facts)} - seen
        seen |= more
        waiting += more
    return False


def runs_for_ever(definition: Definition, state: str, facts: Facts) -> bool:
    """Tell whether automatic ways that nothing can stop go on without end."""
    seen = set()
    while state not in seen:
        seen.add(state)
        forced = [one for one in open_ways(definition, state, facts) if one.is_automatic and not one.needs]
        if not forced:
            return False
        state = after(state, forced[-1])
    return True


def test_no_accepted_definition_strands_a_document() -> None:
    walks: list[int] = []

    @settings(max_examples=300)
    @given(definition=drawn.definitions(), facts=st.lists(drawn.facts, min_size=4, max_size=8), choices=st.randoms())
    def walk(definition: Definition, facts: list[dict[str, Value]], choices: object) -> None:
        if not is_accepted(definition):
            return
        for each in facts:
            state = definition.initial
            for _step in range(12):
                assert can_end(definition, state, each), (definition_text(definition), state, each)
                assert not runs_for_ever(definition, state, each), (definition_text(definition), state, each)
                ways = open_ways(definition, state, each)
                walks.append(len(ways))
                if not ways or definition.state(state).is_final:
                    break
                state = after(state, choices.choice(ways))  # type: ignore[attr-defined]

    walk()
    assert len(walks) > 500, "too few definitions were accepted to prove anything"


def _dead_end(definition: Definition) -> Definition:
    """Nothing leads out of the first state any more."""
    start = definition.initial
    ways = [
        replace(one, sources=tuple(each for each in one.sources if each != start)) for one in definition.transitions
    ]
    return replace(definition, transitions=tuple(one for one in ways if one.sources))


def _gap(definition: Definition) -> Definition:
    """Every way out of the first state asks for an amount that small documents do not have."""
    ways = [
        replace(one, when="company_total > 7") if definition.initial in one.sources else one
        for one in definition.transitions
    ]
    return replace(definition, transitions=tuple(ways))


def _circle(definition: Definition) -> Definition:
    """Two automatic ways, first in the text, lead from the first state to the next and back."""
    first, second = definition.states[0].name, definition.states[1].name
    model = replace(definition.transitions[0], needs=(), when="", is_automatic=True)
    there = replace(model, name="there", sources=(first,), target=second)
    back = replace(model, name="back", sources=(second,), target=first)
    return replace(definition, transitions=(there, back, *definition.transitions))


@pytest.mark.parametrize("plant", [_dead_end, _gap, _circle])
def test_a_planted_stranding_is_refused(plant: Callable[[Definition], Definition]) -> None:
    planted: list[bool] = []

    @settings(max_examples=80)
    @given(definition=drawn.definitions())
    def refuse(definition: Definition) -> None:
        if is_accepted(definition):
            planted.append(True)
            assert not is_accepted(plant(definition)), definition_text(plant(definition))

    refuse()
    assert len(planted) > 8


# --- what is wrong is said, and what is in force stays ---------------------------------------------------------------


def _sale() -> str:
    make.shipped()
    return WorkflowVersion.objects.filter(code="sale").order_by("-version")[0].content


def _many(text: str) -> str:
    return text + "".join(
        f'\n[transitions.t{i}]\nzh = "流"\nen = "Go"\nfrom = ["draft"]\nto = "cancelled"\npermission = "order.cancel"\n'
        for i in range(5_000)
    )


CIRCLE = """
[transitions.round]
zh = "转圈"
en = "Round"
from = ["draft"]
to = "draft"
permission = "order.submit"
automatic = true
"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text + CIRCLE, "automatic|circle|Automatic"),
        (lambda text: text.replace("order_has_lines", "order_is_lucky"), "no guard “order_is_lucky”"),
        (lambda text: text.replace('en = "Draft"', 'en = "<script>alert(1)</script>"'), "markup or a script"),
        (lambda text: text.replace("from = [", 'when = "company_total > 7"\nfrom = ['), "states.draft"),
        (_many, "at most 300"),
        (lambda text: text[: len(text) // 2], "cannot be read|states"),
        (lambda text: text.replace('initial = "draft"', 'initial = "nowhere"'), "nowhere"),
    ],
)
def test_a_bad_workflow_is_refused_with_its_place_and_the_one_in_force_stays(
    spoil: Callable[[str], str], said: str
) -> None:
    text = _sale()
    before, count = current_version_id("sale"), WorkflowVersion.objects.count()
    start = time.process_time()
    with pytest.raises(ValueError, match=said):
        publish_definition(spoil(text), by=make.boss())
    assert time.process_time() - start < 5
    assert (current_version_id("sale"), WorkflowVersion.objects.count()) == (before, count)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text + '[[rows]]\nwhen = "company_total > 1"\nwho = "role:finance"\n' * 10_000, "rows"),
        (lambda text: text.replace("company_total > 50000", 'company_total > "many"', 1), r"rows\[0\]"),
        (lambda text: text.replace("role:sales_manager", "role:wizard", 1), "wizard"),
        (lambda text: text.replace('name_en = "The order', 'name_en = "<img src=x onerror=1> The order', 1), "script"),
    ],
)
def test_a_bad_table_is_refused_with_its_place_and_the_one_in_force_stays(
    spoil: Callable[[str], str], said: str
) -> None:
    _sale()
    text = ApprovalTableVersion.objects.get(code="order").content
    before = current_table_id("order")
    start = time.process_time()
    with pytest.raises(ValueError, match=said):
        publish_table(spoil(text), subject_kind="order", by=make.boss())
    assert time.process_time() - start < 5
    assert (current_table_id("order"), ApprovalTableVersion.objects.filter(code="order").count()) == (before, 1)


def test_a_random_definition_survives_being_written_and_read() -> None:
    @settings(max_examples=30)
    @given(definition=drawn.definitions())
    def same(definition: Definition) -> None:
        assert read_definition(definition_text(definition)) == definition

    same()
