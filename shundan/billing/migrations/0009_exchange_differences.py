"""What invoices, bills and payments are worth in company currency, and what exchange made of it when they met."""

from django.db import migrations, models
from django.db.models import F, Q

# Worked out where it is kept, so that nobody who writes a line can forget it: each line rounded once (flows 4.9).
WORTHS = """
create function billing_line_worth() returns trigger language plpgsql as $$
declare rate_ numeric;
begin
    if tg_table_name = 'billing_invoiceline' then
        select exchange_rate into rate_ from billing_invoice where id = new.invoice_id;
    else
        select exchange_rate into rate_ from billing_bill where id = new.bill_id;
    end if;
    new.company_gross := round(new.gross * rate_, 2);
    new.company_net := round(new.net * rate_, 2);
    return new;
end $$;
create trigger line_worth before insert on billing_invoiceline for each row execute function billing_line_worth();
create trigger line_worth before insert on billing_billline for each row execute function billing_line_worth();
alter table billing_invoiceline disable trigger invoice_line_final;
update billing_invoiceline l set company_gross = round(l.gross * i.exchange_rate, 2),
    company_net = round(l.net * i.exchange_rate, 2) from billing_invoice i where i.id = l.invoice_id;
alter table billing_invoiceline enable trigger invoice_line_final;
update billing_billline l set company_gross = round(l.gross * b.exchange_rate, 2),
    company_net = round(l.net * b.exchange_rate, 2) from billing_bill b where b.id = l.bill_id;
"""
NO_WORTHS = """
drop trigger line_worth on billing_billline;
drop trigger line_worth on billing_invoiceline;
drop function billing_line_worth();
"""
# Money that came in before had no rate: that of its day is taken, of what it paid then nothing is left over.
OLD_MONEY = """
update billing_payment p set exchange_rate = x.rate from (select p.id, (select r.rate from catalog_exchangerate r
    where r.currency = p.currency and r.valid_from <= p.received_on order by r.valid_from desc limit 1) as rate
    from billing_payment p where p.currency <> 'CNY') x where x.id = p.id and x.rate is not null;
update billing_disbursement d set exchange_rate = coalesce((select r.rate from catalog_exchangerate r
    where r.currency = b.currency and r.valid_from <= d.paid_on order by r.valid_from desc limit 1), b.exchange_rate)
    from billing_bill b where b.id = d.bill_id and b.currency <> 'CNY';
create function pg_temp.part(whole numeric, upto numeric, of_ numeric) returns numeric language sql immutable as
    'select case when of_ = 0 then 0 when upto = of_ then whole else round(whole * upto / of_, 2) end';
alter table billing_allocation disable trigger allocation_append_only;
update billing_allocation a set
    settled = pg_temp.part(c.worth, c.of_invoice, c.total) - pg_temp.part(c.worth, c.of_invoice - c.amount, c.total),
    received = pg_temp.part(c.money, c.of_payment, c.paid) - pg_temp.part(c.money, c.of_payment - c.amount, c.paid)
from (select a.id, a.amount, i.total, p.amount as paid, round(p.amount * p.exchange_rate, 2) as money, w.worth,
    sum(a.amount) over (partition by a.invoice_id order by a.id) as of_invoice,
    sum(a.amount) over (partition by a.payment_id order by a.id) as of_payment
    from billing_allocation a join billing_invoice i on i.id = a.invoice_id join billing_payment p on p.id = a.payment_id
    join (select invoice_id, sum(company_gross) as worth from billing_invoiceline group by 1) w
        on w.invoice_id = a.invoice_id) c
where c.id = a.id;
alter table billing_allocation enable trigger allocation_append_only;
update billing_disbursement d set
    settled = pg_temp.part(c.worth, c.upto, c.total) - pg_temp.part(c.worth, c.upto - c.amount, c.total),
    paid_out = round(c.amount * d.exchange_rate, 2)
from (select d.id, d.amount, b.total, w.worth, sum(d.amount) over (partition by d.bill_id order by d.id) as upto
    from billing_disbursement d join billing_bill b on b.id = d.bill_id
    join (select bill_id, sum(company_gross) as worth from billing_billline group by 1) w on w.bill_id = d.bill_id) c
where c.id = d.id;
"""
# The updates have left events of triggers behind, after which a table cannot be altered at once.
AT_ONCE = "set constraints all immediate; set constraints all deferred"


def _money() -> models.DecimalField:
    return models.DecimalField(decimal_places=2, max_digits=18, default=0, db_default=0)


def _rate() -> models.DecimalField:
    return models.DecimalField(decimal_places=8, max_digits=18, default=1, db_default=1)


def _difference(expression: object) -> models.GeneratedField:
    return models.GeneratedField(
        db_persist=True, expression=expression, output_field=models.DecimalField(decimal_places=2, max_digits=18)
    )


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_billed_costs"), ("catalog", "0016_taxes")]

    operations = [
        *(
            migrations.AddField(model, name, _money())
            for model, names in {
                "invoiceline": ("company_gross", "company_net"),
                "billline": ("company_gross", "company_net"),
                "allocation": ("received", "settled"),
                "disbursement": ("settled", "paid_out"),
            }.items()
            for name in names
        ),
        migrations.AddField("payment", "exchange_rate", _rate()),
        migrations.AddField("disbursement", "exchange_rate", _rate()),
        migrations.RunSQL(WORTHS, NO_WORTHS),
        migrations.RunSQL(OLD_MONEY, migrations.RunSQL.noop),
        migrations.RunSQL(AT_ONCE, migrations.RunSQL.noop),
        migrations.AddField("allocation", "exchange_difference", _difference(F("received") - F("settled"))),
        migrations.AddField("disbursement", "exchange_difference", _difference(F("settled") - F("paid_out"))),
        migrations.AddConstraint(
            "payment", models.CheckConstraint(condition=Q(exchange_rate__gt=0), name="payment_rate_positive")
        ),
        migrations.AddConstraint(
            "disbursement", models.CheckConstraint(condition=Q(exchange_rate__gt=0), name="disbursement_rate_positive")
        ),
    ]
