"""What-if finds the submissions of the last days by their moment, not by reading every event."""

from django.db import migrations

# The predicate stands in the statement, too: orders/queries/recorded.py.
JUDGED = """
create index concurrently if not exists order_event_judged on kernel_event (at, id)
where subject_kind = 'order' and (data ? 'judged' or kind = 'order.submitted')
"""
ASKED = """
create index concurrently if not exists order_approval_by_moment on workflow_approvalrun (started_at, id)
where subject_kind = 'order'
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("orders", "0020_list_columns"),
        ("kernel", "0004_record_all"),
        ("workflow", "0006_drafts_of_tables"),
    ]
    operations = [
        migrations.RunSQL(JUDGED, "drop index concurrently if exists order_event_judged"),
        migrations.RunSQL(ASKED, "drop index concurrently if exists order_approval_by_moment"),
    ]
