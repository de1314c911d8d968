"""An import that is killed three times and run again ends with the same totals."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from rich.progress import Progress

from shundan.config.integrity import broken
from shundan.exchange.imports import superstore
from shundan.exchange.imports.runs import latest_counts
from shundan.exchange.models import ImportRun
from shundan.orders.models import Order
from tests import make
from tests.exchange.places import HAS_SHARED, SAMPLES, SHARED

FOLDER = SHARED if HAS_SHARED else SAMPLES
CHUNK = 150 if HAS_SHARED else 1


@pytest.mark.real_data
def test_killed_three_times_and_continued(transactional_db: None, own_folder: Path, progress: Progress) -> None:
    make.shipped()
    for _kill in range(3):
        known = Order.objects.count()
        process = _start(own_folder)
        _wait_for_more_than(known, process)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert Order.objects.count() > known
        assert broken() == []

    written = Order.objects.count()
    superstore.run(FOLDER / "superstore_cn", progress)

    assert [one for one in superstore.verify(FOLDER / "totals.json") if not one.is_right] == []
    counts = latest_counts("superstore")
    assert counts["orders_known"] >= written
    assert counts["orders_known"] + counts["orders_new"] == Order.objects.count()
    assert list(ImportRun.objects.order_by("id").values_list("state", flat=True)) == ["interrupted"] * 3 + ["done"]


def _start(folder: Path) -> subprocess.Popen[bytes]:
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    return subprocess.Popen(
        [sys.executable, "-m", "tests.exchange.slow_import", "superstore", str(FOLDER / "superstore_cn"), str(CHUNK)],
        env={**os.environ, "DATABASE_URL": urlunsplit(url), "SHUNDAN_DATA": str(folder)},
        cwd=Path(__file__).resolve().parents[2],
        stdout=subprocess.DEVNULL,
    )


def _wait_for_more_than(known: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while Order.objects.count() <= known:
        assert process.poll() is None, "the import ended before it could be killed"
        assert time.monotonic() < deadline, "the import wrote nothing"
        time.sleep(0.02)
