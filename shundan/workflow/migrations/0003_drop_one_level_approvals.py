"""The one-level approvals go; each room has moved its own to runs before (it says so by run_before)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workflow", "0002_approval_runs")]
    operations = [migrations.DeleteModel(name="Approval")]
