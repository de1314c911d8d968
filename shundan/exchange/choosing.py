"""Which column of a file fills which field: what a person says, and remembers for their next file."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.exchange.models import ColumnChoice
from shundan.exchange.sheets.headings import Column, key_of_heading
from shundan.exchange.sheets.reading import Sheet
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed

NEEDED = {"sku", "quantity"}
EXAMPLES = 3
LONGEST_EXAMPLE = 40
MOST_REMEMBERED = 500


def is_enough(columns: Mapping[int, Column]) -> bool:
    """Tell whether these columns are enough to make orders of."""
    return {one.field for one in columns.values()} >= NEEDED


def require_enough(columns: Mapping[int, Column]) -> None:
    """Refuse columns of which no orders can be made. Raises: Malformed."""
    if not is_enough(columns):
        sentence = _(
            "The first row must name the columns; at least “SKU” and “Quantity” are needed. Take the template."
        )
        raise Malformed(details=[Detail("file", "columns_missing", sentence)])


def headings_of(sheet: Sheet) -> list[list[Any]]:
    """Return the headings of a file, each with the first values below it."""
    return [[heading, _examples(at, sheet)] for at, heading in enumerate(sheet.head) if heading]


def read_choices(columns: Mapping[str, str], fields: Collection[str]) -> dict[str, str]:
    """Return what a person says of headings, by key. Raises: Malformed for unknown fields and two columns of one."""
    wrong, taken = [], set[str]()
    for heading, field in columns.items():
        if field and field not in fields:
            wrong.append(Detail(f"columns.{heading}", "unknown", _("Choose one of the offered values.")))
        elif field in taken:
            wrong.append(Detail(f"columns.{heading}", "doubled", _("Another column has this meaning already.")))
        taken |= {field} - {""}
    if wrong:
        raise Malformed(details=wrong)
    return {key_of_heading(heading): field for heading, field in columns.items()}


def remembered_choices(by: Actor, *, of: str) -> dict[str, str]:
    """Return what the actor said of headings of such files before, by key."""
    return dict(ColumnChoice.objects.filter(by_id=by.id or 0, of=of).values_list("heading", "field"))


def remember_choices(chosen: Mapping[str, str], *, of: str, by: Actor) -> None:
    """Keep what the actor says of headings for their next file of the kind; the latest word counts."""
    rows: Iterable[ColumnChoice] = (
        ColumnChoice(by_id=by.id or 0, of=of, heading=key[:200], field=field)
        for key, field in list(chosen.items())[:MOST_REMEMBERED]
        if key
    )
    ColumnChoice.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["by_id", "of", "heading"], update_fields=["field"]
    )


def _examples(at: int, sheet: Sheet) -> list[str]:
    found = (cells[at][:LONGEST_EXAMPLE] for _row, cells in sheet.rows if at < len(cells) and cells[at])
    return [value for value, _time in zip(dict.fromkeys(found), range(EXAMPLES), strict=False)]
