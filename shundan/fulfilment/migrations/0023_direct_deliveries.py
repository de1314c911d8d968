"""What suppliers send to our customers."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


def _to(model: str, related: str = "+") -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related, to=model)


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0020_errands"), ("orders", "0045_direct_lines")]

    operations = [
        migrations.CreateModel(
            name="DirectDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.TextField()),
                ("state", models.TextField(default="shipped")),
                ("carrier", models.TextField(default="")),
                ("tracking_number", models.TextField(default="")),
                ("shipped_at", models.DateTimeField()),
                ("shipped_by_name", models.TextField()),
                ("delivered_at", models.DateTimeField(null=True)),
                ("reversed_at", models.DateTimeField(null=True)),
                ("reversed_by_name", models.TextField(default="")),
                ("order", _to("orders.order")),
                ("purchase", _to("orders.order")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["number"], name="direct_delivery_number_once"),
                    models.CheckConstraint(
                        condition=Q(state__in=["shipped", "delivered", "reversed"]), name="direct_delivery_state_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DirectDeliveryLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=18)),
                ("delivery", _to("fulfilment.directdelivery", "lines")),
                ("order_line", _to("orders.orderline")),
                ("purchase_line", _to("orders.orderline")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["delivery", "purchase_line"], name="direct_delivery_line_once"),
                    models.CheckConstraint(condition=Q(quantity__gt=0), name="direct_delivery_line_positive"),
                ],
            },
        ),
    ]
