"""Keeping taxes with their days, and the rules that say who bears which."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import Product, TaxPeriod, TaxRate, TaxRule
from shundan.catalog.rules import ABROAD, SINGLE_KINDS, TAX_KINDS, TAX_STATUSES, TRADES
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, VersionConflict, require
from shundan.kernel.events import record
from shundan.kernel.money import decimal_places, plain

MANAGING = "tax.manage"
LONGEST_NAME = 60
LARGEST_RANK = 9999
_CODE = re.compile(r"[a-z][a-z0-9_]{0,29}")
_COUNTRY = re.compile(r"[A-Z]{2}")


class TaxInForce(Refused):
    """Products or rules still name a tax that would have no rate any more."""

    code = "tax_in_use"
    sentence = _("%(name)s is the tax of products or rules. Give it a rate that holds today, or change those first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxPeriodInput:
    """What a tax comes to from a day until a day, both included; None is open. The rate is a share: 0.13."""

    kind: str = "taxable"
    rate: Decimal = Decimal(0)
    reason: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxInput:
    """A tax as it is given, with all its periods."""

    code: str
    name_zh: str
    name_en: str
    country: str = "CN"
    periods: tuple[TaxPeriodInput, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRuleInput:
    """A rule as it is given: what is empty fits all; `country` may be ABROAD."""

    name: str
    rank: int
    tax: str
    trade: str = "sale"
    country: str = ""
    region: str = ""
    tax_status: str = ""
    product_kind: str = ""
    of_tax: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    is_active: bool = True


@action
def add_tax(given: TaxInput, *, by: Actor) -> TaxRate:
    """Add a tax with its periods. Raises: NotPermitted, Malformed."""
    require(by, MANAGING)
    _lock()
    wrong = list(_faults_of_tax(given))
    if not _CODE.fullmatch(given.code):
        sentence = _("Enter a code of at most 30 small letters, digits and underscores that begins with a letter.")
        wrong.append(Detail("code", "invalid", sentence))
    elif TaxRate.objects.filter(code=given.code).exists():
        wrong.append(Detail("code", "taken", _("There is a tax with this code already.")))
    if wrong:
        raise Malformed(details=wrong)
    tax = TaxRate.objects.create(code=given.code, **_names(given))
    _write_periods(tax, given.periods)
    _tell("tax.added", tax, given.periods, by)
    return tax


@action
def change_tax(code: str, given: TaxInput, *, version: int, by: Actor) -> TaxRate:
    """Replace a tax's names and periods; orders keep the rate they were entered with, its code stays.

    Raises: NotPermitted, NotFound, Malformed, VersionConflict, TaxInForce.
    """
    require(by, MANAGING)
    _lock()
    tax = TaxRate.objects.select_for_update().filter(code=code.replace("\x00", "")).first()
    if tax is None:
        raise NotFound(what="tax type", key=code[:100])
    wrong = list(_faults_of_tax(given))
    if wrong:
        raise Malformed(details=wrong)
    if version != tax.version:
        raise VersionConflict()
    is_used = Product.objects.filter(tax_rate=tax, status="active").exists()
    is_used = is_used or TaxRule.objects.filter(tax_rate=tax, is_active=True).exists()
    if is_used and not any(_holds(one, by.today) for one in given.periods):
        raise TaxInForce(name=tax.name_zh)
    for column, value in _names(given).items():
        setattr(tax, column, value)
    tax.version += 1
    tax.save()
    TaxPeriod.objects.filter(tax_rate=tax).delete()
    _write_periods(tax, given.periods)
    _tell("tax.changed", tax, given.periods, by)
    return tax


@action
def add_tax_rule(given: TaxRuleInput, *, by: Actor) -> TaxRule:
    """Add a rule. Raises: NotPermitted, Malformed."""
    require(by, MANAGING)
    _lock()
    rule = TaxRule.objects.create(**_checked_rule(given, None))
    _tell_rule("tax_rule.added", rule, by)
    return rule


@action
def change_tax_rule(rule_id: int, given: TaxRuleInput, *, version: int, by: Actor) -> TaxRule:
    """Change a rule, retire it or let it count again. Raises: NotPermitted, NotFound, Malformed, VersionConflict."""
    require(by, MANAGING)
    _lock()
    rule = TaxRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise NotFound(what="tax rule", key=str(rule_id))
    if version != rule.version:
        raise VersionConflict()
    for column, value in _checked_rule(given, rule).items():
        setattr(rule, column, value)
    rule.version += 1
    rule.save()
    _tell_rule("tax_rule.changed", rule, by)
    return rule


@action
def ship_taxes(taxes: Iterable[TaxInput], rules: Iterable[TaxRuleInput]) -> None:
    """Add taxes that are shipped and missing, and the rules where there is none yet; what was changed stays."""
    known = set(TaxRate.objects.values_list("code", flat=True))
    for one in taxes:
        if one.code not in known:
            _write_periods(TaxRate.objects.create(code=one.code, **_names(one)), one.periods)
    if not TaxRule.objects.exists():
        for rule in rules:
            TaxRule.objects.create(**_checked_rule(rule, None))


def _lock() -> None:
    """Let one person at a time keep taxes: periods and ranks of two would cross."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('catalog_taxes'))")


def _names(given: TaxInput) -> dict[str, str]:
    return {"name_zh": given.name_zh.strip(), "name_en": given.name_en.strip(), "country": given.country}


