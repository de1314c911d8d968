"""Check what drifts apart unnoticed, then list every guard, effect and subscriber with its file."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from tools.drift import main as find_drift

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run the drift checks and print the map of names that are found by lookup."""
    code = find_drift([])
    list_names()
    sys.exit(code)


def list_names() -> None:
    """Print each registered name with file and line."""
    set_up_django()
    from shundan.kernel.events import SUBSCRIBERS
    from shundan.workflow.registries import EFFECTS, GUARDS

    _print("Guards", dict(GUARDS.items()))
    _print("Effects", dict(EFFECTS.items()))
    _print("Subscribers", {name: one.function for name, one in sorted(SUBSCRIBERS.items())})


def set_up_django() -> None:
    """Load the project the way every command does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shundan.config.settings")
    import django

    django.setup()


def _print(title: str, functions: dict[str, Callable[..., object]]) -> None:
    print(f"\n{title}")
    for name, function in functions.items():
        print(f"  {name:<40} {_place(function)}")


def _place(function: Callable[..., object]) -> str:
    code = getattr(function, "__wrapped__", function).__code__
    return f"{Path(code.co_filename).relative_to(ROOT)}:{code.co_firstlineno}"


if __name__ == "__main__":
    main()
