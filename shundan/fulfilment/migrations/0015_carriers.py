"""Carriers in the house: accounts, waybills with labels, what happened on the way, and problems for people."""

import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fulfilment", "0004_picked_from_positions"),
    ]

    operations = [
        migrations.CreateModel(
            name="CarrierAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.TextField()),
                ("carrier", models.TextField()),
                ("name", models.TextField()),
                ("base_url", models.TextField(default="")),
                (
                    "services",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("settings", models.JSONField(default=dict)),
                ("sealed", models.BinaryField(default=b"")),
                ("sender", models.JSONField(default=dict)),
                ("push_key", models.TextField()),
                ("stuck_hours", models.PositiveIntegerField(default=72)),
                ("is_active", models.BooleanField(default=True)),
                ("trouble", models.TextField(default="")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="carrier_account_code_once"),
                    models.UniqueConstraint(fields=("push_key",), name="carrier_account_push_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(("stuck_hours__gt", 0)), name="carrier_account_stuck_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Waybill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order_key", models.TextField()),
                ("service", models.TextField(default="")),
                ("state", models.TextField(default="asked")),
                ("parcels", models.PositiveIntegerField(default=1)),
                ("weight", models.DecimalField(decimal_places=3, max_digits=12)),
                ("consignment", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("tracking_number", models.TextField(default="")),
                (
                    "parcel_numbers",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("reference", models.TextField(default="")),
                ("estimate", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("cost", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("currency", models.TextField(default="CNY")),
                ("pickup_code", models.TextField(default="")),
                ("wrong_codes", models.PositiveSmallIntegerField(default=0)),
                ("trouble", models.TextField(default="")),
                ("tracking", models.TextField(default="")),
                ("tracked_at", models.DateTimeField(null=True)),
                ("promised_at", models.DateTimeField(null=True)),
                ("expected_at", models.DateTimeField(null=True)),
                ("asks_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("created_by_name", models.TextField()),
                ("booked_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fulfilment.carrieraccount"
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="waybills", to="fulfilment.shipment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TrackingScan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("state", models.TextField()),
                ("code", models.TextField(default="")),
                ("text", models.TextField(default="")),
                ("place", models.TextField(default="")),
                ("source", models.TextField()),
                ("fingerprint", models.TextField()),
                ("noted_at", models.DateTimeField()),
                (
                    "waybill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scans", to="fulfilment.waybill"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeliveryProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("note", models.TextField(default="")),
                ("opened_at", models.DateTimeField()),
                ("resolved_at", models.DateTimeField(null=True)),
                ("resolved_by_name", models.TextField(default="")),
                ("answer", models.TextField(default="")),
                (
                    "waybill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="problems", to="fulfilment.waybill"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WaybillLabel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.BinaryField()),
                ("kept_at", models.DateTimeField()),
                (
                    "waybill",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="label", to="fulfilment.waybill"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="waybill",
            index=models.Index(
                condition=models.Q(("asks_at__isnull", False)), fields=["asks_at"], name="waybill_to_ask"
            ),
        ),
        migrations.AddIndex(
            model_name="waybill",
            index=models.Index(fields=["booked_at"], name="waybill_by_day"),
        ),
        migrations.AddConstraint(
            model_name="waybill",
            constraint=models.UniqueConstraint(fields=("order_key",), name="waybill_order_key_once"),
        ),
        migrations.AddConstraint(
            model_name="waybill",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("asked", "sending", "unsure", "booked"))),
                fields=("shipment",),
                name="waybill_one_live",
            ),
        ),
        migrations.AddConstraint(
            model_name="waybill",
            constraint=models.UniqueConstraint(
                condition=models.Q(("tracking_number", ""), _negated=True),
                fields=("account", "tracking_number"),
                name="waybill_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="waybill",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("asked", "sending", "unsure", "booked", "refused", "cancelled"))),
                name="waybill_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="waybill",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "tracking__in",
                        ["", "accepted", "in_transit", "out_for_delivery", "exception", "returned", "delivered"],
                    )
                ),
                name="waybill_tracking_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="waybill",
            constraint=models.CheckConstraint(
                condition=models.Q(("parcels__gt", 0), ("weight__gt", 0)), name="waybill_has_parcels"
            ),
        ),
        migrations.AddConstraint(
            model_name="waybill",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "booked"), _negated=True), ("booked_at__isnull", False), _connector="OR"
                ),
                name="waybill_booked_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="trackingscan",
            constraint=models.UniqueConstraint(fields=("waybill", "fingerprint"), name="scan_once"),
        ),
        migrations.AddConstraint(
            model_name="trackingscan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("accepted", "in_transit", "out_for_delivery", "exception", "returned", "delivered"))
                ),
                name="scan_state_known",
            ),
        ),
        migrations.AddIndex(
            model_name="deliveryproblem",
            index=models.Index(
                condition=models.Q(("resolved_at__isnull", True)), fields=["opened_at"], name="delivery_problem_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="deliveryproblem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("resolved_at__isnull", True)),
                fields=("waybill", "kind"),
                name="delivery_problem_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliveryproblem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ("stuck", "late", "exception", "returned", "damaged", "unsure", "refused"))
                ),
                name="delivery_problem_known",
            ),
        ),
    ]
