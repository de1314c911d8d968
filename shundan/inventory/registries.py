"""Where higher rooms say what of theirs still needs a warehouse."""

from collections.abc import Callable, Sequence

# Asked before a warehouse is closed: the numbers of documents, at most so many, that still need one with this id.
WAREHOUSE_WORK: list[Callable[[int, int], Sequence[str]]] = []
