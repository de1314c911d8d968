"""The grammar of conditions: text to tree, with the character position of every part and every fault."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NoReturn

# What a fact may hold. No floats: money that was a float has lost its cents.
Value = Decimal | int | str | bool | date | datetime | tuple[str, ...] | None

LONGEST_CONDITION = 2000
DEEPEST = 20
# A condition is read by people; the limit also bounds the depth of sums, which nest to the left.
MOST_WORDS = 500
MOST_SUMS = 50
COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<datetime>\d{4}-\d\d-\d\d[T]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)
    |(?P<date>\d{4}-\d\d-\d\d(?![\d.]))
    |(?P<number>\d{1,24}(?:\.\d{1,12})?(?![\w.]))
    |(?P<text>"[^"\\\n]*"|'[^'\\\n]*')
    |(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
    |(?P<sign>==|!=|<=|>=|[<>()\[\],+*/-])""",
    re.VERBOSE,
)
_WORDS = frozenset({"and", "or", "not", "in", "true", "false", "null"})
# What people type from habit, and what it is called here.
_HABITS = {"=": "==", "&": "and", "|": "or", "!": "not", "≥": ">=", "≤": "<=", "≠": "!=", "＞": ">", "＜": "<"} | {
    "＝": "==", "（": "(", "）": ")", "“": '"', "”": '"', "，": ",", "‘": "'", "’": "'", "【": "[", "】": "]",
}  # fmt: skip


class ConditionFault(ValueError):
    """A fault in a condition: position from 1, stable code, sentence and cure in both languages."""

    def __init__(self, at: int, code: str, *, zh: str, en: str, cure_zh: str, cure_en: str) -> None:
        super().__init__(f"{at}: {en} {cure_en}")
        self.at, self.code, self.zh, self.en, self.cure_zh, self.cure_en = at, code, zh, en, cure_zh, cure_en


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is written in the condition."""

    at: int
    value: Value


@dataclass(frozen=True, slots=True)
class Name:
    """A fact."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list of literals, right of `in`."""

    at: int
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What must not hold."""

    at: int
    part: "Tree"


@dataclass(frozen=True, slots=True)
class Both:
    """`and` or `or` over two or more parts."""

    at: int
    word: str
    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """Arithmetic: + - * /."""

    at: int
    sign: str
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values side by side: a sign of COMPARISONS, `in` or `not in`."""

    at: int
    sign: str
    left: "Tree"
    right: "Tree"


Tree = Literal | Name | Items | Not | Both | Sum | Comparison


def parse_tree(text: str) -> Tree:
    """Read a condition. Raises: ConditionFault."""
    if len(text) > LONGEST_CONDITION:
        raise ConditionFault(
            LONGEST_CONDITION,
            "too_long",
            zh=f"条件超过 {LONGEST_CONDITION} 个字符。",
            en=f"The condition is longer than {LONGEST_CONDITION} characters.",
            cure_zh="请拆成几条。",
            cure_en="Split it into several.",
        )
    return _Parser(text).whole()


def walk(tree: Tree) -> Iterator[Tree]:
    """Yield every part of a tree, itself first."""
    yield tree
    match tree:
        case Not():
            yield from walk(tree.part)
        case Both():
            for part in tree.parts:
                yield from walk(part)
        case Sum() | Comparison():
            yield from walk(tree.left)
            yield from walk(tree.right)
        case Items():
            yield from tree.values
        case _:
            return


