"""What a new approval table will judge is known while it is a draft: a copy judges what its source judges."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflow", "0005_states_of_versions")]
    operations = [
        migrations.AddField(
            model_name="designdraft", name="subject_kind", field=models.TextField(default="", db_default="")
        ),
    ]
