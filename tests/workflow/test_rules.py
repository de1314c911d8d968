"""Reading definitions, and refusing bad ones with the place of the fault."""

import pytest

from shundan.workflow.rules.definition import Definition, parse_definition, unknown_names
from tests.house.plan import PACKAGE

GOOD = """
code = "tiny"
zh = "小流程"
en = "Tiny"
initial = "draft"
[states]
draft = { category = "draft", zh = "草稿", en = "Draft" }
done = { category = "completed", zh = "完成", en = "Done" }
[transitions.finish]
zh = "完成"
en = "Finish"
from = ["draft"]
to = "done"
permission = "order.submit"
needs = ["order_has_lines"]
does = ["reserve_order_stock"]
"""


def sale() -> Definition:
    """The shipped definition."""
    return parse_definition((PACKAGE / "orders" / "workflows" / "sale.toml").read_text())


def test_a_good_definition_is_read() -> None:
    tiny = parse_definition(GOOD)
    assert tiny.edges() == [["draft", "done"]]
    assert [one.name for one in tiny.leaving("draft")] == ["finish"] and tiny.leaving("done") == ()
    assert tiny.transition("finish") == tiny.transitions[0] and tiny.transition("nothing") is None


def test_what_an_earlier_release_published_stays_readable() -> None:
    levels = '[[approvals]]\npermission = "order.approve"\nrole = "executive"\nover = "5000.00"\n'
    assert parse_definition(GOOD.replace("[transitions.finish]", f"{levels}[transitions.finish]")) == parse_definition(
        GOOD
    )


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('to = "done"', 'to = "gone"', "transitions.finish.to: 'gone'"),
        ('from = ["draft"]', 'from = ["dreft"]', "transitions.finish.from: 'dreft'"),
        ('initial = "draft"', 'initial = "start"', "initial: 'start'"),
        ('category = "completed"', 'category = "finished"', "states.done.category: 'finished'"),
        ('from = ["draft"]\nto = "done"', 'from = ["draft"]\nto = "="', "no way leads to done"),
        ('permission = "order.submit"', "", "transitions.finish.permission"),
        ('code = "tiny"', "", "code"),
        ("[states]", "[states", "line"),
    ],
)
def test_a_bad_definition_is_refused_with_the_place(old: str, new: str, fault: str) -> None:
    assert old in GOOD
    with pytest.raises(ValueError) as caught:
        parse_definition(GOOD.replace(old, new))
    assert fault in str(caught.value)


def test_unknown_guards_and_effects_are_named() -> None:
    tiny = parse_definition(GOOD)
    assert unknown_names(tiny, guards=["order_has_lines"], effects=["reserve_order_stock"]) == []
    assert unknown_names(tiny, guards=[], effects=["other"]) == [
        "tiny.finish.needs.order_has_lines",
        "tiny.finish.does.reserve_order_stock",
    ]


def test_in_the_shipped_workflow_credit_is_locked_before_stock() -> None:
    """Two transitions that lock in different orders would deadlock."""
    for one in sale().transitions:
        credit = [i for i, name in enumerate(one.does) if "credit" in name]
        stock = [i for i, name in enumerate(one.does) if "stock" in name or "quantities" in name]
        assert not credit or not stock or min(credit) < min(stock), one.name
