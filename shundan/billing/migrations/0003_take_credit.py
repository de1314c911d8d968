"""Taking credit in one round trip: the customer's row is the lock, the limit is checked after the change."""

from django.db import migrations

TAKE = """
create function billing_rate(currency_ text, on_ date) returns numeric language sql stable as $$
    select case when currency_ = 'CNY' then 1 else (
        select rate from catalog_exchangerate
        where currency = currency_ and valid_from <= on_ order by valid_from desc limit 1) end
$$;

create function billing_take_credit(customer_ bigint, currency_ text, amount_ numeric, on_ date)
returns void language plpgsql as $$
declare
    own text;
    credit_limit_ numeric;
    used numeric;
begin
    select c.currency, c.credit_limit into own, credit_limit_ from parties_customer c where c.id = customer_;
    if credit_limit_ is not null then
        -- Read again under the lock: the limit may have changed while we waited.
        select c.credit_limit into credit_limit_ from parties_customer c where c.id = customer_ for no key update;
    end if;
    insert into billing_creditaccount as a (customer_id, currency, ordered, receivable, unallocated)
    values (customer_, currency_, amount_, 0, 0)
    on conflict (customer_id, currency) do update set ordered = a.ordered + amount_;
    if credit_limit_ is null then
        return;
    end if;
    select sum(case when a.currency = own then a.ordered + a.receivable - a.unallocated
               else round((a.ordered + a.receivable - a.unallocated)
                          * billing_rate(a.currency, on_) / billing_rate(own, on_), 2) end)
    into used from billing_creditaccount a where a.customer_id = customer_;
    if used > credit_limit_ then
        raise exception 'credit_exceeded' using errcode = 'SD409',
            detail = jsonb_build_object('over', used - credit_limit_, 'limit', credit_limit_,
                                        'amount', amount_, 'used', used, 'currency', own)::text;
    end if;
end $$;

create function billing_take_order_credit(order_ orders_order) returns void language plpgsql as $$
begin
    perform billing_take_credit(
        (order_).customer_id, (order_).currency, (order_).total, (order_).ordered_on);
end $$;
"""
DROP = """
drop function billing_take_order_credit(orders_order);
drop function billing_take_credit(bigint, text, numeric, date);
drop function billing_rate(text, date);
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_posted_is_final"), ("orders", "0002_place"), ("catalog", "0001_initial")]
    operations = [migrations.RunSQL(TAKE, DROP)]
