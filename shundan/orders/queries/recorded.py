"""What is recorded of past submissions: the facts of that moment, who was waited for, and the way an order took.

Everything is read in read-only transactions, in portions, oldest first.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from pydantic_core import from_json

from shundan.orders.queries.facts import KIND
from shundan.workflow.queries import Recorded, RecordedStep, recalled
from shundan.workflow.registries import FactType, facts_schema

PORTION = 5_000
# Not kept with what nobody had to approve, because finding them would ask the database: they come from the order.
NEVER_KEPT = frozenset({"number", "department"})
_WAITS = (
    "(select json_agg(json_build_array(s.who, extract(epoch from s.ended_at - s.opened_at)))::text"
    " from workflow_approvalstep s where s.run_id = r.id and s.state in ('approved', 'rejected')"
    " and s.opened_at is not null)"
)
# As the index on these events has it (migration 0050).
_IS_JUDGED = "x.subject_kind = 'order' and (x.data ? 'judged' or x.kind = 'order.submitted')"
# What an order tells by its own columns, for submissions of which no facts were kept.
_PRESENT = """
jsonb_build_object(
    'number', o.number, 'company_total', o.company_total::text, 'total', o.total::text, 'currency', o.currency,
    'type', t.code, 'kind', t.kind, 'owner', o.owner_id, 'customer', c.number, 'customer_class', c.kind,
    'customer_country', c.country, 'customer_tags', c.tags, 'supplier', u.number, 'line_count', o.line_count,
    'payment_term', p.code, 'ship_province', nullif(o.ship_province, ''), 'allows_backorder', o.allows_backorder,
    'requested_in_days', o.requested_on - o.ordered_on, 'source', o.source, 'department', d.code)
"""
_SIDES = """
join orders_ordertype t on t.id = o.type_id
left join parties_customer c on c.id = o.customer_id left join parties_supplier u on u.id = o.supplier_id
left join parties_paymentterm p on p.id = o.payment_term_id left join accounts_department d on d.id = o.department_id
"""
# Each statement takes moment and id of the last row read, the code, how many, and the facts wanted; it gives (moment,
# id, number, applicant, facts kept, facts of today where some are wanting, waits, table, way) with JSON as text. The
# portion is taken first: joined as a whole, every portion would read everything. Submissions go by an index on their
# moment; orders by their id, since one more index would cost every order that is placed.
_ASKED = f"""
with r as materialized (
    select x.* from workflow_approvalrun x
    where x.subject_kind = 'order' and (x.started_at, x.id) > (%s, %s)
        and (x.table_id is null or x.table_id in (select v.id from workflow_approvaltableversion v where v.code = %s))
    order by x.started_at, x.id limit %s)
select r.started_at, r.id, r.title, r.applicant_id, r.facts::text,
    case when r.facts ?& %s::text[] then null else {_PRESENT}::text end, {_WAITS}, null, null
from r join orders_order o on o.id = r.subject_id {_SIDES}
order by r.started_at, r.id
"""  # noqa: S608 - our own words
_JUDGED = f"""
with e as materialized (
    select x.at, x.id, x.subject_id, x.actor_id, x.data -> 'judged' -> 'facts' as facts
    from kernel_event x, (select %s::timestamptz as at, %s::bigint as id, %s::text as code) last
    where {_IS_JUDGED} and (x.at, x.id) > (last.at, last.id)
        and ((x.data -> 'judged' ->> 'table')::bigint in
            (select v.id from workflow_approvaltableversion v where v.code = last.code)
        or (last.code = '{KIND}' and not x.data ? 'judged'
            and not exists (select 1 from workflow_approvalrun r where r.subject_kind = 'order'
                            and r.subject_id = x.subject_id and r.started_at = x.at)))
    order by x.at, x.id limit %s)
select e.at, e.id, o.number, e.actor_id, e.facts::text,
    case when e.facts ?& %s::text[] then null else {_PRESENT}::text end, null, null, null
from e join orders_order o on o.id = e.subject_id {_SIDES}
order by e.at, e.id
"""  # noqa: S608 - our own words
_WAYS = f"""
with o as materialized (
    select x.* from orders_order x
    where x.created_at >= %s and x.id > %s and not x.is_history
        and x.workflow_id in (select v.id from workflow_workflowversion v where v.code = %s)
    order by x.id limit %s)
