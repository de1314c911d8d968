"""Price lists; and what price lists and promotions have in common."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.errors import named_in_body
from shundan.api.fields import (
    NO_NUL,
    Answer,
    Code,
    Currency,
    Day,
    DayText,
    Given,
    Plain,
    Positive,
    Row,
    Version,
    Words,
    day,
    number,
)
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.api.sent_back import SentBack
from shundan.kernel.money import ZERO
from shundan.pricing.actions import ItemInput, PriceListInput, save_price_list
from shundan.pricing.queries import get_price_list, list_price_lists

routes = Routes("price_lists")
MOST_ITEMS, MOST_NAMED = 5000, 1000

Method = Literal["amount", "percent", "markup"]
OfferStatus = Literal["active", "retired"]
Channel = Literal["web", "api", "portal", "import"]
Names = Annotated[
    list[Annotated[str, Field(max_length=100, json_schema_extra={"pattern": NO_NUL})]], Field(max_length=MOST_NAMED)
]
Rank = Annotated[int, Field(ge=0, le=9999, strict=True)]
Places = Annotated[int, Field(ge=0, le=6, strict=True)]


class OfferGiven(Given):
    """Names, days (both included) and whom it is for: customers by number, tag or class, in regions and channels."""

    name_zh: Words
    name_en: Words = ""
    status: OfferStatus = "active"
    currency: Currency = "CNY"
    rank: Rank = 100
    valid_from: Day | None = None
    valid_to: Day | None = None
    numbers: Names = []
    tags: Names = []
    classes: Annotated[list[Literal["company", "person"]], Field(max_length=2)] = []
    regions: Names = []
    channels: Annotated[list[Channel], Field(max_length=4)] = []


class PriceItemGiven(Given):
    """A price: of a product (in a unit), of a category, or of everything; `value` is an amount or a percentage."""

    sku: Code = ""
    category: Code = ""
    unit: Code = ""
    min_quantity: Positive = ZERO
    method: Method = "amount"
    value: Positive
    valid_from: Day | None = None
    valid_to: Day | None = None


class PriceListGiven(OfferGiven):
    """A price list as it shall be."""

    decimals: Places = 2
    items: Annotated[list[PriceItemGiven], Field(max_length=MOST_ITEMS)] = []


class PriceListToAdd(PriceListGiven):
    """A new price list."""

    code: Code


class OffersWanted(Searched):
    """What lists are narrowed to."""

    status: Literal["", "active", "retired"] = ""


class OfferAnswer(Answer):
    """What price lists and promotions have in common."""

    code: str
    name_zh: str
    name_en: str
    status: OfferStatus
    currency: str
    rank: int
    valid_from: DayText | None
    valid_to: DayText | None
    numbers: list[str]
    tags: list[str]
    classes: list[str]
    regions: list[str]
    channels: list[str]
    version: int


class PriceListRow(OfferAnswer):
    """A price list as lists show it."""

    decimals: int


class PriceItem(Answer):
    """A price of a list."""

    sku: str | None
    category: str | None
    unit: str | None
    min_quantity: Plain
    method: Method
    value: Plain
    valid_from: DayText | None
    valid_to: DayText | None


class PriceList(PriceListRow):
    """A price list with its prices."""

    items: list[PriceItem]


class PriceListToSave(PriceListGiven, SentBack):
    """A price list as it shall be, and the version that was read, which may be sent back whole."""

    read_as = PriceList

    version: Version


class PriceListList(Answer):
    """One page of price lists."""

    items: list[PriceListRow]
    next: Next


@routes.get("/price-lists", permission="price.read", answer=PriceListList)
def price_lists(request: HttpRequest, wanted: Query[OffersWanted]) -> PriceListList:
    """List price lists, newest first."""
    found = list_price_lists(
        by=actor(request), search=wanted.search, status=wanted.status, cursor=wanted.cursor or None, limit=wanted.limit
    )
    return PriceListList(**page_members(found, lambda one: PriceListRow(**offer_answer(one), decimals=one.decimals)))


@routes.post("/price-lists", permission="price.edit", answer=PriceList)
def add_price_list(request: HttpRequest, given: PriceListToAdd) -> PriceList:
    """Add a price list with its prices."""
    return _keep_list(request, given.code, given, None)


@routes.get("/price-lists/{code}", permission="price.read", answer=PriceList)
def show_price_list(request: HttpRequest, code: Code) -> PriceList:
    """Show a price list with its prices."""
    return _list_answer(get_price_list(code, by=actor(request)))


@routes.put("/price-lists/{code}", permission="price.edit", answer=PriceList)
def change_price_list(request: HttpRequest, code: Code, given: PriceListToSave) -> PriceList:
    """Replace a price list with all its prices; orders keep the prices they were entered with."""
    given.check_unsettable(lambda: _list_answer(get_price_list(code, by=actor(request))))
    return _keep_list(request, code, given, given.version)


def _keep_list(request: HttpRequest, code: str, given: PriceListGiven, version: int | None) -> PriceList:
    by, values = actor(request), offer_values(given, "items")
    items = tuple(ItemInput(**one.model_dump()) for one in given.items)
    with named_in_body():
        save_price_list(PriceListInput(code=code, **values, items=items), version=version, by=by)
    return _list_answer(get_price_list(code, by=by))


def offer_values(given: OfferGiven, *unused: str) -> dict[str, Any]:
    """Return what is given as the domain takes it, without the code and what is unused."""
    values = {name: value for name, value in given.__dict__.items() if name not in ("code", "version", *unused)}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def offer_answer(one: Row) -> dict[str, Any]:
    """Return the part that both have."""
    return {
        "code": one.code,
        "name_zh": one.name_zh,
        "name_en": one.name_en,
        "status": one.status,
        "currency": one.currency,
        "rank": one.rank,
        "valid_from": day(one.valid_from),
        "valid_to": day(one.valid_to),
        "numbers": list(one.numbers),
        "tags": list(one.tags),
        "classes": list(one.classes),
        "regions": list(one.regions),
        "channels": list(one.channels),
        "version": one.version,
    }


def _list_answer(one: Row) -> PriceList:
    return PriceList(
        **offer_answer(one),
        decimals=one.decimals,
        items=[
            PriceItem(
                sku=item.product.sku if item.product else None,
                category=item.category.code if item.category else None,
                unit=item.unit.code if item.unit else None,
                min_quantity=number(item.min_quantity),
                method=item.method,
                value=number(item.value),
                valid_from=day(item.valid_from),
                valid_to=day(item.valid_to),
            )
            for item in one.items.all()
        ],
    )
