"""Payment terms that have a deposit or a plan say so."""

from django.db import migrations

SAY = (
    "update parties_paymentterm t set has_steps = true where exists (select from billing_termdeposit d"
    " where d.payment_term_id = t.id) or exists (select from billing_termpart p where p.payment_term_id = t.id)"
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0322_account_revision"), ("parties", "0009_terms_have_steps")]

    operations = [migrations.RunSQL(SAY, migrations.RunSQL.noop)]
