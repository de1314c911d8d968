"""Approval tables: rows of conditions that choose who decides, at which level and how."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from shundan.workflow.rules import toml
from shundan.workflow.rules.expressions import Facts, Test, parse_condition

POLICIES = ("collect", "first")
# 会签, 或签, 依次, n 人通过
MODES = ("any", "all", "in_turn", "n_of_m")
# Who decides when a table lists when nobody must, and neither that nor any row holds: silence approves nothing.
FALLBACK = "department_head"
NOBODY = "nobody"
MOST_LEVELS = 20

_TABLE_KEYS = ("code", "zh", "en", "policy", "own", "otherwise", "automatic", "rows")
_ROW_KEYS = ("when", "level", "who", "mode", "need", "escalate_after", "name_zh", "name_en")


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: when it holds, these must decide. Without a condition it always holds."""

    when: str
    level: int
    who: str
    mode: str = "any"
    need: int = 0
    escalate_after: timedelta | None = None
    name_zh: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A step that the table asks for, before it is known which people that are."""

    level: int
    who: str
    mode: str
    need: int
    escalate_after: timedelta | None
    rule: str
    why_zh: str
    why_en: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """A table's conditions as functions, with the step of each row, by level."""

    is_automatic: Test
    rows: tuple[tuple[Test, Wanted], ...]
    otherwise: tuple[Wanted, ...]
    is_first_only: bool


@dataclass(frozen=True)
class ApprovalTable:
    """A whole table; immutable once a document was judged by it. `automatic`: nobody is asked when it holds."""

    code: str
    policy: str
    rows: tuple[Row, ...]
    allows_own: bool = False
    automatic: str = ""
    otherwise: str = ""
    label_zh: str = ""
    label_en: str = ""

    @property
    def fallback(self) -> str:
        """Return who decides when no row holds; `nobody` where that means approval without anybody."""
        return self.otherwise or (FALLBACK if self.automatic else NOBODY)

    @cached_property
    def compiled(self) -> Compiled:
        """Return the table ready to run; made once. Raises: ConditionFault for a table that was never checked."""
        rows = tuple((_test(row.when), _wanted(i, row)) for i, row in enumerate(self.rows))
        # Python's sort keeps the order of rows within a level. Under "first" the order of rows decides.
        ordered = rows if self.policy == "first" else tuple(sorted(rows, key=lambda pair: pair[1].level))
        return Compiled(
            is_automatic=_test(self.automatic) if self.automatic else _never,
            rows=ordered,
            otherwise=() if self.fallback == NOBODY else (_otherwise(self.fallback),),
            is_first_only=self.policy == "first",
        )

    @property
    def tests(self) -> tuple[Test, ...]:
        """Return every condition, each once: equal texts share one function, also between tables."""
        compiled = self.compiled
        return tuple(dict.fromkeys([compiled.is_automatic, *(test for test, _wanted in compiled.rows)]))


def steps_for(table: ApprovalTable, facts: Facts) -> tuple[Wanted, ...]:
    """Return the steps that a document with these facts needs, by level; none means that nobody is asked."""
    compiled = table.compiled
    if compiled.is_automatic(facts):
        return ()
    if compiled.is_first_only:
        return next(((wanted,) for test, wanted in compiled.rows if test(facts)), compiled.otherwise)
    return _collected([wanted for test, wanted in compiled.rows if test(facts)], compiled)


def steps_by_answers(table: ApprovalTable, answers: Mapping[Test, bool]) -> tuple[Wanted, ...]:
    """Return the same for a document whose answers to `tests` are known already."""
    compiled = table.compiled
    if answers[compiled.is_automatic]:
        return ()
    found = [wanted for test, wanted in compiled.rows if answers[test]]
    return _collected(found[:1] if compiled.is_first_only else found, compiled)


