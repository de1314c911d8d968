"""A version of an order is never changed or deleted; an amendment that has ended stays as it ended."""

from django.db import migrations

FINAL = """
create function orders_refuse_revision_change() returns trigger language plpgsql as $$
begin
    raise exception 'versions of orders are append-only' using errcode = 'restrict_violation';
end $$;
create trigger order_revision_append_only before update or delete on orders_orderrevision
for each row execute function orders_refuse_revision_change();

create function orders_refuse_ended_amendment_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.state in ('submitted', 'approved')
        and new.wish = old.wish and new.content_hash = old.content_hash then
        return new;
    end if;
    raise exception 'a change that was asked for is never rewritten' using errcode = 'restrict_violation';
end $$;
create trigger order_amendment_final before update or delete on orders_orderamendment
for each row execute function orders_refuse_ended_amendment_change();
"""
OPEN = """
drop trigger order_amendment_final on orders_orderamendment;
drop function orders_refuse_ended_amendment_change();
drop trigger order_revision_append_only on orders_orderrevision;
drop function orders_refuse_revision_change();
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0014_amendments")]
    operations = [migrations.RunSQL(FINAL, OPEN)]
