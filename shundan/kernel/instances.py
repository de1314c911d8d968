"""Model instances on the hot path: made without the signals and conversions that Django runs for each.

An instance made here is like any other afterwards: it may be changed, saved and followed along its references.
"""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, Self, TypeVar

from django.db.models import Field, Model
from django.db.models.base import ModelState
from django.db.models.fields import NOT_PROVIDED

M = TypeVar("M", bound=Model)


class Light(Model):
    """A model whose rows become instances without Django's work for each column, for what pages show by the dozen.

    No field of such a model may be one that acts when it is set, as fields of files do.
    """

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **_later: Any) -> Self:
        """Return the instance of a row; columns that were left out are fetched when they are asked for."""
        made = _bare(cls, dict(zip(field_names, values, strict=True)))
        made._state.adding = False
        made._state.db = db
        return made


def fetched(model: type[M], columns: Sequence[str], values: Sequence[Any]) -> M:
    """Return the instance of a row that was fetched with all its columns, by attribute names."""
    made = _bare(model, dict(zip(columns, values, strict=True)))
    made._state.adding = False
    made._state.db = "default"
    return made


def unsaved(model: type[M], **values: Any) -> M:
    """Return an instance to be inserted: these attributes (`customer_id`, not `customer`), else the defaults."""
    return _bare(model, {**_defaults(model), **values})


def differing(instance: Model) -> dict[str, Any]:
    """Return the columns whose values differ from the defaults, as a function that knows the defaults takes them."""
    defaults, found = _defaults_of_all(type(instance)), {}
    for name, value in instance.__dict__.items():
        if name in defaults and value != defaults[name]:
            found[name] = value
    return found


def _bare(model: type[M], attributes: dict[str, Any]) -> M:
    made = model.__new__(model)
    made.__dict__ = attributes
    made._state = ModelState()
    return made


@cache
def _defaults(model: type[Model]) -> dict[str, Any]:
    fields = model._meta.concrete_fields
    # A default that is made by a call (a list, a dict) must be given: one object would be shared by all.
    return {field.attname: field.get_default() for field in fields if not _is_made_by_call(field)}


@cache
def _defaults_of_all(model: type[Model]) -> dict[str, Any]:
    return {one.attname: one.get_default() if one.has_default() else None for one in model._meta.concrete_fields}


def _is_made_by_call(field: "Field[Any, Any]") -> bool:
    return callable(field.default) and field.default is not NOT_PROVIDED
