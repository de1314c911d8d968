"""How an address is written: Chinese ones from the largest part down, all others as their own post writes them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HOME = "CN"
# Where the companies known so far do business; any other country stands as its two letters.
COUNTRIES: dict[str, str | Promise] = {
    "AE": _("United Arab Emirates"),
    "AR": _("Argentina"),
    "AT": _("Austria"),
    "AU": _("Australia"),
    "BE": _("Belgium"),
    "BH": _("Bahrain"),
    "BR": _("Brazil"),
    "CA": _("Canada"),
    "CH": _("Switzerland"),
    "CN": _("China"),
    "CY": _("Cyprus"),
    "CZ": _("Czech Republic"),
    "DE": _("Germany"),
    "DK": _("Denmark"),
    "ES": _("Spain"),
    "FI": _("Finland"),
    "FR": _("France"),
    "GB": _("United Kingdom"),
    "GR": _("Greece"),
    "HK": _("Hong Kong, China"),
    "IE": _("Ireland"),
    "IL": _("Israel"),
    "IN": _("India"),
    "IS": _("Iceland"),
    "IT": _("Italy"),
    "JP": _("Japan"),
    "KR": _("South Korea"),
    "MX": _("Mexico"),
    "MY": _("Malaysia"),
    "NL": _("Netherlands"),
    "NO": _("Norway"),
    "PL": _("Poland"),
    "PT": _("Portugal"),
    "SE": _("Sweden"),
    "SG": _("Singapore"),
    "TH": _("Thailand"),
    "TW": _("Taiwan, China"),
    "US": _("United States"),
    "VE": _("Venezuela"),
    "VN": _("Vietnam"),
    "ZA": _("South Africa"),
}
# The importers' word for a country that its source does not name.
UNKNOWN = "ZZ"


def address_line(country: str, province: str, city: str, district: str, street: str, postal_code: str) -> str:
    """Return an address in one line, with its country when the parcel has to leave ours; empty without any part."""
    if country == HOME:
        return " ".join(part for part in (province, city, district, street, postal_code) if part)
    town = " ".join(part for part in (postal_code, city) if part)
    parts = [part for part in (street, district, town, province) if part]
    if parts and country and country != UNKNOWN:
        parts.append(str(COUNTRIES.get(country, country)))
    return ", ".join(parts)
