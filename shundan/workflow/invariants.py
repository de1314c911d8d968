"""Promises of approvals."""

from shundan.kernel.invariants import Invariant

INVARIANTS = (
    Invariant(
        "I33",
        "An approval was decided in full by those who may: not by who asked or owns it, one voice each in a step",
        "select t.id from workflow_approvaltask t where t.state in ('approved', 'rejected', 'sent_back')"
        " and (t.decided_at is null or (not t.allows_own and t.decided_by_id in (t.applicant_id, t.owner_id)))"
        " union all select min(id) from workflow_approvaltask where decided_by_id is not null"
        " group by step_id, decided_by_id having count(*) > 1"
        " union all select r.id from workflow_approvalrun r where r.state = 'approved' and exists"
        " (select 1 from workflow_approvalstep s where s.run_id = r.id and (s.state in ('waiting', 'open')"
        " or (s.state = 'approved' and not exists (select 1 from workflow_approvaltask t"
        " where t.step_id = s.id and t.state = 'approved'))))",
    ),
    Invariant(
        "I33b",
        "What is pending waits for somebody, and what has ended for nobody",
        "select r.id from workflow_approvalrun r where r.state = 'pending' and not exists"
        " (select 1 from workflow_approvaltask t join workflow_approvalstep s on s.id = t.step_id"
        " where t.run_id = r.id and t.state = 'open' and s.state = 'open')"
        " union all select r.id from workflow_approvalrun r where r.state <> 'pending' and exists"
        " (select 1 from workflow_approvaltask t where t.run_id = r.id and t.state in ('waiting', 'open'))",
    ),
)
