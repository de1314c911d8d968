"""Parts of invoice plans as forms show and send them; orders and payment terms have the same."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from shundan.billing.actions import PartInput
from shundan.kernel.money import ZERO, parse_decimal, plain
from shundan.web.forms import Given

EVENTS: dict[str, str | Promise] = {
    "order": gettext_lazy("The order is confirmed"),
    "each_shipment": gettext_lazy("Goods are shipped, each time for its share"),
    "shipment": gettext_lazy("All goods are shipped"),
    "delivery": gettext_lazy("All goods are signed for"),
    "note": gettext_lazy("Somebody notes it"),
}


def part_rows(parts: Iterable[Any]) -> list[dict[str, str]]:
    """Return the rows of a form for parts that are kept (Any: of a term or of an order)."""
    return [
        {"percent": plain(one.percent), "event": one.event, "days": str(one.days), "name": one.name} for one in parts
    ]


def typed_rows(given: Given) -> list[dict[str, str]]:
    """Return the rows as they were typed; those without a percentage are left out."""
    rows = [row for row in given.rows("part") if row.get("percent")]
    return [{name: row.get(name, "") for name in ("percent", "event", "days", "name")} for row in rows]


def typed_parts(rows: Sequence[dict[str, str]]) -> list[PartInput]:
    """Return the parts that were typed; what is no number is refused as out of range by the domain."""
    return [
        PartInput(
            percent=parse_decimal(row["percent"]) or ZERO,
            event=row["event"],
            days=_whole(row["days"]),
            name=row["name"],
        )
        for row in rows
    ]


def _whole(text: str) -> int:
    number = parse_decimal(text or "0")
    return int(number) if number is not None and number == int(number) and abs(number) < Decimal(10**6) else -1
