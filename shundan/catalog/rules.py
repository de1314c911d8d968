"""What a product's data must look like, which price a quantity gets, and which tax holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

# What is one thing, and what is made of several: a kit has no stock of its own.
SINGLE_KINDS, KIT = ("goods", "service", "charge"), "kit"
KINDS = (*SINGLE_KINDS, KIT)
STATUSES = ("active", "retired")
TRACKINGS = ("none", "lot", "serial")
LONGEST_SKU = 60
LARGEST_FACTOR = 1_000_000
# Taxable is what has a rate; the others are worth nothing for three different reasons.
TAX_KINDS = ("taxable", "zero", "exempt", "not_taxable")
# How a customer stands to taxes: as everybody, exporting what it buys, exempt, or not taxable at all.
TAX_STATUSES = ("normal", "export", "exempt", "not_taxable")
TRADES = ("sale", "purchase")
HOME_COUNTRY, ABROAD = "CN", "ABROAD"
RATE_SOURCES = ("manual", "file", "service")


def price_for(quantity: Decimal, steps: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Return the unit price of the highest quantity step that the quantity reaches, or None.

    `steps` are (minimum quantity, unit price) pairs in any order.
    """
    reached = [step for step in steps if step[0] <= quantity]
    return max(reached)[1] if reached else None


@dataclass(frozen=True, slots=True)
class Tax:
    """The tax that a line bears: its code and kind, and its rate as a share."""

    code: str
    kind: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class TaxDays:
    """What a tax comes to from a day until a day; None is open."""

    kind: str
    rate: Decimal
    valid_from: date | None
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Tell whether this is what the tax comes to on a day."""
        return holds_on(day, self.valid_from, self.valid_to)


@dataclass(frozen=True, slots=True)
class Trade:
    """Who buys or sells with us, as far as taxes ask for it."""

    trade: str = ""
    country: str = HOME_COUNTRY
    region: str = ""
    tax_status: str = ""


@dataclass(frozen=True, slots=True)
class TaxChoice:
    """A rule: what fits all that it names bears this tax instead of the product's own."""

    trade: str
    country: str
    region: str
    tax_status: str
    product_kind: str
    of_tax: str
    tax: str
    valid_from: date | None
    valid_to: date | None

    def fits(self, own: str, product_kind: str, party: Trade, *, on: date) -> bool:
        """Tell whether a product with its own tax, traded with somebody on a day, is what the rule means."""
        return (
            self.trade == party.trade
            and self.tax_status in ("", party.tax_status)
            and (self.country in ("", party.country) or (self.country == ABROAD and party.country != HOME_COUNTRY))
            and (not self.region or self.region.casefold() == party.region.casefold())
            and self.product_kind in ("", product_kind)
            and self.of_tax in ("", own)
            and holds_on(on, self.valid_from, self.valid_to)
        )


@dataclass(frozen=True, slots=True)
class TaxBook:
    """All taxes with their days, and the rules in their order."""

    periods: Mapping[str, Sequence[TaxDays]]
    rules: Sequence[TaxChoice]

    def code_for(self, own: str, product_kind: str, party: Trade, *, on: date) -> str:
        """Return which tax holds for a product with its own tax: that of the first rule that fits, else its own."""
        fitting = (one.tax for one in self.rules if one.fits(own, product_kind, party, on=on))
        return next(fitting, own)

    def tax_for(self, own: str, product_kind: str, party: Trade, *, on: date) -> Tax | None:
        """Return the tax that holds for a product traded with somebody on a day; None where it has no rate then."""
        return self.tax_on(self.code_for(own, product_kind, party, on=on), on)

    def tax_on(self, code: str, on: date) -> Tax | None:
        """Return what a tax comes to on a day; None where it has no rate then."""
        found = next((one for one in self.periods.get(code, ()) if one.holds_on(on)), None)
        return Tax(code, found.kind, found.rate) if found else None


def holds_on(day: date, valid_from: date | None, valid_to: date | None) -> bool:
    """Tell whether a day lies in a span; None is open."""
    return (valid_from is None or valid_from <= day) and (valid_to is None or day <= valid_to)


@dataclass(frozen=True, slots=True)
class KitPart:
    """How much of a product one kit holds, in that product's own unit."""

    product_id: int
    sku: str
    quantity: Decimal
    is_stocked: bool = True


def whole_kits(parts: Sequence[KitPart], free: Mapping[int, Decimal]) -> Decimal | None:
    """Return how many whole kits there is enough for by product id; None where no part has stock."""
    counts = [max(Decimal(0), free.get(one.product_id, Decimal(0))) // one.quantity for one in parts if one.is_stocked]
    return min(counts, default=None)
