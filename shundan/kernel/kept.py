"""Queries of the ORM whose SQL is made once and whose plan the server keeps.

Django makes the text of a query anew each time it is asked, and PostgreSQL plans it anew; for most reads of a page
both cost more than finding the rows (docs/adr/0045). The query itself stays written once, as a queryset.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Expression, QuerySet, prefetch_related_objects
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable, get_related_populators

from shundan.kernel.db import fetch_prepared

R = TypeVar("R")
MOST_SHAPES = 512


class Given(Expression):
    """A value of a kept query that is known only when it runs."""

    def __init__(self, position: int) -> None:
        super().__init__()
        self.position = position

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the place of the value."""
        return "%s", (self,)


class Kept(Generic[R]):
    """A read whose text is kept: called with its values, it returns what its queryset would hold now.

    Arguments by position are values (a list is one, for `any_of`); only their number may decide the text. Arguments
    by keyword shape the text: each combination of them is made once, and those asked for lately are kept.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, R]]) -> None:
        self._make = make
        self._statement = lru_cache(maxsize=MOST_SHAPES)(self._compiled)

    def __call__(self, *values: Any, **shape: Any) -> list[R]:
        """Return the rows."""
        statement = self._statement(len(values), **shape)
        return [] if statement is None else statement.run(values)

    def query(self, *values: Any, **shape: Any) -> QuerySet[Any, R]:
        """Return the queryset itself, made anew with these values."""
        return self._make(*values, **shape)

    def _compiled(self, count: int, /, **shape: Any) -> "_Statement | None":
        try:
            return _Statement(self._make(*givens(count), **shape))
        except EmptyResultSet:
            return None


def kept(make: Callable[..., QuerySet[Any, R]]) -> Kept[R]:
    """Keep the text of a query; see `Kept`."""
    return Kept(make)


def text_of(rows: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    """Return a query's SQL and its parameters, among them what is `Given`. Raises: EmptyResultSet."""
    sql, parameters = rows.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return sql, tuple(parameters)


def givens(count: int) -> list[Given]:
    """Return the places of so many values."""
    return [Given(place) for place in range(count)]


def filled(parameters: Sequence[Any], values: Sequence[Any]) -> list[Any]:
    """Return parameters with their values in the places of what is `Given`."""
    return [values[one.position] if isinstance(one, Given) else one for one in parameters]


class _Statement:
    """The text of one queryset, and how its rows become what the queryset yields."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        self._sql, self._parameters = sql, tuple(parameters)
        self._compiler, self._form = compiler, rows._iterable_class
        self._prefetched = rows._prefetch_related_lookups  # type: ignore[attr-defined]
        self._converters = compiler.get_converters([one[0] for one in compiler.select])
        if self._form is ModelIterable:
            info = compiler.klass_info
            places = info["select_fields"]
            self._model, self._own = info["model"], slice(places[0], places[-1] + 1)
            self._names = [one[0].target.attname for one in compiler.select[self._own]]
            self._related = get_related_populators(info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
            self._annotations = tuple(compiler.annotation_col_map.items())
        elif self._form not in (ValuesListIterable, FlatValuesListIterable):
            raise TypeError("a kept query yields instances or values_list")

    def run(self, values: Sequence[Any]) -> list[Any]:
        found: Any = fetch_prepared(self._sql, filled(self._parameters, values))
        if self._converters:
            found = [tuple(row) for row in self._compiler.apply_converters(found, self._converters)]
        if self._form is FlatValuesListIterable:
            return [row[0] for row in found]
        if self._form is ValuesListIterable:
            return found  # type: ignore[no-any-return]
        made = [self._instance(row) for row in found]
        if self._prefetched and made:
            prefetch_related_objects(made, *self._prefetched)
        return made

    def _instance(self, row: Sequence[Any]) -> Any:
        made = self._model.from_db(DEFAULT_DB_ALIAS, self._names, row[self._own])
        for one in self._related:
            one.populate(row, made)
        for name, place in self._annotations:
            setattr(made, name, row[place])
        return made
