"""Credit: orders that wait for it, letting one pass, raises of a customer's limit, rules for overdue money."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Amount, Answer, Code, Day, Given, Id, Moment, Number, Row, Version, Words, amount, moment
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.billing.actions import (
    CreditRuleInput,
    end_credit_raise,
    raise_credit_limit,
    release_credit,
    save_credit_rules,
)
from shundan.billing.queries import (
    DeskRow,
    blocked_sums,
    desk_rows,
    list_blocked,
    list_credit_rules,
    raises_of,
    version_of_credit_rules,
)
from shundan.orders.queries.holds import reason_of_hold
from shundan.parties.queries import get_customer

routes = Routes("credit")


class BlockedOrder(Answer):
    """An order that waits for credit. Causes: credit_exceeded, credit_overdue, or none where a person holds it.

    `over` is in the customer's currency, `overdue` (beyond the rule) in company currency.
    """

    order: str
    customer: str
    customer_name: str
    cause: str
    reason: str
    since: Moment
    currency: str
    total: Amount
    customer_currency: str
    over: Amount
    overdue: Amount
    overdue_since: Day | None


class BlockedSum(Answer):
    """What waits in a currency."""

    currency: str
    orders: int
    customers: int
    total: Amount


class BlockedList(Answer):
    """One page of orders that wait for credit, the longest waiting first, with what all of them come to."""

    items: list[BlockedOrder]
    next: Next
    sums: list[BlockedSum]


class BlockedWanted(Searched):
    """What the list is narrowed to."""

    view: Literal["all", "limit", "overdue", "person"] = "all"


class LettingGiven(Given):
    """Why the order may pass, and until when; without a day for 30 days."""

    reason: Annotated[Words, Field(min_length=1)]
    until_on: Day | None = None


class Letting(Answer):
    """That an order may pass: up to an amount, until a day."""

    order: str
    amount: Amount
    until_on: Day
    reason: str
    released_by: str


class LimitRaise(Answer):
    """A raise of the limit; it ends by itself after its last day."""

    id: str
    amount: Amount
    from_on: Day
    until_on: Day
    reason: str
    created_by: str
    is_ended: bool
    ended_by: str
    end_reason: str


class LimitRaises(Answer):
    """All raises of a customer's limit, the latest first."""

    items: list[LimitRaise]


class RaiseGiven(Given):
    """By how much, in the customer's currency, from and until when, and why; from today without a day."""

    amount: Number
    until_on: Day
    reason: Annotated[Words, Field(min_length=1)]
    from_on: Day | None = None


class EndGiven(Given):
    """Why it ends early."""

    reason: Annotated[Words, Field(min_length=1)]


class OverdueRule(Answer):
    """From how many days overdue who is blocked; without days nothing blocks. Amounts in company currency."""

    customer: str | None
    tag: str
    overdue_days: int | None
    least_amount: Amount


class OverdueRules(Answer):
    """All rules; the closest counts: of the customer, of a tag, of everybody."""

    version: int
    items: list[OverdueRule]


class OverdueRuleGiven(Given):
    """One rule: for a customer, for a tag, or with neither for everybody."""

    customer: Code = ""
    tag: Code = ""
    overdue_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    least_amount: Number = Field(default="0", validate_default=True)


class OverdueRulesGiven(Given):
    """All rules, and the version they were read with."""

    version: Version
    rules: Annotated[list[OverdueRuleGiven], Field(max_length=500)]


@routes.get("/credit-desk", permission="credit.read", answer=BlockedList)
def desk(request: HttpRequest, wanted: Query[BlockedWanted]) -> BlockedList:
    """List the orders that wait for credit: over the limit, overdue by the rules, or held by a person."""
    by = actor(request)
    page = list_blocked(by=by, view=wanted.view, search=wanted.search, cursor=wanted.cursor, limit=wanted.limit)
    rows = {one.hold.pk: one for one in desk_rows(page.items, by=by)}
    sums = blocked_sums(by=by, view=wanted.view, search=wanted.search)
    return BlockedList(
        **page_members(page, lambda hold: _blocked(rows[hold.pk])),
        sums=[
            BlockedSum(currency=one, orders=orders, customers=customers, total=amount(total, one))
            for one, orders, customers, total in sums
        ],
    )


