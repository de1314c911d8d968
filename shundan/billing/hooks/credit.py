"""What workflow definitions may name of billing: the credit check and what an order takes of it."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.billing.actions.credit import account_full, change_credit_account, lock_credit_account
from shundan.billing.actions.returns import credit_return, debit_return
from shundan.billing.models import DepartmentCharge
from shundan.billing.queries import (
    billed_amounts,
    credit_of,
    earliest_overdue_day_unscoped,
    invoiced_amounts,
    overdue_amount_unscoped,
    standing_unscoped,
)
from shundan.catalog.queries import COMPANY_CURRENCY, NoExchangeRate, rate_of_exchange
from shundan.kernel.actor import Actor
from shundan.kernel.db import OVERFLOW, call_sql
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO, part_of, round_amount, said_amount
from shundan.orders.actions import lift_marks
from shundan.orders.models import Order
from shundan.orders.queries import Amended, is_billed_at_all, lines_of, open_holds
from shundan.orders.registries import CAUSES_OF_HOLDS, PAPERS_OF_LINES, STEP_JUDGES, WORTH_FOLLOWERS
from shundan.workflow.registries import (
    LOCK_RANKS,
    SQL_EFFECTS,
    SQL_REFUSALS,
    Fact,
    effect,
    guard,
    name_things,
    offer_facts,
)

Inputs = Mapping[str, str]
CREDIT = _("Credit")


class CreditExceeded(Refused):
    """The order would take the customer over the credit limit."""

    code = "credit_exceeded"
    sentence = _(
        "The order exceeds the customer's credit limit by %(over)s %(currency)s"
        " (limit %(limit)s, used %(used)s). Let finance raise the limit or collect payment first."
    )


class CreditOverdue(Refused):
    """The customer owes money for longer than the rule lets pass."""

    code = "credit_overdue"
    sentence = _(
        "The customer has %(amount)s %(currency)s overdue, the oldest for %(days)s days (allowed %(allowed)s)."
        " Collect payment first, or let finance release the order."
    )


@guard
def credit_available(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse when the order's amount exceeds what the customer may still order."""
    if is_billed_at_all(order):
        found = block_of(order, by)
        if found is not None:
            raise found


@effect
def take_order_credit(order: Order, by: Actor, inputs: Inputs) -> None:
    """Add the order to the customer's exposure, checked again under the lock of the credit account."""
    if not is_billed_at_all(order):
        return
    _take(order, order.total, order.total, by)
    order.exposure = order.total
    lift_marks(order, [one for one in open_holds(order) if one.cause] if order.holds else [], by=by)


@effect
def release_order_credit(order: Order, by: Actor, inputs: Inputs) -> None:
    """Take the order's open amount off the customer's exposure."""
    if order.exposure:
        change_credit_account(order.buyer.pk, order.currency, ordered=-order.exposure)
        order.exposure = ZERO


@effect
def lock_order_credit(order: Order, by: Actor, inputs: Inputs) -> None:
    """Lock the customer's account before stock is touched, for effects that change it afterwards."""
    lock_credit_account(order.buyer.pk, order.currency)


@effect
def keep_credit_of_shipped(order: Order, by: Actor, inputs: Inputs) -> None:
    """After the remainder was closed, keep only what is shipped and not yet invoiced in the exposure."""
    if not is_billed_at_all(order):
        return
    # A line of which only what is invoiced is left has nothing more to come, to the cent.
    lines = [line for line in lines_of(order) if line.invoiced != line.quantity - line.cancelled]
    already = invoiced_amounts(line.pk for line in lines)
    parts = (
        part_of(line.gross, upto=line.quantity - line.cancelled, of=line.quantity, currency=order.currency)
        - already.get(line.pk, (ZERO, ZERO))[0]
        for line in lines
    )
    kept = sum((max(ZERO, part) for part in parts), ZERO)
    change_credit_account(order.buyer.pk, order.currency, ordered=kept - order.exposure)
    order.exposure = kept


def follow_worth(order: Order, change: Decimal, by: Actor) -> None:
    """Let the customer's exposure follow a running order's worth; more of it is checked against the limit.

    Raises: CreditExceeded, AccountFull.
    """
    if order.customer_id is None or not is_billed_at_all(order):
        return
    change = max(change, -order.exposure)
    if change > 0:
        _take(order, change, order.exposure + change, by)
    elif change < 0:
        change_credit_account(order.customer_id, order.currency, ordered=change)
    order.exposure += change


