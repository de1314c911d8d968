"""Prove the promises that every room makes about its data, read-only."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from shundan.kernel.db import fetch_prepared
from shundan.kernel.invariants import Invariant

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """What came out of one invariant: how many rows break it, and the first few."""

    room: str
    code: str
    promise: str
    count: int
    examples: tuple[tuple[Any, ...], ...]


def invariants() -> list[tuple[str, Invariant]]:
    """Return every room's invariants in the order of the floors; a room may have none."""
    return [
        (room, each) for room in settings.ROOMS if _has_some(room) for each in import_module(_place(room)).INVARIANTS
    ]


def run_checks(progress: Callable[[str], None] | None = None) -> list[Finding]:
    """Check every invariant, one after the other; `progress` hears the promise before each."""
    findings = []
    with transaction.atomic():
        _forbid_writing()
        for room, invariant in invariants():
            if progress is not None:
                progress(invariant.promise)
            findings.append(_check(room, invariant))
    return findings


def broken() -> list[Finding]:
    """Return only the broken invariants; whole data cost one statement, prepared, so that every test can afford it."""
    known = invariants()
    if not known:
        return []
    parts = [f"select {at} where exists ({each.sql})" for at, (_room, each) in enumerate(known)]
    with transaction.atomic():
        _forbid_writing()
        places = sorted(row[0] for row in fetch_prepared(" union all ".join(parts).replace("%", "%%"), []))
        return [_check(*known[at]) for at in places]


@cache
def _has_some(room: str) -> bool:
    return find_spec(_place(room)) is not None


def _place(room: str) -> str:
    return f"shundan.{room}.invariants"


def _check(room: str, invariant: Invariant) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from ({invariant.sql}) as broken")  # noqa: S608 - our own constants
        count = cursor.fetchone()[0]
        examples: list[tuple[Any, ...]] = []
        if count:
            cursor.execute(f"select * from ({invariant.sql}) as broken limit {EXAMPLES}")  # noqa: S608
            examples = cursor.fetchall()
    return Finding(room, invariant.code, invariant.promise, count, tuple(examples))


def _forbid_writing() -> None:
    """Make the rest of this transaction, or of this savepoint, read-only."""
    with connection.cursor() as cursor:
        cursor.execute("set local transaction_read_only = on")
