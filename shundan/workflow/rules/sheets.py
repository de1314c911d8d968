"""Definitions and tables as rows of plain values for an editor: whatever is half done can be shown and written back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shundan.workflow.rules import toml
from shundan.workflow.rules.definition import definition_text, read_definition
from shundan.workflow.rules.tables import MODES, POLICIES, read_table, table_text

# Any: what stands in a half-written text may be of any type until it is read strictly.
Values = dict[str, Any]

LISTS = ("from", "roles", "needs", "required", "does", "asks", "notices")
MARKS = ("automatic", "primary", "danger")
TEXTS = ("zh", "en", "to", "permission", "when", "approval", "after", "on", "event")
_ORDER = (
    "zh", "en", "from", "to", "permission", "roles", "when", "needs", "required", "does", "asks", "notices",
    "approval", "automatic", "after", "on", "primary", "danger", "event",
)  # fmt: skip
_NEEDED = ("zh", "en", "from", "to", "permission")
_ROW = ("when", "level", "who", "mode", "need", "escalate_after", "name_zh", "name_en")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A workflow as an editor shows it: each state and transition with its name under `name`."""

    head: Values
    states: tuple[Values, ...]
    transitions: tuple[Values, ...]


@dataclass(frozen=True, slots=True)
class TableSheet:
    """An approval table as an editor shows it."""

    head: Values
    rows: tuple[Values, ...]


def sheet_of(text: str) -> Sheet:
    """Read what an editor shows of a definition, however wrong it is. Raises: ValueError for what is no TOML at all."""
    raw = toml.read_toml(text)
    return Sheet(
        head={key: _said(raw.get(key)) for key in ("code", "zh", "en", "initial")},
        states=tuple(
            {
                "name": name,
                **{key: _said(body.get(key)) for key in ("category", "zh", "en")},
                "side": _mark(body, "side"),
            }
            for name, body in _bodies(raw.get("states"))
        ),
        transitions=tuple(_way(name, body) for name, body in _bodies(raw.get("transitions"))),
    )


def text_of_sheet(sheet: Sheet) -> str:
    """Return a sheet as text; one that can be read strictly comes in the canonical form."""
    lines = [f"{key} = {toml.written(_said(sheet.head.get(key)))}" for key in ("code", "zh", "en", "initial")]
    lines += ["", "[states]", *(_state_line(one) for one in sheet.states)]
    if not sheet.transitions:
        lines += ["", "[transitions]"]
    for one in sheet.transitions:
        lines += ["", f"[transitions.{toml.written_key(one['name'])}]", *_way_lines(one)]
    text = "\n".join(lines) + "\n"
    try:
        return definition_text(read_definition(text))
    except ValueError:
        return text


def table_sheet_of(text: str) -> TableSheet:
    """Read what an editor shows of a table. Raises: ValueError for what is no TOML at all."""
    raw = toml.read_toml(text)
    automatic = raw.get("automatic")
    head: Values = {key: _said(raw.get(key)) for key in ("code", "zh", "en", "otherwise")}
    head["policy"] = _said(raw.get("policy")) or POLICIES[0]
    head["own"] = raw.get("own") is True
    head["automatic"] = _said(automatic.get("when")) if isinstance(automatic, dict) else ""
    rows = raw.get("rows")
    bodies = [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []
    return TableSheet(head, tuple({key: _said(body.get(key)) for key in _ROW} for body in bodies))


def text_of_table_sheet(sheet: TableSheet) -> str:
    """Return a sheet as text; one that can be read strictly comes in the canonical form."""
    head = sheet.head
    lines = [f"code = {toml.written(_said(head.get('code')))}", f"policy = {toml.written(head['policy'])}"]
    lines += [f"own = {toml.written(bool(head['own']))}"]
    lines += toml.written_lines((key, head.get(key)) for key in ("zh", "en", "otherwise"))
    if head.get("automatic"):
        lines += ["", "[automatic]", f"when = {toml.written(head['automatic'])}"]
    for row in sheet.rows:
        lines += ["", "[[rows]]", *_row_lines(row)]
    text = "\n".join(lines) + "\n"
    try:
        return table_text(read_table(text))
    except ValueError:
        return text


def named_rows(rows: Sequence[Values], *, prefix: str) -> tuple[Values, ...]:
    """Give each row without a code, and each that repeats one, a free one: a form must not lose what was typed."""
    kept = {row["name"] for row in rows}
    found: dict[str, Values] = {}
    for row in rows:
        name, number = row["name"], 1
        while not name or name in found:
            number += 1
            tried = f"{row['name'] or prefix}_{number}"
            name = "" if tried in kept else tried
        found[name] = {**row, "name": name}
    return tuple(found.values())


def renamed(sheet: Sheet, new_names: Mapping[str, str]) -> Sheet:
    """Return a sheet in which transitions and the beginning follow states that got another code."""
    # What an editor has followed already stays.
    present = {one["name"] for one in sheet.states}
    moved = {old: new for old, new in new_names.items() if old not in present and new}
    if not moved:
        return sheet
    ways = tuple(
        {**one, "from": tuple(moved.get(state, state) for state in one["from"]), "to": moved.get(one["to"], one["to"])}
        for one in sheet.transitions
    )
    initial = sheet.head["initial"]
    return Sheet({**sheet.head, "initial": moved.get(initial, initial)}, sheet.states, ways)


def _way(name: str, body: Values) -> Values:
    found: Values = {"name": name}
    found |= {key: _said(body.get(key)) for key in TEXTS}
    found |= {key: _many(body.get(key)) for key in LISTS}
    found |= {key: _mark(body, key) for key in MARKS}
    return found


def _way_lines(one: Values) -> Iterator[str]:
    for key in _ORDER:
        value = one.get(key)
        # An event that is named like the target is what it is called anyway.
        if key in _NEEDED or (value and not (key == "event" and value == one.get("to"))):
            yield f"{key} = {toml.written(value if value is not None else '')}"


def _state_line(one: Values) -> str:
    parts = [f"{key} = {toml.written(_said(one.get(key)))}" for key in ("category", "zh", "en")]
    return f"{toml.written_key(one['name'])} = {{ {', '.join([*parts, *['side = true'] * bool(one.get('side'))])} }}"


def _row_lines(row: Values) -> Iterator[str]:
    mode = row.get("mode") or MODES[0]
    for key in _ROW:
        value = mode if key == "mode" else row.get(key)
        if (
            key in ("level", "need")
            and isinstance(value, str)
            and value.isascii()
            and value.isdigit()
            and len(value) < 6
        ):
            value = int(value)
        if key == "need" and mode != "n_of_m":
            continue
        if value or key == "who":
            yield f"{key} = {toml.written(value or '')}"


def _bodies(found: object) -> Iterator[tuple[str, Values]]:
    if isinstance(found, dict):
        yield from ((name, body) for name, body in found.items() if isinstance(body, dict))


def _said(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _many(value: object) -> tuple[str, ...]:
    return tuple(_said(one) for one in value) if isinstance(value, list) else ()


def _mark(body: Values, key: str) -> bool:
    return body.get(key) is True
