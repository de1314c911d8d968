"""Conditions over facts: types are checked when published, evaluation never raises, money stays decimal.

A comparison with a missing fact (None) is false, also `!=` and `not in`; `fact == null` asks for it. No regular
expressions, no calls, no attributes: a condition can only compare what it is given.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from shundan.workflow.rules.problems import Problem, shown, unknown_problem
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
    Value,
    parse_tree,
    walk,
)

Facts = Mapping[str, Value]
Test = Callable[[Facts], bool]

# Kind of a fact → class of values that may be compared with one another.
KINDS = {
    "number": "number",
    "integer": "number",
    "text": "text",
    "yes_no": "yes_no",
    "date": "date",
    "datetime": "datetime",
    "texts": "texts",
    "person": "person",
}
_WORDS = {
    "number": ("数字", "a number"),
    "text": ("文字", "a text"),
    "yes_no": ("是或否", "yes or no"),
    "date": ("日期", "a day"),
    "datetime": ("时刻", "a moment"),
    "texts": ("一组文字", "a set of texts"),
    "person": ("人员", "a person"),
    "nothing": ("空值 null", "null"),
}
_ORDERED = ("number", "date", "datetime")
# Values of one class compare; anything else raises TypeError, which the callers expect.
_SIGNS: Mapping[str, Callable[[Any, Any], object]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class FactType:
    """What a fact is: its kind (a key of KINDS), its choices if it has only some, and what the solver may rely on."""

    kind: str
    choices: tuple[str, ...] = ()
    minimum: Decimal | None = None
    is_optional: bool = False


Schema = Mapping[str, FactType]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read once; `holds` is quick and never raises."""

    text: str
    tree: Tree = field(repr=False)
    holds: Test = field(repr=False, compare=False)
    names: tuple[str, ...]


@lru_cache(maxsize=4096)
def parse_condition(text: str) -> Condition:
    """Read a condition, once for each text. Raises: ConditionFault (a ValueError)."""
    tree = parse_tree(text)
    names = dict.fromkeys(part.name for part in walk(tree) if isinstance(part, Name))
    return Condition(text, tree, compile_test(tree), tuple(names))


def check_condition(text: str, *, facts: Schema) -> list[ConditionFault]:
    """Return every fault of a condition: one of the grammar, or all unknown facts and wrong types."""
    return _check(text, wanted="yes_no", facts=facts)


@lru_cache(maxsize=1024)
def parse_formula(text: str) -> Callable[[Facts], Value]:
    """Read a formula, once for each text; it gives None where a part is missing. Raises: ConditionFault."""
    return compile_value(parse_tree(text))


def check_formula(text: str, *, facts: Schema) -> list[ConditionFault]:
    """Return every fault of a formula, which must give a number."""
    return _check(text, wanted="number", facts=facts)


def _check(text: str, *, wanted: str, facts: Schema) -> list[ConditionFault]:
    try:
        tree = parse_tree(text)
    except ConditionFault as fault:
        return [fault]
    faults: list[ConditionFault] = []
    found = _class_of(tree, facts, faults)
    if found not in (wanted, ""):
        faults.append(_wrong(tree.at, wanted=wanted, found=found))
    return faults


def condition_problems(place: str, text: str, *, facts: Schema) -> Iterator[Problem]:
    """Yield the faults of a condition; the place gains the character, as in `transitions.approve.when:12`."""
    for fault in check_condition(text, facts=facts):
        yield Problem(f"{place}:{fault.at}", fault.code, fault.zh, fault.en, fault.cure_zh, fault.cure_en)


def _class_of(tree: Tree, facts: Schema, faults: list[ConditionFault]) -> str:
    """Return the class of a part's values and add its faults; "" once a fault is told, so that it is told once."""
    match tree:
        case Literal():
            return class_of_value(tree.value)
        case Name():
            if tree.name in facts:
                return KINDS[facts[tree.name].kind]
            told = unknown_problem("", what=("fact", "事实", "fact"), name=tree.name, known=facts)
            faults.append(
                ConditionFault(
                    tree.at,
                    told.code,
                    zh=told.sentence_zh,
                    en=told.sentence_en,
                    cure_zh=told.cure_zh,
                    cure_en=told.cure_en,
                )
            )
            return ""
        case Not():
            _expect(tree.part, "yes_no", facts, faults)
            return "yes_no"
        case Both():
            for part in tree.parts:
                _expect(part, "yes_no", facts, faults)
            return "yes_no"
        case Sum():
            _expect(tree.left, "number", facts, faults)
            _expect(tree.right, "number", facts, faults)
            return "number"
        case Comparison():
            _check_comparison(tree, facts, faults)
            return "yes_no"
        case Items():
            return "items"


