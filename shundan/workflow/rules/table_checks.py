"""What forbids publishing an approval table: unknown names, wrong types, gaps, rows that are never reached."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from shundan.workflow.rules.cells import MOST_TRIALS, said_facts, space_of
from shundan.workflow.rules.expressions import Condition, Schema, check_condition, condition_problems, parse_condition
from shundan.workflow.rules.problems import (
    MOST_PROBLEMS,
    Problem,
    code_problems,
    name_problems,
    unknown_problem,
    unknown_problems,
    unreadable,
)
from shundan.workflow.rules.tables import FALLBACK, MOST_LEVELS, NOBODY, ApprovalTable, Row, read_table
from shundan.workflow.rules.transition_checks import FIELD, ROLE

MOST_ROWS = 500
WHO = ("who", "审批人", "approver")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}\Z")


def check_table(table: ApprovalTable, *, roles: Iterable[str], facts: Schema) -> list[Problem]:
    """Return what is wrong with a table, errors and warnings; it may be published when no error is among them."""
    if len(table.rows) > MOST_ROWS:
        return [_too_many(len(table.rows))]
    return list(islice(_problems(table, frozenset(roles), facts), MOST_PROBLEMS))


def check_table_text(text: str, *, roles: Iterable[str], facts: Schema) -> list[Problem]:
    """Return what is wrong with a text that should be a table; one that cannot be read is one problem."""
    try:
        table = read_table(text)
    except ValueError as fault:
        return [unreadable(fault)]
    return check_table(table, roles=roles, facts=facts)


def _too_many(count: int) -> Problem:
    return Problem(
        "rows",
        "too_many_rows",
        f"有 {count} 行，最多 {MOST_ROWS} 行。",
        f"There are {count} rows; at most {MOST_ROWS} are allowed.",
        "请合并相似的行，或拆成几张表。",
        "Join similar rows, or split the table.",
    )


def _problems(table: ApprovalTable, roles: frozenset[str], facts: Schema) -> Iterator[Problem]:
    yield from code_problems("code", table.code)
    yield from name_problems("zh", table.label_zh, may_be_empty=True)
    yield from name_problems("en", table.label_en, may_be_empty=True)
    if not table.rows:
        yield _no_rows()
    if table.otherwise and table.otherwise != NOBODY:
        yield from _who_problems("otherwise", table.otherwise, roles, facts)
    conditions = [("automatic.when", table.automatic)]
    for i, row in enumerate(table.rows):
        place = f"rows[{i}]"
        conditions.append((f"{place}.when", row.when))
        yield from name_problems(f"{place}.name_zh", row.name_zh, may_be_empty=True)
        yield from name_problems(f"{place}.name_en", row.name_en, may_be_empty=True)
        yield from _who_problems(f"{place}.who", row.who, roles, facts)
        yield from _quorum_problems(f"{place}.need", row)
    for place, text in conditions:
        if text:
            yield from condition_problems(place, text, facts=facts)
    yield from _duplicates(table)
    if not any(text and check_condition(text, facts=facts) for _place, text in conditions):
        yield from _coverage(table, facts)


def _no_rows() -> Problem:
    return Problem(
        "rows",
        "no_rows",
        "审批表没有行。",
        "The table has no rows.",
        "请添加至少一行。",
        "Add at least one row.",
    )


def _who_problems(place: str, who: str, roles: frozenset[str], facts: Schema) -> Iterator[Problem]:
    kind, _colon, name = who.partition(":")
    if kind == "role" and name:
        yield from unknown_problems(place, ROLE, [name], roles)
    elif kind == "field" and name:
        yield from _field_problems(place, name, facts)
    elif kind == "manager" and _NUMBER.match(name) and int(name) <= MOST_LEVELS:
        return
    elif who != FALLBACK and not (kind == "person" and _NUMBER.match(name)):
        known = ("role:…", "person:…", "manager:1", "field:owner", FALLBACK)
        yield unknown_problem(place, what=WHO, name=who, known=known)


def _field_problems(place: str, name: str, facts: Schema) -> Iterator[Problem]:
    people = [fact for fact, type_ in facts.items() if type_.kind == "person"]
    yield from unknown_problems(place, FIELD, [name], people)


def _quorum_problems(place: str, row: Row) -> Iterator[Problem]:
    # One person, or a chain of n, can never be more than that many.
    kind, _colon, name = row.who.partition(":")
    most = int(name) if kind == "manager" and _NUMBER.match(name) else 1
    if row.mode == "n_of_m" and kind != "role" and row.need > most:
        yield Problem(
            place,
            "need_too_high",
            f"需要 {row.need} 人，但最多只有 {most} 人。",
            f"{row.need} people are needed, but at most {most} can be there.",
            "请减少人数，或改用角色。",
            "Lower the number, or name a role.",
        )


def _duplicates(table: ApprovalTable) -> Iterator[Problem]:
    first: dict[object, int] = {}
    for i, row in enumerate(table.rows):
        key = (row.when, row.level, row.who, row.mode, row.need)
        if key in first:
            yield Problem(
                f"rows[{i}]",
                "duplicate_row",
                f"与第 {first[key] + 1} 行重复。",
                f"This repeats row {first[key] + 1}.",
                "请删除其中一行。",
                "Delete one of them.",
            )
        first.setdefault(key, i)


def _coverage(table: ApprovalTable, facts: Schema) -> Iterator[Problem]:
    """Try one document of every kind: which rows are ever used, and which documents no row holds for."""
    automatic = [parse_condition(table.automatic)] if table.automatic else []
    rows = [parse_condition(row.when or "true") for row in table.rows]
    space = space_of([*automatic, *rows], facts=facts)
    if space.size * (len(rows) + 1) > MOST_TRIALS:
        yield _undecided("rows")
        yield from _piecewise(table, rows, facts)
        return
    yield from (_undecided(f"rows[{i}].when") for i, row in enumerate(rows) if row.text in space.opaque)
    decided = [row.text not in space.opaque for row in rows]
    used: set[int] = set()
    gap = ""
    for cell in space.cells():
        if any(one.text not in space.opaque and one.holds(cell) for one in automatic):
            continue
        holding = [i for i, row in enumerate(rows) if decided[i] and row.holds(cell)]
        used.update(holding[:1] if table.policy == "first" else holding)
        if not holding and not gap:
            gap = said_facts(cell) or "-"
    for i, row in enumerate(table.rows):
        if decided[i] and i not in used:
            yield _unused(f"rows[{i}]", is_first=table.policy == "first", has_condition=bool(row.when))
    # A table that names who decides otherwise has no gaps.
    if gap and not table.otherwise and not space.opaque:
        yield _gap(gap, table)


def _piecewise(table: ApprovalTable, rows: Sequence[Condition], facts: Schema) -> Iterator[Problem]:
    """Decide what can be seen without all facts at once: rows that never hold, or that one earlier row always hides."""
    trials = MOST_TRIALS
    for i, row in enumerate(rows):
        if not _may_hold(row, (), facts):
            yield _unused(f"rows[{i}]", is_first=False, has_condition=True)
            continue
        for other in rows[:i] if table.policy == "first" else ():
            trials -= 20
            if trials > 0 and not _may_hold(row, (other,), facts):
                yield _unused(f"rows[{i}]", is_first=True, has_condition=True)
                break


def _may_hold(row: Condition, before: tuple[Condition, ...], facts: Schema) -> bool:
    """Tell whether a row can hold where none of those before it does; also when that cannot be decided."""
    space = space_of([row, *before], facts=facts)
    if space.opaque or space.size > MOST_TRIALS // 100:
        return True
    return any(row.holds(cell) and not any(one.holds(cell) for one in before) for cell in space.cells())


def _unused(place: str, *, is_first: bool, has_condition: bool) -> Problem:
    if is_first:
        return Problem(
            place,
            "unreachable_row",
            "前面的行或自动通过总是先成立，此行永远用不到。",
            "Earlier rows or automatic approval always come first; this row is never used.",
            "请把它移到前面，或修改条件。",
            "Move it up, or change the conditions.",
        )
    return Problem(
        place,
        "never_true" if has_condition else "unreachable_row",
        "此行的条件永远不成立，或总是已自动通过。",
        "The row never holds, or automatic approval always comes first.",
        "请检查数值和比较符。",
        "Look at its values and signs.",
        is_error=False,
    )


def _gap(example: str, table: ApprovalTable) -> Problem:
    who = table.fallback
    # Nobody is asked where the table says so in words; where it says nothing, people may not have meant it.
    zh = "无需审批" if who == NOBODY else f"由 {who} 审批"
    en = "nobody is asked" if who == NOBODY else f"{who} decides"
    return Problem(
        "rows",
        "gap",
        f"当 {example} 时没有一行符合：{zh}。",
        f"No row holds with {example}: {en}.",
        "如不符合本意，请添加一行，或用 otherwise 写明由谁审批。",
        "Add a row, or name who decides by otherwise, unless this is meant.",
        is_error=False,
    )


def _undecided(place: str) -> Problem:
    return Problem(
        place,
        "condition_undecided",
        "条件之间有无缺口或重叠无法判断。",
        "It cannot be decided whether the conditions leave gaps or hide one another.",
        "请用事实与固定值比较，并减少条件的数量。",
        "Compare facts with fixed values, and use fewer conditions.",
        is_error=False,
    )
