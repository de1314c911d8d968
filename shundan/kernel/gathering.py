"""Work that arrives while the same kind of work is being done is done together next: one statement and one commit.

One waits for those before him, and a moment for those who were here with him last time (docs/adr/0046, 0083).
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

J = TypeVar("J")
R = TypeVar("R")
# So long somebody waits for those before him; then he goes beside them.
PATIENCE_SECONDS = 0.02
# So long after the work before, whoever could go waits for those who were here then. Whoever comes later, or alone,
# does not wait.
COMPANY_SECONDS = 0.004
MOST_TOGETHER = 16


class Apart(Exception):
    """What was to be done together was undone as a whole: each shall go alone."""


class _Place(Generic[J, R]):
    """Somebody who waits: with what, and what came of it."""

    __slots__ = ("error", "found", "is_apart", "is_done", "job", "told")

    def __init__(self, job: J) -> None:
        self.job = job
        self.told = threading.Event()
        self.is_done = False
        self.is_apart = False
        self.found: R
        self.error: BaseException | None = None


class Gathering(Generic[J, R]):
    """Does jobs of several threads together; those that cannot go together go alone, each in its own thread."""

    def __init__(self, run: Callable[[Sequence[J]], Sequence[R]]) -> None:
        """Begin with what does jobs, all or nothing; it raises `Apart` for several of which one was refused."""
        self._run = run
        self._lock = threading.Lock()
        self._running = 0
        # How many were here when the last work ended, and when that was.
        self._company = 1
        self._ended_at = 0.0
        self._waiting: list[_Place[J, R]] = []

    def join(self, job: J) -> R:
        """Do a job, together with others that are here. Raises: whatever doing it alone raises."""
        place: _Place[J, R] = _Place(job)
        with self._lock:
            self._waiting.append(place)
        until = time.monotonic() + PATIENCE_SECONDS
        while not place.is_done:
            taken, pause = self._take(place, until)
            if taken:
                self._do(taken)
            else:
                # Told when it is done, and when those before it are.
                place.told.wait(pause)
                place.told.clear()
        if place.is_apart:
            return self._run([job])[0]
        if place.error is not None:
            raise place.error
        return place.found

    def _take(self, place: _Place[J, R], until: float) -> tuple[list[_Place[J, R]], float | None]:
        """Return those who wait, if it is their turn and this one is among them: somebody may have taken it along.

        Else nobody, and for how long to wait before asking again.
        """
        with self._lock:
            left = until - time.monotonic()
            if place not in self._waiting:
                return [], None
            if left > 0:
                if self._running:
                    return [], left
                rest = self._ended_at + COMPANY_SECONDS - time.monotonic()
                if rest > 0 and len(self._waiting) < self._company:
                    return [], min(rest, left)
            self._waiting.remove(place)
            taken, self._waiting = (
                [place, *self._waiting[: MOST_TOGETHER - 1]],
                self._waiting[MOST_TOGETHER - 1 :],
            )
            self._running += 1
            return taken, None

    def _do(self, taken: Sequence[_Place[J, R]]) -> None:
        found: Sequence[R] = ()
        error: BaseException = RuntimeError("the thread that did the work was ended")
        is_apart = False
        try:
            found = self._run([one.job for one in taken])
        except Apart:
            is_apart = True
        except BaseException as raised:
            error = raised
            raise
        finally:
            for i, one in enumerate(taken):
                one.is_apart = is_apart
                if found:
                    one.found = found[i]
                elif not is_apart:
                    one.error = error
                one.is_done = True
                one.told.set()
            with self._lock:
                self._running -= 1
                self._company = min(len(taken) + len(self._waiting), MOST_TOGETHER)
                self._ended_at = time.monotonic()
                if self._waiting:
                    self._waiting[0].told.set()
