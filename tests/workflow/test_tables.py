"""Approval tables: which steps they ask for, exact round trips, and what forbids publishing them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings

from shundan.workflow.rules import (
    ApprovalTable,
    FactType,
    Problem,
    Row,
    Value,
    check_table,
    check_table_text,
    has_errors,
    parse_condition,
    read_table,
    steps_for,
    table_text,
)
from tests.workflow import drawn

ORDER = """
code = "order"
policy = "collect"
own = false
[[rows]]
when = "company_total > 200000"
level = 2
who = "role:executive"
mode = "all"
escalate_after = "2 days"
name_zh = "大额订单"
name_en = "Large order"
[[rows]]
when = "company_total > 50000"
level = 1
who = "role:sales_manager"
[[rows]]
when = "discount_rate > 0.15"
level = 1
who = "manager:2"
mode = "in_turn"
[[rows]]
when = "discount_rate > 0.3"
level = 1
who = "role:finance"
mode = "n_of_m"
need = 2
[automatic]
when = "company_total <= 10000 and line_count < 50"
"""


def total(amount: str, **more: Value) -> dict[str, Value]:
    """The facts of a plain order."""
    return {"company_total": Decimal(amount), "line_count": 3, "discount_rate": Decimal(0)} | more


def codes(found: list[Problem]) -> list[tuple[str, str]]:
    """Each problem as place and code; its sentences are all there."""
    assert all(one.sentence_zh and one.sentence_en and one.cure_zh and one.cure_en for one in found)
    return [(one.place, one.code) for one in found]


def check(text: str) -> list[Problem]:
    """What is wrong with a table's text."""
    return check_table_text(text, roles=drawn.ROLES, facts=drawn.FACTS)


@pytest.mark.parametrize(
    ("facts", "steps"),
    [
        (total("10000"), []),
        (total("10000", discount_rate=Decimal("0.9")), []),
        (total("10000", line_count=50), ["department_head"]),
        (total("10000.01"), ["department_head"]),
        (total("50000.01"), ["role:sales_manager"]),
        (total("200000.01"), ["role:sales_manager", "role:executive"]),
        (total("60000", discount_rate=Decimal("0.31")), ["role:sales_manager", "manager:2", "role:finance"]),
        ({}, ["department_head"]),
    ],
)
def test_the_rows_that_hold_ask_by_level(facts: dict[str, Value], steps: list[str]) -> None:
    assert [one.who for one in steps_for(read_table(ORDER), facts)] == steps


def test_a_step_says_why_and_where() -> None:
    manager, executive = steps_for(read_table(ORDER), total("300000"))
    assert (executive.rule, executive.mode, executive.escalate_after) == ("rows[0]", "all", timedelta(days=2))
    assert (executive.why_zh, executive.why_en) == ("大额订单", "Large order")
    assert manager.why_en == "This holds: company_total > 50000" and "company_total > 50000" in manager.why_zh


def test_under_first_only_the_first_row_that_holds_asks() -> None:
    table = read_table(ORDER.replace("collect", "first"))
    assert [one.who for one in steps_for(table, total("300000"))] == ["role:executive"]
    assert [one.who for one in steps_for(table, total("60000"))] == ["role:sales_manager"]


def test_what_happens_when_no_row_holds_is_never_approval_by_accident() -> None:
    rows = ORDER.split("[automatic]")[0]
    assert steps_for(read_table(rows), total("20000")) == ()
    asked = steps_for(read_table('otherwise = "role:finance"\n' + rows), total("20000"))
    assert [(one.who, one.rule) for one in asked] == [("role:finance", "otherwise")]
    assert steps_for(read_table('otherwise = "nobody"\n' + ORDER), total("20000")) == ()


def test_the_same_step_of_two_rows_is_asked_once() -> None:
    table = read_table(
        ORDER.replace("role:executive", "role:finance").replace('"all"', '"any"').replace("= 2\nwho", "= 1\nwho")
    )
    row = Row("line_count > 1", 1, "role:finance")
    twice = ApprovalTable("order", "collect", (*table.rows, row))
    assert [one.rule for one in steps_for(twice, total("300000"))] == ["rows[0]", "rows[1]"]


