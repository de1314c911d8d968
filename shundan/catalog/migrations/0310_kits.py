"""Kits and what they are made of; no kit is in a kit, whoever writes it (docs/adr/0067)."""

import django.db.models.deletion
from django.db import migrations, models

# The products stand still while it looks, so that a kind does not change under it.
GUARD = """
create function catalog_refuse_kit_in_kit() returns trigger language plpgsql as $$
begin
    perform 1 from catalog_product where id in (new.kit_id, new.component_id) order by id for key share;
    if (select kind from catalog_product where id = new.kit_id) is distinct from 'kit'
    or (select kind from catalog_product where id = new.component_id) = 'kit' then
        raise exception 'kit components join a kit and what is none' using errcode = '23514';
    end if;
    return new;
end $$;
create trigger kit_component_is_no_kit before insert or update on catalog_kitcomponent
for each row execute function catalog_refuse_kit_in_kit();
create function catalog_kit_stays() returns trigger language plpgsql as $$
begin
    raise exception 'a kit stays a kit, and nothing else becomes one' using errcode = '23514';
end $$;
create trigger product_kit_stays before update of kind on catalog_product
for each row when (old.kind is distinct from new.kind and 'kit' in (old.kind, new.kind))
execute function catalog_kit_stays();
"""
DROP = """
drop trigger product_kit_stays on catalog_product;
drop function catalog_kit_stays();
drop trigger kit_component_is_no_kit on catalog_kitcomponent;
drop function catalog_refuse_kit_in_kit();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0016_taxes")]

    operations = [
        migrations.CreateModel(
            "KitComponent",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(max_digits=18, decimal_places=6)),
                (
                    "component",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.product"
                    ),
                ),
                (
                    "kit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="components",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["kit", "component"], name="kit_component_once"),
                    models.CheckConstraint(condition=models.Q(quantity__gt=0), name="kit_component_quantity"),
                ]
            },
        ),
        migrations.RemoveConstraint("product", "product_kind_known"),
        migrations.AddConstraint(
            "product",
            models.CheckConstraint(
                condition=models.Q(kind__in=("goods", "service", "charge", "kit")), name="product_kind_known"
            ),
        ),
        migrations.RunSQL(GUARD, DROP),
    ]
