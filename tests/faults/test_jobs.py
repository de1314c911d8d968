"""Jobs commit with their cause, and a worker that is killed in the middle leaves each effect once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from shundan.kernel.events import record
from shundan.kernel.models import EventReceipt, NumberSeries
from tests import make
from tests.faults import slow
from tests.faults.workers import end_worker, start_worker
from tests.platform.installation import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("jobs")]


@pytest.fixture
def dawdlers() -> Iterator[None]:
    """Subscribe the two slow handlers for one test."""
    slow.join()
    yield
    slow.leave()


def counted() -> dict[str, int]:
    """Return how often each slow subscriber has had its effect."""
    return dict(NumberSeries.objects.values_list("series", "last"))


def jobs() -> int:
    """Return how many deliveries of events are left; the worker's own clock adds periodic jobs at any moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from procrastinate_jobs where status in ('todo', 'doing') and task_name = 'kernel.deliver'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.usefixtures("dawdlers")
def test_a_worker_killed_before_and_after_its_commit_has_each_effect_once(tmp_path: Path) -> None:
    for series in ("before", "after"):
        NumberSeries.objects.create(series=series, period="2026", last=0)
    record("test.happened", subject=("test", 1), by=make.boss())
    assert jobs() == 2

    first = start_worker(tmp_path)
    came = eventually(lambda: (tmp_path / "before").exists() and (tmp_path / "after").exists())
    first.kill()
    first.wait()
    assert came, (tmp_path / "log").read_text()
    # One handler had not committed, the other had; neither job was marked as done.
    assert eventually(lambda: counted() == {"before": 0, "after": 1})
    assert jobs() == 2

    second = start_worker(tmp_path)
    try:
        assert eventually(lambda: jobs() == 0), (tmp_path / "log").read_text()
    finally:
        end_worker(second)
    assert counted() == {"before": 1, "after": 1}
    assert EventReceipt.objects.count() == 2
