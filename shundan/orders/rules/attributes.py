"""Values of attributes: read from whatever a page, the API or an import gives, into the one form that is kept.

Kept values are JSON: texts; whole numbers; exact decimals and amounts as texts; days as 2026-01-31; moments in UTC as
2026-01-31T08:30:00Z; codes of choices and records; true or false. Nothing is kept for an empty value.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlsplit

from shundan.kernel.money import AMOUNT_DECIMALS, decimal_places, parse_decimal, plain
from shundan.orders.rules.types import Attribute

LONGEST = {"text": 200, "long_text": 5000, "link": 500, "reference": 100, "file": 300}
LARGEST_NUMBER = Decimal(10) ** 15
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class ValueFault(ValueError):
    """A value that an attribute cannot take: a stable code, and what its sentence needs."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def parse_value(attribute: Attribute, given: object, *, zone: tzinfo = UTC) -> Any:
    """Return a value as it is kept, None for an empty one. Raises: ValueFault. Computed ones take none.

    `zone` is what a moment without one means: the company's.
    """
    if given is None or given == "" or given == [] or (isinstance(given, str) and not given.strip()):
        return None
    if attribute.data_type == "datetime":
        return _moment(given, zone)
    return _PARSERS[attribute.data_type](attribute, given)


def typed_value(attribute: Attribute, kept: Any) -> Any:
    """Return a kept value as conditions and formulas take it: exact numbers, days, moments."""
    if kept is None:
        return None
    match attribute.data_type:
        case "decimal" | "money" | "computed":
            return Decimal(kept)
        case "integer":
            return Decimal(kept)
        case "date":
            return date.fromisoformat(kept)
        case "datetime":
            return datetime.fromisoformat(kept)
        case "multi_choice":
            return tuple(kept)
    return kept


def fact_kind(attribute: Attribute) -> str:
    """Return what a condition may do with an attribute: the conditions' kind of fact."""
    kinds = {"date": "date", "datetime": "datetime", "yes_no": "yes_no", "multi_choice": "texts", "integer": "integer"}
    if attribute.data_type in ("decimal", "money", "computed"):
        return "number"
    return kinds.get(attribute.data_type, "text")


def rounded(value: object, decimals: int) -> str | None:
    """Return a computed number as it is kept, rounded half up; None for anything that is no number in reach."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        return None
    number = Decimal(value)
    if not number.is_finite() or abs(number) >= LARGEST_NUMBER:
        return None
    return plain(number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) + 0)


def key_of(kept: Any) -> str:
    """Return the text by which a kept value is found again."""
    return " ".join(str(one) for one in kept) if isinstance(kept, list) else str(kept)


def _text(attribute: Attribute, given: object) -> str:
    if not isinstance(given, str):
        raise ValueFault("not_a_text")
    text = given.strip() if attribute.data_type != "long_text" else given.replace("\r\n", "\n").strip()
    most = LONGEST[attribute.data_type]
    if len(text) > most:
        raise ValueFault("too_long", most=most)
    if _CONTROL.search(text) or (attribute.data_type != "long_text" and "\n" in text):
        raise ValueFault("invalid_text")
    return text


def _integer(attribute: Attribute, given: object) -> int:
    number = _number(given)
    if number != number.to_integral_value():
        raise ValueFault("not_a_whole_number")
    return int(number)


def _decimal(attribute: Attribute, given: object) -> str:
    number, most = _number(given), attribute.decimals if attribute.data_type == "decimal" else AMOUNT_DECIMALS
    if decimal_places(number) > most:
        raise ValueFault("too_many_decimals", most=most)
    return plain(number + 0)


def _number(given: object) -> Decimal:
    number = parse_decimal(given)
    if number is None:
        raise ValueFault("not_a_number")
    if abs(number) >= LARGEST_NUMBER:
        raise ValueFault("out_of_range")
    return number


def _date(attribute: Attribute, given: object) -> str:
    if isinstance(given, date) and not isinstance(given, datetime):
        return given.isoformat()
    text = given.strip().replace("/", "-") if isinstance(given, str) else ""
    try:
        parts = (
            [int(part) for part in text.split("-")] if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text, re.ASCII) else []
        )
        return date(*parts).isoformat()
    except (TypeError, ValueError) as error:
        raise ValueFault("not_a_day") from error


def _moment(given: object, zone: tzinfo) -> str:
    try:
        found = given if isinstance(given, datetime) else datetime.fromisoformat(str(given).strip())
        aware = found if found.tzinfo else found.replace(tzinfo=zone)
        return aware.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError) as error:
        raise ValueFault("not_a_moment") from error


def _choice(attribute: Attribute, given: object) -> str:
    text = given.strip() if isinstance(given, str) else ""
    for one in attribute.options:
        if text in (one.code, one.name_zh, one.name_en):
            return one.code
    raise ValueFault("unknown_choice", value=str(given)[:60], choices=", ".join(one.code for one in attribute.options))


def _choices(attribute: Attribute, given: object) -> list[str]:
    # Spreadsheets hold several values in one cell.
    values = re.split(r"[;；,，|]", given) if isinstance(given, str) else given
    if not isinstance(values, list | tuple):
        raise ValueFault("not_a_list")
    chosen = {_choice(attribute, one) for one in values if one not in ("", None)}
    return [one.code for one in attribute.options if one.code in chosen]


def _yes_no(attribute: Attribute, given: object) -> bool:
    if isinstance(given, bool):
        return given
    words: Mapping[str, bool] = {"true": True, "yes": True, "是": True, "1": True} | {
        "false": False, "no": False, "否": False, "0": False,
    }  # fmt: skip
    found = words.get(given.strip().lower()) if isinstance(given, str) else None
    if found is None:
        raise ValueFault("not_yes_or_no")
    return found


def _link(attribute: Attribute, given: object) -> str:
    text = _text(attribute, given)
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise ValueFault("not_a_link") from error
    # Anything but these two could run a script where the link is clicked.
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s<>\"'\\]", text):
        raise ValueFault("not_a_link")
    return text


def _computed(attribute: Attribute, given: object) -> Any:
    raise ValueFault("is_computed")


_PARSERS: Mapping[str, Callable[[Attribute, object], Any]] = {
    "text": _text,
    "long_text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "money": _decimal,
    "date": _date,
    "choice": _choice,
    "multi_choice": _choices,
    "yes_no": _yes_no,
    "reference": _text,
    "file": _text,
    "link": _link,
    "computed": _computed,
}
