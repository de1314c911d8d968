"""Closing months and opening them again; a closed month takes no postings and no journals."""

from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import TRIGGER_REFUSALS, action
from shundan.kernel.errors import Detail, Malformed, Refused, require
from shundan.kernel.events import record
from shundan.ledger.actions.posting import PERIOD_LOCK, post_month
from shundan.ledger.models import AccountingPeriod
from shundan.ledger.rules.choosing import month_of

LONGEST_REASON = 500


class PeriodClosed(Refused):
    """The day lies in a month that accounting has closed."""

    code = "period_closed"
    sentence = _(
        "The accounting period %(period)s is closed. Use a day in an open period, or ask the management to reopen it."
    )


class PeriodNotOver(Refused):
    """The month is still running."""

    code = "period_not_over"
    sentence = _("%(period)s is not over yet. Close it after its last day.")


class PeriodAsWanted(Refused):
    """The month is in that state already."""

    code = "period_in_that_state"
    sentence = _("Another user has closed or reopened %(period)s already. Load the page again.")


def _period_closed(facts: Any) -> PeriodClosed:
    return PeriodClosed(period=str(facts["period"]))


TRIGGER_REFUSALS["period_closed"] = _period_closed


@action
def close_period(month: date, *, by: Actor, reason: str = "") -> AccountingPeriod:
    """Close a month that is over: whoever posts into it meanwhile is waited for, and what lacks a journal gets it.

    Raises: NotPermitted, Malformed, PeriodNotOver, PeriodAsWanted.
    """
    require(by, "ledger.close")
    month = month_of(month)
    if month >= month_of(by.today):
        raise PeriodNotOver(period=f"{month:%Y-%m}")
    period = _hold(month, state="closed", reason=reason, by=by)
    written = post_month(month, at=by.at)
    period.state = "closed"
    period.save()
    facts = {"period": f"{month:%Y-%m}", "reason": period.reason, "journals": written}
    record("accounting_period.closed", subject=period.subject, by=by, data=facts)
    return period


@action
def reopen_period(month: date, *, reason: str, by: Actor) -> AccountingPeriod:
    """Let a closed month take postings again. Raises: NotPermitted, Malformed, PeriodAsWanted."""
    require(by, "ledger.reopen")
    if not reason.replace("\x00", "").strip():
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    month = month_of(month)
    period = _hold(month, state="open", reason=reason, by=by)
    period.state = "open"
    period.save()
    facts = {"period": f"{month:%Y-%m}", "reason": period.reason}
    record("accounting_period.reopened", subject=period.subject, by=by, data=facts)
    return period


def _hold(month: date, *, state: str, reason: str, by: Actor) -> AccountingPeriod:
    """Take a month alone until commit: postings share this lock from before they are written until they are done."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, ledger_lock_key(%s))", [PERIOD_LOCK, month])
    period = AccountingPeriod.objects.select_for_update().filter(starts_on=month).first()
    if state == (period.state if period else "open"):
        raise PeriodAsWanted(period=f"{month:%Y-%m}")
    period = period or AccountingPeriod(starts_on=month)
    period.reason = reason.replace("\x00", "").strip()[:LONGEST_REASON]
    period.changed_at, period.changed_by_name = by.at, by.name
    return period