def papers_of_order_lines(line_ids: Iterable[int]) -> Mapping[int, tuple[Decimal, Decimal]]:
    """Return (gross, net) that invoices and bills hold of order lines."""
    ids = list(line_ids)
    return {**invoiced_amounts(ids), **billed_amounts(ids)}


@effect
def credit_returned_goods(order: Order, by: Actor, inputs: Inputs) -> None:
    """Correct the invoices of what came back."""
    credit_return(order, by=by)


@effect
def debit_returned_goods(order: Order, by: Actor, inputs: Inputs) -> None:
    """Ask the supplier for the money of what went back."""
    debit_return(order, by=by)


@effect
def charge_department(order: Order, by: Actor, inputs: Inputs) -> None:
    """Charge the receiving department for work at the internal rate."""
    # The guard has_two_departments saw both.
    assert order.department is not None
    assert order.target_department is not None
    DepartmentCharge.objects.create(
        order=order,
        performer=order.department,
        receiver=order.target_department,
        amount=order.company_total,
        charged_on=by.today,
    )


def credit_exceeded(facts: Mapping[str, Any]) -> CreditExceeded:
    """Return the refusal from what was found: over, limit, used (with this order), amount, currency."""
    currency = facts["currency"]
    return CreditExceeded(
        over=said_amount(facts["over"], currency),
        limit=said_amount(facts["limit"], currency),
        used=said_amount(facts["used"] - facts["amount"], currency),
        currency=currency,
    )


def credit_overdue(facts: Mapping[str, Any]) -> CreditOverdue:
    """Return the refusal from what was found: amount in company currency, days, allowed days."""
    return CreditOverdue(
        amount=f"{facts['amount']:,.2f}",
        currency=COMPANY_CURRENCY,
        days=str(int(facts["days"])),
        allowed=str(int(facts["allowed"])),
    )


def is_credit_blocked(order: Order, by: Actor) -> bool:
    """Tell whether the customer could not take the order now: over the limit, or overdue by the rule."""
    if order.customer is None or not is_billed_at_all(order):
        return False
    found = standing_unscoped(order.customer.pk, on=by.today)
    try:
        wanted = _in_currency(order, found.currency, by)
    except NoExchangeRate:
        return True
    return found.late_amount > 0 or (found.limit is not None and found.used + wanted > found.limit)


def _credit_limit(order: Order, by: Actor) -> Decimal | None:
    return order.customer.credit_limit if order.customer else None


def _credit_left(order: Order, by: Actor) -> Decimal | None:
    """Return what the customer may still order after this one, in the customer's currency; None without a limit."""
    if order.customer is None or order.customer.credit_limit is None:
        return None
    try:
        credit = credit_of(order.customer, by=by)
        return credit.after(_in_currency(order, credit.currency, by))
    except NoExchangeRate:
        return None


def _credit_left_after_change(amended: Amended, by: Actor) -> Decimal | None:
    """Return what the customer may still order after a change, in the customer's currency; None without a limit."""
    order = amended.order
    if order.customer is None or order.customer.credit_limit is None:
        return None
    try:
        credit = credit_of(order.customer, by=by)
        return credit.after(_in_currency(order, credit.currency, by, amount=amended.rise))
    except NoExchangeRate:
        return None


def _overdue_days(order: Order, by: Actor) -> int:
    if order.customer_id is None:
        return 0
    first = earliest_overdue_day_unscoped(order.customer_id, on=by.today)
    return (by.today - first).days if first else 0


def _overdue_amount(order: Order, by: Actor) -> Decimal:
    return ZERO if order.customer_id is None else overdue_amount_unscoped(order.customer_id, on=by.today)


def _in_currency(order: Order, currency: str, by: Actor, *, amount: Decimal | None = None) -> Decimal:
    amount = order.total if amount is None else amount
    if order.currency == currency:
        return amount
    return round_amount(amount * order.exchange_rate / rate_of_exchange(currency, on=by.today), currency=currency)


