"""How much a role writes off alone is data for each role; what finance had stays."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0302_aged_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="WriteOffLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.TextField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
            ],
        ),
        migrations.RunSQL(
            "insert into settlement_writeofflimit (role, amount) select 'finance', write_off_limit"
            " from settlement_settlementterms where write_off_limit <> 10",
            "update settlement_settlementterms set write_off_limit = w.amount from settlement_writeofflimit w"
            " where w.role = 'finance' and w.amount is not null",
        ),
        migrations.RemoveConstraint(
            model_name="settlementterms",
            name="settlement_terms_not_negative",
        ),
        migrations.RemoveField(
            model_name="settlementterms",
            name="write_off_limit",
        ),
        migrations.AddConstraint(
            model_name="writeofflimit",
            constraint=models.UniqueConstraint(fields=("role",), name="write_off_limit_role_once"),
        ),
        migrations.AddConstraint(
            model_name="writeofflimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__isnull", True), ("amount__gte", 0), _connector="OR"),
                name="write_off_limit_not_negative",
            ),
        ),
    ]
