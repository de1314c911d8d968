"""Lines of an order that a request names by position (a number) or SKU (a text), to ship or to invoice."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from shundan.api.fields import MOST_LINES, Given, Number
from shundan.kernel.errors import Detail, Malformed, Refused


def _position_or_sku(value: Any) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31:
        return value
    if isinstance(value, str) and 0 < len(value) <= 100 and "\x00" not in value and value.isprintable():
        return value
    raise PydanticCustomError("invalid", "neither a position nor a SKU")


Reference = Annotated[
    int | str,
    BeforeValidator(_position_or_sku),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": 2_147_483_647},
                {"type": "string", "minLength": 1, "maxLength": 100},
            ],
            "description": "The line's position (a number), or its SKU (a text) if the order has it once.",
        }
    ),
]


class LineQuantity(Given):
    """How much of one line."""

    line: Reference
    quantity: Number


LineQuantities = Annotated[list[LineQuantity] | None, Field(max_length=MOST_LINES)]


_UNKNOWN = ("unknown_line", _("The order has no such line."))


@dataclass(frozen=True, slots=True)
class Chosen:
    """Quantities by line position, and where in the request each position stands."""

    quantities: dict[int, Decimal] | None
    places: dict[int, int]

    @contextmanager
    def places_in_request(self) -> Iterator[None]:
        """Let a refusal name the request's own lines instead of the order's."""
        try:
            yield
        except Refused as refusal:
            refusal.details = tuple(self._placed(detail) for detail in refusal.details)
            raise

    def check(self, known: Iterable[int]) -> None:
        """Refuse positions that the order has not, also where nothing is asked of them. Raises: Malformed."""
        there = set(known)
        strange = sorted(place for position, place in self.places.items() if position not in there)
        if strange:
            raise Malformed(details=[Detail(f"lines[{i}].line", *_UNKNOWN) for i in strange])

    def _placed(self, detail: Detail) -> Detail:
        found = re.match(r"lines\[(-?\d+)\]", detail.path)
        place = self.places.get(int(found.group(1)) + 1) if found else None
        if found is None or place is None:
            return detail
        return replace(detail, path=f"lines[{place}]{detail.path[found.end() :]}")


def chosen_lines(given: Sequence[LineQuantity] | None, *, skus: Callable[[], Sequence[tuple[int, str]]]) -> Chosen:
    """Return the quantities by position; `skus` gives (position, SKU) of the order's lines and is asked only if needed.

    Raises: Malformed for a SKU that the order has not, or more than once, and for a line named twice.
    """
    if given is None:
        return Chosen(None, {})
    positions = _positions(skus()) if any(isinstance(one.line, str) for one in given) else {}
    quantities: dict[int, Decimal] = {}
    places: dict[int, int] = {}
    wrong = []
    for i, one in enumerate(given):
        found = [one.line] if isinstance(one.line, int) else positions.get(one.line, [])
        fault = _fault(found, quantities)
        if fault:
            wrong.append(Detail(f"lines[{i}].line", *fault))
            continue
        quantities[found[0]], places[found[0]] = one.quantity, i
    if wrong:
        raise Malformed(details=wrong)
    return Chosen(quantities, places)


def _positions(lines: Sequence[tuple[int, str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for position, sku in lines:
        found.setdefault(sku, []).append(position)
    return found


def _fault(found: Sequence[int], known: dict[int, Decimal]) -> tuple[str, Any] | None:
    if not found:
        return _UNKNOWN
    if len(found) > 1:
        return "ambiguous_sku", _("The order has this SKU more than once; identify the line by its position.")
    if found[0] in known:
        return "twice", _("This line is listed twice.")
    return None
