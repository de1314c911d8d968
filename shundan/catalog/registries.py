"""Where higher rooms hang services that tell what currencies are worth, and say how finely they count products."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from django.utils.functional import Promise


class RatesAway(Exception):
    """A service did not answer, or with what cannot be read; the text says what."""


@dataclass(frozen=True, slots=True)
class ToldRate:
    """What a service says one unit of a currency is worth in company currency, from its own day on."""

    currency: str
    on: date
    rate: Decimal


class RateProvider(Protocol):
    """A service that tells rates of exchange."""

    code: str
    label: str | Promise
    url: str

    def latest(self, url: str, currencies: Sequence[str], company_currency: str) -> list[ToldRate]:
        """Return the latest rates of these currencies that the service knows. Raises: RatesAway."""
        ...


RATE_PROVIDERS: dict[str, RateProvider] = {}

# Asked before a product gets a unit that is divided less: the most decimals of what of it, by id, lies or is ordered.
COUNTED_DECIMALS: list[Callable[[int], int]] = []
