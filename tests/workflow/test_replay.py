"""Comparing versions: what changed, and what recorded documents would have met under the other one."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from shundan.workflow.rules import (
    ApprovalTable,
    Change,
    Definition,
    Departure,
    Part,
    Recorded,
    RecordedStep,
    Row,
    Value,
    diff_definitions,
    diff_tables,
    read_definition,
    read_table,
    replay_definitions,
    replay_paths,
    replay_tables,
)
from tests.workflow import drawn
from tests.workflow.test_definitions import RICH
from tests.workflow.test_tables import ORDER

TABLE = read_table(ORDER)
records = st.lists(
    st.builds(
        Recorded,
        key=st.integers(),
        facts=drawn.facts,
        applicant=drawn.people,
        steps=st.lists(
            st.builds(RecordedStep, drawn.who, st.integers(0, 10**6).map(lambda n: timedelta(seconds=n))), max_size=2
        ).map(tuple),
    ),
    max_size=8,
)


def hours(count: float) -> timedelta:
    """A wait."""
    return timedelta(hours=count)


def order(key: int, total: str, *steps: tuple[str, float]) -> Recorded:
    """A recorded order and whom it waited for."""
    facts: dict[str, Value] = {"company_total": Decimal(total), "line_count": 1}
    return Recorded(key, facts, 7, tuple(RecordedStep(who, hours(count)) for who, count in steps))


HISTORY = [
    order(1, "5000"),
    order(2, "60000", ("role:sales_manager", 2)),
    order(3, "70000", ("role:sales_manager", 4)),
    order(4, "300000", ("role:sales_manager", 3), ("role:executive", 20)),
]


def test_a_changed_row_is_shown_with_its_parts() -> None:
    rows = (replace(TABLE.rows[0], when="company_total > 150000"), *TABLE.rows[1:])
    changes = diff_tables(TABLE, replace(TABLE, rows=rows, allows_own=True))
    assert changes == (
        Change("changed", "", "", (Part("allows_own", "false", "true"),)),
        Change("changed", "rows[0]", "rows[0]", (Part("when", "company_total > 200000", "company_total > 150000"),)),
    )


def test_added_and_removed_rows_keep_the_others_in_place() -> None:
    new = Row("line_count > 9", 3, "person:9", mode="all")
    changes = diff_tables(TABLE, replace(TABLE, rows=(TABLE.rows[1], new, *TABLE.rows[2:])))
    assert [(one.what, one.place_before, one.place_after) for one in changes] == [
        ("removed", "rows[0]", ""),
        ("added", "", "rows[1]"),
    ]
    assert Part("escalate_after", "2 days", "") in changes[0].parts
    assert changes[1].parts[:2] == (Part("when", "", "line_count > 9"), Part("level", "", "3"))


def test_changed_states_and_transitions_are_shown() -> None:
    a = read_definition(RICH)
    text = RICH.replace('"3 days"', '"5 days"').replace('zh = "草稿"', 'zh = "新订单"').replace("finish]", "settle]")
    changes = diff_definitions(a, read_definition(text.replace('zh = "样品流程"', 'zh = "样品"')))
    assert [(one.what, one.place_before, one.place_after) for one in changes] == [
        ("changed", "", ""),
        ("changed", "states.draft", "states.draft"),
        ("removed", "transitions.finish", ""),
        ("changed", "transitions.expire", "transitions.expire"),
        ("added", "", "transitions.settle"),
    ]
    assert changes[3].parts == (Part("after", "3 days", "5 days"),)


def test_a_changed_order_is_a_change() -> None:
    a = read_definition(RICH)
    [moved] = diff_definitions(a, replace(a, transitions=a.transitions[::-1]))
    assert moved == Change(
        "moved", "transitions", "transitions", (Part("order", "submit, finish, expire", "expire, finish, submit"),)
    )


@given(drawn.tables, drawn.tables)
@settings(max_examples=100, deadline=None)
def test_tables_differ_exactly_when_a_change_is_shown(a: ApprovalTable, b: ApprovalTable) -> None:
    assert diff_tables(a, a) == ()
    assert bool(diff_tables(a, b)) == (a != b)


@given(drawn.written_definitions(), drawn.written_definitions())
@settings(max_examples=50, deadline=None)
def test_definitions_differ_exactly_when_a_change_is_shown(a: Definition, b: Definition) -> None:
    assert diff_definitions(a, a) == ()
    assert bool(diff_definitions(a, b)) == (a != b)


def test_a_replay_counts_what_would_have_been_asked_and_waited() -> None:
    rows = (replace(TABLE.rows[0], when="company_total > 65000"), *TABLE.rows[1:])
    found = replay_tables(iter(HISTORY), TABLE, replace(TABLE, rows=rows, automatic="company_total < 61000"))
    assert found.documents == 4
    assert [(one.key, one.applicant) for one in found.differences] == [(2, 7), (3, 7)]
    assert [step.who for step in found.differences[1].after] == ["role:sales_manager", "role:executive"]
    assert found.asked == {"role:executive": (1, 2), "role:sales_manager": (3, 2)}
    assert (found.newly_automatic, found.no_longer_automatic) == (1, 0)
    # The manager takes 3 hours on average, the executive 20; before 3 + 3 + 23, after 23 + 23.
    assert (found.waiting_before, found.waiting_after) == (hours(29), hours(46))
    assert found.waiting_change == hours(17) / 4 and found.guessed == ()


def test_steps_of_one_level_wait_side_by_side_and_the_unknown_is_said() -> None:
    rows = (Row("", 1, "role:sales_manager"), Row("", 1, "role:new"))
    found = replay_tables(HISTORY, replace(TABLE, rows=(), automatic=""), replace(TABLE, rows=rows, automatic=""))
    # The median of all four recorded waits is 3.5 hours, longer than the manager's 3.
    assert found.waiting_after == 4 * hours(3.5) and found.guessed == ("role:new",)
    assert found.no_longer_automatic == 4


def test_a_definition_is_replayed_by_its_ways_and_by_whom_it_asks() -> None:
    before = read_definition(RICH)
    after = read_definition(RICH.replace("company_total > 0", "company_total > 65000"))
    history = [replace(one, facts={**one.facts, "customer_class": "A"}) for one in HISTORY]
    tables = {"order": TABLE}
    found = replay_definitions(history, before, after, tables_before=tables, tables_after=tables)
    assert [one.key for one in found.differences] == [1, 2]
    assert found.differences[1].edges_lost == (("draft", "submit", "waiting"), ("waiting", "expire", "off"),
                                               ("waiting", "finish", "done"))  # fmt: skip
    assert found.differences[1].before and not found.differences[1].after
    assert found.asked["role:sales_manager"] == (3, 2)


@given(records, drawn.tables)
@settings(max_examples=100, deadline=None)
def test_the_same_table_twice_makes_no_difference(history: list[Recorded], table: ApprovalTable) -> None:
    found = replay_tables(history, table, replace(table, label_en="Another copy"))
    assert found.differences == () and found.documents == len(history)
    assert found.waiting_change == timedelta(0) and found.newly_automatic == found.no_longer_automatic == 0
    assert all(before == after for before, after in found.asked.values())


@given(records, drawn.definitions())
@settings(max_examples=50, deadline=None)
def test_the_same_definition_twice_makes_no_difference(history: list[Recorded], definition: Definition) -> None:
    assert replay_definitions(history, definition, definition).differences == ()


@given(records, drawn.tables, drawn.tables)
@settings(max_examples=100, deadline=None)
def test_back_and_forth_are_mirrored(history: list[Recorded], a: ApprovalTable, b: ApprovalTable) -> None:
    there, back = replay_tables(history, a, b), replay_tables(history, b, a)
    assert [one.key for one in there.differences] == [one.key for one in back.differences]
    assert there.asked == {who: (after, before) for who, (before, after) in back.asked.items()}
    assert there.newly_automatic == back.no_longer_automatic


# --- the ways that documents took ------------------------------------------------------------------------------------

WAY = (("draft", "submit", "asked"), ("asked", "approve", "approved"))


def led(text: str, *, total: str = "1", path: tuple[tuple[str, str, str], ...] = WAY) -> Departure | None:
    """Where a changed workflow would have led the document off its way."""
    record = replace(order(1, total), path=path)
    found = replay_paths([record], read_definition(SHORT), read_definition(text))
    assert all(one.leaves_before is None for one in found.differences)
    return found.differences[0].leaves_after if found.differences else None


SHORT = """
code = "short"
zh = "短"
en = "Short"
initial = "draft"
[states]
draft = { category = "draft", zh = "草稿", en = "Draft" }
asked = { category = "submitted", zh = "待审", en = "Submitted" }
approved = { category = "completed", zh = "完成", en = "Approved" }
[transitions.submit]
zh = "提交"
en = "Submit"
from = ["draft"]
to = "asked"
permission = "order.submit"
does = ["ask"]
[transitions.approve]
zh = "通过"
en = "Approve"
from = ["asked"]
to = "approved"
permission = "order.approve"
"""
HASTY = """
[transitions.hasty]
zh = "直接"
en = "At once"
from = ["draft"]
to = "approved"
permission = "order.submit"
automatic = true
when = "company_total < 100"
"""


def test_a_document_goes_the_same_way_twice() -> None:
    assert led(SHORT) is None
    # Another way beside it is no other way for this document, unless it is taken by itself.
    assert led(SHORT + HASTY.replace("automatic = true", "")) is None
    assert led(SHORT + HASTY, total="100") is None


def test_where_a_document_would_have_gone_another_way() -> None:
    assert led(SHORT + HASTY) == Departure("draft", "submit", "by_itself", "hasty")
    assert led(SHORT.replace('to = "asked"', 'to = "approved"')) == Departure(
        "draft", "submit", "elsewhere", "approved"
    )
    closed = SHORT.replace('does = ["ask"]', 'when = "company_total > 5"')
    assert led(closed) == Departure("draft", "submit", "closed")
    assert led(closed, total="6") is None
    assert led(SHORT.replace("[transitions.approve]", "[transitions.agree]")) == Departure("asked", "approve", "no_way")
    # Only the name of a state differs.
    assert led(SHORT.replace("asked", "waiting")) is None
    later = (("gone", "approve", "approved"),)
    found = replay_paths([replace(order(1, "1"), path=later)], read_definition(SHORT), read_definition(closed))
    assert found.differences == ()
    more = SHORT.replace(
        "[transitions.submit]", 'gone = { category = "confirmed", zh = "去", en = "Gone" }\n[transitions.submit]'
    )
    found = replay_paths(
        [replace(order(1, "1"), path=(("gone", "submit", "asked"),))],
        read_definition(more.replace('from = ["draft"]', 'from = ["draft", "gone"]')),
        read_definition(SHORT),
    )
    assert found.differences[0].leaves_after == Departure("gone", "submit", "no_state")


def test_who_is_asked_on_the_way() -> None:
    records = [replace(one, path=WAY, table="order") for one in HISTORY]
    silent = read_definition(SHORT.replace('does = ["ask"]', ""))
    found = replay_paths(records, read_definition(SHORT), silent, tables={"order": TABLE}, asking=["ask"])
    same = replay_tables(HISTORY, TABLE, replace(TABLE, rows=(), automatic="", otherwise="nobody"))
    assert found.asked == same.asked
    assert found.waiting_before == same.waiting_before
    assert found.newly_automatic == same.newly_automatic


ways = st.lists(
    st.tuples(st.sampled_from(["s0", "s1", "s2", "gone"]), st.sampled_from(["t0", "t1", "t9"]), st.just("s1")),
    max_size=3,
).map(tuple)


@settings(max_examples=60)
@given(definition=drawn.definitions(), found=records, taken=ways)
def test_the_same_version_twice_gives_no_difference(
    definition: Definition, found: list[Recorded], taken: tuple[tuple[str, str, str], ...]
) -> None:
    replay = replay_paths([replace(one, path=taken) for one in found], definition, definition)
    assert (replay.differences, replay.waiting_change) == ((), timedelta(0))
