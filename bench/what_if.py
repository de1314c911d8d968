"""What if: 100,000 recorded submissions judged by a changed table and by a changed workflow, read from real rows."""

import os
import time

from django.db import connection
from django.utils import timezone

from bench.place import place_one
from bench.world import World
from shundan.accounts.models import User
from shundan.kernel.actor import Actor, system_actor
from shundan.orders.actions import (
    Question,
    answer_what_if,
    ask_what_if,
    continue_migration,
    keep_migration_plan,
    run_migration,
)
from shundan.workflow.actions import publish_definition
from shundan.workflow.models import ApprovalTableVersion, WorkflowVersion

Figures = dict[str, float]
DOCUMENTS = int(os.environ.get("BENCH_DOCUMENTS", "100000"))
# Every tenth order waited for somebody; all others were approved by the system and kept their facts.
FILL = """
with made as (
    insert into orders_order
    select r.* from (select o from orders_order o order by id desc limit 1) template,
        generate_series(1, %(count)s) i,
        lateral jsonb_populate_record(template.o, jsonb_build_object(
            'id', nextval('orders_order_id_seq'), 'number', 'BW-' || i, 'source_key', '', 'exposure', 0,
            'customer_id', (select min(id) from parties_customer) + (i * 7919) %% 1000,
            'state', 'approved', 'category', 'approved', 'approval', 'not_needed', 'fulfilment', 'none',
            'company_total', (i * 7919) %% 60000, 'created_at', now() - interval '20 days' * (i::float / %(count)s))) r
    returning id, number, created_at, company_total, owner_id),
told as (
    insert into kernel_event (kind, subject_kind, subject_id, actor_name, door, at, data)
    select 'order.' || e.kind, 'order', m.id, 'Bench', 'bench', m.created_at, jsonb_build_object('number', m.number,
        'to', e.target, 'from', e.source, 'transition', e.transition, 'total', m.company_total::text) ||
        case when e.kind = 'submitted' and m.id %% 10 > 0 then jsonb_build_object('judged', jsonb_build_object(
            'table', %(table)s::int, 'facts', jsonb_build_object('company_total', m.company_total::text, 'kind', 'sale',
                'type', 'sales', 'total', m.company_total::text, 'currency', 'CNY', 'line_count', 5, 'source', 'api',
                'customer_tags', '[]'::jsonb, 'discount_rate', null, 'ship_province', '上海市', 'owner', m.owner_id)))
        else '{}' end
    from made m, (values ('submitted', 'draft', 'submitted', 'submit'),
        ('approved', 'submitted', 'approved', 'auto_approve')) as e(kind, source, target, transition)),
runs as (
    insert into workflow_approvalrun (subject_kind, subject_id, content_hash, document_version, table_id, title, party,
        amount, currency, facts, problems, "right", applicant_id, applicant_name, allows_own, state, started_at,
        ended_at)
    select 'order', m.id, '', 1, %(table)s, m.number, '', m.company_total, 'CNY', jsonb_build_object('company_total',
        (m.company_total + 50001)::text, 'kind', 'sale', 'type', 'sales', 'department', null), '{}', 'order.approve',
        %(user)s, 'Bench', false, 'approved', m.created_at, m.created_at + interval '3 hours'
    from made m where m.id %% 10 = 0 returning id, started_at)
insert into workflow_approvalstep (run_id, level, position, round, mode, need, who, rule, why_zh, why_en, people, state,
    opened_at, ended_at)
select id, 1, 0, 1, 'any', 0, 'role:sales_manager', 'rows[0]', '', '', '{}', 'approved', started_at,
    started_at + interval '1 minute' * (id %% 300) from runs
"""


def measure_what_if(world: World) -> Figures:
    """Return the seconds that the replays take, and that as many orders take to move to another version."""
    place_one(world)
    by = system_actor(timezone.now())
    table = ApprovalTableVersion.objects.filter(code="order").order_by("-version")[0]
    sale = WorkflowVersion.objects.filter(code="sale").order_by("-version")[0]
    with connection.cursor() as cursor:
        user = User.objects.order_by("id")[0].pk
        cursor.execute(FILL, {"count": DOCUMENTS, "table": table.pk, "user": user})
        cursor.execute("vacuum analyze orders_order")
        cursor.execute("vacuum analyze kernel_event")
    lower = table.content.replace("50000", "20000", 1)
    slower = sale.content.replace('does = ["request_order_approval"]', 'when = "company_total >= 1000"\ndoes = []', 1)
    assert lower != table.content
    assert slower != sale.content
    same = _asked(Question(subject="table", code="order", before=table.version, after=table.version), by)
    figures = {
        "what_if_table_100k_seconds": _asked(
            Question(subject="table", code="order", before=table.version, text=lower), by, is_different=True
        ),
        "what_if_same_table_100k_seconds": same,
        "what_if_workflow_100k_seconds": _asked(
            Question(subject="workflow", code="sale", before=sale.version, text=slower), by, is_different=True
        ),
    }
    return figures | _migrated(sale, by)


def _asked(question: Question, by: Actor, *, is_different: bool = False) -> float:
    # On a busy machine the clock counts what others do; the processor's time is ours, the database's apart.
    start, worked = time.perf_counter(), time.process_time()
    asked = ask_what_if(question, by=by)
    answer_what_if(asked.pk, by=by)
    asked.refresh_from_db()
    seconds = time.perf_counter() - start
    worked = time.process_time() - worked
    print(f"  {question.subject}: {seconds:.1f} s ({worked:.1f} s of ours), {asked.result['different']:,} differ")
    assert asked.result["documents"] >= DOCUMENTS
    assert bool(asked.result["different"]) is is_different
    return seconds


def _migrated(sale: WorkflowVersion, by: Actor) -> Figures:
    publish_definition(sale.content.replace('en = "Approved"', 'en = "Checked"', 1), by=by)
    plan = keep_migration_plan("sale", target=sale.version + 1, by=by)
    start = time.perf_counter()
    run_migration(plan.pk, by=by)
    while continue_migration(plan.pk, by=by):
        pass
    seconds = time.perf_counter() - start
    plan.refresh_from_db()
    assert plan.done == plan.total >= DOCUMENTS
    return {"migration_orders_per_s": plan.done / seconds}
