"""Keeping what foreign currencies are worth: by hand, from a file, from a public service."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import ExchangeRate, RateService
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.catalog.registries import RATE_PROVIDERS, RatesAway
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused, VersionConflict, require
from shundan.kernel.events import record
from shundan.kernel.money import decimal_places, is_currency_code, parse_decimal, plain
from shundan.kernel.texts import as_utf8

EDITING = "exchange_rate.edit"
MOST_ROWS = 20_000
LONGEST_FILE = 2_000_000
LARGEST_RATE = Decimal(10) ** 9
RATE_DECIMALS = 8
# A rate of today is entered with a foreign calendar, too; beyond that it is a typing error.
DAYS_AHEAD = 31
_HEADINGS = {
    "currency": ("currency", "币种", "货币"),
    "valid_from": ("date", "day", "valid_from", "日期", "生效日期"),
    "rate": ("rate", "汇率"),
    "per": ("per", "units", "单位"),
}
_URL = re.compile(r"https?://[^\s/]+\S*")


class RatesUnavailable(Refused):
    """The service gave no usable answer."""

    code = "rates_unavailable"
    sentence = _("The rate service gave no rates: %(problem)s. Try again later, or enter rates by hand.")


class NoRateService(Refused):
    """Nobody set up a service, or it is off."""

    code = "no_rate_service"
    sentence = _("No rate service is switched on. Set one up first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RateInput:
    """What `per` units of a currency are worth from a day on, in company currency."""

    currency: str
    valid_from: date
    rate: Decimal
    per: int = 1


@dataclass(frozen=True, slots=True)
class RatesKept:
    """How many rates were new, changed, and known already."""

    added: int
    changed: int
    same: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RateServiceInput:
    """Which service is asked, at which address, for which currencies, and whether it is."""

    provider: str
    url: str
    currencies: tuple[str, ...] = ()
    is_active: bool = False


@action
def save_exchange_rates(given: Sequence[RateInput], *, by: Actor) -> RatesKept:
    """Enter rates by hand; documents keep the rate they were written with. Raises: NotPermitted, Malformed."""
    require(by, EDITING)
    return _keep(given, source="manual", path="rates[{}]", by=by)


def save_exchange_rate(*, currency: str, valid_from: date, rate: Decimal, by: Actor) -> None:
    """Enter the rate of one currency from a day on. Raises: NotPermitted, Malformed."""
    save_exchange_rates([RateInput(currency=currency, valid_from=valid_from, rate=rate)], by=by)


@action
def import_exchange_rates(content: bytes, *, by: Actor) -> RatesKept:
    """Take rates from a CSV file with the columns currency, date, rate and, where it quotes 100 of a unit, per.

    All of them or none; a file that is taken twice changes nothing the second time.
    Raises: NotPermitted, Malformed (with the row of each fault).
    """
    require(by, EDITING)
    return _keep(_rows_of(content), source="file", path="rows[{}]", by=by)


@action
def save_rate_service(given: RateServiceInput, *, version: int, by: Actor) -> RateService:
    """Say which service is asked for rates. Raises: NotPermitted, Malformed, VersionConflict."""
    require(by, EDITING)
    wrong = []
    if given.provider not in RATE_PROVIDERS:
        wrong.append(Detail("provider", "unknown", _("Choose one of the offered values.")))
    if not _URL.fullmatch(given.url) or len(given.url) > 500:
        wrong.append(Detail("url", "invalid", _("Enter an address that begins with http:// or https://.")))
    foreign = [code for code in given.currencies if is_currency_code(code) and code != COMPANY_CURRENCY]
    if len(foreign) != len(given.currencies) or (given.is_active and not foreign) or len(foreign) > 60:
        wrong.append(Detail("currencies", "invalid", _("Enter three-letter codes of foreign currencies such as USD.")))
    if wrong:
        raise Malformed(details=wrong)
    # The row is there from the first look: two who save at once meet at its lock.
    RateService.objects.get_or_create(pk=1, defaults={"provider": given.provider, "url": given.url, "version": 0})
    one = RateService.objects.select_for_update().get(pk=1)
    if version != one.version:
        raise VersionConflict()
    one.provider, one.url, one.is_active = given.provider, given.url, given.is_active
    one.currencies, one.problem, one.version = sorted(set(foreign)), "", version + 1
    one.save()
    facts = {"provider": one.provider, "is_active": one.is_active, "currencies": one.currencies}
    record("rate_service.changed", subject=("rate_service", 1), by=by, data=facts)
    return one


def fetch_exchange_rates(*, by: Actor) -> RatesKept:
    """Ask the service that is switched on for its latest rates and keep them.

    Nothing is locked while it is asked. Raises: NotPermitted, NoRateService, RatesUnavailable, Malformed.
    """
    require(by, EDITING)
    one = RateService.objects.filter(is_active=True).first()
    provider = RATE_PROVIDERS.get(one.provider) if one else None
    if one is None or provider is None:
        raise NoRateService()
    try:
        told = provider.latest(one.url, one.currencies, COMPANY_CURRENCY)
        given = [RateInput(currency=each.currency, valid_from=each.on, rate=each.rate) for each in told]
        missing = sorted(set(one.currencies) - {each.currency for each in given})
        if missing:
            raise RatesAway(f"no rate for {', '.join(missing)}")
        kept = _keep_told(given, by=by)
    except RatesAway as away:
        _note_problem(str(away), by=by)
        raise RatesUnavailable(problem=str(away)) from away
    except Malformed as wrong:
        _note_problem("the answer holds impossible rates", by=by)
        raise RatesUnavailable(problem="impossible rates") from wrong
    return kept


@action
def _keep_told(given: Sequence[RateInput], *, by: Actor) -> RatesKept:
    kept = _keep(given, source="service", path="rates[{}]", by=by)
    RateService.objects.filter(pk=1).update(asked_at=by.at, problem="")
    return kept


@action
def _note_problem(problem: str, *, by: Actor) -> None:
    RateService.objects.filter(pk=1).update(asked_at=by.at, problem=problem[:300])


def _keep(given: Sequence[RateInput], *, source: str, path: str, by: Actor) -> RatesKept:
    """Write rates of currency and day; what somebody entered by hand, a file or a service does not change."""
    wrong = list(_faults(given, path.format, by.today))
    if wrong:
        raise Malformed(details=wrong[:100])
    wanted = {
        (one.currency, one.valid_from): (one.rate / one.per).quantize(Decimal(1).scaleb(-RATE_DECIMALS))
        for one in given
    }
    # Ascending, so that two who write the same days wait for each other and never cross.
    kept = _known(wanted)
    added = changed = same = 0
    told: list[list[str]] = []
    for key in sorted(wanted):
        one, rate = kept.get(key), wanted[key]
        is_theirs = one is not None and one.source == "manual" and source != "manual"
        if one is not None and (one.rate == rate or is_theirs):
            same += 1
            continue
        row, is_new = ExchangeRate.objects.update_or_create(
            currency=key[0],
            valid_from=key[1],
            defaults={"rate": rate, "source": source, "entered_at": by.at, "entered_by_name": by.name},
        )
        added, changed = added + is_new, changed + (not is_new)
        told.append([row.currency, row.valid_from.isoformat(), plain(one.rate) if one else "", plain(rate)])
    if told:
        facts = {"source": source, "count": len(told), "rates": told[:50]}
        record("exchange_rate.entered", subject=("exchange_rate", 1), by=by, data=facts)
    return RatesKept(added, changed, same)


def _known(wanted: Mapping[tuple[str, date], Decimal]) -> dict[tuple[str, date], ExchangeRate]:
    currencies, days = {key[0] for key in wanted}, [key[1] for key in wanted]
    if not wanted:
        return {}
    rows = ExchangeRate.objects.filter(currency__in=currencies, valid_from__range=(min(days), max(days)))
    locked = rows.select_for_update().order_by("currency", "valid_from")
    return {(one.currency, one.valid_from): one for one in locked}


def _faults(given: Sequence[RateInput], path: Callable[[int], str], today: date) -> Iterable[Detail]:
    if len(given) > MOST_ROWS:
        yield Detail(path(0), "too_many", _("At most 20,000 rates at once; split the file."))
        return
    seen: set[tuple[str, date]] = set()
    for i, one in enumerate(given):
        if not is_currency_code(one.currency) or one.currency == COMPANY_CURRENCY:
            sentence = _("Enter the three-letter code of a foreign currency such as USD.")
            yield Detail(f"{path(i)}.currency", "unknown", sentence)
        if one.per < 1 or one.per > 10_000:
            yield Detail(f"{path(i)}.per", "out_of_range", _("Enter a whole number from 1 to 10,000."))
        elif not Decimal("0.00000001") <= one.rate / one.per < LARGEST_RATE or decimal_places(one.rate) > RATE_DECIMALS:
            yield Detail(f"{path(i)}.rate", "out_of_range", _("Enter a rate above 0 with at most 8 decimals."))
        if one.valid_from > today + timedelta(days=DAYS_AHEAD):
            yield Detail(f"{path(i)}.valid_from", "out_of_range", _("The day lies more than a month ahead."))
        if (one.currency, one.valid_from) in seen:
            yield Detail(f"{path(i)}.valid_from", "twice", _("This currency has a rate of this day already here."))
        seen.add((one.currency, one.valid_from))


def _rows_of(content: bytes) -> list[RateInput]:
    """Return the rates of a CSV file. Raises: Malformed."""
    if len(content) > LONGEST_FILE:
        raise Malformed(details=[Detail("file", "too_large", _("The file is larger than 2 MB; split it."))])
    text = _decoded(content)
    try:
        dialect = csv.Sniffer().sniff(text.split("\n", 1)[0], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    lines = list(csv.reader(io.StringIO(text), dialect))
    heads = [cell.strip().lower() for cell in lines[0]] if lines else []
    places = {
        field: next((i for i, head in enumerate(heads) if head in names), None) for field, names in _HEADINGS.items()
    }
    missing = [field for field in ("currency", "valid_from", "rate") if places[field] is None]
    if missing:
        sentence = _("The first row must name the columns currency, date and rate.")
        raise Malformed(details=[Detail("file", "no_headings", sentence)])
    wrong: list[Detail] = []
    found = []
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        value = {f: cells[i].strip() if i is not None and i < len(cells) else "" for f, i in places.items()}
        rate, day = parse_decimal(value["rate"]), _day(value["valid_from"])
        per = parse_decimal(value["per"]) if value["per"] else Decimal(1)
        if rate is None or day is None or per is None or per != int(per):
            sentence = _("Row %(row)s: enter a currency, a day such as 2026-01-31 and a rate.")
            wrong.append(Detail(f"rows[{number - 2}]", "unreadable", str(sentence) % {"row": number}))
            continue
        found.append(RateInput(currency=value["currency"].upper(), valid_from=day, rate=rate, per=int(per)))
    if not found and not wrong:
        wrong.append(Detail("file", "empty", _("The file holds no rates.")))
    if wrong:
        raise Malformed(details=wrong[:100])
    return found


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return as_utf8(content).decode(encoding).replace("\r\n", "\n").replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise Malformed(details=[Detail("file", "unreadable", _("This is no text file in UTF-8 or GB 18030."))])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.replace("/", "-").replace(".", "-"))
    except ValueError:
        return None
