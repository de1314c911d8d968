"""Raising a customer's limit for some days, and rules for overdue money: always under the customer's lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from shundan.billing.models import CreditRaise, CreditRule
from shundan.billing.queries import list_credit_rules, version_of_credit_rules
from shundan.billing.queries.credit import CREDIT_RULES
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, VersionConflict, amount_out_of_range, require
from shundan.kernel.events import record
from shundan.kernel.money import AMOUNT_DECIMALS, decimal_places, decimals_of
from shundan.parties.actions import lock_customer
from shundan.parties.queries import get_customer

LONGEST_RAISE = timedelta(days=366)
LONGEST_REASON = 500
MOST_DAYS = 3650
MOST_RULES = 500


class NoLimitToRaise(Refused):
    """The customer's credit is not limited."""

    code = "no_credit_limit"
    sentence = _("%(name)s has no credit limit. Set one first, then raise it for a time.")


class RaiseOverlaps(Refused):
    """Another raise holds on one of the days."""

    code = "credit_raise_overlaps"
    sentence = _("The limit is raised from %(first)s to %(last)s already. End that raise first, or choose other days.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRuleInput:
    """One rule: for a customer by number, for a tag, or with neither for everybody; without days nothing blocks."""

    customer: str = ""
    tag: str = ""
    overdue_days: int | None = None
    least_amount: Decimal = Decimal(0)


@action
def raise_credit_limit(
    number: str, *, amount: Decimal, until_on: date, reason: str, by: Actor, from_on: date | None = None
) -> CreditRaise:
    """Let a customer owe so much more until a day; it ends by itself.

    Raises: NotPermitted, NotFound, Malformed, NoLimitToRaise, RaiseOverlaps.
    """
    customer = lock_customer(number, by=by, permission="customer.credit")
    first, kept = from_on or by.today, reason.replace("\x00", "").strip()[:LONGEST_REASON]
    wrong = []
    if not 0 < amount < 10**15 or decimal_places(amount) > decimals_of(customer.currency):
        wrong.append(amount_out_of_range("amount", customer.currency, given=amount))
    if not max(first, by.today) <= until_on <= first + LONGEST_RAISE:
        wrong.append(Detail("until_on", "out_of_range", _("Choose a last day from today on, within a year.")))
    if not kept:
        wrong.append(Detail("reason", "required", _("This field is required.")))
    if wrong:
        raise Malformed(details=wrong)
    if customer.credit_limit is None:
        raise NoLimitToRaise(name=customer.name)
    known = CreditRaise.objects.filter(
        customer_id=customer.pk, ended_at=None, from_on__lte=until_on, until_on__gte=first
    ).first()
    if known is not None:
        raise RaiseOverlaps(first=known.from_on.isoformat(), last=known.until_on.isoformat())
    made = CreditRaise.objects.create(
        customer=customer,
        amount=amount,
        from_on=first,
        until_on=until_on,
        reason=kept,
        created_at=by.at,
        created_by_name=by.name,
    )
    record("customer.credit_raised", subject=("customer", customer.pk), by=by, data=_facts(made))
    return made


@action
def end_credit_raise(number: str, raise_id: int, *, reason: str, by: Actor) -> CreditRaise:
    """End a raise before its last day. Raises: NotPermitted, NotFound, Malformed."""
    customer = lock_customer(number, by=by, permission="customer.credit")
    kept = reason.replace("\x00", "").strip()[:LONGEST_REASON]
    if not kept:
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    rows = CreditRaise.objects.filter(customer_id=customer.pk, ended_at=None, until_on__gte=by.today)
    found = rows.filter(pk=raise_id).first()
    if found is None:
        raise NotFound(what="credit raise", key=str(raise_id))
    found.ended_at, found.ended_by_name, found.end_reason = by.at, by.name, kept
    found.save(update_fields=["ended_at", "ended_by_name", "end_reason"])
    data = _facts(found) | {"reason": kept}
    record("customer.credit_raise_ended", subject=("customer", customer.pk), by=by, data=data)
    return found


@action
def save_credit_rules(rules: Sequence[CreditRuleInput], *, version: int, by: Actor) -> list[CreditRule]:
    """Keep all rules for overdue money; those that are not named end. `version` is what the rules were read with.

    Raises: NotPermitted, NotFound, Malformed, VersionConflict.
    """
    require(by, "credit.rule")
    if len(rules) > MOST_RULES:
        sentence = _("At most %(most)s rules are kept. Use tags for customers with the same rule.")
        raise Malformed(details=[Detail("rules", "too_many", sentence % {"most": MOST_RULES})])
    # Two who save at once: the second one sees what the first one kept.
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('billing.credit_rules'))")
    if version != version_of_credit_rules():
        raise VersionConflict()
    made, seen = [], set()
    for at, one in enumerate(rules):
        customer = get_customer(one.customer, by=by) if one.customer else None
        tag = one.tag.replace("\x00", "").strip()[:100] if customer is None else ""
        if (customer, tag) in seen:
            raise Malformed(details=[Detail(f"rules[{at}].tag", "taken", _("There is a rule for the same already."))])
        seen.add((customer, tag))
        if one.overdue_days is not None and not 0 <= one.overdue_days <= MOST_DAYS:
            sentence = _("Enter a number of days from 0 to 3650.")
            raise Malformed(details=[Detail(f"rules[{at}].overdue_days", "out_of_range", sentence)])
        if not 0 <= one.least_amount < 10**15 or decimal_places(one.least_amount) > AMOUNT_DECIMALS:
            path, amount = f"rules[{at}].least_amount", one.least_amount
            raise Malformed(details=[amount_out_of_range(path, "CNY", given=amount, from_zero=True)])
        made.append(
            CreditRule(customer=customer, tag=tag, overdue_days=one.overdue_days, least_amount=one.least_amount)
        )
    CreditRule.objects.all().delete()
    CreditRule.objects.bulk_create(made)
    data = {
        "rules": [
            [one.customer.number if one.customer else "", one.tag, one.overdue_days, str(one.least_amount)]
            for one in made
        ]
    }
    record("credit_rules.saved", subject=CREDIT_RULES, by=by, data=data)
    return list_credit_rules(by=by)


def _facts(one: CreditRaise) -> dict[str, str]:
    return {"amount": str(one.amount), "from": one.from_on.isoformat(), "until": one.until_on.isoformat()} | (
        {"reason": one.reason} if one.ended_at is None else {}
    )
