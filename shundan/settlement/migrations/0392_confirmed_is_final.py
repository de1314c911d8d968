"""A statement that the customer confirmed stays as it is."""

from django.db import migrations

FORWARD = """
create function settlement_keep_confirmed() returns trigger language plpgsql as $$
begin
    raise exception 'statement % is confirmed', old.number using errcode = 'restrict_violation';
end $$;
create trigger confirmed_statement_final before update or delete on settlement_accountstatement
    for each row when (old.state = 'confirmed') execute function settlement_keep_confirmed();
"""
BACKWARD = """
drop trigger confirmed_statement_final on settlement_accountstatement;
drop function settlement_keep_confirmed();
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0370_prepaid_entries")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
