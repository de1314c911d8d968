"""What the command line takes and what it refuses."""

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
