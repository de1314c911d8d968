"""The European Central Bank's euro foreign exchange reference rates, as its daily XML file gives them.

Documented at ecb.europa.eu under “Euro foreign exchange reference rates”: nested `Cube` elements, one with the day
(`time`), below it one for each currency (`currency`, `rate`: units of it for one euro). What the company currency is
worth against another follows from both through the euro. Not confirmed against the live service from here.
"""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import httpx
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.catalog.registries import RatesAway, ToldRate
from shundan.kernel.money import parse_decimal

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
LARGEST_ANSWER = 1_000_000
RATE_DECIMALS = 8
_DECLARES = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


class EuropeanCentralBank:
    """Reference rates of every working day at about 16:00 in Frankfurt."""

    code = "ecb"
    label: str | Promise = _("European Central Bank, reference rates")
    url = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml"

    def latest(self, url: str, currencies: Sequence[str], company_currency: str) -> list[ToldRate]:
        """Return the latest rates of these currencies that the service knows. Raises: RatesAway."""
        on, per_euro = _read(_fetch(url))
        if company_currency not in per_euro:
            raise RatesAway(f"no rate for {company_currency}")
        ours = per_euro[company_currency]
        return [
            ToldRate(code, on, (ours / per_euro[code]).quantize(Decimal(1).scaleb(-RATE_DECIMALS)))
            for code in currencies
            if code in per_euro
        ]


def _fetch(url: str) -> bytes:
    """Return the file; no redirect is followed, and more than a megabyte is none. Raises: RatesAway."""
    try:
        with (
            httpx.Client(timeout=TIMEOUT, follow_redirects=False) as client,
            client.stream("GET", url, headers={"Accept": "application/xml"}) as answer,
        ):
            if answer.status_code != 200:
                raise RatesAway(f"HTTP {answer.status_code}")
            parts, size = [], 0
            for part in answer.iter_bytes():
                size += len(part)
                if size > LARGEST_ANSWER:
                    raise RatesAway("the answer is too large")
                parts.append(part)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise RatesAway(type(error).__name__) from error
    return b"".join(parts)


def _read(content: bytes) -> tuple[date, dict[str, Decimal]]:
    """Return the day and what one euro is worth in each currency. Raises: RatesAway."""
    if _DECLARES.search(content):
        raise RatesAway("the answer declares entities")
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - no entities, see above, and of bounded size
    except ElementTree.ParseError as error:
        raise RatesAway("the answer is no XML") from error
    cubes = [one for one in root.iter() if one.tag.rpartition("}")[2] == "Cube"]
    day = next((one.get("time") for one in cubes if one.get("time")), None)
    found = {"EUR": Decimal(1)}
    for one in cubes:
        rate = parse_decimal(one.get("rate") or "")
        if one.get("currency") and rate is not None and rate > 0:
            found[str(one.get("currency"))] = rate
    try:
        on = date.fromisoformat(day or "")
    except ValueError as error:
        raise RatesAway("the answer names no day") from error
    if len(found) == 1:
        raise RatesAway("the answer holds no rates")
    return on, found


ECB = EuropeanCentralBank()
