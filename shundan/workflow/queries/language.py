"""The language of conditions for rooms above: asked, worked out, checked, said in words, turned into rows and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from django.utils.translation import get_language

from shundan.workflow.queries.sentences import Known, condition_in_words
from shundan.workflow.rules import ConditionFault, FactType, Value, check_condition, parse_condition
from shundan.workflow.rules.builder import Unbuildable, built_of, text_of_built
from shundan.workflow.rules.built_forms import Gap as Gap
from shundan.workflow.rules.built_forms import built_as_values, built_from_values
from shundan.workflow.rules.built_forms import operators_of as operators_of
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


@dataclass(frozen=True, slots=True)
class Answer:
    """What the house makes of an expression: its text, the sentence, what is wrong, its rows (JSON), what they lack.

    Without rows it can only be shown as text: because it is wrong, or because rows cannot say it.
    """

    text: str
    sentence: str
    faults: tuple[ConditionFault, ...]
    built: dict[str, Any] | None = None
    gaps: tuple[Gap, ...] = ()


def answer_text(text: str, known: Known, *, wanted: str, zone: tzinfo) -> Answer:
    """Return what an expression says that must give `yes_no` or `number`; `zone` is what rows show moments in."""
    clean = " ".join(text.split("\n")).strip()
    schema = {name: one.type for name, one in known.items()}
    check = check_condition if wanted == "yes_no" else check_formula
    faults = tuple(check(clean, facts=schema)) if clean else ()
    built = None
    if not faults and wanted == "yes_no":
        try:
            built = built_as_values(built_of(clean, facts=schema), zone=zone)
        except Unbuildable:
            built = None
    return Answer(clean, "" if faults else condition_in_words(clean, known), faults, built)


def answer_built(raw: object, known: Known, *, zone: tzinfo) -> Answer:
    """Return the text of rows that a page sent, without those that are not complete.

    Raises: ValueError for what no builder sends.
    """
    schema = {name: one.type for name, one in known.items()}
    group, gaps = built_from_values(raw, facts=schema, zone=zone)
    try:
        text = text_of_built(group)
    except ConditionFault as fault:
        return Answer("", "", (fault,), gaps=gaps)
    found = answer_text(text, known, wanted="yes_no", zone=zone)
    return Answer(found.text, found.sentence, found.faults, found.built, gaps)
