"""Each version says which states it has, in the database's own words; what is published is never changed."""

import tomllib
from typing import Any

from django.db import migrations, models

FINAL = """
create function workflow_version_is_final() returns trigger language plpgsql as $$
begin
    if (new.code, new.version, new.content, new.edges, new.states, new.subject_kind, new.published_by_name)
       is distinct from
       (old.code, old.version, old.content, old.edges, old.states, old.subject_kind, old.published_by_name) then
        raise exception 'a published workflow is never changed' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger workflow_version_final before update on workflow_workflowversion
    for each row execute function workflow_version_is_final();
"""
CHANGEABLE = """
drop trigger workflow_version_final on workflow_workflowversion;
drop function workflow_version_is_final();
"""


def fill_states(apps: Any, schema_editor: Any) -> None:
    """Read the states of versions that were published before, without today's rules."""
    versions = apps.get_model("workflow", "WorkflowVersion")
    for one in versions.objects.all():
        one.states = {name: body["category"] for name, body in tomllib.loads(one.content)["states"].items()}
        one.save(update_fields=["states"])


class Migration(migrations.Migration):
    dependencies = [("workflow", "0004_designer")]
    operations = [
        migrations.AddField("workflowversion", "states", models.JSONField(default=dict)),
        migrations.RunPython(fill_states, migrations.RunPython.noop),
        migrations.RunSQL(FINAL, CHANGEABLE),
    ]