class _Parser:
    """Recursive descent over the tokens; every method reads one level of binding."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.place = 0
        self.depth = 0
        self.sums = 0

    def whole(self) -> Tree:
        tree = self._or()
        if self.word:
            self._fail_here()
        return tree

    @property
    def word(self) -> str:
        return self.tokens[self.place][1]

    @property
    def at(self) -> int:
        return self.tokens[self.place][2]

    def _take(self) -> tuple[str, str, int]:
        token = self.tokens[self.place]
        self.place += 1
        return token

    def _or(self) -> Tree:
        return self._joined("or", ("and",))

    def _joined(self, word: str, inner: tuple[str, ...]) -> Tree:
        at = self.at
        read = self._not if not inner else lambda: self._joined(inner[0], ())
        parts = [read()]
        while self.word == word:
            self._take()
            parts.append(read())
        return parts[0] if len(parts) == 1 else Both(at, word, tuple(parts))

    def _not(self) -> Tree:
        if self.word != "not":
            return self._comparison()
        at = self._take()[2]
        with _Deeper(self):
            return Not(at, self._not())

    def _comparison(self) -> Tree:
        left = self._sum()
        at, sign = self.at, self.word
        if sign == "not":
            self._take()
            if self.word != "in":
                self._fail_here()
            sign = "not in"
        if sign not in COMPARISONS and sign not in ("in", "not in"):
            return left
        self._take()
        right = self._items() if self.word == "[" and sign.endswith("in") else self._sum()
        if self.word in COMPARISONS or self.word == "in":
            raise ConditionFault(
                self.at,
                "chained",
                zh="一次只能比较两个值。",
                en="Only two values are compared at a time.",
                cure_zh="请写成“a < b and b < c”。",
                cure_en="Write “a < b and b < c”.",
            )
        return Comparison(at, sign, left, right)

    def _sum(self) -> Tree:
        return self._signs(("+", "-"), ("*", "/"))

    def _signs(self, signs: tuple[str, ...], inner: tuple[str, ...]) -> Tree:
        read = self._value if not inner else lambda: self._signs(inner, ())
        tree = read()
        while self.word in signs:
            _kind, sign, at = self._take()
            self.sums += 1
            if self.sums > MOST_SUMS:
                self._too_complex(at)
            tree = Sum(at, sign, tree, read())
        return tree

    def _value(self) -> Tree:
        kind, word, at = self.tokens[self.place]
        if word == "-":
            self._take()
            with _Deeper(self):
                inner = self._value()
            if isinstance(inner, Literal) and isinstance(inner.value, Decimal):
                return Literal(at, -inner.value)
            return Sum(at, "-", Literal(at, Decimal(0)), inner)
        if word == "(":
            self._take()
            with _Deeper(self):
                tree = self._or()
            self._expect(")")
            return tree
        if kind == "name" and word not in _WORDS:
            self._take()
            return Name(at, word)
        return self._literal()

    def _items(self) -> Items:
        at = self._take()[2]
        values = [self._literal()]
        while self.word == ",":
            self._take()
            values.append(self._literal())
        self._expect("]")
        return Items(at, tuple(values))

    def _literal(self) -> Literal:
        kind, word, at = self.tokens[self.place]
        if kind == "sign" and word == "-" and self.tokens[self.place + 1][0] == "number":
            self._take()
            return Literal(at, -Decimal(self._take()[1]))
        if kind in ("number", "text", "date", "datetime") or word in ("true", "false", "null"):
            self._take()
            return Literal(at, _value_of(kind, word, at))
        return self._fail_here()

    def _expect(self, sign: str) -> None:
        if self.word != sign:
            self._fail_here(sign)
        self._take()

    def _fail_here(self, wanted: str = "") -> NoReturn:
        found = self.word
        raise ConditionFault(
            self.at,
            "syntax",
            zh=f"此处不能是“{found}”。" if found else "条件没有写完。",
            en=f"“{found}” cannot stand here." if found else "The condition ends too early.",
            cure_zh=f"请补上“{wanted}”。" if wanted else "请写成“事实 比较符 值”，例如 company_total > 50000。",
            cure_en=f"Add “{wanted}”." if wanted else "Write fact, sign, value, such as company_total > 50000.",
        )

    def _too_complex(self, at: int) -> NoReturn:
        raise ConditionFault(
            at,
            "too_deep",
            zh="条件太复杂。",
            en="The condition is too complex.",
            cure_zh=f"括号最多 {DEEPEST} 层，运算最多 {MOST_SUMS} 次；请拆成几条。",
            cure_en=f"At most {DEEPEST} brackets deep and {MOST_SUMS} sums; split it into several.",
        )

    def enter(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            self._too_complex(self.at)


class _Deeper:
    """One level deeper while it lasts."""

    def __init__(self, parser: _Parser) -> None:
        self.parser = parser

    def __enter__(self) -> None:
        self.parser.enter()

    def __exit__(self, *_error: object) -> None:
        self.parser.depth -= 1


def _tokens(text: str) -> list[tuple[str, str, int]]:
    tokens: list[tuple[str, str, int]] = []
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            _fail_at(text, place)
        if found.lastgroup != "space":
            tokens.append((str(found.lastgroup), found.group(), place + 1))
        place = found.end()
        if len(tokens) > MOST_WORDS:
            raise ConditionFault(
                place,
                "too_long",
                zh=f"条件超过 {MOST_WORDS} 个词。",
                en=f"The condition has more than {MOST_WORDS} words.",
                cure_zh="请拆成几条。",
                cure_en="Split it into several.",
            )
    return [*tokens, ("end", "", len(text) + 1)]


def _fail_at(text: str, place: int) -> NoReturn:
    sign = text[place]
    habit = _HABITS.get(sign)
    if sign in "\"'" and habit is None:
        cure = ("请用同样的引号结束文字，其中不能有反斜杠和换行。", "End the text with the same quote; no \\ inside.")
    elif sign.isdigit():
        cure = ("数字写成 50000 或 0.05，不带千位分隔、指数和百分号。", "Write a number as 50000 or 0.05.")
    else:
        cure = (f"请改写为“{habit}”。", f"Write “{habit}”.") if habit else ("请删除它。", "Delete it.")
    # A control character is named, not shown.
    sign = sign if sign.isprintable() else f"U+{ord(sign):04X}"
    raise ConditionFault(
        place + 1, "sign", zh=f"不认识“{sign}”。", en=f"“{sign}” is not known here.", cure_zh=cure[0], cure_en=cure[1]
    )


def _value_of(kind: str, word: str, at: int) -> Value:
    if kind == "number":
        return Decimal(word)
    if kind == "text":
        return word[1:-1]
    if kind == "name":
        return {"true": True, "false": False, "null": None}[word]
    try:
        if kind == "date":
            return date.fromisoformat(word)
        moment = datetime.fromisoformat(word)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ConditionFault(
            at,
            "no_such_day",
            zh=f"“{word}”不是有效的日期或带时区的时刻。",
            en=f"“{word}” is no day, or no moment with its zone.",
            cure_zh="日期写成 2026-01-31，时刻写成 2026-01-31T08:00+08:00。",
            cure_en="Write a day as 2026-01-31, a moment as 2026-01-31T08:00+08:00.",
        )
    return moment
