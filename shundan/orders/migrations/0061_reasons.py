"""Reasons that people choose from, kept by the administrator."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0060_divided_lines"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.TextField()),
                ("code", models.TextField()),
                ("label_zh", models.TextField()),
                ("label_en", models.TextField()),
                ("position", models.PositiveSmallIntegerField()),
                ("is_active", models.BooleanField(db_default=True, default=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("step", "code"), name="reason_code_once"),
                    models.UniqueConstraint(fields=("step", "label_zh"), name="reason_label_zh_once"),
                    models.UniqueConstraint(fields=("step", "label_en"), name="reason_label_en_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", ""), _negated=True),
                            models.Q(("label_zh", ""), _negated=True),
                            models.Q(("label_en", ""), _negated=True),
                        ),
                        name="reason_says_something",
                    ),
                ],
            },
        ),
    ]
