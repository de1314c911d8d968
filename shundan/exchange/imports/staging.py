"""Staging tables: a file as text in a temporary table, checked column by column before anything is written."""

import re
from collections.abc import Iterable
from datetime import datetime

import psycopg.errors
from django.db import DataError, connection, transaction
from django.utils.translation import gettext as _

from shundan.exchange.imports.reading import BadFile, Table

PIECE = 1 << 20
NUMBER = r"^-?[0-9]{1,12}(\.[0-9]{1,10})?$"
WHOLE = r"^-?[0-9]{1,9}$"
# Stands for the column in a condition.
THIS = "COLUMN"
COUNTED = re.compile(r"line (\d+)")


class Stage:
    """One staged file; its table has the file's columns as text and `row`, from 1."""

    def __init__(self, name: str, table: Table) -> None:
        self.name, self.table = name, table
        self.rows = self._load()

    def need(self, *columns: str) -> None:
        """Refuse the first row in which one of these columns is empty. Raises: BadFile."""
        self._refuse(columns, f"{THIS} = ''", _("There is no value."), _("Fill it in."))

    def need_numbers(self, *columns: str) -> None:
        """Refuse the first value that is no plain decimal number. Raises: BadFile."""
        cure = _("Enter a plain number such as 12 or -3.50, with at most 10 decimals.")
        self._refuse(columns, f"{THIS} !~ '{NUMBER}'", _("“%(value)s” is not a number."), cure)

    def need_whole_numbers(self, *columns: str) -> None:
        """Refuse the first value that is no whole number. Raises: BadFile."""
        cure = _("Enter a whole number of at most 9 digits.")
        self._refuse(columns, f"{THIS} !~ '{WHOLE}'", _("“%(value)s” is not a whole number."), cure)

    def need_between(self, column: str, low: str, high: str) -> None:
        """Refuse the first number outside a range; the column was checked to hold numbers. Raises: BadFile."""
        condition = f"{THIS}::numeric not between {low} and {high}"
        cure = _("Enter a number from %(low)s to %(high)s.") % {"low": low, "high": high}
        self._refuse((column,), condition, _("“%(value)s” is out of range."), cure)

    def need_times(self, column: str, *, form: str, is_optional: bool = False) -> None:
        """Refuse the first value that is no date (or time) of this form. Raises: BadFile."""
        with connection.cursor() as cursor:
            cursor.execute(f'select "{column}", min(row) from {self.name} group by 1')
            found = sorted((row, value) for value, row in cursor.fetchall())
        for row, value in found:
            if not (value == "" and is_optional) and not _is_time(value, form):
                fault = _("“%(value)s” is not a recognised date.") % {"value": value}
                raise self.bad_row(row, column, fault, _("Use the format %(example)s.") % {"example": _example(form)})

    def need_known(self, column: str, *, of: "Stage", key: str) -> None:
        """Refuse the first value that another file does not have. Raises: BadFile."""
        condition = f'not exists (select 1 from {of.name} o where o."{key}" = {self.name}.{THIS})'
        fault = _("“%(value)s” is not in %(file)s.")
        self._refuse((column,), condition, fault, _("Add it there, or correct it here."), file=of.table.path.name)

    def need_once(self, *columns: str) -> None:
        """Refuse the first row that repeats another one's key. Raises: BadFile."""
        names = ", ".join(f'"{column}"' for column in columns)
        sql = f"select row, {names} from (select *, count(*) over (partition by {names} order by row) as again"
        with connection.cursor() as cursor:
            cursor.execute(f"{sql} from {self.name}) t where again > 1 order by row limit 1")
            found = cursor.fetchone()
        if found:
            value = " ".join(found[1:])
            fault = _("“%(value)s” appears a second time.") % {"value": value}
            raise self.bad_row(found[0], columns[0], fault, _("Keep only one."))

    def bad_row(self, row: int, column: str, fault: str, cure: str) -> BadFile:
        """Return the error of one value."""
        return BadFile(self.table.path, line=self.table.line_of(row), column=column, fault=fault, cure=cure)

    def _refuse(self, columns: Iterable[str], condition: str, fault: str, cure: str, **facts: str) -> None:
        columns = list(columns)
        firsts = ", ".join(f"min(row) filter (where {condition.replace(THIS, _quoted(column))})" for column in columns)
        with connection.cursor() as cursor:
            cursor.execute(f"select {firsts} from {self.name}")
            broken = [(row, column) for row, column in zip(cursor.fetchone(), columns, strict=True) if row]
            if not broken:
                return
            row, column = min(broken)
            cursor.execute(f'select "{column}" from {self.name} where row = %s', [row])
            value = cursor.fetchone()[0]
        raise self.bad_row(row, column, fault % {"value": value[:60], **facts} if "%(" in fault else fault, cure)

    def _load(self) -> int:
        columns = ", ".join(f"\"{column}\" text not null default ''" for column in self.table.columns)
        names = ", ".join(f'"{column}"' for column in self.table.columns)
        quiet = f"copy {self.name} ({names}) from stdin with (format csv, header, force_not_null ({names}))"
        with connection.cursor() as cursor:
            cursor.execute(f"drop table if exists {self.name}")
            cursor.execute(f"create temp table {self.name} (row bigint generated always as identity, {columns})")
            try:
                # A savepoint of its own, so that the refusal can still be recorded.
                with transaction.atomic(), connection.wrap_database_errors, cursor.copy(quiet) as copy:
                    for start in range(0, len(self.table.text), PIECE):
                        copy.write(self.table.text[start : start + PIECE])
            except DataError as error:
                raise self._bad_format(error) from error
            cursor.execute(f"analyze {self.name}")
            cursor.execute(f"select count(*) from {self.name}")
            rows = int(cursor.fetchone()[0])
        if rows == 0:
            raise BadFile(self.table.path, line=2, fault=_("There are no rows."), cure=_("Export it again."))
        return rows

    def _bad_format(self, error: DataError) -> BadFile:
        cause = error.__cause__
        line, fault = None, str(error)
        if isinstance(cause, psycopg.Error):
            counted = COUNTED.search(cause.diag.context or "")
            line, fault = int(counted[1]) if counted else None, cause.diag.message_primary or fault
        cure = _("Every line needs the columns of the first one; texts with commas or quotes stand in quotes.")
        return BadFile(self.table.path, line=line, fault=f"{fault}.", cure=cure)


def _quoted(column: str) -> str:
    return f'"{column}"'


def _is_time(value: str, form: str) -> bool:
    try:
        datetime.strptime(value, form)  # noqa: DTZ007 - only its form matters here
    except ValueError:
        return False
    return True


def _example(form: str) -> str:
    return datetime(2026, 1, 31, 8, 30, 5).strftime(form)  # noqa: DTZ001 - an example
