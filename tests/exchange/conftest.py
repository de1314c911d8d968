"""Fixtures of the exchange tests: a quiet progress bar, a data folder of one's own, the shipped basics."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from rich.console import Console
from rich.progress import Progress

from tests.exchange.places import HAS_SHARED, SHARED


def pytest_report_header() -> str:
    """Say which input the imports are tested with."""
    if HAS_SHARED:
        return f"imports: {SHARED} and samples of our own"
    return f"imports: {SHARED} does not exist, so only the small samples in tests/exchange/samples are imported"


@pytest.fixture
def progress() -> Iterator[Progress]:
    """Show progress to nobody."""
    with Progress(console=Console(file=io.StringIO(), width=120)) as progress:
        yield progress


@pytest.fixture
def own_folder(tmp_path: Path) -> Iterator[Path]:
    """Let reports go to a folder of this test alone."""
    with override_settings(DATA_FOLDER=tmp_path):
        yield tmp_path
