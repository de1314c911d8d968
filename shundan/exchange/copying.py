"""Writing many rows at once: ids drawn from the table's own sequence, rows sent by COPY."""

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import JSONField, Model
from psycopg.types.json import Jsonb

BLOCK = 500


def new_ids(model: type[Model]) -> Iterator[int]:
    """Yield ids that the table will never give to anybody else; what is not used stays a gap."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)",
                [model._meta.db_table, BLOCK],
            )
            block = [row[0] for row in cursor.fetchall()]
        yield from block


def copy_rows(rows: Iterable[Model]) -> int:
    """Write unsaved rows of one model that have their ids already; return how many there were."""
    rows = list(rows)
    if not rows:
        return 0
    fields = rows[0]._meta.concrete_fields
    values = attrgetter(*(field.attname for field in fields))
    # Lists are arrays except in a column of JSON.
    are_json = [isinstance(field, JSONField) for field in fields]
    given = (
        [
            Jsonb(value) if is_json and value is not None else value
            for value, is_json in zip(values(row), are_json, strict=True)
        ]
        for row in rows
    )
    copy_values(rows[0]._meta.db_table, [str(field.column) for field in fields], given)
    return len(rows)


def copy_values(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of plain values into some columns of a table; dictionaries become JSON."""
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor, cursor.copy(f'copy "{table}" ({names}) from stdin') as copy:
        for row in rows:
            copy.write_row([Jsonb(value) if isinstance(value, dict) else value for value in row])
