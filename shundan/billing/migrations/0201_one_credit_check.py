"""One rule of credit for every step: limit with its raise, exposure, overdue money; asked under the customer's lock."""

from importlib import import_module

from django.db import migrations

EARLIER = import_module("shundan.billing.migrations.0003_take_credit").TAKE
_BEGIN, _END = "create function billing_take_credit", "create function billing_take_order"
TAKE_EARLIER = _BEGIN + EARLIER.partition(_BEGIN)[2].partition(_END)[0]

STANDING = """
create function billing_credit_standing(customer_ bigint, on_ date)
returns table (own text, credit_limit numeric, raised numeric, used numeric, allowed_days int, late_amount numeric,
               late_since date)
language plpgsql volatile as $$
declare
    tags_ text[];
    least_ numeric;
begin
    select c.currency, c.credit_limit, c.tags into own, credit_limit, tags_
    from parties_customer c where c.id = customer_;
    select coalesce(sum(r.amount), 0) into raised from billing_creditraise r
    where r.customer_id = customer_ and r.ended_at is null and on_ between r.from_on and r.until_on;
    select coalesce(sum(case when a.currency = own then a.ordered + a.receivable - a.unallocated
               else round((a.ordered + a.receivable - a.unallocated)
                          * billing_rate(a.currency, on_) / billing_rate(own, on_), 2) end), 0)
    into used from billing_creditaccount a where a.customer_id = customer_;
    -- The closest rule counts, even one that says that nothing blocks.
    select r.overdue_days, r.least_amount into allowed_days, least_ from billing_creditrule r
    where r.customer_id = customer_ or (r.customer_id is null and (r.tag = '' or r.tag = any(tags_)))
    order by r.customer_id is null, r.tag = '', r.overdue_days nulls last limit 1;
    if allowed_days is not null then
        select sum(round((i.total - i.allocated - i.credited) * i.exchange_rate, 2)), min(i.due_on)
        into late_amount, late_since from billing_invoice i
        where i.customer_id = customer_ and i.kind = 'normal' and i.total > i.allocated + i.credited
        and i.due_on < on_ - allowed_days;
    end if;
    if late_amount is null or late_amount < least_ then
        late_amount := 0;
        late_since := null;
    end if;
    return next;
end $$;

create function billing_lock_credit(customer_ bigint) returns void language plpgsql as $$
begin
    perform 1 from parties_customer c where c.id = customer_ for no key update;
    perform 1 from billing_creditaccount a where a.customer_id = customer_ order by a.currency for no key update;
end $$;

create function billing_is_watched(customer_ bigint) returns boolean language sql stable as $$
    select exists (select 1 from parties_customer c where c.id = customer_ and c.credit_limit is not null)
        or exists (select 1 from billing_creditrule)
$$;

-- What an order shall be worth to us after the step (open and shipped, not invoiced) decides whether a release covers it.
create function billing_block_of(customer_ bigint, on_ date, order_ bigint, worth_ numeric, amount_ numeric,
                                 pending_ numeric, currency_ text)
returns jsonb language plpgsql as $$
declare
    s record;
begin
    if order_ is not null and exists (
        select 1 from billing_creditrelease r
        where r.order_id = order_ and on_ <= r.until_on and worth_ <= r.amount) then
        return null;
    end if;
    select * into s from billing_credit_standing(customer_, on_);
    if s.late_amount > 0 then
        return jsonb_build_object('code', 'credit_overdue', 'amount', s.late_amount, 'days', on_ - s.late_since,
                                  'allowed', s.allowed_days);
    end if;
    if pending_ <> 0 then
        amount_ := case when currency_ = s.own then pending_
                   else round(pending_ * billing_rate(currency_, on_) / billing_rate(s.own, on_), 2) end;
        s.used := s.used + amount_;
    end if;
    if s.used > s.credit_limit + s.raised then
        return jsonb_build_object('code', 'credit_exceeded', 'over', s.used - s.credit_limit - s.raised,
                                  'limit', s.credit_limit + s.raised, 'amount', amount_, 'used', s.used,
                                  'currency', s.own);
    end if;
    return null;
end $$;

-- For steps that count nothing anew (submit, release, pick, ship); `pending_` would come on top, in the order's currency.
create function billing_judge_order(customer_ bigint, on_ date, order_ bigint, worth_ numeric, pending_ numeric,
                                    currency_ text) returns text language plpgsql as $$
begin
    if not billing_is_watched(customer_) then
        return null;
    end if;
    perform billing_lock_credit(customer_);
    return billing_block_of(customer_, on_, order_, worth_, 0, pending_, currency_)::text;
end $$;

create function billing_take_credit_of(customer_ bigint, currency_ text, amount_ numeric, on_ date, order_ bigint,
                                       worth_ numeric) returns void language plpgsql as $$
declare
    is_watched boolean := billing_is_watched(customer_);
    found jsonb;
begin
    if is_watched then
        -- Asked again under the lock: limit, raises and rules may have changed while we waited.
        perform 1 from parties_customer c where c.id = customer_ for no key update;
    end if;
    insert into billing_creditaccount as a (customer_id, currency, ordered, receivable, unallocated)
    values (customer_, currency_, amount_, 0, 0)
    on conflict (customer_id, currency) do update set ordered = a.ordered + amount_;
    if is_watched then
        found := billing_block_of(customer_, on_, order_, worth_, amount_, 0, currency_);
        if found is not null then
            raise exception '%', found ->> 'code' using errcode = 'SD409', detail = found::text;
        end if;
    end if;
end $$;

create or replace function billing_take_credit(customer_ bigint, currency_ text, amount_ numeric, on_ date)
returns void language plpgsql as $$
begin
    perform billing_take_credit_of(customer_, currency_, amount_, on_, null, amount_);
end $$;
"""
DROP = (
    """
drop function billing_take_credit(bigint, text, numeric, date);
drop function billing_take_credit_of(bigint, text, numeric, date, bigint, numeric);
drop function billing_judge_order(bigint, date, bigint, numeric, numeric, text);
drop function billing_block_of(bigint, date, bigint, numeric, numeric, numeric, text);
drop function billing_is_watched(bigint);
drop function billing_lock_credit(bigint);
drop function billing_credit_standing(bigint, date);
"""
    + TAKE_EARLIER
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0200_credit_control"), ("billing", "0003_take_credit")]
    operations = [migrations.RunSQL(STANDING, DROP)]
