"""What the forms of price lists and promotions have in common: names, days, and whom they are for."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.catalog.queries import list_categories, list_units
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail
from shundan.kernel.money import ZERO, parse_decimal, plain
from shundan.orders.queries import CUSTOMER_KINDS
from shundan.web.customer_form import CURRENCIES
from shundan.web.forms import Given
from shundan.web.price_words import CHANNEL_WORDS, KINDS, METHODS, STATUSES
from shundan.web.words import name_of, options

TEXTS = ("code", "name_zh", "name_en", "status", "currency", "rank", "valid_from", "valid_to")
NAMED = ("numbers", "tags", "regions")


def read_offer(given: Given, code: str) -> dict[str, Any]:
    """Return the common part as the domain takes it; what is malformed is noted."""
    ticked = {name: tuple(given.data.getlist(name)) for name in ("classes", "channels")}
    return {
        "code": code,
        "name_zh": given.text("name_zh"),
        "name_en": given.text("name_en"),
        "status": given.text("status", "active"),
        "currency": given.text("currency", "CNY"),
        "rank": whole_of(given, "rank", 100),
        "valid_from": given.day("valid_from"),
        "valid_to": given.day("valid_to"),
        **{name: tuple(re.split(r"[,，;；\n]+", given.text(name))) for name in NAMED},
        **ticked,
    }


def whole_of(given: Given, name: str, default: int) -> int:
    """Return a whole number that was typed, the default for none; anything else is noted."""
    typed = given.text(name)
    found = given.whole(name) if typed else default
    if found is None:
        given.problems.append(Detail(name, "not_a_number", _("Enter a whole number.")))
    return found or 0


def typed_offer(given: Given) -> dict[str, Any]:
    """Return the common part as it was typed."""
    values: dict[str, Any] = {name: given.data.get(name, "") for name in (*TEXTS, *NAMED)}
    return values | {name: given.data.getlist(name) for name in ("classes", "channels")}


def kept_offer(one: Any) -> dict[str, Any]:
    """Return the common part as it is kept, for the form (Any: faces know no tables)."""
    values = {name: getattr(one, name) for name in TEXTS}
    named = {name: ", ".join(getattr(one, name)) for name in NAMED}
    return values | named | {"classes": one.classes, "channels": one.channels}


def new_offer() -> dict[str, Any]:
    """Return what a new one begins with."""
    blank: dict[str, Any] = dict.fromkeys((*TEXTS, *NAMED), "")
    return blank | {"status": "active", "currency": "CNY", "rank": 100, "classes": [], "channels": []}


def choices_of(by: Actor) -> dict[str, Any]:
    """Return what the forms offer."""
    return {
        "statuses": options(STATUSES),
        "currencies": [(code, code) for code in CURRENCIES],
        "classes": options(CUSTOMER_KINDS),
        "channels": options(CHANNEL_WORDS),
        "categories": [(one.code, name_of(one)) for one in list_categories(by=by)],
        "units": [(one.code, name_of(one)) for one in list_units(by=by)],
        "methods": options(METHODS),
        "kinds": options(KINDS),
    }


def row_number(given: Given, row: dict[str, str], name: str, path: str, *, default: Decimal | None) -> Decimal | None:
    """Return the number of a row; a malformed one is noted at its place."""
    typed = row.get(name, "")
    if not typed:
        return default
    found = parse_decimal(typed)
    if found is None:
        given.problems.append(Detail(path, "not_a_number", _("Enter a number such as 1234.50.")))
    return ZERO if found is None else found


def row_day(given: Given, row: dict[str, str], name: str, path: str) -> date | None:
    """Return the day of a row; a malformed one is noted at its place."""
    typed = row.get(name, "")
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        given.problems.append(Detail(path, "not_a_day", _("Enter a date such as 2026-01-31.")))
        return None


def shown_number(value: Decimal | None) -> str:
    """Return a number as a field has it."""
    return "" if value is None else plain(value)


def targets_of(rows: Sequence[Any]) -> list[dict[str, str]]:
    """Return what a promotion is about as rows of its form (Any: faces know no tables)."""
    return [
        {
            "sku": one.product.sku if one.product else "",
            "label": name_of(one.product) if one.product else "",
            "category": one.category.code if one.category else "",
            "quantity": shown_number(one.quantity),
        }
        for one in rows
    ]
