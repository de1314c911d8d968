"""What foreign currencies are worth in ours, by day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import ExchangeRate, RateService
from shundan.catalog.registries import RATE_PROVIDERS, RateProvider
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused, require
from shundan.kernel.listing import Page, page_of

COMPANY_CURRENCY = "CNY"


class NoExchangeRate(Refused):
    """A foreign currency has no rate on the day."""

    code = "no_exchange_rate"
    sentence = _("There is no exchange rate for %(currency)s on %(on)s. Ask finance to enter one.")


@dataclass(frozen=True, slots=True)
class CurrentRate:
    """The rate of a currency that holds today, the one before it, and for how many days it has held."""

    currency: str
    rate: Decimal
    before: Decimal | None
    valid_from: date
    source: str
    days: int


def rate_of_exchange(currency: str, *, on: date) -> Decimal:
    """Return company currency per unit of this currency on a day: the latest rate until then.

    Raises: NoExchangeRate.
    """
    if currency == COMPANY_CURRENCY:
        return Decimal(1)
    rows = ExchangeRate.objects.filter(currency=currency, valid_from__lte=on).order_by("-valid_from")
    rate = rows.values_list("rate", flat=True).first()
    if rate is None:
        raise NoExchangeRate(currency=currency, on=on.isoformat())
    return rate


def list_exchange_rates(
    *, by: Actor, currency: str = "", cursor: str | None = None, limit: int = 50, counted: bool = False
) -> Page[ExchangeRate]:
    """Return one page of rates, the latest day first. Raises: NotPermitted, Malformed."""
    require(by, "exchange_rate.read")
    rows = ExchangeRate.objects.all()
    if currency:
        rows = rows.filter(currency=currency.replace("\x00", ""))
    return page_of(rows, cursor=cursor, limit=limit, sort="-valid_from", allowed=("valid_from",), counted=counted)


def currencies_with_rates() -> list[str]:
    """Return the currencies that have a rate of exchange, ours first."""
    foreign = ExchangeRate.objects.order_by("currency").values_list("currency", flat=True).distinct()
    return [COMPANY_CURRENCY, *(one for one in foreign if one != COMPANY_CURRENCY)]


def current_rates(*, by: Actor) -> list[CurrentRate]:
    """Return what each foreign currency is worth today. Raises: NotPermitted."""
    require(by, "exchange_rate.read")
    found = []
    rows = ExchangeRate.objects.filter(valid_from__lte=by.today)
    for currency in rows.order_by("currency").values_list("currency", flat=True).distinct():
        latest = list(rows.filter(currency=currency).order_by("-valid_from")[:2])
        now, before = latest[0], latest[1].rate if len(latest) > 1 else None
        age = (by.today - now.valid_from).days
        found.append(CurrentRate(currency, now.rate, before, now.valid_from, now.source, age))
    return found


def rate_providers() -> Mapping[str, RateProvider]:
    """Return the services that the house can ask."""
    return RATE_PROVIDERS


def get_rate_service(*, by: Actor) -> RateService | None:
    """Return the service that is asked for rates, None before anybody set one up. Raises: NotPermitted."""
    require(by, "exchange_rate.edit")
    return RateService.objects.first()
