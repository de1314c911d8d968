"""The day an order is placed on, against which its credit is held, is the company's in whatever zone it is."""

from importlib import import_module

from django.db import migrations

EARLIER = import_module("shundan.orders.migrations.0201_credit_on_the_day").PLACE
_DAY = "(o.created_at at time zone 'Asia/Shanghai')::date"
if _DAY not in EARLIER:
    raise ValueError("the function is written otherwise")
PLACE = EARLIER.replace(_DAY, "company_day(o.created_at)")


class Migration(migrations.Migration):
    dependencies = [("orders", "0310_kits"), ("kernel", "0330_company_day")]
    operations = [migrations.RunSQL(PLACE, EARLIER)]
