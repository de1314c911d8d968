"""Transactions: one action, one transaction, no savepoints; a lost lock race is run again; SQL that refuses."""

import functools
import json
import logging
import os
import random
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ParamSpec, TypeVar

import psycopg.errors
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    IntegrityError,
    OperationalError,
    connection,
    connections,
    transaction,
)
from django.db.backends.base.base import BaseDatabaseWrapper

from shundan.kernel.errors import Detail, Refused, Taken
from shundan.kernel.prepared import has_ended, run_by_cursor, run_prepared

P = ParamSpec("P")
R = TypeVar("R")
log = logging.getLogger("shundan.db")
ATTEMPTS = 3
# Our own SQLSTATE for refusals of SQL functions.
REFUSED = "SD409"
# The name under which a caller of SQL says what a sum that its column cannot hold means.
OVERFLOW = "overflow"
# PgBouncer in transaction mode before 1.21 breaks prepared statements: switch them off there.
MAY_PREPARE = os.environ.get("SHUNDAN_PREPARE", "1") == "1"
RefusalMaker = Callable[[Any], Refused]
# What a trigger may refuse of any action, by code; the room that has the trigger hangs its refusal in here.
TRIGGER_REFUSALS: dict[str, RefusalMaker] = {}


class NotFromMemory(BaseException):
    """A transaction was to begin while its facts come from memory, so it shall begin again from the database.

    No Exception: nobody on the way may answer it.
    """


class _MemoryAtWork(threading.local):
    is_set = False


# Set by `kernel.memory` while this thread works from it.
MEMORY_AT_WORK = _MemoryAtWork()


def action(work: Callable[P, R]) -> Callable[P, R]:
    """Run a business verb in one transaction; inside another action it joins that one.

    Locks are always taken in one order (order, credit, stock by product), so a deadlock is a defect;
    should the database still report one, the outermost action is repeated up to three times.
    """

    @functools.wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            if connection.in_atomic_block:
                return work(*args, **kwargs)
            return in_transaction(lambda: work(*args, **kwargs))
        except DatabaseError as error:
            refusal = _refusal_of(error, TRIGGER_REFUSALS)
            if refusal is None:
                raise
            raise refusal from error

    return run


def in_transaction(work: Callable[[], R]) -> R:
    """Run work in a transaction of its own, again when the database chose it as a deadlock's victim."""
    if MEMORY_AT_WORK.is_set:
        raise NotFromMemory

    def attempt() -> R:
        with transaction.atomic():
            return work()

    return in_one_statement(attempt)


def in_one_statement(work: Callable[[], R]) -> R:
    """Run work that is atomic by itself (one SQL call), again when it was chosen as a deadlock's victim."""
    if connection.in_atomic_block:
        return work()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return work()
        except (OperationalError, IntegrityError) as error:
            if not _is_race(error):
                raise
            if attempt == ATTEMPTS:
                _refuse_if_taken(error)
                raise
            time.sleep(random.uniform(0.005, 0.05) * attempt)  # noqa: S311 - jitter, no secret
    raise AssertionError("unreachable")


def fetch_prepared(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement that is worth preparing on the server, and return its rows.

    Django's own cursor binds on the client and plans every statement anew; the hot path does not. Query counters and
    other wrappers see it all the same.
    """
    return _fetch(sql, parameters, run_prepared if MAY_PREPARE else run_by_cursor)


def fetch_planned(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement that is planned for its parameters each time, and return its rows."""
    return _fetch(sql, parameters, run_by_cursor)


def _fetch(sql: str, parameters: Sequence[Any], by: Callable[..., Any]) -> list[tuple[Any, ...]]:
    database = connections[DEFAULT_DB_ALIAS]  # `connection` would look it up anew for each attribute
    _let_go_if_ended(database)
    database.ensure_connection()
    run: Callable[..., Any] = functools.partial(_execute, by)
    for wrapper in reversed(database.execute_wrappers):
        run = functools.partial(wrapper, run)
    with database.wrap_database_errors:
        rows: list[tuple[Any, ...]] = run(
            sql,
            parameters,
            False,  # noqa: FBT003 - what wrappers of Django's cursors are given
            {"connection": database, "cursor": None},
        )
    if database.queries_logged:
        database.queries_log.append({"sql": sql, "time": "0"})
    return rows


def _execute(by: Callable[..., Any], sql: str, parameters: Sequence[Any], many: bool, context: Any) -> Any:
    return by(context["connection"].connection, sql, parameters)


def _let_go_if_ended(database: BaseDatabaseWrapper) -> None:
    """Once in a request: give up a connection that the server ended. Its socket tells, no question must be sent."""
    if database.connection is None or database.in_atomic_block or getattr(database, "health_check_done", True):
        return
    if has_ended(database.connection):
        database.close()
    setattr(database, "health_check_done", True)  # noqa: B010 - Django's own mark, which its types do not know


def call_sql(sql: str, params: Sequence[Any], *, refusals: Mapping[str, RefusalMaker]) -> Any:
    """Call an SQL function in one round trip and return its first column; what it refuses becomes our refusal.

    An SQL function refuses by raising errcode SD409 with the refusal's code as message and its facts as detail.
    """
    try:
        rows = fetch_prepared(sql, params)
        return rows[0][0] if rows else None
    except DatabaseError as error:
        cause = error.__cause__
        if isinstance(cause, psycopg.errors.NumericValueOutOfRange) and OVERFLOW in refusals:
            raise refusals[OVERFLOW](None) from error
        refusal = _refusal_of(error, refusals)
        if refusal is None:
            raise
        raise refusal from error


def _refusal_of(error: DatabaseError, refusals: Mapping[str, RefusalMaker]) -> Refused | None:
    cause = error.__cause__
    if not isinstance(cause, psycopg.Error) or cause.sqlstate != REFUSED:
        return None
    code = cause.diag.message_primary or ""
    if code not in refusals:
        return None
    facts = json.loads(cause.diag.message_detail or "null", parse_float=Decimal, parse_int=Decimal)
    return refusals[code](facts)


def _refuse_if_taken(error: DatabaseError) -> None:
    """Refuse when a record of the same key was there at each attempt; the checks before should have said so better."""
    cause = error.__cause__
    if isinstance(cause, psycopg.errors.UniqueViolation):
        log.warning("a record is taken and no check said so", exc_info=error)
        key = re.search(r"\((?:\w+\()?(\w+)", cause.diag.message_detail or "")
        path = key[1] if key else str(cause.diag.constraint_name)
        raise Taken(details=[Detail(path, "taken", Taken.sentence)]) from error


def _is_race(error: DatabaseError) -> bool:
    """Tell whether another transaction was in the way; of two that make the same record, the later one sees it then."""
    races = psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure | psycopg.errors.UniqueViolation
    return isinstance(error.__cause__, races)
