"""Money of drafts, and payments to suppliers that are taken back, are posted: nothing of them in a closed month."""

from django.db import migrations

FORWARD = """
create function ledger_guard_draft() returns trigger language plpgsql as $$
begin perform ledger_refuse_closed(new."on"); return new; end $$;
create trigger draft_entry_in_open_period before insert on settlement_draftentry
    for each row execute function ledger_guard_draft();
create trigger disbursement_reversal_in_open_period before update of reversed_at on billing_disbursement
    for each row when (old.reversed_at is null and new.reversed_at is not null)
    execute function ledger_guard_reversal();
"""
BACKWARD = """
drop trigger disbursement_reversal_in_open_period on billing_disbursement;
drop trigger draft_entry_in_open_period on settlement_draftentry;
drop function ledger_guard_draft();
"""


class Migration(migrations.Migration):
    """Two more kinds of posting are guarded."""

    dependencies = [
        ("ledger", "0002_guards"),
        ("billing", "0202_disbursements_taken_back"),
        ("settlement", "0201_draft_entries"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
