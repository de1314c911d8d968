"""Conditions as rows: text and rows say the same in both directions, and what rows cannot say stays text."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shundan.workflow.rules import ConditionFault, FactType, check_condition, parse_condition
from shundan.workflow.rules.builder import (
    ALL,
    ANY,
    BuiltGroup,
    BuiltRow,
    Unbuildable,
    built_of,
    settled,
    text_of_built,
)
from shundan.workflow.rules.built_forms import built_as_values, built_from_values, operators_of
from tests.workflow.test_expressions import SOME

SHANGHAI = ZoneInfo("Asia/Shanghai")
FACTS = {
    "company_total": FactType("number"),
    "line_count": FactType("integer"),
    "rate": FactType("number", is_optional=True),
    "nothing": FactType("number", is_optional=True),
    "customer_class": FactType("text", is_optional=True),
    "customer_tags": FactType("texts"),
    "is_urgent": FactType("yes_no"),
    "is_late": FactType("yes_no", is_optional=True),
    "requested_on": FactType("date", is_optional=True),
    "created_at": FactType("datetime", is_optional=True),
    "attributes.colour": FactType("text", is_optional=True),
    "owner": FactType("person", is_optional=True),
}

NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
TEXTS = st.text(st.sampled_from("甲乙AB '‘“-_.,1 <\t　"), min_size=1, max_size=6) | st.text(
    st.sampled_from('ab"'), min_size=1, max_size=4
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "number": NUMBERS,
    "integer": st.integers(-99, 99).map(Decimal),
    "person": st.integers(1, 10**9).map(Decimal),
    "text": TEXTS,
    "texts": TEXTS,
    "date": st.dates(date(1900, 1, 1), date(2999, 12, 31)),
    "datetime": st.integers(10**9, 3 * 10**10).map(lambda second: datetime.fromtimestamp(second, UTC)),
}


@st.composite
def rows(draw: st.DrawFn) -> BuiltRow:
    """One row that the page could send."""
    name = draw(st.sampled_from(sorted(FACTS)))
    operator = draw(st.sampled_from(operators_of(FACTS[name])))
    count = {"between": 2, "one_of": 3, "none_of": 3}.get(operator, 1)
    if operator in ("yes", "no", "empty", "filled"):
        return BuiltRow(name, operator)
    return BuiltRow(name, operator, tuple(draw(VALUES[FACTS[name].kind]) for _ in range(count)))


JOINED = st.sampled_from([ALL, ANY])
GROUPS = st.builds(BuiltGroup, JOINED, st.lists(rows(), max_size=4).map(tuple))
WHOLES = st.builds(BuiltGroup, JOINED, st.lists(rows() | GROUPS, max_size=5).map(tuple))


@given(WHOLES)
def test_rows_to_text_and_back_are_the_same(drawn: BuiltGroup) -> None:
    neat = settled(drawn)
    text = text_of_built(drawn)
    assert settled(neat) == neat
    assert text_of_built(neat) == text
    assert built_of(text, facts=FACTS) == neat
    if text:
        assert check_condition(text, facts=FACTS) == []


@given(WHOLES)
def test_rows_survive_the_way_to_the_page_and_back(drawn: BuiltGroup) -> None:
    for zone in (UTC, SHANGHAI):
        values = built_as_values(drawn, zone=zone)
        assert built_from_values(values, facts=FACTS, zone=zone) == (drawn, ())


@given(WHOLES)
def test_settling_changes_no_answer(drawn: BuiltGroup) -> None:
    neat, text = settled(drawn), text_of_built(drawn)
    assert parse_condition(text or "true").holds(SOME) == (holds(neat) if neat.parts else True)


def holds(part: BuiltGroup | BuiltRow) -> bool:
    """Ask the rows one by one."""
    if isinstance(part, BuiltRow):
        return parse_condition(text_of_built(BuiltGroup(ALL, (part,)))).holds(SOME)
    return (all if part.joined == ALL else any)(holds(one) for one in part.parts)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", BuiltGroup(ALL, ())),
        ("is_urgent", BuiltGroup(ALL, (BuiltRow("is_urgent", "yes"),))),
        ("not is_urgent", BuiltGroup(ALL, (BuiltRow("is_urgent", "no"),))),
        ("is_late != true", BuiltGroup(ALL, (BuiltRow("is_late", "no"),))),
        ("50000 < company_total", BuiltGroup(ALL, (BuiltRow("company_total", "gt", (Decimal(50000),)),))),
        ("null != rate", BuiltGroup(ALL, (BuiltRow("rate", "filled"),))),
        ('"vip" not in customer_tags', BuiltGroup(ALL, (BuiltRow("customer_tags", "lacks", ("vip",)),))),
        (
            "line_count >= 2 and line_count <= 5",
            BuiltGroup(ALL, (BuiltRow("line_count", "between", (Decimal(2), Decimal(5))),)),
        ),
        (
            'customer_class in ["A"] and line_count > 1 or is_urgent',
            BuiltGroup(
                ANY,
                (
                    BuiltGroup(
                        ALL,
                        (BuiltRow("customer_class", "one_of", ("A",)), BuiltRow("line_count", "gt", (Decimal(1),))),
                    ),
                    BuiltRow("is_urgent", "yes"),
                ),
            ),
        ),
    ],
)
def test_what_people_write_by_hand_becomes_rows(text: str, wanted: BuiltGroup) -> None:
    assert built_of(text, facts=FACTS) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "company_total > line_count",
        "company_total * 2 > 5",
        "not (is_urgent and is_late)",
        # Of a fact that may be missing, "not" is true where "no" is not.
        "not is_late",
        "true",
        "is_urgent and (is_late or (line_count > 1 and line_count < 9))",
        "is_urgent == is_late",
        " or ".join(f"line_count == {number}" for number in range(41)),
    ],
)
def test_what_rows_cannot_say_stays_text(text: str) -> None:
    assert check_condition(text, facts=FACTS) == []
    with pytest.raises(Unbuildable):
        built_of(text, facts=FACTS)


def sent(*parts: Any, joined: str = "all") -> dict[str, Any]:
    """Build what a page sends."""
    return {"joined": joined, "parts": list(parts)}


def row(fact: str, operator: str, *values: str) -> dict[str, Any]:
    """Build one row as a page sends it."""
    return {"fact": fact, "operator": operator, "values": list(values)}


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (row("", ""), "fact_missing"),
        (row("gone", "eq", "1"), "fact_missing"),
        (row("company_total", "contains", "1"), "operator_missing"),
        (row("company_total", "gt"), "value_missing"),
        (row("company_total", "between", "1"), "value_missing"),
        (row("company_total", "gt", "1", "2"), "value_missing"),
        (row("company_total", "gt", "five"), "not_a_number"),
        (row("company_total", "gt", "1e9999"), "not_a_number"),
        (row("company_total", "gt", "1" * 30), "not_a_number"),
        (row("requested_on", "eq", "tomorrow"), "not_a_day"),
        (row("created_at", "gt", "2026-02-31T08:00"), "not_a_day"),
    ],
)
def test_a_row_that_is_not_complete_says_what_it_lacks(bad: dict[str, Any], code: str) -> None:
    good = row("is_urgent", "yes")
    group, gaps = built_from_values(sent(good, sent(good, bad, joined="any")), facts=FACTS)
    assert [(gap.place, gap.code) for gap in gaps] == [("1.1", code)]
    assert text_of_built(group) == "is_urgent and is_urgent"


def test_numbers_may_be_typed_with_separators_and_moments_without_a_zone() -> None:
    rows_ = sent(row("company_total", "ge", "50,000.50"), row("created_at", "lt", "2026-01-31T08:00"))
    group, gaps = built_from_values(rows_, facts=FACTS, zone=SHANGHAI)
    assert (text_of_built(group), gaps) == (
        "company_total >= 50000.5 and created_at < 2026-01-31T08:00:00+08:00",
        (),
    )


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {},
        {"joined": "none", "parts": []},
        {"joined": "all", "parts": {}},
        sent(7),
        sent(row("is_urgent", "yes") | {"values": "x"}),
        sent(sent(sent())),
        sent(*[row("is_urgent", "yes")] * 41),
    ],
)
def test_what_no_builder_sends_is_refused(raw: object) -> None:
    with pytest.raises(ValueError, match=r"group|deep|row"):
        built_from_values(raw, facts=FACTS)


@pytest.mark.parametrize("text", ["a\\b", "a\nb", "both ' and \""])
def test_a_text_that_no_condition_can_hold_is_named(text: str) -> None:
    with pytest.raises(ConditionFault) as fault:
        text_of_built(BuiltGroup(ALL, (BuiltRow("customer_class", "eq", (text,)),)))
    assert fault.value.code == "text_not_writable"


def test_a_condition_that_gets_too_long_is_refused() -> None:
    long = tuple(BuiltRow("customer_class", "eq", ("x" * 190,)) for _ in range(12))
    with pytest.raises(ConditionFault) as fault:
        text_of_built(BuiltGroup(ANY, long))
    assert fault.value.code == "too_long"
