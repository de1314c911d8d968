"""One function says on which day of the company a moment is; each start gives it the zone of the settings."""

from django.db import migrations

FORWARD = """
create function company_day(at timestamptz) returns date language sql immutable parallel safe
    return (at at time zone 'Asia/Shanghai')::date;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0006_record_each")]
    operations = [migrations.RunSQL(FORWARD, "drop function company_day(timestamptz)")]