def _expect(tree: Tree, wanted: str, facts: Schema, faults: list[ConditionFault]) -> None:
    found = _class_of(tree, facts, faults)
    if found not in (wanted, ""):
        faults.append(_wrong(tree.at, wanted=wanted, found=found))


def _check_comparison(tree: Comparison, facts: Schema, faults: list[ConditionFault]) -> None:
    left = _class_of(tree.left, facts, faults)
    if tree.sign in ("in", "not in"):
        _check_membership(tree, left, facts, faults)
        return
    right = _class_of(tree.right, facts, faults)
    if not left or not right:
        return
    if tree.sign in ("==", "!="):
        fits = "nothing" in (left, right) or (left == right != "texts") or _is_person(tree, left, right)
    else:
        fits = left == right and left in _ORDERED
    if not fits:
        is_unordered = left == right or "nothing" in (left, right)
        faults.append(_unordered(tree) if is_unordered else _wrong(tree.right.at, wanted=left, found=right))
        return
    for one, other in ((tree.left, tree.right), (tree.right, tree.left)):
        if isinstance(other, Literal):
            _check_choice(one, other, facts, faults)


def _check_membership(tree: Comparison, left: str, facts: Schema, faults: list[ConditionFault]) -> None:
    if isinstance(tree.right, Items):
        for item in tree.right.values:
            found = class_of_value(item.value)
            if left and found != left and not (left == "person" and found == "number"):
                faults.append(_wrong(item.at, wanted=left, found=found))
            _check_choice(tree.left, item, facts, faults)
        return
    right = _class_of(tree.right, facts, faults)
    if right not in ("texts", ""):
        faults.append(_misplaced(tree.right.at, tree.sign))
    elif left not in ("text", ""):
        faults.append(_wrong(tree.left.at, wanted="text", found=left))
    elif right and isinstance(tree.left, Literal):
        _check_choice(tree.right, tree.left, facts, faults)


def _check_choice(fact: Tree, literal: Literal, facts: Schema, faults: list[ConditionFault]) -> None:
    """A misspelt choice would make the condition silently false."""
    choices = facts[fact.name].choices if isinstance(fact, Name) and fact.name in facts else ()
    if choices and isinstance(literal.value, str) and literal.value not in choices:
        told = "、".join(choices[:12])
        faults.append(
            ConditionFault(
                literal.at,
                "no_such_choice",
                zh=f"“{shown(literal.value)}”不是可选值。",
                en=f"“{shown(literal.value)}” is not one of the choices.",
                cure_zh=f"可选：{told}。",
                cure_en=f"Choose one of {', '.join(choices[:12])}.",
            )
        )


def class_of_value(value: Value) -> str:
    """Return the class (a value of KINDS, or "nothing") of a value."""
    # The order matters: bool is an int and datetime is a date.
    for kind, name in ((bool, "yes_no"), (datetime, "datetime"), (date, "date"), (str, "text"), (tuple, "texts")):
        if isinstance(value, kind):
            return name
    return "nothing" if value is None else "number"


def _is_person(tree: Comparison, left: str, right: str) -> bool:
    literal = {left: tree.left, right: tree.right}.get("number")
    return {left, right} == {"person", "number"} and isinstance(literal, Literal)


def _wrong(at: int, *, wanted: str, found: str) -> ConditionFault:
    items = ("列表", "a list")
    (zh, en), (has_zh, has_en) = _WORDS.get(wanted, items), _WORDS.get(found, items)
    return ConditionFault(
        at,
        "wrong_type",
        zh=f"此处需要{zh}，得到的是{has_zh}。",
        en=f"This must be {en} and is {has_en}.",
        cure_zh=f"请换成{zh}。" + ("文字要加引号。" if wanted == "text" else ""),
        cure_en=f"Write {en}." + (" Texts stand in quotes." if wanted == "text" else ""),
    )


