"""What came and went by day, kept by a trigger of the ledger; counted once for the ledger that is there."""

import django.db.models.deletion
from django.db import migrations, models

# The zone is the company's, as kernel.actor has it. A day that is already counted grows in place.
FUNCTIONS = """
create function analytics_day(at timestamptz) returns date language sql immutable parallel safe
    return (at at time zone 'Asia/Shanghai')::date;
create function analytics_count_moves() returns trigger language plpgsql as $$
begin
    insert into analytics_stockday (product_id, warehouse_id, "on", kind, came, went)
    select product_id, warehouse_id, analytics_day(effective_at), kind,
        sum(greatest(delta, 0)), sum(greatest(-delta, 0))
    from added where owner_id is null and status <> 'transit' group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (product_id, warehouse_id, "on", kind) do update
        set came = analytics_stockday.came + excluded.came, went = analytics_stockday.went + excluded.went;
    return null;
end $$;
create trigger stock_move_counted after insert on inventory_stockmove
referencing new table as added for each statement execute function analytics_count_moves();
create function analytics_count_again() returns void language sql as $$
    truncate analytics_stockday;
    insert into analytics_stockday (product_id, warehouse_id, "on", kind, came, went)
    select product_id, warehouse_id, analytics_day(effective_at), kind,
        sum(greatest(delta, 0)), sum(greatest(-delta, 0))
    from inventory_stockmove where owner_id is null and status <> 'transit' group by 1, 2, 3, 4;
$$;
select analytics_count_again();
"""
NO_FUNCTIONS = """
drop trigger stock_move_counted on inventory_stockmove;
drop function analytics_count_moves();
drop function analytics_count_again();
drop function analytics_day(timestamptz);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("inventory", "0008_moves_name_their_place"), ("catalog", "0012_product_costs")]
    operations = [
        migrations.CreateModel(
            name="StockDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("kind", models.TextField()),
                ("came", models.DecimalField(decimal_places=6, max_digits=20)),
                ("went", models.DecimalField(decimal_places=6, max_digits=20)),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.warehouse",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("product", "warehouse", "on", "kind"), name="stock_day_once"),
                    models.CheckConstraint(
                        condition=models.Q(("came__gte", 0), ("went__gte", 0)), name="stock_day_not_negative"
                    ),
                ],
                "indexes": [models.Index(fields=["on"], name="stock_day_by_day")],
            },
        ),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
    ]
