"""One invoice over several orders of a customer; its parts, too, are final but for what is paid and credited."""

from decimal import Decimal

from django.db import migrations, models
from django.db.models import PROTECT, F, Q

FINAL = """
create trigger gathered_order_final before update or delete on billing_gatheredorder
for each row execute function billing_refuse_invoice_change();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0009_exchange_differences"), ("orders", "0081_tax_kinds")]
    operations = [
        migrations.CreateModel(
            name="GatheredOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order_revision", models.PositiveIntegerField(default=1)),
                ("total", models.DecimalField(decimal_places=2, max_digits=18)),
                ("allocated", models.DecimalField(decimal_places=2, default=Decimal(0), max_digits=18)),
                ("credited", models.DecimalField(decimal_places=2, default=Decimal(0), max_digits=18)),
                (
                    "invoice",
                    models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="gathered", to="billing.invoice"),
                ),
                ("order", models.ForeignKey(on_delete=PROTECT, related_name="+", to="orders.order")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("invoice", "order"), name="gathered_order_once"),
                    models.CheckConstraint(
                        condition=Q(total__lte=0, allocated=0, credited=0)
                        | Q(allocated__gte=0, credited__gte=0, allocated__lte=F("total") - F("credited")),
                        name="gathered_order_never_overpaid",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FINAL, "drop trigger gathered_order_final on billing_gatheredorder;"),
    ]
