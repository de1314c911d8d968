"""How numbers, money, days and instants are written on the screen, in either language."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

from django.utils.translation import gettext, ngettext

NOTHING = "--"
SYMBOLS = {
    "CNY": "¥",
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "JP¥",
    "HKD": "HK$",
    "TWD": "NT$",
    "KRW": "₩",
}
DECIMALS = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3}

Figure: TypeAlias = Decimal | int | str


def dash(value: object) -> object:
    """Return the value, or two dashes where there is none."""
    return NOTHING if value is None or value == "" else value


def amount(value: Figure | None, currency: str = "CNY") -> str:
    """Write an amount with thousands separators and the currency's decimals, without symbol."""
    if value is None or value == "":
        return NOTHING
    places = Decimal(1).scaleb(-decimals(currency))
    return f"{Decimal(value).quantize(places, ROUND_HALF_UP):,f}"


def money(value: Figure | None, currency: str = "CNY") -> str:
    """Write an amount with the symbol of its currency in front, or its ISO code and a space."""
    if value is None or value == "":
        return NOTHING
    figure = amount(value, currency)
    sign, digits = ("-", figure[1:]) if figure.startswith("-") else ("", figure)
    return f"{sign}{symbol(currency)}{digits}"


def symbol(currency: str = "CNY") -> str:
    """Return what stands in front of an amount: the symbol of its currency, or its ISO code and a space."""
    return SYMBOLS.get(currency, currency + " ")


def decimals(currency: str = "CNY") -> int:
    """Return how many decimals amounts of a currency are written with."""
    return DECIMALS.get(currency, 2)


def qty(value: Figure | None) -> str:
    """Write a quantity with thousands separators and without trailing zeros."""
    if value is None or value == "":
        return NOTHING
    figure = f"{Decimal(value):,f}"
    return figure.rstrip("0").rstrip(".") if "." in figure else figure


def plural_of(figure: Decimal) -> int:
    """Return the whole number whose plural form a figure takes: 1 is one unit, 0.5 and 1.5 are units."""
    return 1 if figure == 1 else 2


def percent(value: Figure | None) -> str:
    """Write a ratio (0.13) as a percentage with at most one decimal (13%)."""
    if value is None or value == "":
        return NOTHING
    return f"{qty((Decimal(value) * 100).quantize(Decimal('0.1'), ROUND_HALF_UP))}%"


def day(value: date | None, zone: tzinfo = UTC) -> str:
    """Write a day, or the day of an instant in the zone, as yyyy-MM-dd."""
    if value is None:
        return NOTHING
    return (value.astimezone(zone) if isinstance(value, datetime) else value).strftime("%Y-%m-%d")


def moment(value: datetime | None, zone: tzinfo = UTC) -> str:
    """Write an instant as yyyy-MM-dd HH:mm in the zone."""
    return NOTHING if value is None else value.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def ago(value: datetime | None, *, now: datetime, zone: tzinfo = UTC) -> str:
    """Write an instant relative to now within a day, then as month and day, then with the year."""
    if value is None:
        return NOTHING
    age = now - value
    local = value.astimezone(zone)
    if age < timedelta(0) or age >= timedelta(days=365):
        return local.strftime("%Y-%m-%d %H:%M")
    if age >= timedelta(days=1):
        return local.strftime("%m-%d %H:%M")
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", minutes) % {"num": minutes}
    hours = minutes // 60
    return ngettext("%(num)s hour ago", "%(num)s hours ago", hours) % {"num": hours}


def span_words(seconds: float) -> str:
    """Return a length of time in its two largest units: 2 hours 30 minutes, 3 days, 40 minutes."""
    minutes = round(seconds / 60)
    days, hours, left = minutes // 1440, minutes % 1440 // 60, minutes % 60
    said = [
        ngettext("%(num)s day", "%(num)s days", days) % {"num": days} if days else "",
        ngettext("%(num)s hour", "%(num)s hours", hours) % {"num": hours} if hours else "",
        ngettext("%(num)s minute", "%(num)s minutes", left) % {"num": left}
        if (left and not days) or not minutes
        else "",
    ]
    return " ".join(one for one in said if one)
