"""Taxes with their days, and the rules that say who bears which."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    Answer,
    Code,
    Country,
    Day,
    DayText,
    Factor,
    Flag,
    Given,
    Id,
    Number,
    Plain,
    Row,
    Version,
    Words,
    day,
    number,
)
from shundan.api.routes import Routes
from shundan.catalog.actions import (
    TaxInput,
    TaxPeriodInput,
    TaxRuleInput,
    add_tax,
    add_tax_rule,
    change_tax,
    change_tax_rule,
)
from shundan.catalog.queries import all_tax_rules, all_taxes, get_tax, get_tax_rule
from shundan.kernel.money import ZERO

routes = Routes("taxes")
Kind = Literal["taxable", "zero", "exempt", "not_taxable"]


class TaxPeriod(Answer):
    """What a tax comes to from a day until a day, both included; null is open. The rate is a share."""

    kind: str
    rate: Plain
    reason: str
    valid_from: DayText | None
    valid_to: DayText | None


class Tax(Answer):
    """A tax with all its periods."""

    code: str
    name_zh: str
    name_en: str
    country: str
    periods: list[TaxPeriod]
    version: int


class TaxList(Answer):
    """All taxes."""

    items: list[Tax]


class TaxRule(Answer):
    """Who bears another tax than the product's own; what is empty fits all, country may be ABROAD."""

    id: Id
    name: str
    rank: int
    trade: str
    country: str
    region: str
    tax_status: str
    product_kind: str
    of_tax: str
    tax: str
    valid_from: DayText | None
    valid_to: DayText | None
    is_active: bool
    version: int


class TaxRuleList(Answer):
    """The rules in their order: the first that fits counts. Retired ones come last."""

    items: list[TaxRule]


class TaxPeriodGiven(Given):
    """What a tax comes to from a day until a day; zero, exempt and not_taxable have no rate."""

    kind: Kind = "taxable"
    rate: Number = ZERO
    reason: Words = ""
    valid_from: Day | None = None
    valid_to: Day | None = None


class TaxGiven(Given):
    """A tax's names and all its periods."""

    name_zh: Words
    name_en: Words
    country: Country = "CN"
    periods: Annotated[list[TaxPeriodGiven], Field(max_length=100)]


class TaxToAdd(TaxGiven):
    """A new tax."""

    code: Code


class TaxToSave(TaxGiven):
    """A tax as it shall be, and the version that was read."""

    version: Version


class TaxRuleGiven(Given):
    """A rule as it shall be."""

    name: Words
    rank: Factor
    tax: Code
    trade: Literal["sale", "purchase"] = "sale"
    country: Words = ""
    region: Words = ""
    tax_status: Literal["", "normal", "export", "exempt", "not_taxable"] = ""
    product_kind: Literal["", "goods", "service", "charge"] = ""
    of_tax: Words = ""
    valid_from: Day | None = None
    valid_to: Day | None = None
    is_active: Flag = True


class TaxRuleToSave(TaxRuleGiven):
    """A rule as it shall be, and the version that was read."""

    version: Version


@routes.get("/taxes", permission="tax.read", answer=TaxList)
def index(request: HttpRequest) -> TaxList:
    """List all taxes with their periods; `/tax-rates` says what they come to today."""
    return TaxList(items=[_tax(one) for one in all_taxes(by=actor(request))])


@routes.post("/taxes", permission="tax.manage", answer=Tax)
def add(request: HttpRequest, given: TaxToAdd) -> Tax:
    """Add a tax with its periods; no two of them share a day."""
    by = actor(request)
    return _tax(get_tax(add_tax(_tax_input(given.code, given), by=by).code, by=by))


@routes.put("/taxes/{code}", permission="tax.manage", answer=Tax)
def save(request: HttpRequest, code: Code, given: TaxToSave) -> Tax:
    """Replace a tax's names and periods; orders keep the rate they were entered with."""
    by = actor(request)
    change_tax(code, _tax_input(code, given), version=given.version, by=by)
    return _tax(get_tax(code, by=by))


@routes.get("/tax-rules", permission="tax.read", answer=TaxRuleList)
def rules(request: HttpRequest) -> TaxRuleList:
    """List the rules that choose a tax."""
    return TaxRuleList(items=[_rule(one) for one in all_tax_rules(by=actor(request))])


@routes.post("/tax-rules", permission="tax.manage", answer=TaxRule)
def add_rule(request: HttpRequest, given: TaxRuleGiven) -> TaxRule:
    """Add a rule at a free place."""
    by = actor(request)
    return _rule(get_tax_rule(add_tax_rule(TaxRuleInput(**dict(given)), by=by).pk, by=by))


@routes.put("/tax-rules/{rule}", permission="tax.manage", answer=TaxRule)
def save_rule(request: HttpRequest, rule: Id, given: TaxRuleToSave) -> TaxRule:
    """Change a rule, retire it or let it count again."""
    by = actor(request)
    wish: dict[str, Any] = {name: value for name, value in dict(given).items() if name != "version"}
    change_tax_rule(int(rule), TaxRuleInput(**wish), version=given.version, by=by)
    return _rule(get_tax_rule(int(rule), by=by))


def _tax_input(code: str, given: TaxGiven) -> TaxInput:
    periods = tuple(TaxPeriodInput(**dict(one)) for one in given.periods)
    return TaxInput(code=code, name_zh=given.name_zh, name_en=given.name_en, country=given.country, periods=periods)


def _tax(one: Row) -> Tax:
    return Tax(
        code=one.code,
        name_zh=one.name_zh,
        name_en=one.name_en,
        country=one.country,
        periods=[
            TaxPeriod(
                kind=each.kind,
                rate=number(each.rate),
                reason=each.reason,
                valid_from=day(each.valid_from),
                valid_to=day(each.valid_to),
            )
            for each in one.periods.all()
        ],
        version=one.version,
    )


def _rule(one: Row) -> TaxRule:
    same = "name rank trade country region tax_status product_kind is_active version".split()
    return TaxRule(
        id=str(one.pk),
        **{name: getattr(one, name) for name in same},
        tax=one.tax_rate.code,
        of_tax=one.of_tax.code if one.of_tax else "",
        valid_from=day(one.valid_from),
        valid_to=day(one.valid_to),
    )