def _write_periods(tax: TaxRate, periods: Sequence[TaxPeriodInput]) -> None:
    TaxPeriod.objects.bulk_create(
        TaxPeriod(
            tax_rate=tax,
            kind=one.kind,
            rate=one.rate,
            reason=one.reason.strip(),
            valid_from=one.valid_from,
            valid_to=one.valid_to,
        )
        for one in periods
    )


def _faults_of_tax(given: TaxInput) -> Iterable[Detail]:
    for path in ("name_zh", "name_en"):
        text = getattr(given, path)
        if not text.strip() or len(text) > LONGEST_NAME or not text.isprintable():
            yield Detail(path, "invalid_text", _("Enter a name of at most 60 characters."))
    if not _COUNTRY.fullmatch(given.country):
        yield Detail("country", "invalid", _("Enter a two-letter country code such as CN."))
    if not given.periods:
        yield Detail("periods", "required", _("Enter at least one rate."))
    for i, one in enumerate(given.periods):
        path = f"periods[{i}]"
        yield from _faults_of_period(path, one)
        if any(_share_a_day(one, other) for other in given.periods[:i]):
            sentence = _("This period shares days with another one of the tax. End that one the day before.")
            yield Detail(f"{path}.valid_from", "overlaps", sentence)


def _faults_of_period(path: str, one: TaxPeriodInput) -> Iterable[Detail]:
    if one.kind not in TAX_KINDS:
        yield Detail(f"{path}.kind", "unknown", _("Choose one of the offered values."))
    elif one.kind == "taxable" and (not 0 < one.rate < 1 or decimal_places(one.rate) > 4):
        yield Detail(
            f"{path}.rate", "out_of_range", _("Enter a rate above 0 and below 100 percent with at most 2 decimals.")
        )
    elif one.kind != "taxable" and one.rate:
        sentence = _("Zero rate, exempt and not taxable have no rate. Leave it empty.")
        yield Detail(f"{path}.rate", "has_none", sentence)
    if len(one.reason) > 200 or "\x00" in one.reason:
        sentence = _("This text is too long or contains characters that cannot be stored.")
        yield Detail(f"{path}.reason", "invalid_text", sentence)
    if one.valid_from and one.valid_to and one.valid_from > one.valid_to:
        yield Detail(f"{path}.valid_to", "out_of_range", _("The last day lies before the first."))


def _holds(one: TaxPeriodInput, day: date) -> bool:
    return (one.valid_from is None or one.valid_from <= day) and (one.valid_to is None or day <= one.valid_to)


def _share_a_day(one: TaxPeriodInput, other: TaxPeriodInput) -> bool:
    begins = max(one.valid_from or date.min, other.valid_from or date.min)
    return begins <= min(one.valid_to or date.max, other.valid_to or date.max)


def _checked_rule(given: TaxRuleInput, rule: TaxRule | None) -> dict[str, object]:
    wrong = []
    if not given.name.strip() or len(given.name) > LONGEST_NAME or not given.name.isprintable():
        wrong.append(Detail("name", "invalid_text", _("Enter a name of at most 60 characters.")))
    others = TaxRule.objects.filter(is_active=True, rank=given.rank).exclude(pk=rule.pk if rule else 0)
    if not 0 < given.rank <= LARGEST_RANK:
        wrong.append(Detail("rank", "out_of_range", _("Enter a whole number from 1 to 9,999.")))
    elif given.is_active and others.exists():
        wrong.append(Detail("rank", "taken", _("Another rule has this place. The first that fits counts.")))
    known = {
        "trade": (given.trade, TRADES),
        "tax_status": (given.tax_status, ("", *TAX_STATUSES)),
        "product_kind": (given.product_kind, ("", *SINGLE_KINDS)),
    }
    unknown = [path for path, (value, allowed) in known.items() if value not in allowed]
    codes = {one.code: one for one in TaxRate.objects.all()}
    unknown += [
        path for path in ("tax", "of_tax") if (code := getattr(given, path)) not in codes and (code or path == "tax")
    ]
    wrong += [Detail(path, "unknown", _("Choose one of the offered values.")) for path in unknown]
    if given.country not in ("", ABROAD) and not _COUNTRY.fullmatch(given.country):
        wrong.append(Detail("country", "invalid", _("Enter a two-letter country code such as CN.")))
    if len(given.region) > LONGEST_NAME or "\x00" in given.region:
        sentence = _("This text is too long or contains characters that cannot be stored.")
        wrong.append(Detail("region", "invalid_text", sentence))
    if given.valid_from and given.valid_to and given.valid_from > given.valid_to:
        wrong.append(Detail("valid_to", "out_of_range", _("The last day lies before the first.")))
    if wrong:
        raise Malformed(details=wrong)
    plain_columns = "rank trade country tax_status product_kind valid_from valid_to is_active".split()
    values: dict[str, object] = {column: getattr(given, column) for column in plain_columns}
    values |= {"name": given.name.strip(), "region": given.region.strip()}
    return values | {"tax_rate": codes[given.tax], "of_tax": codes.get(given.of_tax)}


def _tell(kind: str, tax: TaxRate, periods: Sequence[TaxPeriodInput], by: Actor) -> None:
    said = [
        [one.kind, plain(one.rate), str(one.valid_from or ""), str(one.valid_to or ""), one.reason] for one in periods
    ]
    record(kind, subject=("tax", tax.pk), by=by, data={"code": tax.code, "name": tax.name_zh, "periods": said})


def _tell_rule(kind: str, rule: TaxRule, by: Actor) -> None:
    facts = {"name": rule.name, "tax": rule.tax_rate.code, "rank": rule.rank, "is_active": rule.is_active}
    record(kind, subject=("tax_rule", rule.pk), by=by, data=facts)
