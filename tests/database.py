"""The database of the tests: migrated once, copied for each process, and filled with what is shipped.

What it holds at first is kept a second time, in the schema `kept`, and put back after a test that committed.
"""

import hashlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from shundan.config.folders import ROOT
from shundan.config.migrating import run_migrations
from shundan.config.shipped import load_shipped
from tests.sessions import end_sessions_left

TEMPLATES = "shundan_template_"
LOCK = 7_243_002
# Only what a test changed is emptied and filled again, and row by row: new files for a hundred tables took longer than
# most tests. Constraints and triggers are silent meanwhile, since the whole is what it was before.
KEEP = """
create schema kept;
create table kept.content as
    select table_name::text as name, string_agg(quote_ident(column_name), ', ' order by ordinal_position) as columns,
        null::text as looks
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and table_type = 'BASE TABLE' and is_generated = 'NEVER'
        and table_name <> 'django_migrations'
    group by table_name;
create function kept.looks_of(name text) returns text language plpgsql as $$
declare
    looks text;
begin
    execute format('select count(*) || '':'' || sum(hashtextextended(content::text, 0)) from %I as content', name)
        into looks;
    return looks;
end $$;
create function kept.has_changed(content kept.content) returns boolean language plpgsql as $$
declare
    is_filled boolean;
begin
    if content.looks is not null then
        return kept.looks_of(content.name) is distinct from content.looks;
    end if;
    execute format('select exists (select from %I)', content.name) into is_filled;
    return is_filled;
end $$;
create function kept.put_back() returns void language plpgsql as $$
declare
    content kept.content;
begin
    set local session_replication_role = replica;
    -- Whoever still writes ends first.
    execute (select 'lock table ' || string_agg(quote_ident(name), ', ') || ' in share row exclusive mode'
        from kept.content);
    for content in select * from kept.content loop
        if kept.has_changed(content) then
            execute format('delete from %I', content.name);
            if content.looks is not null then
                execute format('insert into %1$I (%2$s) select %2$s from kept.%1$I', content.name, content.columns);
            end if;
        end if;
    end loop;
    set local session_replication_role = origin;
end $$;
do $$
declare
    content kept.content;
    is_filled boolean;
begin
    for content in select * from kept.content loop
        execute format('select exists (select from %I)', content.name) into is_filled;
        if is_filled then
            execute format('create table kept.%1$I as table %1$I', content.name);
        end if;
    end loop;
end $$;
update kept.content set looks = kept.looks_of(name) where to_regclass('kept.' || quote_ident(name)) is not null
"""


@contextmanager
def own_database() -> Iterator[None]:
    """Give this process a database of its own for as long as it tests.

    Before it is dropped, those who still look at it have a moment to go: a thread that serves pages keeps its session
    as long as a browser keeps its connection open; a killed worker's server process notices later still.
    """
    name, before = connection.creation._get_test_db_name(), connection.settings_dict["NAME"]  # type: ignore[attr-defined]
    template = TEMPLATES + _fingerprint()
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        # One makes the template, and the others wait for it.
        cursor.execute("select pg_advisory_lock(%s)", [LOCK])
        cursor.execute("select datname from pg_database where starts_with(datname, %s)", [TEMPLATES])
        known = {row[0] for row in cursor.fetchall()}
        if template not in known:
            for old in known:
                cursor.execute(f'drop database "{old}" with (force)')
            cursor.execute(f'create database "{template}_new"')
            _turn_to(f"{template}_new")
            run_migrations()
            connection.close()
            cursor.execute(f'alter database "{template}_new" rename to "{template}"')
        cursor.execute(f'drop database if exists "{name}" with (force)')
        cursor.execute(f'create database "{name}" template "{template}"')
        # What a commit promises to survive is proven with installations that are killed, not here.
        cursor.execute(f'alter database "{name}" set synchronous_commit = off')
        cursor.execute("select pg_advisory_unlock(%s)", [LOCK])
    _turn_to(name)
    load_shipped()
    with connection.cursor() as cursor:
        cursor.execute("select current_user, has_parameter_privilege('session_replication_role', 'set')")
        role, is_allowed = cursor.fetchone()
        assert is_allowed, f"as the database's superuser: grant set on parameter session_replication_role to {role}"
        cursor.execute(KEEP)
    yield
    if left := end_sessions_left(patience=2.0):
        warnings.warn(f"database sessions were still open at the end of the tests: {left}", stacklevel=1)
    _turn_to(before)
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f'drop database "{name}" with (force)')


def put_back() -> None:
    """Bring every table, and the jobs, back to what every installation begins with; sequences go on."""
    with connection.cursor() as cursor:
        cursor.execute("select kept.put_back()")


def _turn_to(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _fingerprint() -> str:
    """Return what the template depends on: the migrations, which import nothing else of ours, and the packages."""
    facts = hashlib.sha256()
    for path in [ROOT / "requirements.lock", *sorted(ROOT.glob("shundan/*/migrations/*.py"))]:
        facts.update(f"{path}\0".encode() + path.read_bytes())
    return facts.hexdigest()[:16]
