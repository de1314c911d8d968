"""The prices and promotions that one buyer has, read for all lines of an order at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shundan.catalog.queries import SellableProduct
from shundan.kernel.memory import remembered_each, remembered_rows
from shundan.kernel.money import PRICE_DECIMALS, rounded_ratio
from shundan.pricing.queries.coupons import GivenCoupon
from shundan.pricing.rules import Audience, Buyer, Item, Step, Wanted, closest_item, is_valid_on, price_by
from shundan.pricing.rules.promotions import Offer, Target

_WHO = "numbers, tags, classes, regions, channels"
# Those that name somebody else only are left where they are: there may be one for each customer.
_FOR_BUYER = (
    " where status = 'active' and currency = %s and (numbers = '{}' and tags = '{}' and classes = '{}'"
    " or numbers @> array[%s] or tags && %s or classes @> array[%s])"
)
_LISTS = (
    f"select id, code, rank, decimals, valid_from, valid_to, {_WHO} from pricing_pricelist{_FOR_BUYER} order by code"  # noqa: S608
)
_ITEM = "i.product_id, i.category_id, coalesce(u.code, ''), i.min_quantity, i.method, i.value, i.valid_from, i.valid_to"
_ITEMS = (
    f"select i.price_list_id, {_ITEM} from pricing_priceitem i left join catalog_unit u on u.id = i.unit_id"  # noqa: S608
    " where i.price_list_id = any(%s)"
)
_OFFERS = (
    "select code, kind, rank, is_exclusive, percent, amount, least_amount, repeats, buy_quantity, free_quantity,"  # noqa: S608
    f" gift_id, t.products, t.categories, t.quantities, valid_from, valid_to, {_WHO} from pricing_promotion p"
    " left join lateral (select array_agg(product_id order by x.id) as products, array_agg(category_id order by x.id)"
    " as categories, array_agg(quantity order by x.id) as quantities from pricing_promotiontarget x"
    f" where x.promotion_id = p.id) t on true{_FOR_BUYER} and not needs_code order by code"
)
_CATEGORIES = "select id, parent_id from catalog_category"
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of one of the line's unit, and the step that set it."""

    price: Decimal
    step: Step


@dataclass(frozen=True, slots=True)
class _List:
    code: str
    decimals: int
    general: tuple[Item, ...]
    of_product: Mapping[int, tuple[Item, ...]]


@dataclass(frozen=True, slots=True)
class PriceBook:
    """What one buyer pays for some products, and the promotions that are for him; see price_book_unscoped."""

    buyer: Buyer
    lists: tuple[_List, ...]
    offers: tuple[Offer, ...]
    parents: Mapping[int, int | None]
    exchange_rate: Decimal
    coupon: GivenCoupon | None = None

    def categories_of(self, product: SellableProduct) -> tuple[int, ...]:
        """Return the categories of a product, its own first, then those above it."""
        found: list[int] = []
        at = product.category_id
        while at is not None and at not in found and len(found) < DEEPEST:
            found.append(at)
            at = self.parents.get(at)
        return tuple(found)

    def quote(
        self, product: SellableProduct, *, unit: str, numerator: int, denominator: int, quantity: Decimal
    ) -> Quote | None:
        """Return the price of one of a unit at a quantity in the product's own, by the closest list that has one.

        `unit` is empty for the product's own. None where neither a list nor the product itself has a price.
        """
        if unit:
            listed = product.price_in(unit, numerator, denominator, quantity)
            in_unit = rounded_ratio(quantity, denominator, numerator, decimals=12)
        else:
            listed, in_unit = product.price(quantity), quantity
        wanted = None
        for one in self.lists:
            items = (*one.of_product.get(product.id, ()), *one.general)
            if not items:
                continue
            if wanted is None:
                cost = None if product.cost is None else product.cost / self.exchange_rate
                if cost is not None and unit:
                    cost = cost * numerator / denominator
                wanted = Wanted(
                    product.id, self.categories_of(product), unit or product.unit, in_unit, quantity, listed, cost
                )
            item = closest_item(items, wanted, on=self.buyer.on)
            price = price_by(item, wanted, decimals=one.decimals) if item else None
            if item is None or price is None:
                continue
            if unit and item.method == "amount" and not item.unit:
                price = rounded_ratio(price, numerator, denominator, decimals=PRICE_DECIMALS)
            percent = item.value if item.method != "amount" else None
            step = Step(
                "price_list",
                code=one.code,
                price=price,
                method=item.method,
                percent=percent,
                from_quantity=item.min_quantity or None,
            )
            return Quote(price, step)
        return None if listed is None else Quote(listed, Step("list", price=listed))


