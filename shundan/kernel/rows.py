"""Whole instances read and saved by statements whose text is made once and whose plan the server keeps.

For the few reads and writes that every verb of a document needs: making Django's SQL anew for a wide row costs many
times what PostgreSQL needs to find it (docs/adr/0044).
"""

import json
from collections.abc import Sequence
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from django.db import DatabaseError, connection
from django.db.models import ForeignKey, JSONField, Model

from shundan.kernel.db import fetch_prepared
from shundan.kernel.instances import fetched

M = TypeVar("M", bound=Model)


class Rows(Generic[M]):
    """Reads rows of a model, each with the records that some of its references lead to."""

    def __init__(self, model: type[M], *references: str) -> None:
        self._model = model
        self._references = references

    def fetch(self, rest: str, parameters: Sequence[Any]) -> list[M]:
        """Return the instances that the rest of a statement (`where own.id = %s`) chooses.

        `own` is the model's row there, and each reference has its own name.

        The rest is text of the code, never of a person: each one is planned for each connection and kept.
        """
        return [self._made(row) for row in fetch_prepared(self._select + rest, parameters)]

    @cached_property
    def _parts(self) -> list[tuple[str, type[Model], tuple[str, ...], slice, tuple[int, ...]]]:
        """Return reference, model, columns, where they stand in a row, and which of these are JSON."""
        models: list[tuple[str, type[Model]]] = [("", self._model)]
        models += [(one, _target(self._model, one)) for one in self._references]
        found, start = [], 0
        for name, model in models:
            fields = model._meta.concrete_fields
            names = tuple(field.attname for field in fields)
            documents = tuple(i for i, field in enumerate(fields, start) if isinstance(field, JSONField))
            found.append((name, model, names, slice(start, start + len(names)), documents))
            start += len(names)
        return found

    @cached_property
    def _select(self) -> str:
        columns, joins = [], []
        for name, model, *_rest in self._parts:
            alias = f'"{name or "own"}"'
            columns += [f'{alias}."{field.column}"' for field in model._meta.concrete_fields]
            if name:
                column = self._model._meta.get_field(name).column  # type: ignore[union-attr]
                joins.append(f' left join "{model._meta.db_table}" {alias} on {alias}.id = own."{column}"')
        return f'select {", ".join(columns)} from "{self._model._meta.db_table}" own{"".join(joins)} '  # noqa: S608 - names of columns

    def _made(self, row: Sequence[Any]) -> M:
        values = list(row)
        made: list[Model | None] = []
        for _name, model, names, place, documents in self._parts:
            for i in documents:
                values[i] = None if values[i] is None else json.loads(values[i])
            found = values[place]
            made.append(None if found[0] is None else fetched(model, names, found))
        instance: Any = made[0]
        for (name, *_rest), related in zip(self._parts[1:], made[1:], strict=True):
            instance._state.fields_cache[name] = related
        return instance  # type: ignore[no-any-return]


def save_columns(instance: Model, columns: Sequence[str]) -> None:
    """Write these attributes (`team_id`, not `team`) of a row that the caller holds; no other column is touched.

    Raises: DatabaseError when the row is gone.
    """
    statement, fields = _update(type(instance), tuple(columns))
    values = [field.get_db_prep_save(getattr(instance, field.attname), connection) for field in fields]
    if not fetch_prepared(statement, [*values, instance.pk]):
        raise DatabaseError(f"{type(instance).__name__} {instance.pk} is gone")


@cache
def _update(model: type[Model], columns: tuple[str, ...]) -> tuple[str, list[Any]]:
    fields = [next(one for one in model._meta.concrete_fields if one.attname == name) for name in columns]
    sets = ", ".join(f'"{field.column}" = %s' for field in fields)
    return f'update "{model._meta.db_table}" set {sets} where id = %s returning 1', fields  # noqa: S608 - names of columns


def _target(model: type[Model], reference: str) -> type[Model]:
    field = model._meta.get_field(reference)
    assert isinstance(field, ForeignKey)
    found: type[Model] = field.related_model
    return found
