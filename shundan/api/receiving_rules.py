"""Receiving rules: how much more or less may come, and what is examined before it may be used."""

from typing import Literal

from django.http import HttpRequest
from ninja import Query

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Given, Plain, Positive, Row, number
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.fulfilment.actions import ReceivingRuleInput, drop_receiving_rule, save_receiving_rule
from shundan.fulfilment.queries import get_receiving_rule, list_receiving_rules
from shundan.kernel.money import ZERO

routes = Routes("receipts")


class ReceivingRule(Answer):
    """How goods are received: of a product, of a supplier, of both, or (of neither) all. Shares are in percent."""

    sku: str | None
    supplier: str | None
    over_percent: Plain
    short_percent: Plain
    examined: str
    sample_percent: Plain | None
    version: int


class ReceivingRuleList(Answer):
    """One page of receiving rules."""

    items: list[ReceivingRule]
    next: Next


class RulesWanted(Searched):
    """What the list is narrowed to."""


class RuleKey(Given):
    """Whose rule it is; without both it is that of all goods."""

    sku: Code = ""
    supplier: Code = ""


class ReceivingRuleGiven(RuleKey):
    """A rule as it shall be; only a sample has a share."""

    over_percent: Positive = ZERO
    short_percent: Positive = ZERO
    examined: Literal["none", "sample", "all"] = "none"
    sample_percent: Positive | None = None


@routes.get("/receiving-rules", permission="receipt.read", answer=ReceivingRuleList)
def index(request: HttpRequest, wanted: Query[RulesWanted]) -> ReceivingRuleList:
    """List receiving rules, newest first. Of several that fit, the closest holds as a whole."""
    found = list_receiving_rules(
        by=actor(request), search=wanted.search, cursor=wanted.cursor or None, limit=wanted.limit
    )
    return ReceivingRuleList(**page_members(found, _answer))


@routes.put("/receiving-rules", permission="receiving_rule.edit", answer=ReceivingRule)
def save(request: HttpRequest, given: ReceivingRuleGiven) -> ReceivingRule:
    """Keep a rule, new or changed."""
    by = actor(request)
    save_receiving_rule(ReceivingRuleInput(**given.model_dump()), by=by)
    return _answer(get_receiving_rule(given.sku, given.supplier, by=by))


@routes.delete("/receiving-rules", permission="receiving_rule.edit")
def drop(request: HttpRequest, wanted: Query[RuleKey]) -> None:
    """Forget a rule."""
    drop_receiving_rule(wanted.sku, wanted.supplier, by=actor(request))


def _answer(one: Row) -> ReceivingRule:
    return ReceivingRule(
        sku=one.product.sku if one.product else None,
        supplier=one.supplier.number if one.supplier else None,
        over_percent=number(one.over_percent),
        short_percent=number(one.short_percent),
        examined=one.examined,
        sample_percent=None if one.sample_percent is None else number(one.sample_percent),
        version=one.version,
    )
