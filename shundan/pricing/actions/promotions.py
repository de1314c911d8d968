"""Keeping promotions: what was entered while one ran keeps what it took off."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import Category, Product
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, VersionConflict, require
from shundan.kernel.events import record
from shundan.kernel.money import LARGEST_QUANTITY, QUANTITY_DECIMALS, decimal_places, decimals_of, plain
from shundan.pricing.actions.offers import (
    OfferInput,
    categories_by_code,
    changes_of,
    faults_of_offer,
    is_percent,
    products_by_sku,
    values_of,
)
from shundan.pricing.models import CouponTally, Promotion, PromotionTarget
from shundan.pricing.rules import PROMOTION_KINDS

MOST_TARGETS, MOST_USES = 500, 1_000_000
LIMITS_OF_USES = ("most_uses", "most_uses_each")
LARGEST_AMOUNT = Decimal(10) ** 15
# What each kind is given with; the rest is not kept.
PARTS: Mapping[str, tuple[str, ...]] = {
    "percent": ("percent",),
    "buy_get": ("buy_quantity", "free_quantity", "gift"),
    "over_amount": ("least_amount", "percent", "amount", "repeats"),
    "bundle": ("amount",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetInput:
    """What a promotion is about: a product by SKU or a category by code; of a bundle how much one set holds."""

    sku: str = ""
    category: str = ""
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionInput(OfferInput):
    """A promotion as it is given; `gift` is the SKU of what is free instead. Amounts are in its currency.

    One that needs a code may limit its uses in all and for each customer.
    """

    kind: str
    is_exclusive: bool = False
    percent: Decimal | None = None
    amount: Decimal | None = None
    least_amount: Decimal | None = None
    repeats: bool = False
    buy_quantity: Decimal | None = None
    free_quantity: Decimal | None = None
    gift: str = ""
    targets: tuple[TargetInput, ...] = ()
    needs_code: bool = False
    most_uses: int | None = None
    most_uses_each: int | None = None


@action
def save_promotion(given: PromotionInput, *, version: int | None, by: Actor) -> Promotion:
    """Keep a promotion: a new one without `version`, else over that version of the kept one.

    Raises: NotPermitted, Malformed, NotFound, VersionConflict.
    """
    require(by, "price.edit")
    code = given.code.replace("\x00", "")[:100]
    kept = Promotion.objects.select_for_update().filter(code=code).first()
    if version is not None and kept is None:
        raise NotFound(what="promotion", key=code)
    products = products_by_sku([given.gift, *(one.sku for one in given.targets)])
    categories = categories_by_code(one.category for one in given.targets)
    wrong = list(faults_of_offer(given, is_new=version is None, taken=kept is not None))
    wrong += [*_faults_of_kind(given, products), *_faults_of_targets(given, products, categories)]
    wrong += _faults_of_codes(given, kept)
    if wrong:
        raise Malformed(details=wrong)
    values = _values(given, products)
    if kept is None:
        one, changes, what = Promotion(code=code, version=0), {}, "promotion.created"
    else:
        one, changes, what = kept, changes_of(kept, values), "promotion.changed"
        if version != kept.version:
            raise VersionConflict()
    for name, value in values.items():
        setattr(one, name, value)
    one.version, one.changed_at = one.version + 1, by.at
    one.save()
    if one.needs_code:
        # Whoever claims a use locks this row: it must be there.
        CouponTally.objects.bulk_create([CouponTally(promotion=one)], ignore_conflicts=True)
    one.targets.all().delete()
    PromotionTarget.objects.bulk_create(
        PromotionTarget(
            promotion=one,
            product=products.get(target.sku),
            category=categories.get(target.category),
            quantity=target.quantity if given.kind == "bundle" else None,
        )
        for target in given.targets
    )
    record(
        what,
        subject=("promotion", one.pk),
        by=by,
        data={"code": code, "kind": one.kind} | ({"changes": changes} if changes else {}),
    )
    return one


def _values(given: PromotionInput, products: Mapping[str, Product]) -> dict[str, Any]:
    parts: dict[str, Any] = {
        name: getattr(given, name)
        for name in ("percent", "amount", "least_amount", "repeats", "buy_quantity", "free_quantity")
    }
    parts["gift"] = products.get(given.gift)
    unused = {name: False if name == "repeats" else None for name in parts if name not in PARTS[given.kind]}
    if given.percent is not None and given.kind == "over_amount":
        unused["repeats"] = False
    limits = {name: getattr(given, name) if given.needs_code else None for name in LIMITS_OF_USES}
    rest = {"kind": given.kind, "is_exclusive": given.is_exclusive, "needs_code": given.needs_code}
    return values_of(given) | rest | limits | parts | unused


def _faults_of_codes(given: PromotionInput, kept: Promotion | None) -> Iterable[Detail]:
    if kept is not None and kept.needs_code and not given.needs_code and kept.coupons.exists():
        sentence = _("This promotion has codes. Retire it and make a new one that needs none.")
        yield Detail("needs_code", "has_codes", sentence)
    for path in LIMITS_OF_USES if given.needs_code else ():
        value = getattr(given, path)
        if value is not None and not 1 <= value <= MOST_USES:
            yield Detail(path, "out_of_range", _("Enter a whole number from 1 to 1,000,000."))


def _faults_of_kind(given: PromotionInput, products: Mapping[str, Product]) -> Iterable[Detail]:
    if given.kind not in PROMOTION_KINDS:
        yield Detail("kind", "unknown", _("Choose one of the offered values."))
        return
    required = _("This field is required.")
    if given.kind == "percent" and given.percent is None:
        yield Detail("percent", "required", required)
    if given.percent is not None and "percent" in PARTS[given.kind] and not is_percent(given.percent):
        sentence = _("Enter a percentage above 0 and up to 100, with at most 4 decimals.")
        yield Detail("percent", "out_of_range", sentence)
    if given.kind == "buy_get":
        for path in ("buy_quantity", "free_quantity"):
            value = getattr(given, path)
            if value is None or not 0 < value <= LARGEST_QUANTITY or decimal_places(value) > QUANTITY_DECIMALS:
                yield Detail(path, "out_of_range", _("Enter a quantity above 0, at most 12 digits."))
        if given.gift and given.gift not in products:
            unknown = _("There is no product with the SKU “%(sku)s”.") % {"sku": given.gift[:60].replace("\x00", "")}
            yield Detail("gift", "unknown_sku", unknown)
    if given.kind == "over_amount":
        if given.least_amount is None or not _is_amount(given.least_amount, given.currency):
            yield Detail("least_amount", "out_of_range", _("Enter an amount above 0."))
        if (given.percent is None) == (given.amount is None):
            yield Detail("amount", "one_of_two", _("Enter either a percentage or an amount that is taken off."))
        elif given.amount is not None and not _is_amount(given.amount, given.currency):
            yield Detail("amount", "out_of_range", _("Enter an amount above 0."))
        elif given.amount is not None and given.least_amount is not None and given.amount > given.least_amount:
            sentence = _("At most the least amount itself can be taken off: %(least)s %(currency)s.")
            least = {"least": plain(given.least_amount), "currency": given.currency}
            yield Detail("amount", "above_least_amount", sentence % least)
    if given.kind == "bundle" and (
        given.amount is None or (given.amount and not _is_amount(given.amount, given.currency))
    ):
        yield Detail("amount", "out_of_range", _("Enter the price of one set, 0 or more."))


def _faults_of_targets(
    given: PromotionInput, products: Mapping[str, Product], categories: Mapping[str, Category]
) -> Iterable[Detail]:
    if len(given.targets) > MOST_TARGETS:
        yield Detail("targets", "too_many", _("Name at most 500 products and categories."))
        return
    if given.kind == "bundle" and len(given.targets) < 2:
        yield Detail("targets", "too_few", _("A bundle has at least two products."))
    seen = set()
    for at, one in enumerate(given.targets):
        path = f"targets[{at}]"
        if bool(one.sku) == bool(one.category):
            yield Detail(f"{path}.sku", "one_of_two", _("Name a product or a category, not both."))
        elif one.sku and one.sku not in products:
            sentence = _("There is no product with the SKU “%(sku)s”.") % {"sku": one.sku[:60].replace("\x00", "")}
            yield Detail(f"{path}.sku", "unknown_sku", sentence)
        elif one.category and one.category not in categories:
            yield Detail(f"{path}.category", "unknown", _("There is no such category."))
        if given.kind == "bundle":
            if one.category:
                yield Detail(f"{path}.category", "needs_product", _("A bundle names products, not categories."))
            quantity = one.quantity
            if quantity is None or not 0 < quantity <= LARGEST_QUANTITY or decimal_places(quantity) > QUANTITY_DECIMALS:
                yield Detail(f"{path}.quantity", "out_of_range", _("Enter a quantity above 0, at most 12 digits."))
        if (one.sku, one.category) in seen:
            yield Detail(path, "twice", _("This stands here twice. Keep one of them."))
        seen.add((one.sku, one.category))


def _is_amount(value: Decimal, currency: str) -> bool:
    return 0 < value < LARGEST_AMOUNT and decimal_places(value) <= decimals_of(currency)
