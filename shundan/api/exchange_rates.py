"""What foreign currencies are worth by day, the service that is asked for it, and what exchange made of payments."""

import base64
import binascii
from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    Amount,
    Answer,
    Code,
    Currency,
    Day,
    DayText,
    Factor,
    Flag,
    Given,
    Moment,
    NoInput,
    Number,
    Plain,
    Row,
    Version,
    Words,
    amount,
    day,
    moment,
    moment_or_none,
    number,
)
from shundan.api.narrowing import OfCurrency
from shundan.api.pagination import Next, Paged, page_members
from shundan.api.routes import Routes
from shundan.billing.queries import list_exchange_differences
from shundan.catalog.actions import (
    RateInput,
    RateServiceInput,
    RatesKept,
    fetch_exchange_rates,
    import_exchange_rates,
    save_exchange_rates,
    save_rate_service,
)
from shundan.catalog.queries import COMPANY_CURRENCY, get_rate_service, list_exchange_rates
from shundan.kernel.errors import Detail, Malformed

routes = Routes("exchange_rates")
LONGEST = 3_000_000


class RatesWanted(Paged):
    """Of which currency; nothing is all."""

    currency: OfCurrency = ""


class ExchangeRate(Answer):
    """What one unit of a currency is worth in company currency from a day on; sources: manual, file, service."""

    currency: str
    valid_from: DayText
    rate: Plain
    source: str
    entered_by: str


class ExchangeRateList(Answer):
    """One page of rates, the latest day first."""

    items: list[ExchangeRate]
    next: Next


class RateGiven(Given):
    """What `per` units of a currency are worth from a day on."""

    currency: Currency
    valid_from: Day
    rate: Number
    per: Factor = 1


class RatesGiven(Given):
    """Rates to enter, all or none."""

    rates: Annotated[list[RateGiven], Field(min_length=1, max_length=1000)]


class RatesFile(Given):
    """A CSV file in Base64 with the columns currency, date, rate and, where 100 of a unit are quoted, per."""

    content: Annotated[str, Field(max_length=LONGEST, json_schema_extra={"contentEncoding": "base64"})]


class RatesTaken(Answer):
    """How many rates were new, changed, and known already."""

    added: int
    changed: int
    same: int


class RateServiceGiven(Given):
    """Which service is asked, where, for which currencies, and whether it is; version 0 for the first time."""

    provider: Code
    url: Words
    currencies: Annotated[list[Currency], Field(max_length=60)] = []
    is_active: Flag = False
    version: Version


class RateServiceAnswer(Answer):
    """The service that is asked for rates; nothing is asked while it is off."""

    provider: str
    url: str
    currencies: list[str]
    is_active: bool
    asked_at: Moment | None
    problem: str
    version: int


class ExchangeDifference(Answer):
    """An allocation whose money came in at another rate than its invoice was written at, in company currency.

    A gain is above 0.
    """

    payment: str
    invoice: str
    currency: str
    amount: Amount
    payment_rate: Plain
    invoice_rate: Plain
    received: Amount
    settled: Amount
    difference: Amount
    at: Moment


class ExchangeDifferenceList(Answer):
    """One page of exchange differences, the latest first."""

    items: list[ExchangeDifference]
    next: Next


@routes.get("/exchange-rates", permission="exchange_rate.read", answer=ExchangeRateList)
def index(request: HttpRequest, wanted: Query[RatesWanted]) -> ExchangeRateList:
    """List rates by day."""
    page = list_exchange_rates(by=actor(request), currency=wanted.currency, cursor=wanted.cursor, limit=wanted.limit)
    return ExchangeRateList(**page_members(page, _rate))


@routes.post("/exchange-rates", permission="exchange_rate.edit", answer=RatesTaken)
def enter(request: HttpRequest, given: RatesGiven) -> RatesTaken:
    """Enter rates; one of the same currency and day is replaced. Documents keep the rate they were written with."""
    rates = [RateInput(**dict(one)) for one in given.rates]
    return _taken(save_exchange_rates(rates, by=actor(request)))


@routes.post("/exchange-rates/files", permission="exchange_rate.edit", answer=RatesTaken)
def take_file(request: HttpRequest, given: RatesFile) -> RatesTaken:
    """Take the rates of a CSV file, all or none; what was entered by hand stays."""
    try:
        content = base64.b64decode(given.content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(details=[Detail("content", "not_base64", _("Send the file in Base64."))]) from error
    return _taken(import_exchange_rates(content, by=actor(request)))


@routes.get("/exchange-rate-service", permission="exchange_rate.edit", answer=RateServiceAnswer)
def show_service(request: HttpRequest) -> RateServiceAnswer:
    """Show which service is asked for rates."""
    return _service(get_rate_service(by=actor(request)))


@routes.put("/exchange-rate-service", permission="exchange_rate.edit", answer=RateServiceAnswer)
def save_service(request: HttpRequest, given: RateServiceGiven) -> RateServiceAnswer:
    """Say which service is asked for rates; `ecb` speaks the European Central Bank's daily file."""
    wish = RateServiceInput(
        provider=given.provider, url=given.url, currencies=tuple(given.currencies), is_active=given.is_active
    )
    return _service(save_rate_service(wish, version=given.version, by=actor(request)))


@routes.post("/exchange-rate-service/fetch", permission="exchange_rate.edit", answer=RatesTaken, status=200)
def fetch(request: HttpRequest, given: NoInput | None = None) -> RatesTaken:
    """Ask the service now."""
    return _taken(fetch_exchange_rates(by=actor(request)))


@routes.get("/exchange-differences", permission="payment.read", answer=ExchangeDifferenceList)
def differences(request: HttpRequest, wanted: Query[Paged]) -> ExchangeDifferenceList:
    """List what exchange made of payments when they met their invoices."""
    page = list_exchange_differences(by=actor(request), cursor=wanted.cursor, limit=wanted.limit)
    return ExchangeDifferenceList(**page_members(page, _difference))


def _rate(one: Row) -> ExchangeRate:
    return ExchangeRate(
        currency=one.currency,
        valid_from=str(day(one.valid_from)),
        rate=number(one.rate),
        source=one.source,
        entered_by=one.entered_by_name,
    )


def _taken(kept: RatesKept) -> RatesTaken:
    return RatesTaken(added=kept.added, changed=kept.changed, same=kept.same)


def _service(one: Row) -> RateServiceAnswer:
    if one is None:
        return RateServiceAnswer(
            provider="", url="", currencies=[], is_active=False, asked_at=None, problem="", version=0
        )
    return RateServiceAnswer(
        provider=one.provider,
        url=one.url,
        currencies=list(one.currencies),
        is_active=one.is_active,
        asked_at=moment_or_none(one.asked_at),
        problem=one.problem,
        version=one.version,
    )


def _difference(one: Row) -> ExchangeDifference:
    return ExchangeDifference(
        payment=one.payment.number,
        invoice=one.invoice.number,
        currency=one.payment.currency,
        amount=amount(one.amount, one.payment.currency),
        payment_rate=number(one.payment.exchange_rate),
        invoice_rate=number(one.invoice.exchange_rate),
        received=amount(one.received, COMPANY_CURRENCY),
        settled=amount(one.settled, COMPANY_CURRENCY),
        difference=amount(one.exchange_difference, COMPANY_CURRENCY),
        at=moment(one.at),
    )
