"""Approvals of orders move from one row each to runs with one step and one task; nothing of them is lost.

What was decided keeps who, when and why. What is open stays open, to anybody with the right, as it was.
"""

from django.db import migrations

MOVE = """
insert into workflow_approvalrun (id, subject_kind, subject_id, content_hash, document_version, title, party, amount,
    currency, facts, problems, "right", applicant_id, applicant_name, owner_id, team_id, department_id, allows_own,
    state, started_at, ended_at)
select a.id, a.subject_kind, a.subject_id, a.content_hash, 0, o.number, c.name, a.amount, 'CNY',
    jsonb_build_object('company_total', a.amount::text), '{}', a.permission, a.requested_by_id, a.requested_by_name,
    o.owner_id, o.team_id, o.department_id, coalesce(a.decided_by_id in (a.requested_by_id, o.owner_id), false),
    a.state, a.requested_at,
    case when a.state = 'pending' then null else coalesce(a.decided_at, o.changed_at) end
from workflow_approval a join orders_order o on o.id = a.subject_id join parties_customer c on c.id = o.customer_id
where a.subject_kind = 'order';
insert into workflow_approvalstep (id, run_id, level, position, round, mode, need, who, rule, why_zh, why_en, people,
    state, opened_at, ended_at)
select a.id, a.id, 1, 0, 1, 'any', 0, 'role:' || a.role, '', '', '', '{}',
    case when a.decided_at is not null then case when r.state = 'rejected' then 'rejected' else 'approved' end
         when a.state = 'pending' then 'open' else 'withdrawn' end,
    a.requested_at, r.ended_at
from workflow_approval a join workflow_approvalrun r on r.id = a.id;
insert into workflow_approvaltask (id, run_id, step_id, position, state, is_added, applicant_id, owner_id, allows_own,
    opened_at, decided_by_id, decided_by_name, decided_at, remark, seen_hash)
select a.id, a.id, a.id, 0,
    case when a.decided_at is not null then case when r.state = 'rejected' then 'rejected' else 'approved' end
         when a.state = 'pending' then 'open' else 'withdrawn' end,
    false, r.applicant_id, r.owner_id, r.allows_own, a.requested_at,
    a.decided_by_id, a.decided_by_name, a.decided_at, a.remark, a.content_hash
from workflow_approval a join workflow_approvalrun r on r.id = a.id;
select setval(pg_get_serial_sequence('workflow_approvalrun', 'id'), coalesce(max(id), 0) + 1, false) from workflow_approval;
select setval(pg_get_serial_sequence('workflow_approvalstep', 'id'), coalesce(max(id), 0) + 1, false) from workflow_approval;
select setval(pg_get_serial_sequence('workflow_approvaltask', 'id'), coalesce(max(id), 0) + 1, false) from workflow_approval;
"""
BACK = """
insert into workflow_approval (subject_kind, subject_id, content_hash, permission, role, level, amount, state,
    requested_by_id, requested_by_name, requested_at, decided_by_id, decided_by_name, decided_at, remark)
select r.subject_kind, r.subject_id, r.content_hash, r."right", '', 1, r.amount,
    case when r.state = 'sent_back' then 'rejected' else r.state end, r.applicant_id, r.applicant_name, r.started_at,
    t.decided_by_id, coalesce(t.decided_by_name, ''), t.decided_at, coalesce(t.remark, '')
from workflow_approvalrun r left join lateral (select * from workflow_approvaltask t where t.run_id = r.id
    and t.decided_at is not null order by t.decided_at desc limit 1) t on true
where r.subject_kind = 'order'
on conflict do nothing;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_work_indexes"), ("workflow", "0002_approval_runs")]
    run_before = [("workflow", "0003_drop_one_level_approvals")]
    operations = [migrations.RunSQL(MOVE, BACK)]
