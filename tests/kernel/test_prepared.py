"""Statements of the hot path: parsed once for each connection, and no worse than others when something changes."""

import pytest
from django.db import OperationalError, connection

from shundan.kernel.db import fetch_prepared, in_transaction

pytestmark = pytest.mark.django_db(transaction=True)
ECHO = "select %s::int + 0, '100%%'"


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select statement from pg_prepared_statements")
        return [row[0] for row in cursor.fetchall()]


def test_a_statement_is_prepared_once_and_run_many_times() -> None:
    assert [fetch_prepared(ECHO, [number]) for number in (1, 2, 3)] == [[(1, "100%")], [(2, "100%")], [(3, "100%")]]
    assert prepared().count("select $1::int + 0, '100%'") == 1


def test_values_of_every_kind_arrive_as_they_were() -> None:
    sql = "select %s::text, %s::numeric, %s::bigint[], %s::text[], %s::bool, %s::jsonb"
    ((text, number, numbers, texts, flag, document),) = fetch_prepared(
        sql, ["单'", None, [1, 2], ['a,"b', "丙"], True, '{"a": 1}']
    )
    assert (text, number, numbers, texts, flag, document) == ("单'", None, [1, 2], ['a,"b', "丙"], True, '{"a": 1}')


def test_inside_a_transaction_it_belongs_to_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute("create table prepared_probe (a int)")
    try:
        with pytest.raises(ZeroDivisionError):
            in_transaction(lambda: (fetch_prepared("insert into prepared_probe values (%s)", [1]), 1 / 0))
        assert fetch_prepared("select count(*) from prepared_probe", []) == [(0,)]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("drop table prepared_probe")


def test_a_plan_that_a_migration_outdated_is_made_anew() -> None:
    with connection.cursor() as cursor:
        cursor.execute("create table prepared_probe (a int)")
    try:
        assert fetch_prepared("select * from prepared_probe", []) == []
        with connection.cursor() as cursor:
            cursor.execute("alter table prepared_probe add b text; insert into prepared_probe values (1, 'x')")
        assert fetch_prepared("select * from prepared_probe", []) == [(1, "x")]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("drop table prepared_probe")


def test_a_connection_that_the_server_ended_is_replaced_in_the_next_request() -> None:
    fetch_prepared(ECHO, [1])
    assert connection.connection is not None
    with connection.connection.__class__.connect(connection.connection.info.dsn, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    connection.health_check_done = False  # as at the start of a request
    assert fetch_prepared(ECHO, [2]) == [(2, "100%")]


def test_a_connection_that_breaks_amid_a_request_is_an_operational_error() -> None:
    fetch_prepared(ECHO, [1])
    assert connection.connection is not None
    with connection.connection.__class__.connect(connection.connection.info.dsn, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    connection.health_check_done = True
    with pytest.raises(OperationalError):
        fetch_prepared(ECHO, [2])
    connection.close()
