"""Which taxes there are, and which one holds for a line: the one place where that is decided."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Prefetch, QuerySet
from django.utils.translation import gettext

from shundan.catalog.models import TaxPeriod, TaxRate, TaxRule
from shundan.catalog.rules import TaxBook, TaxChoice, TaxDays, holds_on
from shundan.kernel.actor import Actor
from shundan.kernel.db import fetch_prepared
from shundan.kernel.errors import NotFound, require
from shundan.kernel.memory import remembered_each
from shundan.kernel.money import plain

# One round trip: taxes with their periods, then the rules by rank.
_BOOK = (
    "select null::int as rank, t.code, p.kind, p.rate, p.valid_from, p.valid_to, '' as trade, '' as country,"
    " '' as region, '' as tax_status, '' as product_kind, '' as of_tax from catalog_taxrate t"
    " join catalog_taxperiod p on p.tax_rate_id = t.id"
    " union all select r.rank, t.code, '', 0, r.valid_from, r.valid_to, r.trade, r.country, r.region, r.tax_status,"
    " r.product_kind, coalesce(o.code, '') from catalog_taxrule r join catalog_taxrate t on t.id = r.tax_rate_id"
    " left join catalog_taxrate o on o.id = r.of_tax_id where r.is_active order by 1 nulls first, 2"
)


@dataclass(frozen=True, slots=True)
class TaxOnDay:
    """A tax and what it comes to on a day."""

    code: str
    name_zh: str
    name_en: str
    country: str
    kind: str
    rate: Decimal
    reason: str


def tax_book_unscoped() -> TaxBook:
    """Return all taxes and rules; a process remembers them until they change."""
    return remembered_each("taxes", ["book"], _read_book)["book"]


def list_tax_rates(*, by: Actor, on: date | None = None) -> list[TaxOnDay]:
    """Return the taxes that have a rate on a day, today without one: the highest first."""
    if not by.may("product.read"):
        return []
    day = on or by.today
    found = []
    for one in _with_periods():
        days = period_of_day(one, day)
        if days is not None:
            found.append(TaxOnDay(one.code, one.name_zh, one.name_en, one.country, days.kind, days.rate, days.reason))
    return sorted(found, key=lambda one: (one.country != "CN", one.country, -one.rate, one.code))


def tax_in_words(kind: str, rate: Decimal) -> str:
    """Return how papers and pages name the tax of a line: 13%, 0%, exempt, not taxable."""
    if kind == "exempt":
        return gettext("Exempt")
    if kind == "not_taxable":
        return gettext("Not taxable")
    return f"{plain(rate * 100)}%"


def all_taxes(*, by: Actor) -> list[TaxRate]:
    """Return every tax with its periods, the oldest first. Raises: NotPermitted."""
    require(by, "tax.read")
    return list(_with_periods())


def get_tax(code: str, *, by: Actor) -> TaxRate:
    """Return a tax with its periods. Raises: NotPermitted, NotFound."""
    require(by, "tax.manage")
    found = _with_periods().filter(code=code.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="tax type", key=code[:100])
    return found


def get_tax_rule(rule_id: int, *, by: Actor) -> TaxRule:
    """Return a rule. Raises: NotPermitted, NotFound."""
    require(by, "tax.manage")
    found = TaxRule.objects.select_related("tax_rate", "of_tax").filter(pk=rule_id).first()
    if found is None:
        raise NotFound(what="tax rule", key=str(rule_id))
    return found


def period_of_day(tax: TaxRate, on: date) -> TaxPeriod | None:
    """Return which of a tax's fetched periods holds on a day."""
    return next((one for one in tax.periods.all() if holds_on(on, one.valid_from, one.valid_to)), None)


def all_tax_rules(*, by: Actor) -> list[TaxRule]:
    """Return the rules in their order, those that are retired last. Raises: NotPermitted."""
    require(by, "tax.read")
    return list(TaxRule.objects.select_related("tax_rate", "of_tax").order_by("-is_active", "rank", "id"))


def _with_periods() -> QuerySet[TaxRate]:
    rows = TaxPeriod.objects.order_by(F("valid_from").asc(nulls_first=True), "id")
    return TaxRate.objects.prefetch_related(Prefetch("periods", queryset=rows)).order_by("country", "code")


def _read_book(keys: list[str]) -> dict[str, TaxBook]:
    periods: dict[str, tuple[TaxDays, ...]] = {}
    rules = []
    for rank, code, kind, rate, valid_from, valid_to, *fits in fetch_prepared(_BOOK, []):
        if rank is None:
            periods[code] = (*periods.get(code, ()), TaxDays(kind, rate, valid_from, valid_to))
        else:
            rules.append(TaxChoice(*(*fits, code, valid_from, valid_to)))
    return dict.fromkeys(keys, TaxBook(periods, tuple(rules)))
