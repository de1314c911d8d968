"""Conditions: what they say of facts, what is refused where, and that nothing they meet makes them raise."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shundan.workflow.rules import ConditionFault, Value, check_condition, parse_condition
from shundan.workflow.rules.cells import space_of
from tests.workflow import drawn

SOME: dict[str, Value] = {
    "company_total": Decimal("50000.01"),
    "line_count": 3,
    "rate": Decimal("0.1"),
    "nothing": None,
    "customer_class": "A",
    "customer_tags": ("vip", "new"),
    "is_urgent": True,
    "is_late": False,
    "requested_on": date(2026, 1, 31),
    "created_at": datetime(2026, 1, 31, 8, tzinfo=timezone(timedelta(hours=8))),
    "attributes.colour": "红",
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("company_total > 50000", True),
        ("company_total > 50000.01", False),
        ("company_total >= 50000.01 and not is_late", True),
        ("company_total - 0.01 == 50000", True),
        ("company_total * 2 + 1 > 100001 and 2 * (1 + 1) == 4", True),
        ("line_count / 2 == 1.5", True),
        ("company_total / 0 > 0", False),
        ("-rate < 0 and rate > -1", True),
        ("rate * 3 == 0.3", True),
        ("customer_class == 'A'", True),
        ('customer_class in ["B", "C"] or customer_class in ["A"]', True),
        ('customer_class not in ["B"]', True),
        ('"vip" in customer_tags and "old" not in customer_tags', True),
        ('attributes.colour == "红"', True),
        ("is_urgent", True),
        ("not is_urgent or is_late", False),
        ("is_urgent == true and is_late != true", True),
        ("requested_on == 2026-01-31 and requested_on < 2026-02-01", True),
        ("created_at == 2026-01-31T00:00Z", True),
        ("created_at > 2026-01-31T08:00:01+08:00", False),
        ("is_late and is_late or is_urgent", True),
        ("is_urgent or is_urgent and is_late", True),
        ("true", True),
        # Nothing is known of what is missing, whichever way one asks, except that it is missing.
        ("nothing > 0", False),
        ("nothing <= 0", False),
        ("nothing != 1", False),
        ("nothing == nothing", False),
        ("nothing + 1 > 0", False),
        ("nothing in [1, 2]", False),
        ("nothing not in [1, 2]", False),
        ("nothing == null", True),
        ("null == nothing", True),
        ("nothing != null", False),
        ("rate != null and never_heard_of == null", True),
        ("nothing or is_late", False),
        ("nothing > 0 or company_total > 1", True),
    ],
)
def test_a_condition_says_of_facts(text: str, holds: bool) -> None:
    assert parse_condition(text).holds(SOME) is holds


def test_a_condition_is_read_once_and_knows_its_facts() -> None:
    text = "company_total > 1 and (is_urgent or company_total < rate)"
    assert parse_condition(text) is parse_condition(text)
    assert parse_condition(text).names == ("company_total", "is_urgent", "rate")


@pytest.mark.parametrize(
    ("text", "at", "code", "cure"),
    [
        ("", 1, "syntax", "company_total > 50000"),
        ("company_total >", 16, "syntax", "company_total > 50000"),
        ("company_total = 1", 15, "sign", "Write “==”."),
        ("company_total ＞ 1", 15, "sign", "Write “>”."),
        ("is_urgent && is_urgent", 11, "sign", "Write “and”."),
        ("company_total > 50,000", 19, "syntax", "company_total"),
        ("company_total > 5e3", 17, "sign", "50000 or 0.05"),
        ("company_total > 10%", 19, "sign", "Delete it."),
        ('customer_class == "A', 19, "sign", "same quote"),
        ("0 < company_total < 5", 19, "chained", "a < b and b < c"),
        ("(company_total > 1", 19, "syntax", "Add “)”."),
        ("requested_on == 2026-02-30", 17, "no_such_day", "2026-01-31"),
        ("requested_on == 2026-01-31T08:00", 17, "no_such_day", "+08:00"),
        ("company_total > 1 is_urgent", 19, "syntax", ""),
        ("__import__('os')", 11, "syntax", ""),
        ("is_urgent\0", 10, "sign", "Delete it."),
        ("company_totl > 1", 1, "unknown_fact", "Did you mean “company_total”?"),
        ("company_total.real > 1", 1, "unknown_fact", "company_total"),
        ("is_urgent and company_total > 'x'", 31, "wrong_type", "Write a number."),
        ("customer_class == 5", 19, "wrong_type", "Texts stand in quotes."),
        ('customer_class == "D"', 19, "no_such_choice", "A, B, C"),
        ('customer_class in ["A", "D"]', 25, "no_such_choice", "A, B, C"),
        ('customer_class < "B"', 16, "wrong_type", "=="),
        ("company_total", 1, "wrong_type", "yes or no"),
        ("not company_total", 5, "wrong_type", "yes or no"),
        ("is_urgent + 1 > 1", 1, "wrong_type", "number"),
        ('customer_tags == "vip"', 18, "wrong_type", ""),
        ('"vip" in customer_class', 10, "wrong_type", "list"),
        ("company_total == [1]", 18, "syntax", ""),
        ("company_total > null", 15, "wrong_type", ""),
        ("requested_on > 5", 16, "wrong_type", "a day"),
        ("owner > 5", 9, "wrong_type", ""),
        ("(" * 21 + "is_urgent" + ")" * 21, 22, "too_deep", "20"),
        ("not " * 21 + "is_urgent", 85, "too_deep", "20"),
        ("1" + "+1" * 51 + " > 0", 102, "too_deep", "50"),
        ("is_urgent or " * 251 + "is_urgent", 0, "too_long", "Split"),
        ("x" * 2001, 2000, "too_long", "Split"),
    ],
)
def test_a_bad_condition_is_refused_with_place_and_cure(text: str, at: int, code: str, cure: str) -> None:
    faults = check_condition(text, facts=drawn.FACTS)
    assert [fault.code for fault in faults] == [code]
    assert at in (0, faults[0].at)
    assert cure in faults[0].cure_en and faults[0].cure_zh and faults[0].zh


def test_all_wrong_types_are_told_together() -> None:
    faults = check_condition('company_total > "a" or colour == 1 and is_urgent > 2', facts=drawn.FACTS)
    assert [(fault.at, fault.code) for fault in faults] == [
        (17, "wrong_type"),
        (24, "unknown_fact"),
        (52, "wrong_type"),
    ]


def test_persons_are_compared_by_their_number() -> None:
    assert check_condition("owner == 7 or owner in [7, 8] or owner == null", facts=drawn.FACTS) == []
    assert parse_condition("owner == 7").holds({"owner": 7})


wild = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(),
    st.text(max_size=3),
    st.dates(),
    st.datetimes(timezones=st.sampled_from([None, UTC])),
    st.lists(st.text(max_size=3), max_size=2).map(tuple),
)


@given(drawn.conditions, st.dictionaries(st.sampled_from(sorted(drawn.FACTS)), wild))
@settings(max_examples=300)
def test_evaluation_never_raises_whatever_the_facts_are(text: str, found: dict[str, Value]) -> None:
    assert parse_condition(text).holds(found) in (True, False)


@given(st.text(max_size=60) | st.text(alphabet="()[]<>=!-+*/,.'\" 0123456789abcxnotrdi", max_size=60))
@settings(max_examples=500)
def test_reading_raises_only_its_own_fault(text: str) -> None:
    for fault in check_condition(text, facts=drawn.FACTS):
        assert 1 <= fault.at <= len(text) + 1
    try:
        assert parse_condition(text).holds(SOME) in (True, False)
    except ConditionFault:
        pass


@given(st.lists(drawn.conditions, min_size=1, max_size=3), drawn.facts)
@settings(max_examples=300, deadline=None)
def test_the_cells_stand_for_every_document(texts: list[str], found: dict[str, Value]) -> None:
    """Whatever a document's facts are, one of the cells gives the same answers."""
    conditions = [parse_condition(text) for text in texts]
    space = space_of(conditions, facts=drawn.FACTS)
    assert not space.opaque
    answers = [condition.holds(found) for condition in conditions]
    assert any([condition.holds(cell) for condition in conditions] == answers for cell in space.cells())
