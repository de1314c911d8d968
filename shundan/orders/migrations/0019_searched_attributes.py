"""Attributes that are searched for are found by a range and by words, too; what there is gets the new columns."""

from decimal import Decimal, InvalidOperation
from typing import Any

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models.functions import Collate

from shundan.kernel.search import search_columns

SEARCHED = models.Q(("is_searchable", True))


def fill(apps: Any, _editor: Any) -> None:
    """Write words and numbers of the keys that are searched for, some thousands at a time."""
    keys = apps.get_model("orders", "AttributeKey")
    block = []
    for key in keys.objects.filter(is_searchable=True).iterator(chunk_size=2000):
        words = search_columns(key.value)
        key.search_text, key.search_grams, key.number = words["search_text"], words["search_grams"], _number(key.value)
        block.append(key)
        if len(block) == 2000:
            keys.objects.bulk_update(block, ["search_text", "search_grams", "number"])
            block = []
    keys.objects.bulk_update(block, ["search_text", "search_grams", "number"])


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**15 else None


class Migration(migrations.Migration):
    dependencies = [("orders", "0018_workflow_migrations")]
    operations = [
        migrations.AddField("attributekey", "number", models.DecimalField(max_digits=24, decimal_places=6, null=True)),
        migrations.AddField("attributekey", "search_text", models.TextField(default="")),
        migrations.AddField(
            "attributekey",
            "search_grams",
            django.contrib.postgres.fields.ArrayField(models.TextField(), default=list),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "attributekey",
            models.Index("attribute", Collate("value", "C"), name="attribute_by_value", condition=SEARCHED),
        ),
        migrations.AddIndex(
            "attributekey",
            models.Index(
                fields=["attribute", "number"],
                name="attribute_by_number",
                condition=models.Q(("is_searchable", True), ("number__isnull", False)),
            ),
        ),
        migrations.AddIndex(
            "attributekey",
            django.contrib.postgres.indexes.GinIndex(
                fields=["search_grams"], name="attribute_grams", condition=SEARCHED
            ),
        ),
    ]
