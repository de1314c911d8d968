"""All that a reservation writes comes before the stock rows: they are the hottest, and locked from here to the commit."""

from importlib import import_module

from django.db import migrations

EARLIER = import_module("shundan.inventory.migrations.0003_reserve").RESERVE
AGAIN = EARLIER.replace("create function", "create or replace function")
_START, _REST = AGAIN.split("begin\n", 1)
_LOOP, _KEEP = _REST.split("    insert into inventory_reservation", 1)
_KEEP = "insert into inventory_reservation" + _KEEP.partition("    return held;")[0]
_INDENTED = "        " + _KEEP.rstrip().replace("\n    ", "\n        ") + "\n"
LAST = (
    _START
    + "begin\n    if not partly then\n"
    + _INDENTED.replace("held)", "quantities)")
    + "    end if;\n"
    + _LOOP
    + "    if partly then\n"
    + _INDENTED
    + "    end if;\n    return held;\nend $$;\n"
)


class Migration(migrations.Migration):
    dependencies = [("inventory", "0004_light_references"), ("inventory", "0003_reserve")]
    operations = [migrations.RunSQL(LAST, AGAIN)]
