"""What the editor shows of a text and writes back; the diagram that is drawn of it."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shundan.config.shipped import ROOMS, WORKFLOWS
from shundan.workflow.rules import definition_text, read_definition, read_table, table_text
from shundan.workflow.rules.drawing import draw
from shundan.workflow.rules.layers import ranks_of, rows_of, tracks_of
from shundan.workflow.rules.shapes import Box
from shundan.workflow.rules.sheets import (
    Sheet,
    named_rows,
    renamed,
    sheet_of,
    table_sheet_of,
    text_of_sheet,
    text_of_table_sheet,
)
from tests.workflow import drawn

SHIPPED = sorted(WORKFLOWS.glob("*.toml"))
LANGUAGES = ("zh-hans", "en")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_workflow_survives_the_editor(path) -> None:  # type: ignore[no-untyped-def]
    text = path.read_text(encoding="utf-8")
    assert text_of_sheet(sheet_of(text)) == definition_text(read_definition(text))


def test_a_shipped_table_survives_the_editor() -> None:
    text = (ROOMS / "orders" / "approvals" / "order.toml").read_text(encoding="utf-8")
    assert text_of_table_sheet(table_sheet_of(text)) == table_text(read_table(text))


@given(drawn.definitions())
@settings(max_examples=60)
def test_any_workflow_survives_the_editor(definition) -> None:  # type: ignore[no-untyped-def]
    text = definition_text(definition)
    assert text_of_sheet(sheet_of(text)) == text


def test_what_is_half_done_is_kept_as_it_is() -> None:
    text = 'code = "x"\ninitial = "a"\n[states]\na = { category = "?", zh = "甲" }\n'
    text += '[transitions.go]\nfrom = ["b"]\nafter = "soon"\n'
    sheet = sheet_of(text)
    assert sheet.states[0] == {"name": "a", "category": "?", "zh": "甲", "en": "", "side": False}
    again = sheet_of(text_of_sheet(sheet))
    assert again == sheet
    assert again.transitions[0]["after"] == "soon"


def test_rows_without_a_code_get_a_free_one_and_none_is_lost() -> None:
    rows = [{"name": "", "zh": "甲"}, {"name": "state_2"}, {"name": "a"}, {"name": "a", "zh": "again"}]
    assert [one["name"] for one in named_rows(rows, prefix="state")] == ["state_3", "state_2", "a", "a_2"]


def test_ways_follow_a_state_that_got_another_code() -> None:
    sheet = sheet_of((WORKFLOWS / "sale.toml").read_text(encoding="utf-8"))
    states = tuple({**one, "name": "new" if one["name"] == "draft" else one["name"]} for one in sheet.states)
    moved = renamed(Sheet(sheet.head, states, sheet.transitions), {"draft": "new"})
    assert moved.head["initial"] == "new"
    assert not any("draft" in (*one["from"], one["to"]) for one in moved.transitions)
    assert read_definition(text_of_sheet(moved)).initial == "new"


def test_ranks_go_downwards_whatever_circles_there_are() -> None:
    after = {"a": ["b", "c"], "b": ["a", "d"], "c": ["d", "c"], "d": ["b"], "lost": ["a"]}
    ranks = ranks_of(list(after), after, initial="a")
    assert (ranks["a"], ranks["c"], ranks["lost"]) == (0, 1, max(ranks.values()))
    assert sorted(name for row in rows_of(ranks, after) for name in row) == sorted(after)


def test_lanes_that_meet_lie_beside_each_other() -> None:
    spans = [(0, 3), (0, 1), (2, 3), (4, 5)]
    tracks = tracks_of(spans)
    assert tracks[1] == tracks[2] == tracks[3] == 0
    assert tracks[0] == 1


def overlap(one: Box, other: Box) -> bool:
    return not (
        one.x + one.width <= other.x or other.x + other.width <= one.x or one.bottom <= other.y or other.bottom <= one.y
    )


def well_drawn(sheet: Sheet, language: str) -> None:
    drawing = draw(sheet, language=language)
    assert len(drawing.boxes) == len(sheet.states)
    assert not [pair for pair in combinations(drawing.boxes, 2) if overlap(*pair)]
    for box in drawing.boxes:
        assert box.x >= 0 and box.y >= 0
        assert box.x + box.width <= drawing.width and box.bottom <= drawing.height
    named = {name for line in drawing.lines for name in line.names}
    named |= {name for box in drawing.boxes for name, _label in box.loops}
    assert named == {one["name"] for one in sheet.transitions}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_workflows_are_drawn_without_overlap(path, language: str) -> None:  # type: ignore[no-untyped-def]
    sheet = sheet_of(path.read_text(encoding="utf-8"))
    well_drawn(sheet, language)
    boxes = draw(sheet, language=language).boxes
    for line in draw(sheet, language=language).lines:
        for label in line.labels:
            left = label.x if label.anchor == "start" else label.x - 6 * len(label.text)
            assert not [
                one.name for one in boxes if one.x < left < one.x + one.width and one.y < label.y - 4 < one.bottom
            ]


@given(drawn.definitions(), st.sampled_from(LANGUAGES))
@settings(max_examples=80)
def test_any_workflow_is_drawn_without_overlap(definition, language: str) -> None:  # type: ignore[no-untyped-def]
    well_drawn(sheet_of(definition_text(definition)), language)


def test_a_workflow_as_large_as_allowed_is_drawn_at_once() -> None:
    names = [f"s{number}" for number in range(60)]
    states = "\n".join(f'{name} = {{ category = "draft", zh = "{name}", en = "{name}" }}' for name in names)
    ways = "\n".join(
        f'[transitions.t{at}]\nzh = "t"\nen = "t"\npermission = "p"\n'
        f'from = ["{names[at % 60]}"]\nto = "{names[at * 7 % 60]}"'
        for at in range(300)
    )
    sheet = sheet_of(f'code = "x"\nzh = "x"\nen = "x"\ninitial = "s0"\n[states]\n{states}\n{ways}\n')
    well_drawn(sheet, "en")
