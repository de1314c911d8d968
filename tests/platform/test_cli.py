"""What the command line takes and what it refuses."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shundan.config import cli
from tools import screenshots


def test_the_options_of_the_pictures_reach_them(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    monkeypatch.setattr(screenshots, "main", given.extend)
    assert cli.main(["screenshots", "--only", "home", "--variants", "zh-dark-360"]) == 0
    assert given == ["--only", "home", "--variants", "zh-dark-360"]


def test_any_other_command_refuses_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["check", "--only", "home"])
    assert "unrecognized arguments: --only home" in capsys.readouterr().err


def test_who_asks_before_the_database_runs_gets_the_cure(tmp_path: Path) -> None:
    surroundings = {**os.environ, "SHUNDAN_DATA": str(tmp_path)}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        surroundings.pop(name, None)
    asked = [sys.executable, "-m", "shundan.config.cli", "check"]
    answer = subprocess.run(asked, env=surroundings, capture_output=True, text=True, timeout=120)
    assert (answer.returncode, "Traceback" in answer.stderr) == (1, False)
    assert "Start Shundan first: make run" in answer.stderr