@given(drawn.tables, drawn.facts)
@settings(max_examples=200, deadline=None)
def test_steps_are_those_of_the_rows_that_hold(table: ApprovalTable, facts: dict[str, Value]) -> None:
    steps = steps_for(table, facts)
    holding = [i for i, row in enumerate(table.rows) if not row.when or parse_condition(row.when).holds(facts)]
    if table.automatic and parse_condition(table.automatic).holds(facts):
        assert steps == ()
    elif holding and table.policy == "first":
        assert [one.rule for one in steps] == [f"rows[{holding[0]}]"]
    elif holding:
        asked = {(row.level, row.who, row.mode, row.need) for row in (table.rows[i] for i in holding)}
        assert {(one.level, one.who, one.mode, one.need) for one in steps} == asked and len(steps) == len(asked)
        assert [one.level for one in steps] == sorted(one.level for one in steps)
    else:
        assert [one.who for one in steps] == ([table.fallback] if table.fallback != "nobody" else [])


@given(drawn.tables)
@settings(max_examples=200, deadline=None)
def test_every_table_survives_its_own_text(table: ApprovalTable) -> None:
    assert read_table(table_text(table)) == table
    assert table_text(read_table(table_text(table))) == table_text(table)


@given(drawn.tables)
@settings(max_examples=100, deadline=None)
def test_checks_never_raise(table: ApprovalTable) -> None:
    codes(check_table(table, roles=drawn.ROLES, facts=drawn.FACTS))


@given(drawn.mangled(ORDER))
@settings(max_examples=200, deadline=None)
def test_no_mangled_text_raises(text: str) -> None:
    codes(check(text))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('policy = "collect"', 'policy = "best"', "policy: 'best' is not one of collect, first"),
        ("own = false", 'own = "no"', "own: 'no' is not true or false"),
        ("level = 2", "level = 0", "rows[0].level: 0 is not a whole number from 1 to 20"),
        ("level = 2", "level = 1.5", "rows[0].level: 1.5"),
        ('mode = "all"', 'mode = "some"', "rows[0].mode: 'some'"),
        ('mode = "all"', 'mode = "all"\nneed = 2', "rows[0].need"),
        ("need = 2", "", "rows[3].need"),
        ('escalate_after = "2 days"', 'escalate_after = "2 moons"', "rows[0].escalate_after"),
        ('who = "role:executive"', "", "rows[0].who: is missing"),
        ('when = "company_total > 200000"', 'wenn = "x"', "rows[0].wenn: is not known here"),
        ("[[rows]]", "[rows]", ""),
        ('code = "order"', "", "code: is missing"),
    ],
)
def test_a_wrong_form_is_one_clear_problem(old: str, new: str, fault: str) -> None:
    assert old in ORDER
    [problem] = check(ORDER.replace(old, new, 1))
    assert problem.code == "unreadable" and problem.is_error and fault in problem.sentence_en


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("company_total > 200000", "company_total > 'x'", ("rows[0].when:17", "wrong_type")),
        ("company_total > 200000", "total > 5", ("rows[0].when:1", "unknown_fact")),
        ("line_count < 50", "line_count <", ("automatic.when:40", "syntax")),
        ("role:executive", "role:emperor", ("rows[0].who", "unknown_role")),
        ("role:executive", "everybody", ("rows[0].who", "unknown_who")),
        ("manager:2", "manager:99", ("rows[2].who", "unknown_who")),
        ("role:executive", "person:", ("rows[0].who", "unknown_who")),
        ("role:executive", "field:company_total", ("rows[0].who", "unknown_field")),
        ('who = "role:finance"', 'who = "person:7"', ("rows[3].need", "need_too_high")),
        ("大额订单", "<img src=x onerror=alert(1)>", ("rows[0].name_zh", "name_with_script")),
        ('code = "order"', 'code = "Order!"', ("code", "bad_code")),
    ],
)
def test_each_fault_has_its_place_and_code(old: str, new: str, expected: tuple[str, str]) -> None:
    assert old in ORDER
    found = [one for one in check(ORDER.replace(old, new, 1)) if one.is_error]
    assert codes(found) == [expected]