@routes.post("/orders/{number}/credit-release", permission="credit.release", answer=Letting)
def release(request: HttpRequest, number: Code, given: LettingGiven) -> Letting:
    """Let an order pass although its customer is blocked; the limit stays as it is."""
    made = release_credit(number, reason=given.reason, until_on=given.until_on, by=actor(request))
    return Letting(
        order=made.order.number,
        amount=amount(made.amount, made.order.currency),
        until_on=made.until_on,
        reason=made.reason,
        released_by=made.released_by_name,
    )


@routes.get("/customers/{number}/credit/raises", permission="customer.read", answer=LimitRaises)
def raises(request: HttpRequest, number: Code) -> LimitRaises:
    """List all raises of a customer's limit."""
    by = actor(request)
    customer = get_customer(number, by=by)
    return LimitRaises(items=[_raise(one, customer.currency) for one in raises_of(customer, by=by)])


@routes.post("/customers/{number}/credit/raises", permission="customer.credit", answer=LimitRaise)
def raise_limit(request: HttpRequest, number: Code, given: RaiseGiven) -> LimitRaise:
    """Raise a customer's limit until a day; it ends by itself."""
    by = actor(request)
    made = raise_credit_limit(
        number, amount=given.amount, from_on=given.from_on, until_on=given.until_on, reason=given.reason, by=by
    )
    return _raise(made, made.customer.currency)


@routes.post(
    "/customers/{number}/credit/raises/{raise_id}/end", permission="customer.credit", answer=LimitRaise, status=200
)
def end_raise(request: HttpRequest, number: Code, raise_id: Id, given: EndGiven) -> LimitRaise:
    """End a raise before its last day."""
    made = end_credit_raise(number, int(raise_id), reason=given.reason, by=actor(request))
    return _raise(made, made.customer.currency)


@routes.get("/credit-rules", permission="credit.read", answer=OverdueRules)
def rules(request: HttpRequest) -> OverdueRules:
    """List the rules for overdue money."""
    return _rules(list_credit_rules(by=actor(request)))


@routes.put("/credit-rules", permission="credit.rule", answer=OverdueRules)
def change_rules(request: HttpRequest, given: OverdueRulesGiven) -> OverdueRules:
    """Keep all rules for overdue money; those that are not named end."""
    wanted = [
        CreditRuleInput(
            customer=one.customer, tag=one.tag, overdue_days=one.overdue_days, least_amount=one.least_amount
        )
        for one in given.rules
    ]
    return _rules(save_credit_rules(wanted, version=given.version, by=actor(request)))


def _blocked(row: DeskRow) -> BlockedOrder:
    order, standing = row.hold.order, row.standing
    return BlockedOrder(
        order=order.number,
        customer=order.buyer.number,
        customer_name=order.buyer.name,
        cause=row.hold.cause,
        reason=reason_of_hold(row.hold),
        since=moment(row.hold.placed_at),
        currency=order.currency,
        total=amount(order.total, order.currency),
        customer_currency=standing.currency,
        over=amount(row.over, standing.currency),
        overdue=amount(standing.late_amount, "CNY"),
        overdue_since=standing.late_since,
    )


def _raise(one: Row, currency: str) -> LimitRaise:
    return LimitRaise(
        id=str(one.pk),
        amount=amount(one.amount, currency),
        from_on=one.from_on,
        until_on=one.until_on,
        reason=one.reason,
        created_by=one.created_by_name,
        is_ended=one.ended_at is not None,
        ended_by=one.ended_by_name,
        end_reason=one.end_reason,
    )


def _rules(found: Row) -> OverdueRules:
    return OverdueRules(
        version=version_of_credit_rules(),
        items=[
            OverdueRule(
                customer=one.customer.number if one.customer else None,
                tag=one.tag,
                overdue_days=one.overdue_days,
                least_amount=amount(one.least_amount, "CNY"),
            )
            for one in found
        ],
    )
