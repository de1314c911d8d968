"""A trigger for rows that others keep for ever: they are retired, never deleted."""

from django.db import migrations

REFUSE = """
create function kernel_refuse_delete() returns trigger language plpgsql as $$
begin
    raise exception '% rows are retired, never deleted', tg_table_name using errcode = 'restrict_violation';
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_functions")]
    operations = [migrations.RunSQL(REFUSE, "drop function kernel_refuse_delete()")]
