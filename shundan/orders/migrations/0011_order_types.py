"""Order types become versioned data: what there is gets its first version, and each order the one of its type."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Collate, Upper

FIRST_VERSIONS = """
insert into orders_ordertypeversion (type_id, version, content, published_by_name, published_at)
select id, 1, jsonb_build_object(
    'name_zh', name_zh, 'name_en', name_en, 'number', prefix || '-{yyyy}-{seq:6}', 'workflow', workflow,
    'invoices_on', invoices_on), 'system', now()
from orders_ordertype;
set constraints all immediate;
update orders_order o set type_version_id = v.id from orders_ordertypeversion v where v.type_id = o.type_id;
"""
OBJECTS = """
alter table orders_order add constraint order_attributes_object check (jsonb_typeof(attributes) = 'object');
alter table orders_orderline add constraint order_line_attributes_object check (jsonb_typeof(attributes) = 'object');
"""
NO_OBJECTS = """
alter table orders_orderline drop constraint order_line_attributes_object;
alter table orders_order drop constraint order_attributes_object;
"""
FINAL = """
create function orders_type_version_is_final() returns trigger language plpgsql as $$
begin
    raise exception 'a published version of an order type is never changed' using errcode = 'restrict_violation';
end $$;
create trigger type_version_final before update or delete on orders_ordertypeversion
    for each row execute function orders_type_version_is_final();
create function orders_type_keeps_its_kind() returns trigger language plpgsql as $$
begin
    raise exception 'code, kind and party of an order type never change' using errcode = 'restrict_violation';
end $$;
create trigger type_keeps_its_kind before update on orders_ordertype for each row
    when (old.code <> new.code or old.kind <> new.kind or old.party <> new.party)
    execute function orders_type_keeps_its_kind();
"""
CHANGEABLE = """
drop trigger type_keeps_its_kind on orders_ordertype;
drop function orders_type_keeps_its_kind();
drop trigger type_version_final on orders_ordertypeversion;
drop function orders_type_version_is_final();
"""
BACK = """
update orders_ordertype t set prefix = split_part(v.content ->> 'number', '-{', 1) || case when v.version > 1
    then t.id::text else '' end, invoices_on = v.content ->> 'invoices_on'
from orders_ordertypeversion v where v.type_id = t.id and v.version = t.version;
"""
ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def _reference(to: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=to, **more)


def _index_of_attributes(name: str) -> django.contrib.postgres.indexes.GinIndex:
    return django.contrib.postgres.indexes.GinIndex(
        condition=models.Q(("attributes", {}), _negated=True),
        fields=["attributes"],
        name=name,
        opclasses=["jsonb_path_ops"],
    )


class Migration(migrations.Migration):
    dependencies = [("orders", "0010_sales")]

    operations = [
        migrations.CreateModel(
            name="OrderTypeVersion",
            fields=[
                ID,
                ("version", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("published_by_name", models.TextField()),
                ("published_at", models.DateTimeField()),
                ("type", _reference("orders.ordertype", related_name="versions")),
            ],
        ),
        migrations.AddConstraint(
            model_name="ordertypeversion",
            constraint=models.UniqueConstraint(fields=("type", "version"), name="order_type_version_once"),
        ),
        migrations.AddField(
            model_name="ordertype",
            name="version",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="ordertype",
            name="colour",
            field=models.TextField(db_default="grey", default="grey"),
        ),
        migrations.AddField(
            model_name="ordertype",
            name="icon",
            field=models.TextField(db_default="clipboard-list", default="clipboard-list"),
        ),
        migrations.AddField(model_name="order", name="attributes", field=models.JSONField(default=dict)),
        migrations.AddField(model_name="orderline", name="attributes", field=models.JSONField(default=dict)),
        migrations.AddField(
            model_name="order",
            name="type_version",
            field=_reference(
                "orders.ordertypeversion", related_name="+", db_constraint=False, db_index=False, null=True
            ),
        ),
        migrations.RunSQL(FIRST_VERSIONS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="order",
            name="type_version",
            field=_reference("orders.ordertypeversion", related_name="+", db_constraint=False, db_index=False),
        ),
        migrations.RemoveConstraint(model_name="ordertype", name="order_type_prefix_once"),
        # Going back they come as empty ones, which are filled before they must be unique.
        migrations.RunSQL(migrations.RunSQL.noop, BACK),
        migrations.AlterField(model_name="ordertype", name="prefix", field=models.TextField(default="")),
        migrations.RemoveField(model_name="ordertype", name="invoices_on"),
        migrations.RemoveField(model_name="ordertype", name="prefix"),
        migrations.AddIndex(model_name="order", index=_index_of_attributes("order_attributes")),
        migrations.AddIndex(model_name="orderline", index=_index_of_attributes("order_line_attributes")),
        migrations.CreateModel(
            name="AttributeKey",
            fields=[
                ID,
                ("attribute", models.TextField()),
                ("value", models.TextField()),
                ("is_unique", models.BooleanField(default=False)),
                ("is_searchable", models.BooleanField(default=False)),
                ("order", _reference("orders.order", related_name="attribute_keys")),
                ("type", _reference("orders.ordertype", related_name="+", db_index=False)),
            ],
        ),
        migrations.AddConstraint(
            model_name="attributekey",
            constraint=models.UniqueConstraint(
                fields=("type", "attribute", "value"),
                name="attribute_value_once",
                condition=models.Q(("is_unique", True)),
            ),
        ),
        migrations.AddIndex(
            model_name="attributekey",
            index=models.Index(
                Collate(Upper("value"), "C"),
                name="attribute_by_value_part",
                condition=models.Q(("is_searchable", True)),
            ),
        ),
        migrations.RunSQL(OBJECTS, NO_OBJECTS),
        migrations.RunSQL(FINAL, CHANGEABLE),
    ]
