"""Routes: the right people in the right order, nobody deciding what they asked for, nothing passing by default."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shundan.workflow.rules import ApprovalTable, Route, Value, Wanted, route, steps_for
from tests.workflow import drawn
from tests.workflow.drawn import Firm

# 1 applies; 2 leads her, 3 leads 2, 4 leads 3; 5 and 6 are executives.
FIRM = Firm(
    roles={"sales_manager": (2, 1), "finance": (3, 4), "executive": (5, 6), "rep": (1,)},
    managers={1: 2, 2: 3, 3: 4},
    heads={"sales": 4},
)
FACTS: dict[str, Value] = {"department": "sales", "owner": 2, "company_total": Decimal(5)}


def wanted(who: str, *, level: int = 1, mode: str = "any", need: int = 0) -> Wanted:
    """A step a table asks for."""
    return Wanted(level, who, mode, need, None, "rows[0]", "因为", "Because")


def asked(*steps: Wanted, firm: Firm = FIRM, facts: dict[str, Value] | None = None, own: bool = False) -> Route:
    """The route when user 1 applies."""
    return route(steps, firm, 1, FACTS if facts is None else facts, allows_own=own)


@pytest.mark.parametrize(
    ("who", "people", "problems"),
    [
        ("role:finance", (3, 4), ()),
        ("role:sales_manager", (2,), ()),
        ("person:3", (3,), ()),
        ("manager:1", (2,), ()),
        ("manager:2", (2, 3), ()),
        ("manager:9", (2, 3, 4), ()),
        ("field:owner", (2,), ()),
        ("department_head", (4,), ()),
        ("role:rep", (4,), ("only_applicant",)),
        ("role:nobody", (4,), ("nobody_in_role",)),
        ("person:1", (4,), ("only_applicant",)),
        ("field:buyer", (4,), ("field_empty",)),
        ("field:department", (4,), ("field_empty",)),
    ],
)
def test_who_becomes_people(who: str, people: tuple[int, ...], problems: tuple[str, ...]) -> None:
    found = asked(wanted(who))
    assert [step.people for step in found.steps] == [people]
    assert found.problems == problems and not found.is_automatic


def test_no_wanted_step_is_automatic() -> None:
    assert asked() == Route((), is_automatic=True, problems=())


def test_own_approval_only_where_the_table_says_so() -> None:
    assert asked(wanted("role:sales_manager"), own=True).steps[0].people == (2, 1)


def test_who_left_is_skipped_and_a_chain_goes_on_above_them() -> None:
    firm = Firm(roles=FIRM.roles, managers=FIRM.managers, heads=FIRM.heads, gone=frozenset({2}))
    assert asked(wanted("manager:2"), firm=firm).steps[0].people == (3,)
    assert asked(wanted("person:2"), firm=firm).problems == ("person_inactive",)


def test_a_chain_in_a_circle_ends() -> None:
    assert asked(wanted("manager:9"), firm=Firm(managers={1: 2, 2: 3, 3: 1})).steps[0].people == (2, 3)
    selfish = asked(wanted("manager:2"), firm=Firm(managers={1: 1}, heads={"sales": 4}))
    assert (selfish.steps[0].people, selfish.problems) == ((4,), ("no_manager",))


def test_nobody_falls_to_the_head_then_the_executives_then_to_nobody() -> None:
    step = wanted("role:nobody", mode="all")
    assert (asked(step).steps[0].people, asked(step).steps[0].mode) == ((4,), "any")
    headless = asked(step, facts={})
    assert (headless.steps[0].people, headless.steps[0].mode) == ((5, 6), "any")
    empty = asked(step, firm=Firm(heads={"sales": 1}))
    assert empty.steps[0].people == () and empty.steps[0].mode == "any" and not empty.is_automatic
    assert empty.problems == ("nobody_in_role", "nobody_can_approve")


def test_a_quorum_keeps_its_number() -> None:
    assert asked(wanted("role:finance", mode="n_of_m", need=2)).steps[0].need == 2
    filled = asked(wanted("role:sales_manager", mode="n_of_m", need=2))
    assert (filled.steps[0].people, filled.steps[0].need, filled.problems) == ((2, 4), 2, ("too_few_people",))
    assert asked(wanted("role:finance", mode="n_of_m", need=9)).problems == ("too_few_people", "nobody_can_approve")


@pytest.mark.parametrize(
    ("first", "second", "people"),
    [
        ("person:3", "role:finance", [(3,), (4,)]),
        ("role:finance", "role:finance", [(3, 4)]),
        ("person:3", "person:3", [(3,)]),
        # Whoever of the two decides first: without 3 being asked again, nobody named by the second row might decide.
        ("role:finance", "person:3", [(3, 4), (3,)]),
    ],
)
def test_nobody_is_asked_twice_and_no_step_is_lost(first: str, second: str, people: list[tuple[int, ...]]) -> None:
    found = asked(wanted(first), wanted(second, level=2))
    assert [step.people for step in found.steps] == people and found.problems == ()


def test_steps_where_all_must_sign_keep_everybody() -> None:
    found = asked(wanted("person:3"), wanted("role:finance", level=2, mode="all"))
    assert [step.people for step in found.steps] == [(3,), (3, 4)]


@given(drawn.tables, drawn.firms, st.one_of(st.none(), drawn.people), drawn.facts)
@settings(max_examples=200, deadline=None)
def test_no_route_lets_the_applicant_decide_or_passes_without_a_decision(
    table: ApprovalTable, firm: Firm, applicant: int | None, facts: dict[str, Value]
) -> None:
    steps = steps_for(table, facts)
    found = route(steps, firm, applicant, facts, allows_own=table.allows_own)
    assert found == route(steps, firm, applicant, facts, allows_own=table.allows_own)
    assert found.is_automatic == (not steps) and bool(found.steps) == bool(steps)
    for step in found.steps:
        assert table.allows_own or applicant not in step.people
        assert not set(step.people) & firm.gone
        assert len(set(step.people)) == len(step.people) >= step.need
        assert step.people or (step.mode == "any" and "nobody_can_approve" in found.problems)
    # Every wanted step is there, or an earlier one that any of its own people decides stands for it.
    rules = [step.rule for step in found.steps]
    assert rules == [one.rule for one in steps if one.rule in rules]
    for one in steps:
        alone = route([one], firm, applicant, facts, allows_own=table.allows_own).steps[0]
        assert one.rule in rules or any(set(step.people) <= set(alone.people) for step in found.steps)
