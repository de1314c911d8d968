"""Since when an order stands in its state, and when the time takes it on; running orders begin to count now."""

from django.db import migrations, models

RUNNING = """
update orders_order set state_since = changed_at
where not is_history and category in ('draft', 'submitted', 'approved', 'confirmed', 'in_progress')
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0015_revisions_are_final")]
    operations = [
        migrations.AddField(model_name="order", name="state_since", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="order", name="acts_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(RUNNING, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("acts_at__isnull", True), ("state_since__isnull", False), _connector="OR"),
                name="order_timer_has_beginning",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("acts_at__isnull", False)), fields=["acts_at", "id"], name="order_by_timer"
            ),
        ),
    ]
