"""Taxes have periods, rules say who bears which; rates of exchange say where they come from."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Func, Q, Value

import shundan.catalog.models

# What a process may remember: these tables tell when they change (docs/adr/0023).
REMEMBERED = ("catalog_taxperiod", "catalog_taxrule")
TELL = ";\n".join(
    f"create trigger told_to_memory after insert or delete or update on {table}"
    f" for each statement execute function kernel_note_change();\n"
    f"create trigger emptying_told_to_memory after truncate on {table}"
    f" for each statement execute function kernel_note_change()"
    for table in REMEMBERED
)
TELL_NOT = ";\n".join(
    f"drop trigger told_to_memory on {table};\ndrop trigger emptying_told_to_memory on {table}" for table in REMEMBERED
)

# A tax had one rate for ever; that becomes its first period.
ONE_PERIOD = """
insert into catalog_taxperiod (tax_rate_id, kind, rate, reason, valid_from, valid_to)
select id, case when rate > 0 then 'taxable' when reason in ('exempt', 'not_taxable') then reason else 'zero' end,
    rate, case when reason in ('exempt', 'not_taxable') then '' else reason end, valid_from, valid_to
from catalog_taxrate
"""
DROP = """
alter table catalog_taxrate drop column rate, drop column reason, drop column valid_from, drop column valid_to
"""
# On the way back the last period counts.
RESTORE = """
alter table catalog_taxrate add column rate numeric(7, 4) not null default 0, add column reason text not null
    default '', add column valid_from date, add column valid_to date;
update catalog_taxrate t set rate = p.rate, valid_from = p.valid_from, valid_to = p.valid_to,
    reason = case when p.kind in ('exempt', 'not_taxable') then p.kind else p.reason end
from (select distinct on (tax_rate_id) * from catalog_taxperiod order by tax_rate_id, valid_from desc nulls last) p
where p.tax_rate_id = t.id;
alter table catalog_taxrate alter column rate drop default, alter column reason drop default,
    add constraint tax_rate_is_a_share check (rate >= 0 and rate < 1)
"""
BOTH_DAYS = Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to"))


class Migration(migrations.Migration):
    dependencies = [("catalog", "0015_product_weight"), ("kernel", "0005_memory")]

    operations = [
        migrations.AddField("taxrate", "country", models.TextField(default="CN", db_default="CN")),
        migrations.AddField("taxrate", "version", models.PositiveIntegerField(default=1, db_default=1)),
        migrations.CreateModel(
            name="TaxPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField(default="taxable")),
                ("rate", models.DecimalField(decimal_places=4, max_digits=7)),
                ("reason", models.TextField(default="")),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                (
                    "tax_rate",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="periods",
                        to="catalog.taxrate",
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        name="tax_period_overlaps_none",
                        expressions=[
                            (Func("tax_rate_id", "tax_rate_id", Value("[]"), function="int8range"), "&&"),
                            (
                                shundan.catalog.models.DateRange(
                                    "valid_from",
                                    "valid_to",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(
                                        inclusive_lower=True, inclusive_upper=True
                                    ),
                                ),
                                "&&",
                            ),
                        ],
                    ),
                    models.CheckConstraint(
                        condition=Q(kind="taxable", rate__gt=0, rate__lt=1)
                        | Q(kind__in=("zero", "exempt", "not_taxable"), rate=0),
                        name="tax_period_kind_and_rate",
                    ),
                    models.CheckConstraint(condition=BOTH_DAYS, name="tax_period_has_days"),
                ]
            },
        ),
        migrations.CreateModel(
            name="TaxRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField()),
                ("rank", models.PositiveIntegerField()),
                ("trade", models.TextField(default="sale")),
                ("country", models.TextField(default="")),
                ("region", models.TextField(default="")),
                ("tax_status", models.TextField(default="")),
                ("product_kind", models.TextField(default="")),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                ("is_active", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "of_tax",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.taxrate",
                    ),
                ),
                (
                    "tax_rate",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.taxrate",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("rank",), name="tax_rule_rank_once", condition=Q(is_active=True)),
                    models.CheckConstraint(
                        condition=Q(
                            trade__in=("sale", "purchase"),
                            product_kind__in=("", "goods", "service", "charge"),
                            tax_status__in=("", "normal", "export", "exempt", "not_taxable"),
                        ),
                        name="tax_rule_known",
                    ),
                    models.CheckConstraint(condition=BOTH_DAYS, name="tax_rule_has_days"),
                ]
            },
        ),
        migrations.RunSQL(ONE_PERIOD, migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP, RESTORE)],
            state_operations=[
                migrations.RemoveConstraint("taxrate", "tax_rate_is_a_share"),
                *(migrations.RemoveField("taxrate", name) for name in ("rate", "reason", "valid_from", "valid_to")),
            ],
        ),
        migrations.RunSQL(TELL, TELL_NOT),
        migrations.AddField("exchangerate", "source", models.TextField(default="manual", db_default="manual")),
        migrations.AddField("exchangerate", "entered_at", models.DateTimeField(null=True)),
        migrations.AddField("exchangerate", "entered_by_name", models.TextField(default="", db_default="")),
        migrations.AddConstraint(
            "exchangerate",
            models.CheckConstraint(
                condition=Q(source__in=("manual", "file", "service")), name="exchange_rate_source_known"
            ),
        ),
        migrations.CreateModel(
            name="RateService",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.TextField()),
                ("url", models.TextField()),
                (
                    "currencies",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("is_active", models.BooleanField(default=False)),
                ("asked_at", models.DateTimeField(null=True)),
                ("problem", models.TextField(default="")),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={"constraints": [models.CheckConstraint(condition=Q(id=1), name="rate_service_once")]},
        ),
    ]
