"""Keeping how old debts are: what readers would add up anew is added up beforehand."""

from django.db import connection

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.settlement.queries.ageing import AGED_INVOICES, BUCKET_NAMES

_NAMES = ", ".join(BUCKET_NAMES)
# What another one kept meanwhile of a later day or revision stays.
_KEEP = f"""
with day as (select %s::date as today)
insert into settlement_agedaccount as kept (customer_id, currency, as_of, revision, {_NAMES}, oldest_on)
select account.customer_id, account.currency, day.today, account.revision, {_NAMES}, oldest_on
from day cross join billing_creditaccount account cross join lateral ({AGED_INVOICES}) found
where not exists (
    select from settlement_agedaccount k where k.customer_id = account.customer_id and k.currency = account.currency
        and k.revision = account.revision and k.as_of = day.today
)
order by account.customer_id, account.currency
on conflict (customer_id, currency) do update set as_of = excluded.as_of, revision = excluded.revision,
    {", ".join(f"{name} = excluded.{name}" for name in BUCKET_NAMES)}, oldest_on = excluded.oldest_on
where (kept.as_of, kept.revision) < (excluded.as_of, excluded.revision)
"""  # noqa: S608 - names of ours


@action
def keep_ages(*, by: Actor) -> int:
    """Keep how old each customer's debt is today where that is not kept; return of how many accounts.

    A derived figure, so it is no event: readers find the same without it, only slower.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [by.today])
        return int(cursor.rowcount)
