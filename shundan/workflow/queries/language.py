"""The language of conditions for rooms above: asked, worked out, and checked with sentences in the active language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from shundan.workflow.rules import ConditionFault, FactType, Value, check_condition, parse_condition
from shundan.workflow.rules.expressions import check_formula, parse_formula

Shapes = Mapping[str, tuple[str, tuple[str, ...]]]


class ConditionLanguage:
    """Conditions and formulas over named facts; asking never raises, what is missing makes no condition true."""

    def holds(self, text: str, facts: Mapping[str, Any]) -> bool:
        """Tell whether a condition holds."""
        try:
            return parse_condition(text).holds(facts)
        except ConditionFault:
            return False

    def value(self, text: str, facts: Mapping[str, Any]) -> Value:
        """Return what a formula gives, None where a part of it is missing."""
        try:
            return parse_formula(text)(facts)
        except ConditionFault:
            return None


CONDITIONS = ConditionLanguage()


def complaints_about(text: str, facts: Shapes, wanted: str) -> list[str]:
    """Return what is wrong with an expression that must give `yes_no` or `number`, with the cure.

    `facts` are (kind, choices) by name.
    """
    schema = {name: FactType(kind, choices, is_optional=True) for name, (kind, choices) in facts.items()}
    check = check_condition if wanted == "yes_no" else check_formula
    is_english = (get_language() or "").startswith("en")
    return [f"{one.en} {one.cure_en}" if is_english else f"{one.zh}{one.cure_zh}" for one in check(text, facts=schema)]
