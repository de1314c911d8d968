"""Query parameters that name a record: where the answer would be empty, one that names nothing is refused instead."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel

from shundan.api.fields import Code, Id
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed
from shundan.ui.naming import why_unknown


@dataclass(frozen=True, slots=True)
class Names:
    """Marks a query parameter: what its value names (ui.naming).

    `always`: the answer has rows whether it does or not.
    """

    what: str
    always: bool = False


# Filters of lists by what they name; for one that may be left out as null write `Annotated[Id | None, Names("user")]`.
OfAccount = Annotated[Code, Names("account")]
OfCategory = Annotated[Id | None, Names("category")]
OfCurrency = Annotated[Code, Names("currency")]
OfCustomer = Annotated[Code, Names("customer")]
OfKind = Annotated[Code, Names("kind")]
OfOrder = Annotated[Code, Names("order")]
OfOrderType = Annotated[Code, Names("type")]
OfOwner = Annotated[Id | None, Names("user")]
OfProduct = Annotated[Code, Names("product")]
OfSupplier = Annotated[Code, Names("supplier")]
OfTag = Annotated[Code, Names("tag")]
AtWarehouse = Annotated[Code, Names("warehouse", always=True)]
OfWarehouse = Annotated[Code, Names("warehouse")]


def refuse_unknown_names(asked: Iterable[Any], answer: Any, *, by: Actor) -> None:
    """Refuse an empty list whose filters name nothing that the caller may see.

    Only an empty one is looked at: rows prove that the filter was understood, and cost no further question.

    Raises: Malformed.
    """
    is_empty = getattr(answer, "items", None) == []
    wrong = [
        Detail(f"query.{field}", f"unknown_{mark.what}", sentence)
        for wanted in asked
        if isinstance(wanted, BaseModel)
        for field, mark, key in _named(wanted)
        if (is_empty or mark.always) and (sentence := why_unknown(mark.what, key, by=by)) is not None
    ]
    if wrong:
        raise Malformed(details=wrong)


def _named(wanted: BaseModel) -> Iterator[tuple[str, Names, str]]:
    for field, mark in _marked(type(wanted)):
        value = getattr(wanted, field)
        for key in value if isinstance(value, list) else [value]:
            if key:
                yield field, mark, key


@cache
def _marked(model: type[BaseModel]) -> tuple[tuple[str, Names], ...]:
    fields = model.model_fields.items()
    return tuple((name, mark) for name, one in fields for mark in one.metadata if isinstance(mark, Names))