def _unordered(tree: Comparison) -> ConditionFault:
    return ConditionFault(
        tree.at,
        "wrong_type",
        zh=f"“{tree.sign}”不能用于这类值。",
        en=f"“{tree.sign}” does not work on such values.",
        cure_zh='文字和人员用 == 或 !=；一组文字用 "值" in 事实。',
        cure_en='Use == or != for texts and persons, "text" in fact for sets.',
    )


def _misplaced(at: int, sign: str) -> ConditionFault:
    return ConditionFault(
        at,
        "wrong_type",
        zh=f"“{sign}”的右边不对。",
        en=f"What stands right of “{sign}” does not fit.",
        cure_zh='in 的右边是列表 ["A", "B"] 或一组文字；其他比较符的右边是单个值。',
        cure_en='Right of in stands a list ["A", "B"] or a set of texts; right of other signs a single value.',
    )


def compile_test(tree: Tree) -> Test:
    """Return the function of a condition. What is missing or does not compare is false."""
    match tree:
        case Both(parts=parts, word=word):
            return _joined(tuple(compile_test(part) for part in parts), is_and=word == "and")
        case Not(part=part):
            inner = compile_test(part)
            return lambda facts: not inner(facts)
        case Comparison(sign=("in" | "not in")):
            return _membership(tree)
        case Comparison():
            return _comparison(tree)
        case Name(name=name):
            return lambda facts: facts.get(name) is True
        case _:
            value = compile_value(tree)
            return lambda facts: value(facts) is True


def _joined(tests: tuple[Test, ...], *, is_and: bool) -> Test:
    if len(tests) == 2:
        first, second = tests
        if is_and:
            return lambda facts: first(facts) and second(facts)
        return lambda facts: first(facts) or second(facts)
    if is_and:
        return lambda facts: all(test(facts) for test in tests)
    return lambda facts: any(test(facts) for test in tests)


def _comparison(tree: Comparison) -> Test:
    compare = _SIGNS[tree.sign]
    for one, other in ((tree.left, tree.right), (tree.right, tree.left)):
        if isinstance(other, Literal) and other.value is None:
            value, is_wanted = compile_value(one), tree.sign == "=="
            return lambda facts: (value(facts) is None) is is_wanted
    if isinstance(tree.left, Name) and isinstance(tree.right, Literal):
        # Nearly every row of a table looks like this, so it has a way without inner calls.
        name, literal = tree.left.name, tree.right.value

        def plain(facts: Facts) -> bool:
            found = facts.get(name)
            try:
                return found is not None and bool(compare(found, literal))
            except (TypeError, ArithmeticError):
                return False

        return plain
    left, right = compile_value(tree.left), compile_value(tree.right)

    def both(facts: Facts) -> bool:
        one, other = left(facts), right(facts)
        try:
            return one is not None and other is not None and bool(compare(one, other))
        except (TypeError, ArithmeticError):
            return False

    return both


def _membership(tree: Comparison) -> Test:
    value, is_wanted = compile_value(tree.left), tree.sign == "in"
    if isinstance(tree.right, Items):
        items = frozenset(item.value for item in tree.right.values if item.value is not None)

        def listed(facts: Facts) -> bool:
            found = value(facts)
            try:
                return found is not None and (found in items) is is_wanted
            except TypeError:  # a signalling NaN has no hash
                return False

        return listed
    texts = compile_value(tree.right)

    def held(facts: Facts) -> bool:
        found, among = value(facts), texts(facts)
        return found is not None and isinstance(among, tuple) and (found in among) is is_wanted

    return held


def compile_value(tree: Tree) -> Callable[[Facts], Value]:
    """Return the function of a value; sums with a missing part, and divisions by zero, are missing."""
    match tree:
        case Literal(value=value):
            return lambda facts: value
        case Name(name=name):
            return lambda facts: facts.get(name)
        case Sum():
            return _sum(tree)
        case _:
            return compile_test(tree)


def _sum(tree: Sum) -> Callable[[Facts], Value]:
    left, right = compile_value(tree.left), compile_value(tree.right)
    calculate = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}[tree.sign]

    def result(facts: Facts) -> Value:
        one, other = left(facts), right(facts)
        if not isinstance(one, Decimal | int) or not isinstance(other, Decimal | int):
            return None
        try:
            # Two whole numbers divided would give a float.
            found: Decimal = calculate(Decimal(one), other)
        except ArithmeticError:
            return None
        return found

    return result
