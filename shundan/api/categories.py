"""What products are sorted and counted by: categories and units of quantity."""

from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Given, Named, Row, Words
from shundan.api.routes import Routes
from shundan.catalog.actions import save_category, save_unit
from shundan.catalog.queries import list_categories, list_units
from shundan.kernel.errors import Detail, Malformed

# The names of these operations are older than this module.
routes = Routes("products", operations="products")


class Unit(Named):
    """A unit and how finely it may be divided."""

    decimals: int


class UnitList(Answer):
    """All units."""

    items: list[Unit]


class Category(Named):
    """A product category, and the code of the one it lies below."""

    parent: str | None


class CategoryList(Answer):
    """All product categories."""

    items: list[Category]


class NamesGiven(Given):
    """Names; an English one that is empty is the Chinese one."""

    name_zh: Annotated[Words, Field(min_length=1)]
    name_en: Words = ""


class CategoryGiven(NamesGiven):
    """A category, and the code of the one it lies below."""

    parent: Code | None = None


class DecimalsGiven(NamesGiven):
    """A unit and how finely it may be divided; its decimals never become fewer."""

    decimals: Annotated[int, Field(ge=0, le=6, strict=True)] = 0


@routes.get("/units", permission="product.read", answer=UnitList)
def units(request: HttpRequest) -> UnitList:
    """List the units of quantity."""
    return UnitList(items=[_unit(one) for one in list_units(by=actor(request))])


@routes.put("/units/{code}", permission="product.edit", answer=Unit)
def put_unit(request: HttpRequest, code: Code, given: DecimalsGiven) -> Unit:
    """Add a unit of quantity, or rename one or let it be divided more finely."""
    return _unit(save_unit(code=code, **dict(given), by=actor(request)))


@routes.get("/categories", permission="product.read", answer=CategoryList)
def categories(request: HttpRequest) -> CategoryList:
    """List the product categories."""
    return CategoryList(items=[_category(one) for one in list_categories(by=actor(request))])


@routes.put("/categories/{code}", permission="product.edit", answer=Category)
def put_category(request: HttpRequest, code: Code, given: CategoryGiven) -> Category:
    """Add a product category, or rename or move one with all below it."""
    by = actor(request)
    parent = next((one for one in list_categories(by=by) if one.code == given.parent), None)
    if given.parent is not None and parent is None:
        raise Malformed(details=[Detail("parent", "unknown", _("There is no category with this code."))])
    return _category(save_category(code=code, name_zh=given.name_zh, name_en=given.name_en, parent=parent, by=by))


def _names(one: Row) -> dict[str, str]:
    return {"code": one.code, "name_zh": one.name_zh, "name_en": one.name_en}


def _unit(one: Row) -> Unit:
    return Unit(**_names(one), decimals=one.decimals)


def _category(one: Row) -> Category:
    return Category(**_names(one), parent=one.parent.code if one.parent else None)
