"""What the house tests know of the plan: the floors, and where each model and function lives."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.models import Model

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "shundan"


def floors() -> dict[str, int]:
    """Return the floor of each room, 0 at the bottom, as the import contract has them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = contracts[0]["layers"][::-1]
    return {room.strip(): floor for floor, rooms in enumerate(layers) for room in rooms.split("|")}


def room_models() -> Iterator[tuple[str, type[Model]]]:
    """Return each model of ours with its room."""
    for room in settings.ROOMS:
        for model in apps.get_app_config(room).get_models(include_auto_created=True):
            yield room, model


def modules(*names: str) -> Iterator[tuple[str, Path]]:
    """Return (room, file) of the named modules of all domain rooms; a folder of verbs counts as its files."""
    for room in settings.ROOMS:
        for name in names:
            single, folder = PACKAGE / room / f"{name}.py", PACKAGE / room / name
            yield from ((room, path) for path in [single, *sorted(folder.glob("*.py"))] if path.exists())


def public_functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Return the public functions at the top of a file."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node
