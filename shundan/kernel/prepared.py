"""Prepared statements over libpq itself: the hot path's few statements without a cursor's work for each run.

Django's connections prepare nothing (it wishes them to work behind a pooler), and psycopg's cursor costs more than
a short statement does. This is the short way: parsed and planned once for each connection, then only run.
"""

import itertools
import re
import select
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus

Rows = list[tuple[Any, ...]]
_names: WeakKeyDictionary[psycopg.Connection, dict[str, bytes]] = WeakKeyDictionary()
_numbers = itertools.count(1)
_GIVES_ROWS = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


def run_prepared(connection: psycopg.Connection, sql: str, parameters: Sequence[Any]) -> Rows:
    """Run a statement by its prepared plan, and return its rows. Raises: psycopg.Error.

    A transaction that waits for its first statement is begun, as psycopg would.
    """
    libpq = connection.pgconn
    if not connection.autocommit and libpq.transaction_status == TransactionStatus.IDLE:
        if connection.isolation_level is not None or connection.read_only is not None:
            return run_by_cursor(connection, sql, parameters)
        begun = libpq.exec_(b"begin")
        if begun.status != ExecStatus.COMMAND_OK:
            raise _error_of(connection, begun)
    transformer = Transformer(connection)
    names = _names.setdefault(connection, {})
    for attempt in (1, 2):
        name = names.get(sql) or _prepare(connection, names, sql)
        values: Sequence[Any] = transformer.dump_sequence(parameters, [PyFormat.TEXT] * len(parameters))
        result = libpq.exec_prepared(name, values)
        if result.status in _GIVES_ROWS:
            transformer.set_pgresult(result)
            return transformer.load_rows(0, result.ntuples, tuple)
        error = _error_of(connection, result)
        # A migration changed a table under the plan: it is made anew, unless a transaction is broken already.
        is_outdated = isinstance(error, errors.FeatureNotSupported | errors.InvalidSqlStatementName)
        if attempt == 2 or not is_outdated or not connection.autocommit:
            raise error
        del names[sql]
    raise AssertionError("unreachable")


def has_ended(connection: psycopg.Connection) -> bool:
    """Tell whether the server closed an idle connection: it has said something unasked, its farewell."""
    if connection.closed:
        return True
    ready, _write, _error = select.select([connection.fileno()], [], [], 0)
    return bool(ready)


def run_by_cursor(connection: psycopg.Connection, sql: str, parameters: Sequence[Any]) -> Rows:
    """Run a statement the usual way, planned for this once. Raises: psycopg.Error."""
    cursor = psycopg.Cursor(connection)
    cursor.execute(sql.encode(), parameters)
    return cursor.fetchall() if cursor.pgresult is not None and cursor.pgresult.nfields else []


def _prepare(connection: psycopg.Connection, names: dict[str, bytes], sql: str) -> bytes:
    name = f"shundan_{next(_numbers)}".encode()
    # The types of parameters follow from where they stand, or from their casts.
    result = connection.pgconn.prepare(name, _numbered(sql).encode())
    if result.status != ExecStatus.COMMAND_OK:
        raise _error_of(connection, result)
    names[sql] = name
    return name


def _numbered(sql: str) -> str:
    numbers = itertools.count(1)
    return re.sub("%[s%]", lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", sql)


def _error_of(connection: psycopg.Connection, result: Any) -> psycopg.Error:
    if result.error_field(DiagnosticField.SQLSTATE) is None:
        # No state: the connection is gone.
        return psycopg.OperationalError(result.get_error_message())
    return errors.error_from_result(result, encoding=connection.info.encoding)
