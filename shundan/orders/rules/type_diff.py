"""What changed between two versions of an order type, place by place."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from shundan.orders.rules.types import Attribute, TypeDefinition


@dataclass(frozen=True, slots=True)
class TypeChange:
    """One difference: of the type itself, or of the attribute named by `attribute`; None where it is not there.

    `field` is empty when a whole attribute came or went.
    """

    attribute: Attribute | None
    field: str
    before: Any
    after: Any


def diff_types(before: TypeDefinition, after: TypeDefinition) -> list[TypeChange]:
    """Return every difference between two versions, the type's own first."""
    own = [
        TypeChange(None, one.name, getattr(before, one.name), getattr(after, one.name))
        for one in fields(TypeDefinition)
        if one.name != "attributes" and getattr(before, one.name) != getattr(after, one.name)
    ]
    return [*own, *_attributes(before, after)]


def _attributes(before: TypeDefinition, after: TypeDefinition) -> Iterator[TypeChange]:
    for one in after.attributes:
        old = before.attribute(one.code)
        if old is None:
            yield TypeChange(one, "", None, one)
        else:
            for part in fields(Attribute):
                left, right = getattr(old, part.name), getattr(one, part.name)
                if left != right:
                    yield TypeChange(one, part.name, left, right)
    for one in before.attributes:
        if after.attribute(one.code) is None:
            yield TypeChange(one, "", one, None)
    kept = [one.code for one in after.attributes if before.attribute(one.code)]
    if kept != [one.code for one in before.attributes if after.attribute(one.code)]:
        names = tuple(tuple(one.code for one in version.attributes) for version in (before, after))
        yield TypeChange(None, "attributes", *names)
