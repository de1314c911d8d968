"""The record of an import: one at a time for each source, what it counted, how it ended."""

import csv
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rich.progress import Progress, TaskID

from shundan.exchange.models import ImportRun
from shundan.kernel.actor import Actor, system_actor
from shundan.kernel.errors import Refused

LOCK = 7_243_100
PATIENCE = 12


class ImportRunning(Refused):
    """Two imports of one source would get in each other's way."""

    code = "import_running"
    sentence = _("An import of %(source)s is running already. Wait for it, or stop it; it can be continued.")


class Run:
    """One run of an import, with its progress bar; what is written so far survives a kill."""

    def __init__(self, source: str, place: Path, progress: Progress) -> None:
        self.source, self.progress = source, progress
        self.by: Actor = system_actor(timezone.now(), door="import")
        self.counts: dict[str, Any] = {}
        self.row = ImportRun.objects.create(
            source=source, place=str(place), started_at=self.by.at, by_name=self.by.name
        )

    def bar(self, words: str, total: int | None = None) -> TaskID:
        """Begin a bar of the progress display."""
        return self.progress.add_task(words, total=total)

    def step(self, bar: TaskID, amount: int = 1) -> None:
        """Move a bar forward."""
        self.progress.advance(bar, amount)

    def count(self, **counts: Any) -> None:
        """Note numbers of this run."""
        self.counts.update(counts)
        ImportRun.objects.filter(pk=self.row.pk).update(counts=self.counts)

    def end(self, state: str, notes: Iterable[str] = ()) -> None:
        """Close the record."""
        self.row.state, self.row.notes = state, list(notes)
        self.row.finished_at, self.row.counts = timezone.now(), self.counts
        self.row.save()


@contextmanager
def running(source: str, place: Path, progress: Progress) -> Iterator[Run]:
    """Record a run from start to end; a second one of the same source is refused. Raises: ImportRunning."""
    _lock(source)
    # Whoever left a record open was killed: the lock would not be free otherwise.
    ImportRun.objects.filter(source=source, state="running").update(state="interrupted")
    run = Run(source, place, progress)
    try:
        yield run
    except Refused as refusal:
        run.end("failed", [refusal.message])
        raise
    else:
        run.end("done")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s, hashtext(%s))", [LOCK, source])
            cursor.execute("reset client_connection_check_interval")
            cursor.execute("reset work_mem")


def _lock(source: str) -> None:
    """Take the source's lock; a run that was just killed lets go of it within seconds."""
    with connection.cursor() as cursor:
        # The server notices that we were killed even in the middle of a long statement.
        cursor.execute("set client_connection_check_interval = '500ms'")
        cursor.execute("set work_mem = '128MB'")
        for _try in range(PATIENCE):
            cursor.execute("select pg_try_advisory_lock(%s, hashtext(%s))", [LOCK, source])
            if cursor.fetchone()[0]:
                return
            time.sleep(0.5)
    raise ImportRunning(source=source)


def latest_counts(source: str) -> dict[str, Any]:
    """Return what the latest finished run of a source counted."""
    return (
        ImportRun.objects.filter(source=source, state="done").order_by("-id").values_list("counts", flat=True).first()
        or {}
    )


def report_file(source: str) -> Path:
    """Return where a source's rounding differences are listed line by line."""
    return Path(settings.DATA_FOLDER) / "imports" / f"{source}-rounding.csv"


def write_differences(source: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """List every line whose stored amount differs from the exact one; return how many there are."""
    path = report_file(source)
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def read_differences(source: str) -> list[Mapping[str, str]]:
    """Return the listed differences, none when the source was never imported here."""
    path = report_file(source)
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
