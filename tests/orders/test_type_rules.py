"""Order types without a database: patterns, values, filling, checks, differences."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shundan.kernel.numbering import PREFIXES
from shundan.orders.rules.attributes import ValueFault, parse_value
from shundan.orders.rules.filling import Filling, sums_of
from shundan.orders.rules.patterns import pattern_faults, patterns_meet, prefix_taken, read_pattern
from shundan.orders.rules.type_checks import Surroundings, check_type, normalised
from shundan.orders.rules.type_diff import diff_types
from shundan.orders.rules.types import Attribute, ChoiceOption, TypeDefinition, as_content, definition_from
from shundan.workflow.queries import CONDITIONS, complaints_about
from tests.make import attribute

DAY = date(2026, 3, 2)
COLOURS = (ChoiceOption("red", "红", "Red"), ChoiceOption("blue", "蓝", "Blue"))


class TestPatterns:
    """Numbers of a type: their form, their period, and that no two types can give the same."""

    @pytest.mark.parametrize(
        ("pattern", "number", "period"),
        [
            ("SO-{yyyy}-{seq:6}", "SO-2026-000007", "2026"),
            ("XS-{yyyy}{mm}-{seq:5}", "XS-202603-00007", "202603"),
            ("Y{yy}{mm}{dd}.{seq:3}", "Y260302.007", "20260302"),
            ("样品-{seq:4}-A", "样品-0007-A", ""),
        ],
    )
    def test_a_number_of_a_day(self, pattern: str, number: str, period: str) -> None:
        assert list(pattern_faults("number", pattern)) == []
        read = read_pattern(pattern)
        assert (read.number(7, DAY), read.period(DAY)) == (number, period)

    @pytest.mark.parametrize(
        ("pattern", "code"),
        [
            ("", "pattern_unreadable"),
            ("SO-{yyyy}", "pattern_unreadable"),
            ("SO-{seq:6}{seq:6}", "pattern_unreadable"),
            ("SO-{week}-{seq:6}", "pattern_unreadable"),
            ("SO/{seq:6}", "pattern_unreadable"),
            ("<b>{seq:6}", "pattern_unreadable"),
            ("SO-{seq:0}", "pattern_width"),
            ("SO-{seq:13}", "pattern_width"),
            ("{yyyy}-{seq:6}", "pattern_without_letter"),
            ("SO-{mm}-{seq:6}", "pattern_repeats"),
            ("SO-{yyyy}{dd}-{seq:6}", "pattern_repeats"),
            ("SO-ABCDEFGHIJKLMNOPQRSTUVWXYZABC-{yyyy}-{seq:6}", "pattern_too_long"),
        ],
    )
    def test_bad_patterns(self, pattern: str, code: str) -> None:
        assert [one.code for one in pattern_faults("number", pattern)] == [code]

    @pytest.mark.parametrize(
        ("one", "other", "meet"),
        [
            ("SO-{yyyy}-{seq:6}", "SO-{yyyy}-{seq:6}", True),
            ("SO-{yyyy}-{seq:6}", "so-{yyyy}-{seq:4}", True),
            ("SO{yyyy}{seq:6}", "SO{yyyy}{mm}{seq:4}", True),
            ("SO2026{seq:4}", "SO{yyyy}{seq:4}", True),
            ("SO-{yyyy}-{seq:6}", "SO-{yyyy}{mm}-{seq:6}", False),
            ("SO-{yyyy}-{seq:6}", "SX-{yyyy}-{seq:6}", False),
            ("SO-{seq:6}-A", "SO-{seq:6}-B", False),
        ],
    )
    def test_patterns_that_may_give_the_same_number(self, one: str, other: str, meet: bool) -> None:
        assert patterns_meet(read_pattern(one), read_pattern(other)) is meet
        assert patterns_meet(read_pattern(other), read_pattern(one)) is meet

    @given(
        parts=st.lists(st.sampled_from(["A", "b7", "-", "{yyyy}", "{yy}", "{seq:2}"]), min_size=1, max_size=5),
        others=st.lists(st.sampled_from(["a", "B7", "-", "{yyyy}", "{yy}", "{seq:3}"]), min_size=1, max_size=5),
        numbers=st.tuples(st.integers(1, 99999), st.integers(1, 99999)),
        years=st.tuples(st.integers(2000, 2099), st.integers(2000, 2099)),
    )
    def test_what_was_found_apart_never_gives_one_number(
        self, parts: list[str], others: list[str], numbers: tuple[int, int], years: tuple[int, int]
    ) -> None:
        left, right = "".join(parts), "".join(others)
        if left.count("seq") != 1 or right.count("seq") != 1:
            return
        one, other = read_pattern(left), read_pattern(right)
        if not patterns_meet(one, other):
            mine = one.number(numbers[0], date(years[0], 1, 1)).upper()
            assert mine != other.number(numbers[1], date(years[1], 1, 1)).upper()


class TestValues:
    """Every data type takes what it can keep, from pages and spreadsheets alike, and says what it cannot."""

    @pytest.mark.parametrize(
        ("one", "given", "kept"),
        [
            (attribute("a"), "  PO 7 ", "PO 7"),
            (attribute("a", "long_text"), "一\r\n二", "一\n二"),
            (attribute("a", "integer"), "1,200", 1200),
            (attribute("a", "integer"), -3, -3),
            (attribute("a", "decimal", decimals=3), "1.250", "1.25"),
            (attribute("a", "money"), "1234.50", "1234.5"),
            (attribute("a", "date"), "2026/3/2", "2026-03-02"),
            (attribute("a", "datetime"), "2026-03-02T09:00", "2026-03-02T01:00:00Z"),
            (attribute("a", "datetime"), "2026-03-02T09:00:00+00:00", "2026-03-02T09:00:00Z"),
            (attribute("a", "choice", options=COLOURS), "红", "red"),
            (attribute("a", "multi_choice", options=COLOURS), ["blue", "red", "blue"], ["red", "blue"]),
            (attribute("a", "multi_choice", options=COLOURS), "Blue;红", ["red", "blue"]),
            (attribute("a", "yes_no"), "否", False),
            (attribute("a", "link"), "https://example.com/a?b=1", "https://example.com/a?b=1"),
            (attribute("a", "integer"), "", None),
            (attribute("a", "yes_no"), None, None),
        ],
    )
    def test_what_is_kept(self, one: Attribute, given: object, kept: object) -> None:
        assert parse_value(one, given, zone=ZoneInfo("Asia/Shanghai")) == kept

    @pytest.mark.parametrize(
        ("one", "given", "code"),
        [
            (attribute("a"), 7, "not_a_text"),
            (attribute("a"), "x" * 201, "too_long"),
            (attribute("a"), "a\x00b", "invalid_text"),
            (attribute("a"), "a\nb", "invalid_text"),
            (attribute("a", "integer"), "1.5", "not_a_whole_number"),
            (attribute("a", "integer"), True, "not_a_number"),
            (attribute("a", "integer"), "1e30", "out_of_range"),
            (attribute("a", "decimal", decimals=1), "1.25", "too_many_decimals"),
            (attribute("a", "money"), "NaN", "not_a_number"),
            (attribute("a", "money"), 1.5, "not_a_number"),
            (attribute("a", "date"), "2026-02-30", "not_a_day"),
            (attribute("a", "datetime"), "yesterday", "not_a_moment"),
            (attribute("a", "choice", options=COLOURS), "green", "unknown_choice"),
            (attribute("a", "multi_choice", options=COLOURS), ["red", "green"], "unknown_choice"),
            (attribute("a", "multi_choice", options=COLOURS), 7, "not_a_list"),
            (attribute("a", "yes_no"), "maybe", "not_yes_or_no"),
            (attribute("a", "link"), "javascript:alert(1)", "not_a_link"),
            (attribute("a", "link"), "https://", "not_a_link"),
            (attribute("a", "link"), "http://[", "not_a_link"),
            (attribute("a", "computed"), "7", "is_computed"),
        ],
    )
    def test_what_is_refused(self, one: Attribute, given: object, code: str) -> None:
        with pytest.raises(ValueFault) as refused:
            parse_value(one, given)
        assert refused.value.code == code

    @given(
        st.sampled_from(
            [attribute("a", kind, options=COLOURS) for kind in ("text", "integer", "decimal", "date", "datetime")]
            + [attribute("a", kind, options=COLOURS) for kind in ("choice", "multi_choice", "yes_no", "link")]
        ),
        st.none() | st.booleans() | st.integers() | st.text(max_size=40) | st.lists(st.text(max_size=5), max_size=3),
    )
    def test_any_input_is_kept_or_refused_and_what_is_kept_stays(self, one: Attribute, given: object) -> None:
        try:
            kept = parse_value(one, given)
        except ValueFault:
            return
        assert kept is None or parse_value(one, kept) == kept


def fill(*attributes: Attribute, category: str = "draft", known: Any = None, facts: Any = None, **given: object) -> Any:
    filling = Filling(category=category, language=CONDITIONS, known=known)
    return filling.fill(attributes, given, facts=dict(facts or {}), path="attributes.")


class TestFilling:
    """Defaults, conditions, states and computed values."""

    def test_defaults_are_for_new_orders_only(self) -> None:
        one = attribute("a", default="x")
        assert fill(one).values == {"a": "x"}
        assert fill(one, known={}).values == {}
        assert fill(one, a=None).values == {}

    def test_what_is_not_given_stays(self) -> None:
        assert fill(attribute("a"), attribute("b"), known={"a": "1", "b": "2"}, b="3").values == {"a": "1", "b": "3"}

    def test_a_hidden_attribute_has_no_value_and_is_not_required(self) -> None:
        gate = attribute("gate", "yes_no")
        inner = attribute("inner", shown_when="attribute.gate", is_required=True)
        hidden = fill(gate, inner, gate=False, inner="x")
        assert (hidden.values, hidden.shown, hidden.missing) == ({"gate": False}, {"gate"}, ())
        shown = fill(gate, inner, gate=True)
        assert [one.path for one in shown.missing] == ["attributes.inner"]
        assert fill(gate, inner, gate=True, inner="x").values == {"gate": True, "inner": "x"}

    def test_states_say_what_can_still_be_changed(self) -> None:
        one = attribute("a", editable_in=("draft", "confirmed"))
        assert fill(one, category="confirmed", known={"a": "1"}, a="2").values == {"a": "2"}
        refused = fill(one, category="submitted", known={"a": "1"}, a="2")
        assert [(fault.path, fault.code) for fault in refused.faults] == [("attributes.a", "not_editable")]
        # Sending back what was read changes nothing.
        assert fill(one, category="submitted", known={"a": "1"}, a="1").faults == ()

    def test_computed_values_are_exact_and_rounded_half_up(self) -> None:
        weight = attribute("weight", "decimal", decimals=3)
        total = attribute("sum", "computed", formula="attribute.weight * 3 + total / 8", decimals=2)
        assert fill(weight, total, facts={"total": 1}, weight="0.045").values["sum"] == "0.26"
        assert fill(weight, total, facts={"total": 1}).values == {}
        assert [one.code for one in fill(weight, total, weight="1", sum="7").faults] == ["is_computed"]

    def test_sums_of_lines(self) -> None:
        lines: list[Mapping[str, Any]] = [{"kg": "1.5"}, {}, {"kg": "2"}]
        assert {name: str(value) for name, value in sums_of([attribute("kg", "decimal")], lines).items()} == {
            "sum.kg": "3.5"
        }


def definition(*attributes: Attribute, **more: Any) -> TypeDefinition:
    values: dict[str, Any] = {
        "name_zh": "样品",
        "name_en": "Sample",
        "number": "YP-{yyyy}-{seq:6}",
        "workflow": "sale",
        "invoices_on": "never",
        "attributes": attributes,
    }
    return TypeDefinition(**(values | more))


def faults(wanted: TypeDefinition, **around: Any) -> list[tuple[str, str]]:
    values: dict[str, Any] = {
        "workflows": frozenset({"sale"}),
        "tables": frozenset({"order"}),
        "patterns": (("销售订单", "SO-{yyyy}-{seq:6}"),),
        "attributes": {},
        "facts": {"total": ("number", ())},
        "line_facts": {"line.quantity": ("number", ())},
        "complaints": complaints_about,
    }
    return [(one.path, one.code) for one in check_type(wanted, Surroundings(**(values | around)))]


class TestChecks:
    """A version is published only when nothing is wrong with it; every fault has its place."""

    def test_a_good_type(self) -> None:
        good = definition(
            attribute("urgent", "yes_no", default=False),
            attribute("reason", "choice", options=COLOURS, shown_when="attribute.urgent", is_required=True),
            attribute("kg", "decimal", place="line"),
            attribute("load", "computed", formula="sum.kg * 2"),
            line_columns=("quantity", "price", "kg"),
        )
        assert faults(good) == []
        assert definition_from(as_content(good)) == good

    @pytest.mark.parametrize(
        ("wanted", "fault"),
        [
            (definition(name_zh=""), ("name_zh", "name_empty")),
            (definition(name_en="<script>alert(1)</script>"), ("name_en", "name_with_script")),
            (definition(name_en="{{ secret }}"), ("name_en", "name_with_script")),
            (definition(name_en="a\u202eb"), ("name_en", "name_with_control")),
            (definition(workflow="nowhere"), ("workflow", "not_offered")),
            (definition(approval_table="nowhere"), ("approval_table", "not_offered")),
            (definition(colour="url(x)"), ("colour", "not_offered")),
            (definition(number="so-{yyyy}-{seq:4}"), ("number", "pattern_collides")),
            (definition(attribute("Größe")), ("attributes[0].code", "bad_code")),
            (definition(attribute("a"), attribute("a")), ("attributes[1].code", "code_twice")),
            (definition(attribute("a", name_zh="<b>")), ("attributes[0].name_zh", "name_with_script")),
            (definition(attribute("a", "colour")), ("attributes[0].data_type", "not_offered")),
            (definition(attribute("a", "integer", default="x")), ("attributes[0].default", "not_a_number")),
            (definition(attribute("a", "choice")), ("attributes[0].options", "no_options")),
            (definition(attribute("a", "reference")), ("attributes[0].reference", "not_offered")),
            (definition(attribute("a", "yes_no", is_unique=True)), ("attributes[0].is_unique", "cannot_be_unique")),
            (
                definition(attribute("a", is_unique=True, default="x")),
                ("attributes[0].default", "unique_has_no_default"),
            ),
            (definition(attribute("a", editable_in=())), ("attributes[0].editable_in", "never_editable")),
            (definition(attribute("a", shown_when="total >")), ("attributes[0].shown_when", "bad_condition")),
            (definition(attribute("a", shown_when="attribute.b == 1")), ("attributes[0].shown_when", "bad_condition")),
            (definition(attribute("a", "computed")), ("attributes[0].formula", "no_formula")),
            (definition(attribute("a", "computed", formula="total > 1")), ("attributes[0].formula", "bad_formula")),
            (definition(attribute("a", "computed", formula="open('x')")), ("attributes[0].formula", "bad_formula")),
            (definition(line_columns=("price",)), ("line_columns", "quantity_needed")),
            (definition(line_columns=("quantity", "nose")), ("line_columns[1]", "not_offered")),
            (definition(attribute("a", place="line", is_required=True)), ("line_columns", "required_column")),
        ],
    )
    def test_faults(self, wanted: TypeDefinition, fault: tuple[str, str]) -> None:
        assert faults(wanted) == [fault]

    def test_a_code_means_the_same_in_every_type(self) -> None:
        known = {"a": ("寄售", attribute("a", "integer"))}
        wanted = definition(attribute("a", "text"))
        assert faults(wanted, attributes=known) == [("attributes[0].data_type", "other_data_type")]
        assert faults(definition(attribute("a", "integer")), attributes=known) == []

    def test_what_a_data_type_does_not_use_is_dropped(self) -> None:
        one = attribute("a", "date", default="2026/3/2", formula="total", reference="order", options=COLOURS)
        kept = normalised(definition(one)).attributes[0]
        assert (kept.default, kept.formula, kept.reference, kept.options) == ("2026-03-02", "", "", ())


def test_a_difference_names_attribute_and_field() -> None:
    before = definition(attribute("a"), attribute("b"))
    after = definition(attribute("b", is_required=True), attribute("c"), name_en="Samples")
    found = [(one.attribute.code if one.attribute else "", one.field) for one in diff_types(before, after)]
    assert found == [("", "name_en"), ("b", "is_required"), ("c", ""), ("a", "")]


def test_every_prefix_of_a_document_is_known_where_patterns_are_compared() -> None:
    written = {
        found
        for file in Path("shundan").rglob("*.py")
        if file.parent.name not in ("kinds", "demo")
        for found in re.findall(r'prefix="([A-Z]+)"', file.read_text(encoding="utf-8"))
    }
    assert written
    assert written <= set(PREFIXES)


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        ("SH-{seq:6}", "SH"),
        ("sh{yyyy}{seq:6}", "SH"),
        ("SHA-{seq:6}", None),
        ("销SH-{seq:6}", None),
        ("XS{seq:6}", None),
    ],
)
def test_letters_of_other_documents_are_taken(pattern: str, letters: str | None) -> None:
    assert prefix_taken(pattern, PREFIXES) == letters
