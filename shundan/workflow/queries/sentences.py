"""Conditions in words: facts as people know them, and a condition or formula as a sentence of the reader's language."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from shundan.kernel.money import decimal_places, plain
from shundan.workflow.registries import FACTS, LABELS, Choices, Fact, added_facts
from shundan.workflow.rules import FactType, Value
from shundan.workflow.rules.builder import BuiltRow, row_of
from shundan.workflow.rules.syntax import (
    Both,
    Comparison,
    ConditionFault,
    Items,
    Literal,
    Name,
    Not,
    Sum,
    Tree,
    parse_tree,
)

COUNTED = ("number", "integer", "date", "datetime")
_SIGNS = {"==": "=", "!=": "≠", ">=": "≥", "<=": "≤", ">": ">", "<": "<", "*": "×", "/": "÷", "-": "−", "+": "+"}
_COMPARED = {"eq": "=", "ne": "≠", "gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
_ROWS: Mapping[str, str | Promise] = {
    "eq": gettext_lazy("%(fact)s is %(value)s"),
    "ne": gettext_lazy("%(fact)s is not %(value)s"),
    "one_of": gettext_lazy("%(fact)s is %(value)s"),
    "none_of": gettext_lazy("%(fact)s is not %(value)s"),
    "between": gettext_lazy("%(fact)s is between %(low)s and %(high)s"),
    "contains": gettext_lazy("%(fact)s contains %(value)s"),
    "lacks": gettext_lazy("%(fact)s does not contain %(value)s"),
    "yes": gettext_lazy("%(fact)s: yes"),
    "no": gettext_lazy("%(fact)s: no"),
    "empty": gettext_lazy("%(fact)s is empty"),
    "filled": gettext_lazy("%(fact)s is not empty"),
}


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact as people meet it: its name on screen, its kind, where it stands in a list, the values it may have."""

    label: str | Promise
    kind: str
    group: str | Promise = ""
    choices: Choices | None = None
    is_money: bool = False
    is_optional: bool = True

    @property
    def type(self) -> FactType:
        """Return what the checks of conditions want to know of it."""
        return FactType(self.kind, is_optional=self.is_optional)


Known = Mapping[str, KnownFact]


def known_facts(document: str) -> dict[str, KnownFact]:
    """Return every fact that conditions on a kind of document may name."""
    found = {**FACTS.get(document, {}), **added_facts(document, None)}
    return {name: known_fact(name, one) for name, one in found.items()}


def known_fact(name: str, fact: Fact) -> KnownFact:
    """Return a registered fact as people meet it."""
    return KnownFact(
        label=fact.label or LABELS.get("fact", {}).get(name, name),
        kind=fact.kind,
        group=fact.group,
        choices=fact.choices,
        is_money=fact.is_money,
        is_optional=fact.is_optional,
    )


def condition_in_words(text: str, facts: Known) -> str:
    """Return a condition or formula in words; one that cannot be read stays as it is."""
    if not text.strip():
        return ""
    try:
        tree = parse_tree(text)
    except ConditionFault:
        return text
    return _Speaker(facts).said(tree)


def condition_in_both_languages(text: str, facts: Callable[[], Known]) -> tuple[str, str]:
    """Return a condition in Chinese and English words, whatever language is active now."""
    with override("zh-hans"):
        chinese = condition_in_words(text, facts())
    with override("en"):
        return chinese, condition_in_words(text, facts())


class _Speaker:
    """Says one condition; the values of a fact are looked up once, and only where the condition compares it."""

    def __init__(self, facts: Known) -> None:
        self.facts = facts
        self.types = {name: one.type for name, one in facts.items()}
        self._choices: dict[str, Mapping[str, str | Promise]] = {}

    def said(self, tree: Tree) -> str:
        row = row_of(tree, facts=self.types)
        if row is not None:
            return self._row(row)
        match tree:
            case Both(word=word, parts=parts):
                return (_(", and ") if word == "and" else _(", or ")).join(self._inner(part) for part in parts)
            case Not(part=part):
                return _("not (%(what)s)") % {"what": self.said(part)}
            case Comparison(sign=("in" | "not in") as sign):
                pattern = _ROWS["eq" if sign == "in" else "ne"]
                return str(pattern) % {"fact": self._inner(tree.left), "value": self._inner(tree.right)}
            case Comparison() | Sum():
                return f"{self._inner(tree.left, tree)} {_SIGNS[tree.sign]} {self._inner(tree.right, tree)}"
            case Name(name=name):
                return str(self.facts[name].label) if name in self.facts else name
            case Literal(value=value):
                return self._value(value)
            case Items(values=values):
                return self._listed(self._value(one.value) for one in values)

    def _inner(self, tree: Tree, around: Tree | None = None) -> str:
        """Say a part, in brackets where it would be read otherwise without them."""
        is_group = isinstance(tree, Both) and row_of(tree, facts=self.types) is None
        is_sum = isinstance(tree, Sum) and isinstance(around, Sum) and not _needs_no_brackets(tree, around)
        said = self.said(tree)
        return _("(%(what)s)") % {"what": said} if is_group or is_sum else said

    def _row(self, row: BuiltRow) -> str:
        fact = self.facts[row.fact]
        values = [self._value(one, row.fact) for one in row.values]
        if row.operator in _COMPARED and (fact.kind in COUNTED or row.operator not in _ROWS):
            return f"{fact.label} {_COMPARED[row.operator]} {values[0]}"
        said = {"fact": str(fact.label), "value": self._listed(values)}
        if row.operator == "between":
            said |= {"low": values[0], "high": values[1]}
        return str(_ROWS[row.operator]) % said

    def _listed(self, values: Iterable[str]) -> str:
        return _(" or ").join(values)

    def _value(self, value: Value, name: str = "") -> str:
        fact = self.facts.get(name)
        if fact and fact.choices and isinstance(value, str | Decimal):
            return str(self._choices_of(name).get(str(value), value))
        match value:
            case None:
                return _("nothing")
            case bool():
                return _("Yes") if value else _("No")
            case Decimal():
                return f"{value:,.2f}" if fact and fact.is_money and decimal_places(value) < 3 else _grouped(value)
            case datetime():
                return value.isoformat(sep=" ", timespec="minutes")
            case str():
                return _("“%(text)s”") % {"text": value}
        return str(value)

    def _choices_of(self, name: str) -> Mapping[str, str | Promise]:
        if name not in self._choices:
            choices = self.facts[name].choices
            self._choices[name] = choices() if choices else {}
        return self._choices[name]


def _needs_no_brackets(tree: Sum, around: Sum) -> bool:
    is_close = tree.sign in "*/"
    is_left = tree is around.left
    return (is_close and around.sign in "+-") or (is_left and is_close == (around.sign in "*/"))


def _grouped(number: Decimal) -> str:
    return f"{Decimal(plain(number)):,f}"
