"""Revaluing foreign receivables and payables at the end of a month (期末调汇); the next day takes it back."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO
from shundan.ledger.actions.periods import PeriodNotOver
from shundan.ledger.actions.posting import account_of_part, lock_writers, post_month, write_journals
from shundan.ledger.models import Revaluation
from shundan.ledger.queries.revaluation import OpenForeign, last_day_of, open_foreign
from shundan.ledger.rules.choosing import CREDIT, DEBIT, JournalRow, Part, Posting, month_of


@action
def revalue_month(month: date, *, by: Actor) -> list[Revaluation]:
    """Book open foreign items at the rate of the month's last day, and take that back on the first of the next.

    Once it is done, asking again books only what was posted since, so nothing where nothing was.
    Raises: NotPermitted, PeriodNotOver, PeriodClosed, NoExchangeRate, NoAccount.
    """
    require(by, "ledger.close")
    month = month_of(month)
    if month >= month_of(by.today):
        raise PeriodNotOver(period=f"{month:%Y-%m}")
    ends_on = last_day_of(month)
    lock_writers([ends_on, ends_on + timedelta(days=1)])
    post_month(month, at=by.at)
    found = [one for one in open_foreign(month) if one.gain]
    exchange = account_of_part(Part(role="exchange", side=CREDIT, amount=ZERO)) if found else 0
    made = []
    for currency in sorted({one.currency for one in found}):
        own = [one for one in found if one.currency == currency]
        made.append(_revalue(own, month=month, ends_on=ends_on, exchange=exchange, by=by))
    return made


def _revalue(found: Sequence[OpenForeign], *, month: date, ends_on: date, exchange: int, by: Actor) -> Revaluation:
    currency, rate = found[0].currency, found[0].rate
    gain = sum((one.gain for one in found), ZERO)
    run = Revaluation.objects.filter(period=month, currency=currency).count() + 1
    made = Revaluation.objects.create(
        number=f"RV-{month:%Y%m}-{currency}-{run}",
        period=month,
        revalued_on=ends_on,
        currency=currency,
        run=run,
        rate=rate,
        gain=gain,
        created_at=by.at,
        created_by_name=by.name,
    )
    rows = [
        JournalRow(
            one.role,
            one.account.pk,
            DEBIT if one.gain > 0 else CREDIT,
            (one.customer.pk if one.customer else None, one.supplier.pk if one.supplier else None, None, None),
            abs(one.gain),
        )
        for one in found
    ]
    if gain:
        rows.append(JournalRow("exchange", exchange, CREDIT if gain > 0 else DEBIT, (None,) * 4, abs(gain)))
    rows.sort(key=lambda row: row.side != DEBIT)
    red = [row.red() for row in rows]
    write_journals(
        [
            (_posting(made, "revaluation", ends_on, rate, "期末调汇"), rows),
            (_posting(made, "revaluation_reversal", ends_on + timedelta(days=1), rate, "冲回期末调汇"), red),
        ],
        at=by.at,
    )
    facts = {"number": made.number, "period": f"{month:%Y-%m}", "currency": currency, "gain": str(gain)}
    record("ledger.revalued", subject=made.subject, by=by, data=facts)
    return made


def _posting(made: Revaluation, kind: str, on: date, rate: Decimal, text: str) -> Posting:
    return Posting(
        source=(kind, made.pk),
        on=on,
        number=made.number,
        subject=("revaluation", made.number),
        currency=made.currency,
        exchange_rate=rate,
        text=f"{text} {made.period:%Y-%m} {made.currency}",
        parts=(),
    )
