"""Reading and writing TOML by hand: typed getters that name the place of a fault, and one canonical form."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

# Far above 60 states and 300 transitions, or 500 rows; far below what would keep a server busy.
LONGEST_TEXT = 1_000_000
_UNITS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_DURATION = re.compile(r"([1-9][0-9]{0,3}) (minute|hour|day|week)s?\Z")
_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
_ESCAPED = re.compile('[\x00-\x1f\x7f"\\\\]')

# What a body of TOML is: tomllib gives values of any type, and the getters below are what finds out.
Body = Mapping[str, Any]


def read_toml(text: str) -> dict[str, Any]:
    """Read a text. Raises: ValueError also for what is too long or too deep."""
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"text: is longer than {LONGEST_TEXT} characters")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("text: is nested too deep") from None


def needed(place: str, body: Body, key: str) -> str:
    """Return a text that must be there."""
    if key not in body:
        raise ValueError(f"{place}{key}: is missing")
    return _text(f"{place}{key}", body[key])


def optional(place: str, body: Body, key: str, default: str = "") -> str:
    """Return a text that may be missing."""
    return _text(f"{place}{key}", body.get(key, default))


def texts(place: str, body: Body, key: str, *, is_needed: bool = False) -> tuple[str, ...]:
    """Return a list of texts; a missing one is empty."""
    if is_needed and key not in body:
        raise ValueError(f"{place}{key}: is missing")
    found = body.get(key, ())
    if not isinstance(found, list | tuple):
        raise ValueError(f"{place}{key}: {_said(found)} is not a list of texts")
    return tuple(_text(f"{place}{key}", each) for each in found)


def yes_no(place: str, body: Body, key: str) -> bool:
    """Return true or false; missing is false."""
    found = body.get(key, False)
    if not isinstance(found, bool):
        raise ValueError(f"{place}{key}: {_said(found)} is not true or false")
    return found


def whole(place: str, body: Body, key: str, *, default: int, least: int, most: int) -> int:
    """Return a whole number within limits."""
    found = body.get(key, default)
    if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
        raise ValueError(f"{place}{key}: {_said(found)} is not a whole number from {least} to {most}")
    return found


def duration(place: str, body: Body, key: str) -> timedelta | None:
    """Return a span such as "3 days" or "12 hours", or None when missing."""
    said = optional(place, body, key)
    if not said:
        return None
    found = _DURATION.match(said)
    if found is None:
        raise ValueError(f'{place}{key}: {_said(said)} is no span of time such as "12 hours" or "3 days"')
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def table(place: str, body: Body, key: str) -> Body:
    """Return a part of keys and values that must be there."""
    if key not in body:
        raise ValueError(f"{place}{key}: is missing")
    return as_table(f"{place}{key}", body[key])


def as_table(place: str, found: object) -> Body:
    """Return a part of keys and values. Raises: ValueError."""
    if not isinstance(found, dict):
        raise ValueError(f"{place}: {_said(found)} is not a table of keys and values")
    return found


def tables(body: Body, key: str) -> list[Body]:
    """Return a list of parts; a missing one is empty."""
    found = body.get(key, [])
    if not isinstance(found, list):
        raise ValueError(f"{key}: {_said(found)} is not a list of tables")
    return [as_table(f"{key}[{i}]", each) for i, each in enumerate(found)]


def only(place: str, body: Body, keys: Iterable[str]) -> None:
    """Refuse keys nobody reads: a misspelt `whne` would silently be no condition. Raises: ValueError."""
    unknown = sorted(set(body) - set(keys))
    if unknown:
        raise ValueError(f"{place}{_said(unknown[0]).strip(repr(''))}: is not known here; known are {', '.join(keys)}")


def known(place: str, value: str, allowed: Iterable[str]) -> str:
    """Return a word that must be one of a list."""
    if value not in allowed:
        raise ValueError(f"{place}: {_said(value)} is not one of {', '.join(allowed)}")
    return value


def written(value: str | bool | int | timedelta | Iterable[str]) -> str:
    """Return a value as TOML writes it; spans are texts."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, timedelta):
        return written(_span(value))
    if isinstance(value, str):
        return f'"{_ESCAPED.sub(_escape, value)}"'
    return f"[{', '.join(written(each) for each in value)}]"


def written_key(key: str) -> str:
    """Return a key as TOML writes it, in quotes only where it must."""
    return key if _BARE.match(key) else written(key)


def written_lines(pairs: Iterable[tuple[str, Any]]) -> list[str]:
    """Return one line a pair, leaving out what says nothing."""
    return [f"{key} = {written(value)}" for key, value in pairs if value]


def _span(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    # The largest unit that divides it; weeks are written as days, as people say them.
    name, size = next((n, s) for n, s in (("day", 86400), ("hour", 3600), ("minute", 60)) if seconds % s == 0)
    count = seconds // size
    return f"{count} {name}{'' if count == 1 else 's'}"


def _escape(found: re.Match[str]) -> str:
    sign = found.group()
    return f"\\{sign}" if sign in '"\\' else f"\\u{ord(sign):04X}"


def _text(place: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{place}: {_said(value)} is not a text in quotes")
    return value


def _said(value: object) -> str:
    said = repr(value)
    return said if len(said) <= 60 else f"{said[:60]}…"
