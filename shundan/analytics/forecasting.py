"""Forecasting in processes of their own: the library is loaded there alone, and its memory is given back at the end.

Nothing here may need Django: such a process has none.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context

CHUNK = 20
# Below so many series a second process costs more than it does.
WORTH_TWO = 200


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected in the coming months, by which method, and how it did beside a naive forecast.

    Errors are of the last months, which the method did not know: WAPE by their sum, MASE by the mean step of the
    months before; nothing where they cannot be told.
    """

    pattern: str
    method: str
    months: list[float]
    naive: list[float]
    wape: float | None
    naive_wape: float | None
    mase: float | None
    naive_mase: float | None
    is_better: bool


def forecast_all(many: Sequence[Sequence[float]], tell: Callable[[int], None]) -> list[Outlook]:
    """Return the outlook of each series (demand by month, oldest first); `tell` hears how many are done."""
    if not many:
        return []
    work = [(at, list(months)) for at, months in enumerate(many)]
    chunks = [work[at : at + CHUNK] for at in range(0, len(work), CHUNK)]
    found: dict[int, Outlook] = {}
    workers = 2 if len(work) >= WORTH_TWO else 1
    with ProcessPoolExecutor(max_workers=workers, mp_context=get_context("spawn")) as pool:
        for job in as_completed([pool.submit(outlooks_of, chunk) for chunk in chunks]):
            found.update(job.result())
            tell(len(found))
    return [found[at] for at in range(len(work))]


def outlooks_of(many: Sequence[tuple[int, list[float]]]) -> list[tuple[int, Outlook]]:
    """Return the outlook of each (place, series); runs in the other process."""
    outlook_of = import_module("shundan.analytics.methods").outlook_of
    return [(at, outlook_of(months)) for at, months in many]
