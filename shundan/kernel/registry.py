"""Named functions that a higher room hangs into a lower one."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

F = TypeVar("F", bound=Callable[..., object])


class Registry(Generic[F]):
    """Keep functions by name; a name is taken once, an unknown name is a programming error."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._functions: dict[str, F] = {}

    def add(self, function: F) -> F:
        """Register a function under its own name (usable as a decorator)."""
        name = function.__name__
        taken = self._functions.get(name)
        if taken is not None and taken.__module__ != function.__module__:
            raise ValueError(f"the {self.what} {name} is defined in {taken.__module__} and {function.__module__}")
        self._functions[name] = function
        return function

    def __getitem__(self, name: str) -> F:
        return self._functions[name]

    def __contains__(self, name: object) -> bool:
        return name in self._functions

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._functions))

    def items(self) -> list[tuple[str, F]]:
        """Return names and functions, sorted by name."""
        return sorted(self._functions.items())