def read_table(text: str) -> ApprovalTable:
    """Read a table from TOML. Raises: ValueError naming the place of the fault; conditions are checked later."""
    raw = toml.read_toml(text)
    toml.only("", raw, _TABLE_KEYS)
    automatic = toml.as_table("automatic", raw.get("automatic", {}))
    toml.only("automatic.", automatic, ("when",))
    return ApprovalTable(
        code=toml.needed("", raw, "code"),
        policy=toml.known("policy", toml.optional("", raw, "policy", POLICIES[0]), POLICIES),
        rows=tuple(_row(f"rows[{i}].", body) for i, body in enumerate(toml.tables(raw, "rows"))),
        allows_own=toml.yes_no("", raw, "own"),
        automatic=toml.optional("automatic.", automatic, "when"),
        otherwise=toml.optional("", raw, "otherwise"),
        label_zh=toml.optional("", raw, "zh"),
        label_en=toml.optional("", raw, "en"),
    )


def table_text(table: ApprovalTable) -> str:
    """Return the table as canonical TOML; reading it gives the same table."""
    head: list[tuple[str, Any]] = [("zh", table.label_zh), ("en", table.label_en), ("otherwise", table.otherwise)]
    lines = [f"code = {toml.written(table.code)}", f"policy = {toml.written(table.policy)}"]
    lines += [f"own = {toml.written(table.allows_own)}", *toml.written_lines(head)]
    if table.automatic:
        lines += ["", "[automatic]", f"when = {toml.written(table.automatic)}"]
    for row in table.rows:
        lines += ["", "[[rows]]", *_row_lines(row)]
    return "\n".join(lines) + "\n"


def _collected(found: list[Wanted], compiled: Compiled) -> tuple[Wanted, ...]:
    if len(found) < 2:
        return tuple(found) or compiled.otherwise
    # Two rules may ask the same people for the same thing: once is enough.
    once: dict[object, Wanted] = {}
    for wanted in found:
        once.setdefault((wanted.level, wanted.who, wanted.mode, wanted.need), wanted)
    return tuple(once.values())


def _row(place: str, body: toml.Body) -> Row:
    toml.only(place, body, _ROW_KEYS)
    mode = toml.known(f"{place}mode", toml.optional(place, body, "mode", MODES[0]), MODES)
    need = toml.whole(place, body, "need", default=0, least=0, most=100)
    if (mode == "n_of_m") != (need > 0):
        raise ValueError(f'{place}need: is given, above 0, exactly when mode is "n_of_m"')
    return Row(
        when=toml.optional(place, body, "when"),
        level=toml.whole(place, body, "level", default=1, least=1, most=MOST_LEVELS),
        who=toml.needed(place, body, "who"),
        mode=mode,
        need=need,
        escalate_after=toml.duration(place, body, "escalate_after"),
        name_zh=toml.optional(place, body, "name_zh"),
        name_en=toml.optional(place, body, "name_en"),
    )


def _row_lines(row: Row) -> Iterator[str]:
    pairs: list[tuple[str, Any]] = [
        ("when", row.when),
        ("level", row.level),
        ("who", row.who),
        ("mode", row.mode),
        ("need", row.need),
        ("escalate_after", row.escalate_after),
        ("name_zh", row.name_zh),
        ("name_en", row.name_en),
    ]
    yield from toml.written_lines(pairs)


def _test(text: str) -> Callable[[Facts], bool]:
    return parse_condition(text).holds if text else _always


def _always(facts: Facts) -> bool:
    return True


def _never(facts: Facts) -> bool:
    return False


def _wanted(index: int, row: Row) -> Wanted:
    return Wanted(
        level=row.level,
        who=row.who,
        mode=row.mode,
        need=row.need,
        escalate_after=row.escalate_after,
        rule=f"rows[{index}]",
        why_zh=row.name_zh or (f"符合条件：{row.when}" if row.when else "每张单据都要审批"),
        why_en=row.name_en or (f"This holds: {row.when}" if row.when else "Every document is decided here"),
    )


def _otherwise(who: str) -> Wanted:
    return Wanted(
        level=1,
        who=who,
        mode="any",
        need=0,
        escalate_after=None,
        rule="otherwise",
        why_zh="没有一行符合，也不满足自动通过的条件",
        why_en="No row holds, and neither does the condition for automatic approval",
    )
