"""Days of reports are the company's, in whatever zone it is."""

from django.db import migrations

FORWARD = """
create or replace function analytics_day(at timestamptz) returns date language sql immutable parallel safe
    return company_day(at);
"""
BACKWARD = """
create or replace function analytics_day(at timestamptz) returns date language sql immutable parallel safe
    return (at at time zone 'Asia/Shanghai')::date;
"""


class Migration(migrations.Migration):
    dependencies = [("analytics", "0005_days_of_purchases"), ("kernel", "0330_company_day")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
