"""Which columns somebody sees in a list of orders."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from shundan.kernel.actor import Actor
from shundan.kernel.kept import kept
from shundan.orders.models import ListColumns
from shundan.orders.queries.types import Attribute, attribute_catalogue
from shundan.orders.rules.columns import ATTRIBUTE_COLUMN
from shundan.orders.rules.columns import LIST_COLUMNS as LIST_COLUMNS
from shundan.orders.rules.columns import STANDARD_COLUMNS as STANDARD_COLUMNS
from shundan.orders.rules.types import HEADER


def chosen_columns(*, kind: str, view: str, by: Actor) -> tuple[str, ...]:
    """Return the columns that the actor chose for a view of a kind's list; none means the standard ones."""
    found = _chosen(by.id or 0, kind, view)
    return tuple(found[0]) if found else ()


@kept
def _chosen(user: Any, kind: Any, view: Any) -> QuerySet[Any, list[str]]:
    rows = ListColumns.objects.filter(user_id=user, kind=kind, view=view)
    return rows.order_by("id").values_list("columns", flat=True)[:1]


def column_attributes(columns: Iterable[str]) -> dict[str, Attribute]:
    """Return the attributes of orders' headers that columns name, by column; what no longer exists is left out."""
    wished = [one for one in columns if one.startswith(ATTRIBUTE_COLUMN)]
    catalogue = attribute_catalogue() if wished else {}
    found = {one: catalogue.get(one.removeprefix(ATTRIBUTE_COLUMN)) for one in wished}
    return {
        column: entry.attribute
        for column, entry in found.items()
        if entry is not None and entry.attribute.place == HEADER
    }