select null, o.id, o.number, o.owner_id, coalesce(r.facts, j.facts)::text,
    case when coalesce(r.facts, j.facts) ?& %s::text[] then null else {_PRESENT}::text end,
    {_WAITS},
    (select coalesce(v.content ->> 'approval_table', 'order') from orders_ordertypeversion v
     where v.id = o.type_version_id),
    (select json_agg(json_build_array(e.data ->> 'from', e.data ->> 'transition', e.data ->> 'to') order by e.id)::text
     from kernel_event e where e.subject_kind = 'order' and e.subject_id = o.id and e.data ? 'transition')
from o {_SIDES}
left join lateral (select x.id, x.facts from workflow_approvalrun x where x.subject_kind = 'order'
                   and x.subject_id = o.id order by x.id desc limit 1) r on true
left join lateral (select x.data -> 'judged' -> 'facts' as facts from kernel_event x where x.subject_kind = 'order'
                   and x.subject_id = o.id and x.data ? 'judged' order by x.id desc limit 1) j on true
order by o.id
"""  # noqa: S608 - our own words


@dataclass(slots=True)
class Gaps:
    """What the records do not say: facts that were never kept, and how many documents are judged by today's columns."""

    missing: dict[str, int] = field(default_factory=dict)
    from_present: int = 0


@contextmanager
def read_only() -> Iterator[CursorWrapper]:
    """Give a cursor in a transaction that the database itself lets write nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set transaction read only")
        yield cursor


def recorded_submissions(
    code: str, since: datetime, *, names: frozenset[str], gaps: Gaps, tell: Callable[[int], None]
) -> Iterator[Recorded]:
    """Yield every submission that a table judged since a moment, those that waited for people first.

    `tell` hears how many are read. Only facts with these names are recalled; what is not known is counted in `gaps`.
    """
    # Asked for once: what administrators added is a question to the database.
    read, schema = 0, facts_schema(KIND)
    for sql in (_ASKED, _JUDGED):
        for row in _portions(sql, since, code, names):
            read += 1
            yield _recorded(row, names, gaps, schema)
            if read % PORTION == 0:
                tell(read)


def recorded_ways(
    code: str, since: datetime, *, names: frozenset[str], gaps: Gaps, tell: Callable[[int], None]
) -> Iterator[Recorded]:
    """Yield every order of a workflow that was entered since a moment, with the way it took."""
    schema = facts_schema(KIND)
    for read, row in enumerate(_portions(_WAYS, since, code, names), start=1):
        yield _recorded(row, names, gaps, schema)
        if read % PORTION == 0:
            tell(read)


def count_recorded(subject: str, code: str, since: datetime) -> int:
    """Return about how many documents a replay will read, without looking at each."""
    with read_only() as cursor:
        if subject == "workflow":
            cursor.execute(
                "select count(*) from orders_order where created_at >= %s and not is_history"
                " and workflow_id in (select id from workflow_workflowversion where code = %s)",
                [since, code],
            )
        else:
            cursor.execute(
                "select (select count(*) from workflow_approvalrun where subject_kind = 'order' and started_at >= %s)"  # noqa: S608 - our own words
                f" + (select count(*) from kernel_event x where {_IS_JUDGED} and x.at >= %s)",
                [since, since],
            )
        return int(cursor.fetchone()[0])


def _portions(sql: str, since: datetime, code: str, names: frozenset[str]) -> Iterator[tuple[Any, ...]]:
    last, wanted = (since, 0), sorted(names)
    while True:
        with read_only() as cursor:
            cursor.execute(sql, [*last, code, PORTION, wanted])
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < PORTION:
            return
        last = (rows[-1][0] or since, rows[-1][1])


def _recorded(row: tuple[Any, ...], names: frozenset[str], gaps: Gaps, schema: Mapping[str, FactType]) -> Recorded:
    _moment, _id, number, applicant, kept, present, waits, table, way = row
    known: dict[str, Any] = from_json(kept) if kept else {}
    if not names <= known.keys():
        today: dict[str, Any] = from_json(present) if present else {}
        borrowed = (names - known.keys()) & today.keys()
        gaps.from_present += bool(borrowed - NEVER_KEPT)
        known |= {name: today[name] for name in borrowed}
        for name in names - known.keys():
            gaps.missing[name] = gaps.missing.get(name, 0) + 1
    return Recorded(
        key=number,
        facts=recalled({name: known[name] for name in names if name in known}, schema),
        applicant=applicant,
        steps=tuple(RecordedStep(who, timedelta(seconds=float(seconds))) for who, seconds in from_json(waits or "[]")),
        path=tuple(tuple(one) for one in from_json(way or "[]")),
        table=table or "",
    )