def block_of(order: Order, by: Actor) -> Refused | None:
    """Return why an order's customer is blocked for it now, asked under the customer's lock; None where it may go on.

    What is not confirmed yet would come on top of what the customer may come to owe.
    """
    waits = order.category in ("draft", "submitted", "approved")
    if order.customer_id is None or not (waits or order.category in ("confirmed", "in_progress", "closed")):
        return None
    pending = order.total if waits else ZERO
    found = call_sql(
        "select billing_judge_order(%s::bigint, %s::date, %s::bigint, %s::numeric, %s::numeric, %s::text)",
        [order.customer_id, by.today, order.pk, pending or order.exposure, pending, order.currency],
        refusals={},
    )
    if found is None:
        return None
    facts = json.loads(found, parse_float=Decimal, parse_int=Decimal)
    return credit_overdue(facts) if facts["code"] == CreditOverdue.code else credit_exceeded(facts)


def judge_step(order: Order, step: str, by: Actor) -> Refused | None:
    """Judge a step of a sale or service that is billed; other orders owe nothing."""
    if order.kind not in ("sale", "service") or order.is_history or not is_billed_at_all(order):
        return None
    return None if order.category == "draft" else block_of(order, by)


def _take(order: Order, amount: Decimal, worth: Decimal, by: Actor) -> None:
    call_sql(
        "select billing_take_credit_of(%s::bigint, %s::text, %s::numeric, %s::date, %s::bigint, %s::numeric)",
        [order.customer_id, order.currency, amount, by.today, order.pk, worth],
        refusals={"credit_exceeded": credit_exceeded, "credit_overdue": credit_overdue, OVERFLOW: account_full},
    )


PAPERS_OF_LINES.append(papers_of_order_lines)
WORTH_FOLLOWERS.append(follow_worth)
SQL_EFFECTS["take_order_credit"] = "takes_credit"
CREDIT_EFFECTS = ("take_order_credit", "release_order_credit", "lock_order_credit", "keep_credit_of_shipped")
LOCK_RANKS.update(dict.fromkeys(CREDIT_EFFECTS, 1))
SQL_REFUSALS["credit_exceeded"] = credit_exceeded
SQL_REFUSALS["credit_overdue"] = credit_overdue
STEP_JUDGES.append(judge_step)
CAUSES_OF_HOLDS.update({one.code: one for one in (CreditExceeded, CreditOverdue)})
SQL_REFUSALS[OVERFLOW] = account_full
offer_facts(
    "order",
    {
        "credit_left": Fact("number", _credit_left, is_optional=True, group=CREDIT, is_money=True),
        "credit_limit": Fact("number", _credit_limit, is_optional=True, is_at_hand=True, group=CREDIT, is_money=True),
        "overdue_days": Fact("integer", _overdue_days, minimum=ZERO, group=CREDIT),
        "overdue_amount": Fact("number", _overdue_amount, minimum=ZERO, group=CREDIT, is_money=True),
        "credit_blocked": Fact("yes_no", is_credit_blocked, group=CREDIT),
    },
)
name_things("guard", {"credit_available": _("The credit limit allows it")}, serves="sale service")
name_things(
    "effect",
    {
        "take_order_credit": _("Count the order against the credit limit"),
        "release_order_credit": _("Release the credit it uses"),
        "lock_order_credit": _("Lock the credit account"),
        "keep_credit_of_shipped": _("Keep the credit of what is shipped"),
    },
    serves="sale service",
)
name_things(
    "effect",
    {
        "credit_returned_goods": _("Credit what came back"),
        "debit_returned_goods": _("Debit the supplier for what went back"),
    },
    serves="return",
)
name_things("effect", {"charge_department": _("Charge the receiving department")}, serves="transfer")
name_things(
    "fact",
    {
        "credit_left": _("Credit left after this order"),
        "credit_limit": _("Credit limit"),
        "overdue_days": _("Days the oldest invoice is overdue"),
        "overdue_amount": _("Overdue amount"),
        "credit_blocked": _("Over the credit limit, or overdue by the rule"),
    },
)
offer_facts(
    "amendment",
    {
        "credit_left": Fact("number", _credit_left_after_change, is_optional=True, group=CREDIT, is_money=True),
        "overdue_days": Fact("integer", lambda one, by: _overdue_days(one.order, by), minimum=ZERO, group=CREDIT),
    },
)