def price_book_unscoped(
    buyer: Buyer,
    products: Iterable[SellableProduct],
    *,
    currency: str,
    exchange_rate: Decimal,
    coupon: GivenCoupon | None = None,
) -> PriceBook | None:
    """Return what a buyer pays for products in a currency, in a fixed number of reads; None where nothing is special.

    `exchange_rate` is company currency per unit of the currency, for prices that are calculated from costs. The
    promotion of a coupon that was given stands among the others.
    """
    who = [currency, buyer.number, list(buyer.tags), buyer.kind]
    lists = _closest(remembered_rows(_LISTS, who), buyer, days=4, who=6)
    offers = [_offer(row) for row in _closest(remembered_rows(_OFFERS, who), buyer, days=14, who=16)]
    if coupon is not None:
        offers.append(coupon.offer)
    if not lists and not offers:
        return None
    ids = [row[0] for row in lists]
    general, of_product = _items(ids, [one.id for one in products]) if ids else ({}, {})
    return PriceBook(
        buyer,
        tuple(_List(row[1], row[3], general.get(row[0], ()), of_product.get(row[0], {})) for row in lists),
        tuple(offers),
        dict(remembered_rows(_CATEGORIES, [])),
        exchange_rate,
        coupon,
    )


def _closest(rows: Sequence[tuple[Any, ...]], buyer: Buyer, *, days: int, who: int) -> list[tuple[Any, ...]]:
    """Return the rows that are for a buyer on the day, the closest first, then by rank and code."""
    found = []
    for row in rows:
        closeness = Audience(*map(tuple, row[who : who + 5])).closeness(buyer)
        if closeness is not None and is_valid_on(buyer.on, row[days], row[days + 1]):
            found.append((closeness, row[2], row[1], row))
    return [row for *_place, row in sorted(found, key=lambda one: one[:3])]


def _items(
    list_ids: list[int], product_ids: list[int]
) -> tuple[dict[int, tuple[Item, ...]], dict[int, dict[int, tuple[Item, ...]]]]:
    """Return the items of lists: those of categories and everything, and those of these products, each by list."""
    general: dict[int, tuple[Item, ...]] = {}
    for row in remembered_rows(f"{_ITEMS} and i.product_id is null", [list_ids]):
        general[row[0]] = (*general.get(row[0], ()), Item(*row[1:]))

    def fetch(missing: list[int]) -> dict[int, tuple[tuple[int, Item], ...]]:
        found: dict[int, tuple[tuple[int, Item], ...]] = dict.fromkeys(missing, ())
        for row in remembered_rows(f"{_ITEMS} and i.product_id = any(%s)", [list_ids, missing]):
            found[row[1]] = (*found[row[1]], (row[0], Item(*row[1:])))
        return found

    of_product: dict[int, dict[int, tuple[Item, ...]]] = {}
    subject = f"prices {','.join(map(str, list_ids))}"
    for product_id, items in remembered_each(subject, sorted(set(product_ids)), fetch).items():
        for list_id, item in items:
            its = of_product.setdefault(list_id, {})
            its[product_id] = (*its.get(product_id, ()), item)
    return general, of_product


def _offer(row: tuple[Any, ...]) -> Offer:
    targets = zip(row[11] or (), row[12] or (), row[13] or (), strict=True)
    return Offer(*(*row[:11], tuple(Target(*one) for one in targets)))
