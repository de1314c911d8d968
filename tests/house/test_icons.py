"""Every icon that code and templates name is in the sprite; a missing one would be a gap on the page."""

import re
from itertools import chain
from pathlib import Path

from tools.sprite import ICONS

SHUNDAN = Path(__file__).resolve().parents[2] / "shundan"
NAMED = re.compile(
    r"\bicon\(\s*['\"]([a-z0-9-]+)['\"]|\bicon\s*=\s*['\"]([a-z0-9-]+)['\"]"
    r"|Place\(\s*\"\w+\", _\([^)]*\), \"([a-z0-9-]+)\""
    r"|\(\s*\"([a-z0-9-]+)\", \"(?:good|warn|bad|info|quiet|accent)\", _\("
)


def test_every_icon_that_is_named_is_drawn() -> None:
    files = list(chain(SHUNDAN.rglob("*.py"), SHUNDAN.rglob("templates/**/*.html")))
    named = {
        next(filter(None, found.groups())): path.relative_to(SHUNDAN)
        for path in files
        for found in NAMED.finditer(path.read_text(encoding="utf-8"))
    }
    assert len(named) > 50
    assert {name: str(path) for name, path in named.items() if name not in ICONS} == {}