def two_rows(first: str, second: str) -> str:
    """Two rows with these conditions."""
    rows = enumerate((first, second), start=1)
    return "".join(f'[[rows]]\nwhen = "{when}"\nwho = "person:{i}"\n' for i, when in rows)


def test_gaps_are_shown_with_an_example_and_what_follows() -> None:
    [gap] = check(ORDER)
    assert (gap.place, gap.code, gap.is_error) == ("rows", "gap", False)
    assert "department_head decides" in gap.sentence_en and "company_total = " in gap.sentence_en
    assert codes(check('otherwise = "nobody"\n' + ORDER)) == []
    whole = two_rows("company_total <= 10", "company_total > 10")
    assert codes(check('code = "x"\n' + whole)) == []
    holed = whole.replace("<=", "<")
    [hole] = check('code = "x"\n' + holed)
    assert "company_total = 10:" in hole.sentence_en and "nobody is asked" in hole.sentence_en


def test_rows_that_are_never_used_are_told() -> None:
    rows = two_rows("company_total > 10", "company_total > 20")
    first = 'code = "x"\npolicy = "first"\notherwise = "nobody"\n'
    assert codes(check(first + rows)) == [("rows[1]", "unreachable_row")] and has_errors(check(first + rows))
    assert codes(check(first.replace("first", "collect") + rows)) == []
    never = rows.replace("company_total > 20", "company_total > 20 and company_total < 5")
    assert codes(check(first.replace("first", "collect") + never)) == [("rows[1]", "never_true")]


def test_duplicates_are_told() -> None:
    rows = '[[rows]]\nwhen = "company_total > 10"\nwho = "person:1"\n' * 2
    assert codes(check(f'code = "x"\notherwise = "nobody"\n{rows}')) == [("rows[1]", "duplicate_row")]


def test_an_empty_table_is_refused() -> None:
    assert ("rows", "no_rows") in codes(check('code = "x"'))


def test_ten_thousand_rows_are_refused_and_five_hundred_are_checked() -> None:
    def text(count: int) -> str:
        return 'code = "x"\notherwise = "nobody"\n' + "".join(
            f'[[rows]]\nwhen = "company_total > {i} and company_total <= {i + 1}"\nwho = "person:{i + 1}"\n'
            for i in range(count)
        )

    assert codes(check(text(10_000))) == [("rows", "too_many_rows")]
    assert codes(check(text(500))) == []


def test_what_cannot_be_decided_is_a_warning() -> None:
    facts = {f"flag_{i}": FactType("yes_no") for i in range(30)}
    rows = tuple(Row(f"flag_{i}", 1, "person:1") for i in range(30))
    found = check_table(ApprovalTable("x", "collect", rows), roles=(), facts=facts)
    assert codes(found) == [("rows", "condition_undecided")] and not has_errors(found)
    hidden = (
        *rows[:9],
        Row("flag_3 and flag_20", 1, "person:1"),
        *rows[9:],
        Row("flag_1 and not flag_1", 1, "person:1"),
    )
    found = check_table(ApprovalTable("x", "first", hidden), roles=(), facts=facts)
    assert codes(found) == [
        ("rows", "condition_undecided"), ("rows[9]", "unreachable_row"), ("rows[31]", "never_true")
    ]  # fmt: skip
    opaque = ApprovalTable("x", "collect", (Row("company_total > discount_rate", 1, "person:1"),))
    assert codes(check_table(opaque, roles=(), facts=drawn.FACTS)) == [("rows[0].when", "condition_undecided")]
