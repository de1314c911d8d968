"""The kinds of field that bodies are made of: exact decimals as text, days, texts, and how values are written."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from shundan.kernel.days import day_of_text
from shundan.kernel.money import ZERO, plain, round_amount

DECIMAL = r"^-?[0-9]{1,18}(\.[0-9]{1,10})?$"
POSITIVE = r"^[0-9]{1,12}(\.[0-9]{1,6})?$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
NO_NUL = r"^[^\u0000]*$"
MOST_LINES = 2000


# A record of the domain. Faces know no tables, so its type is out of reach here; answers check what they take of it.
Row = Any


def is_unknown(value: object) -> bool:
    """Tell whether a field is left out of an answer."""
    return value is None


@cache
def _texts_to_leave_out(model: type[BaseModel]) -> frozenset[str]:
    """Return the fields that are empty texts by default and for which null means nothing of its own."""
    fields = model.model_fields.items()
    return frozenset(name for name, one in fields if one.default == "" and NoneType not in get_args(one.annotation))


class Given(BaseModel):
    """What a client sends: unknown fields are refused, so that a misspelt one is never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _null_says_nothing(cls, given: Any) -> Any:
        """Leave out a text that is null and may be left out: answers show it so, and what was read may be sent back."""
        if not isinstance(given, dict) or None not in given.values():
            return given
        silent = _texts_to_leave_out(cls)
        return {name: value for name, value in given.items() if value is not None or name not in silent}


class NoInput(Given):
    """A step that needs no input."""


class Answer(BaseModel):
    """What a client gets."""

    model_config = ConfigDict(frozen=True)


def _decimal(pattern: str) -> Callable[[Any], Decimal]:
    allowed = re.compile(pattern.replace("^", r"\A").replace("$", r"\Z"))

    def parse(value: Any) -> Decimal:
        if isinstance(value, Decimal):
            return value
        if isinstance(value, float):
            raise PydanticCustomError("float_not_exact", "float")
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**40 else value
        if not isinstance(text, str):
            raise PydanticCustomError("not_a_decimal", "not a decimal")
        if not allowed.match(text):
            if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
                raise PydanticCustomError("not_a_decimal", "not a decimal")
            digits, places = re.findall(r"\{1,(\d+)\}", pattern)
            bounds = {"digits": digits, "places": places, "from_zero": "-" not in pattern}
            raise PydanticCustomError("out_of_range", "out of range", bounds)
        return Decimal(text)

    return parse


def _schema(pattern: str, description: str) -> WithJsonSchema:
    variants = [{"type": "string", "pattern": pattern}, {"type": "integer"}]
    return WithJsonSchema({"anyOf": variants, "description": description})


_SURROGATE = re.compile("[\ud800-\udfff]")


def _clean(value: Any) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("not_a_text", "not a text")
    if (not value.isascii() and _SURROGATE.search(value)) or "\x00" in value:
        raise PydanticCustomError("invalid_text", "characters that cannot be kept")
    return value


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(DAY.strip("^$"), value, re.ASCII):
        raise PydanticCustomError("not_a_day", "not a day")
    try:
        return day_of_text(value)
    except ValueError as error:
        raise PydanticCustomError("not_a_day", "not a day") from error


# A number as a decimal text ("12.50"); JSON integers are taken too, floats never: they have lost their cents.
Number = Annotated[
    Decimal, BeforeValidator(_decimal(DECIMAL)), _schema(DECIMAL, "A decimal number as a text, or a JSON integer.")
]
Positive = Annotated[
    Decimal,
    BeforeValidator(_decimal(POSITIVE)),
    _schema(POSITIVE, "A decimal number of 0 or more as a text, or a JSON integer."),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
_Clean = BeforeValidator(_clean)


def _form(pattern: str) -> Any:
    """Return what makes a text follow a pattern and says so in the description (Any: pydantic's field info)."""
    return Field(pattern=pattern, json_schema_extra={"pattern": pattern})


Text = Annotated[str, _Clean, Field(max_length=2000, json_schema_extra={"pattern": NO_NUL})]
# A whole workflow or table in TOML.
Document = Annotated[str, _Clean, Field(min_length=1, max_length=400_000, json_schema_extra={"pattern": NO_NUL})]
Words = Annotated[str, _Clean, Field(max_length=200, json_schema_extra={"pattern": NO_NUL})]
Code = Annotated[str, _Clean, Field(max_length=100, json_schema_extra={"pattern": NO_NUL})]
Currency = Annotated[str, _Clean, _form(r"^[A-Z]{3}$")]
Country = Annotated[str, _Clean, _form(r"^[A-Z]{2}$")]
Id = Annotated[str, _Clean, _form(r"^[0-9]{1,18}$")]
Flag = StrictBool


def _whole(value: Any) -> Any:
    if not isinstance(value, int) or isinstance(value, bool):
        raise PydanticCustomError("not_a_whole_number", "not a whole number")
    return value


Version = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=2_147_483_647)]
Factor = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=1_000_000)]
Position = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=2_147_483_647)]


def _value(value: Any) -> Any:
    """Let pass what attributes are written as; each data type judges it further."""
    if isinstance(value, float):
        raise PydanticCustomError("float_not_exact", "float")
    if value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 10**40):
        return value
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, list) and len(value) <= 200 and all(isinstance(one, str) for one in value):
        return [_clean(one) for one in value]
    raise PydanticCustomError("not_a_value", "not a value")


_ATTRIBUTE = {
    "anyOf": [
        {"type": "string", "maxLength": 5000, "pattern": NO_NUL},
        {"type": "integer"},
        {"type": "boolean"},
        {"type": "array", "items": {"type": "string", "pattern": NO_NUL}, "maxItems": 200},
        {"type": "null"},
    ]
}
# The value of an attribute: numbers go as texts or JSON integers, never as floats.
AttributeValue = Annotated[Any, BeforeValidator(_value), WithJsonSchema(_ATTRIBUTE)]
# Values of attributes by code: what the order's type asks for.
Attributes = Annotated[
    dict[Annotated[str, _Clean, Field(max_length=60)], AttributeValue],
    Field(max_length=200),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": _ATTRIBUTE,
            "description": "Values by the code of the order type's attribute; null clears one.",
        }
    ),
]


# What is written.
AttributeValues = Annotated[
    dict[str, Any],
    WithJsonSchema({"type": "object", "description": "Values by the code of the order type's attribute."}),
]
Amount = Annotated[str, Field(description="An amount with the decimals of its currency, e.g. 1280.00.")]
Plain = Annotated[str, Field(description="A decimal number without trailing zeros, e.g. 1.5.")]
DayText = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]


class Named(Answer):
    """A record of master data by its code, with its names."""

    code: str
    name_zh: str
    name_en: str


class Person(Answer):
    """A colleague."""

    id: str
    name: str


def amount(value: Decimal, currency: str) -> str:
    """Return an amount with the decimals of its currency."""
    return format(round_amount(value, currency=currency), "f") if value else _nothing(currency)


@cache
def _nothing(currency: str) -> str:
    return format(round_amount(ZERO, currency=currency), "f")


def number(value: Decimal) -> str:
    """Return a quantity, price or rate without trailing zeros."""
    return plain(value) if value else "0"


def day(value: date | None) -> str | None:
    """Return a day as YYYY-MM-DD."""
    return None if value is None else value.isoformat()


def moment(value: datetime) -> str:
    """Return an instant in UTC as 2026-01-31T08:30:00.123456Z."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def moment_or_none(value: datetime | None) -> str | None:
    """Return an instant in UTC, or nothing for one that has not come."""
    return None if value is None else moment(value)
