"""Promotions that need a code, their codes, and how often they are used (docs/adr/0068)."""

import django.db.models.deletion
from django.db import migrations, models

KEEP = """
create trigger never_deleted before delete on pricing_coupon for each row execute function kernel_refuse_delete();
create function pricing_coupon_code_stays() returns trigger language plpgsql as $$
begin
    raise exception 'a coupon keeps its code and its promotion' using errcode = 'restrict_violation';
end $$;
create trigger code_stays before update of code, promotion_id on pricing_coupon for each row
when (new.code <> old.code or new.promotion_id <> old.promotion_id) execute function pricing_coupon_code_stays();
"""
KEEP_NOT = """
drop trigger never_deleted on pricing_coupon;
drop trigger code_stays on pricing_coupon;
drop function pricing_coupon_code_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0310_kits"),
        ("parties", "0008_tax_status"),
        ("pricing", "0001_lists_and_promotions"),
        ("kernel", "0003_never_deleted"),
    ]

    operations = [
        migrations.CreateModel(
            name="Coupon",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.TextField()),
                ("status", models.TextField(default="active")),
                ("most_uses", models.PositiveIntegerField(null=True)),
                ("uses", models.PositiveIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="CouponTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uses", models.PositiveIntegerField(default=0)),
                ("most", models.PositiveIntegerField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="promotion",
            name="most_uses",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="promotion",
            name="most_uses_each",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="promotion",
            name="needs_code",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("most_uses__isnull", True), ("most_uses_each__isnull", True), ("needs_code", False)),
                    models.Q(
                        ("needs_code", True),
                        models.Q(("most_uses__isnull", True), ("most_uses__gt", 0), _connector="OR"),
                        models.Q(("most_uses_each__isnull", True), ("most_uses_each__gt", 0), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="promotion_limits_uses_of_codes",
            ),
        ),
        migrations.AddField(
            model_name="coupon",
            name="promotion",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="coupons",
                to="pricing.promotion",
            ),
        ),
        migrations.AddField(
            model_name="coupontally",
            name="customer",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.customer",
            ),
        ),
        migrations.AddField(
            model_name="coupontally",
            name="promotion",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tallies",
                to="pricing.promotion",
            ),
        ),
        migrations.AddIndex(
            model_name="coupon",
            index=models.Index(fields=["promotion", "-id"], name="coupon_by_promotion"),
        ),
        migrations.AddConstraint(
            model_name="coupon",
            constraint=models.UniqueConstraint(fields=("code",), name="coupon_code_once"),
        ),
        migrations.AddConstraint(
            model_name="coupon",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("active", "retired"))), name="coupon_status_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="coupon",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_uses__isnull", True), ("uses__lte", models.F("most_uses")), _connector="OR"),
                name="coupon_not_overused",
            ),
        ),
        migrations.AddConstraint(
            model_name="coupontally",
            constraint=models.UniqueConstraint(
                fields=("promotion", "customer"), name="coupon_tally_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="coupontally",
            constraint=models.CheckConstraint(
                condition=models.Q(("most__isnull", True), ("uses__lte", models.F("most")), _connector="OR"),
                name="coupon_tally_not_overused",
            ),
        ),
        migrations.RunSQL(KEEP, KEEP_NOT),
    ]
