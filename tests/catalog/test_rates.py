"""Rates of exchange: by hand, from a file, from a public service, and which one holds on a day."""

from datetime import date
from decimal import Decimal

import pytest

from shundan.catalog.actions import (
    NoRateService,
    RateInput,
    RateServiceInput,
    RatesKept,
    RatesUnavailable,
    fetch_exchange_rates,
    import_exchange_rates,
    save_exchange_rates,
    save_rate_service,
)
from shundan.catalog.models import ExchangeRate, RateService
from shundan.catalog.queries import rate_of_exchange
from shundan.kernel.errors import Malformed, NotPermitted, VersionConflict
from tests import make
from tests.integrations.depot import Asked, Said, open_depot

pytestmark = pytest.mark.django_db
D = Decimal
FINANCE = make.actor("finance")
# As the European Central Bank writes it.
DAILY = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
  xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject><gesmes:Sender><gesmes:name>European Central Bank</gesmes:name>
</gesmes:Sender><Cube><Cube time='2026-02-27'><Cube currency='USD' rate='1.1000'/><Cube currency='JPY' rate='160.00'/>
<Cube currency='CNY' rate='7.7000'/></Cube></Cube></gesmes:Envelope>"""


def _rates() -> list[tuple[str, str, str, str]]:
    rows = ExchangeRate.objects.order_by("currency", "valid_from")
    return [(one.currency, one.valid_from.isoformat(), f"{one.rate.normalize():f}", one.source) for one in rows]


def test_a_file_is_taken_whole_and_twice_is_once() -> None:
    save_exchange_rates([RateInput(currency="USD", valid_from=date(2026, 1, 1), rate=D("7.15"))], by=FINANCE)
    file = "﻿币种,日期,汇率,单位\r\nUSD,2026-01-01,7.00,\r\nusd,2026/2/1,7.10,1\r\nJPY,2026-02-01,4.65,100\r\n"
    good = file.replace("2026/2/1", "2026/02/01").encode()
    assert import_exchange_rates(good, by=FINANCE) == RatesKept(2, 0, 1)
    assert import_exchange_rates(good, by=FINANCE) == RatesKept(0, 0, 3)
    assert _rates() == [
        ("JPY", "2026-02-01", "0.0465", "file"),
        ("USD", "2026-01-01", "7.15", "manual"),
        ("USD", "2026-02-01", "7.1", "file"),
    ]
    found = [rate_of_exchange("USD", on=date(2026, *day)) for day in ((1, 1), (1, 31), (2, 1), (3, 1))]
    assert found == [D("7.15"), D("7.15"), D("7.10"), D("7.10")]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("currency,date,rate\nUSD,gestern,7\nEUR,2026-01-01,x", ["rows[0]", "rows[1]"]),
        ("currency,date,rate\nUSD,2026-01-01,7\nCNY,2026-01-01,1", ["rows[1].currency"]),
        ("currency,date,rate\nUSD,2026-01-01,7\nUSD,2026-01-01,8", ["rows[1].valid_from"]),
        ("currency,date,rate\nUSD,2026-01-01,0", ["rows[0].rate"]),
        ("currency,date,rate\nUSD,2027-01-01,7", ["rows[0].valid_from"]),
        ("code;day\nUSD;2026-01-01", ["file"]),
        ("currency,date,rate\n", ["file"]),
    ],
)
def test_a_bad_file_changes_nothing(text: str, places: list[str]) -> None:
    with pytest.raises(Malformed) as refused:
        import_exchange_rates(text.encode(), by=FINANCE)
    assert [one.path for one in refused.value.details] == places
    assert not ExchangeRate.objects.exists()


def _switch_on(url: str, *currencies: str) -> None:
    wish = RateServiceInput(provider="ecb", url=url, currencies=currencies, is_active=True)
    save_rate_service(wish, version=0, by=FINANCE)


def test_the_banks_daily_file_is_asked_for_and_crossed_through_the_euro() -> None:
    def desk(asked: Asked) -> Said:
        assert (asked.method, asked.path) == ("GET", "/stats/eurofxref/eurofxref-daily.xml")
        return Said(DAILY)

    with open_depot(desk) as depot:
        _switch_on(f"{depot.url}/stats/eurofxref/eurofxref-daily.xml", "USD", "EUR", "JPY")
        assert fetch_exchange_rates(by=make.boss()) == RatesKept(3, 0, 0)
        assert fetch_exchange_rates(by=make.boss()) == RatesKept(0, 0, 3)
    assert _rates() == [
        ("EUR", "2026-02-27", "7.7", "service"),
        ("JPY", "2026-02-27", "0.048125", "service"),
        ("USD", "2026-02-27", "7", "service"),
    ]


@pytest.mark.parametrize(
    "said",
    [
        Said("gone", status=404),
        Said("", status=0),
        Said("<html>maintenance</html>"),
        Said("no xml at all"),
        Said('<!DOCTYPE x [<!ENTITY a "b">]><x/>'),
        Said(DAILY.replace("currency='USD'", "currency='XXX'")),
        Said(DAILY.replace("2026-02-27", "yesterday")),
        Said("", status=302, headers={"Location": "http://127.0.0.1:1/"}),
    ],
)
def test_a_service_that_fails_is_told_and_nothing_is_kept(said: Said) -> None:
    with open_depot(lambda asked: said) as depot:
        _switch_on(f"{depot.url}/daily.xml", "USD")
        with pytest.raises(RatesUnavailable):
            fetch_exchange_rates(by=make.boss())
    assert not ExchangeRate.objects.exists()
    assert RateService.objects.get().problem


def test_nobody_is_asked_while_it_is_off_and_two_do_not_overwrite_each_other() -> None:
    with pytest.raises(NoRateService):
        fetch_exchange_rates(by=make.boss())
    wish = RateServiceInput(provider="ecb", url="http://127.0.0.1:1/", currencies=("USD",))
    save_rate_service(wish, version=0, by=FINANCE)
    with pytest.raises(NoRateService):
        fetch_exchange_rates(by=make.boss())
    with pytest.raises(VersionConflict):
        save_rate_service(wish, version=0, by=FINANCE)
    with pytest.raises(Malformed):
        save_rate_service(RateServiceInput(provider="none", url="ftp://x", currencies=("CNY",)), version=1, by=FINANCE)


@pytest.mark.parametrize("role", ["rep", "purchasing", "executive"])
def test_others_keep_no_rates(role: str) -> None:
    with pytest.raises(NotPermitted):
        save_exchange_rates([RateInput(currency="USD", valid_from=date(2026, 1, 1), rate=D(7))], by=make.actor(role))
    with pytest.raises(NotPermitted):
        import_exchange_rates(b"currency,date,rate\nUSD,2026-01-01,7", by=make.actor(role))
    assert not ExchangeRate.objects.exists()
