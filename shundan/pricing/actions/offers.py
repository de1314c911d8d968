"""What price lists and promotions are given with, and what may be wrong with it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import Category, Product
from shundan.kernel.errors import Detail
from shundan.kernel.money import AMOUNT_DECIMALS, decimal_places, decimals_of, is_currency_code
from shundan.parties.models import Customer
from shundan.pricing.models import PriceList, Promotion
from shundan.pricing.rules import CHANNELS, STATUSES

CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")
LONGEST_NAME, MOST_NAMED, MOST_RANK = 100, 1000, 9999
_AUDIENCE = ("numbers", "tags", "classes", "regions", "channels")
_KEPT = ("name_zh", "name_en", "status", "currency", "rank", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferInput:
    """What both are given with; see models.Offered. Days are business days, both included."""

    code: str
    name_zh: str
    name_en: str = ""
    status: str = "active"
    currency: str = "CNY"
    rank: int = 100
    valid_from: date | None = None
    valid_to: date | None = None
    numbers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


def values_of(given: OfferInput) -> dict[str, Any]:
    """Return the columns of what is given, what is named in good order and once."""
    named = {name: sorted({one.strip() for one in getattr(given, name)} - {""}) for name in _AUDIENCE}
    return {name: getattr(given, name) for name in _KEPT} | named


def faults_of_offer(given: OfferInput, *, is_new: bool, taken: bool) -> Iterable[Detail]:
    """Return what is wrong with the part that both have."""
    if is_new and not CODE.match(given.code):
        sentence = _("Enter a code of letters, digits, dots, dashes and underscores, at most 40.")
        yield Detail("code", "invalid", sentence)
    elif is_new and taken:
        yield Detail("code", "taken", _("This code is taken. Choose another one."))
    for path in ("name_zh", "name_en"):
        text = getattr(given, path)
        if (path == "name_zh" and not text.strip()) or len(text) > LONGEST_NAME or "\x00" in text:
            yield Detail(path, "required", _("Enter a name of at most 100 characters."))
    if given.status not in STATUSES:
        yield Detail("status", "unknown", _("Choose one of the offered values."))
    if not is_currency_code(given.currency) or decimals_of(given.currency) > AMOUNT_DECIMALS:
        yield Detail("currency", "unsupported", _("Enter the currency's code, such as CNY or USD."))
    if not 0 <= given.rank <= MOST_RANK:
        yield Detail("rank", "out_of_range", _("Enter a whole number from 0 to 9999."))
    if given.valid_from and given.valid_to and given.valid_from > given.valid_to:
        yield Detail("valid_to", "before_start", _("The last day lies before the first one."))
    yield from _faults_of_audience(given)


def _faults_of_audience(given: OfferInput) -> Iterable[Detail]:
    for path in _AUDIENCE:
        named = getattr(given, path)
        if len(named) > MOST_NAMED or any(len(one) > LONGEST_NAME or "\x00" in one for one in named):
            yield Detail(path, "out_of_range", _("Name at most 1,000, each with at most 100 characters."))
            return
    wanted = {one.strip() for one in given.numbers} - {""}
    missing = wanted - set(Customer.objects.filter(number__in=wanted).values_list("number", flat=True))
    if missing:
        sentence = _("There is no customer with the number %(numbers)s.")
        yield Detail("numbers", "unknown_customer", sentence % {"numbers": ", ".join(sorted(missing)[:5])})
    if not {one.strip() for one in given.classes} <= {"company", "person", ""}:
        yield Detail("classes", "unknown", _("Choose one of the offered values."))
    if not {one.strip() for one in given.channels} <= {*CHANNELS, ""}:
        yield Detail("channels", "unknown", _("Choose one of the offered values."))


def faults_of_days(path: str, valid_from: date | None, valid_to: date | None) -> Iterable[Detail]:
    """Return what is wrong with the days of a part."""
    if valid_from and valid_to and valid_from > valid_to:
        yield Detail(f"{path}.valid_to", "before_start", _("The last day lies before the first one."))


def is_percent(value: Decimal | None) -> bool:
    """Tell whether a value is a percentage above 0 and at most 100 with up to four decimals."""
    return value is not None and 0 < value <= 100 and decimal_places(value) <= 4


def products_by_sku(skus: Iterable[str]) -> dict[str, Product]:
    """Return products with their units by SKU."""
    wanted = {sku.replace("\x00", "") for sku in skus} - {""}
    rows = Product.objects.filter(sku__in=wanted).select_related("unit").prefetch_related("units__unit")
    return {one.sku: one for one in rows} if wanted else {}


def categories_by_code(codes: Iterable[str]) -> dict[str, Category]:
    """Return categories by code."""
    wanted = {code.replace("\x00", "") for code in codes} - {""}
    return {one.code: one for one in Category.objects.filter(code__in=wanted)} if wanted else {}


def changes_of(kept: PriceList | Promotion, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what changes of a kept row, as events tell it."""
    return {
        name: [_said(getattr(kept, name)), _said(value)]
        for name, value in values.items()
        if getattr(kept, name) != value
    }


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
