"""Which state stands in which row of a diagram: after those that lead to it, circles apart."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

Graph = Mapping[str, Sequence[str]]


def ranks_of(names: Sequence[str], after: Graph, *, initial: str) -> dict[str, int]:
    """Return the row of each state: the longest way to it without turning back; what no way reaches comes last."""
    forward = _without_circles(names, after, initial)
    ranks = dict.fromkeys(names, 0)
    reached = _reached(forward, initial)
    for name in _in_order(names, forward):
        for other in forward[name] if name in reached else ():
            ranks[other] = max(ranks[other], ranks[name] + 1)
    last = max((ranks[name] for name in reached), default=-1)
    lost = [name for name in names if name not in reached]
    return {**ranks, **{name: last + 1 + at for at, name in enumerate(lost)}}


def rows_of(ranks: Mapping[str, int], after: Graph) -> list[list[str]]:
    """Return the states row by row, each row ordered so that ways between rows cross seldom."""
    rows: list[list[str]] = [[] for _rank in range(max(ranks.values(), default=-1) + 1)]
    for name, rank in ranks.items():
        rows[rank].append(name)
    for above, below in pairwise(rows):
        place = {name: at - (len(above) - 1) / 2 for at, name in enumerate(above)}
        wish = {name: _middle([place[one] for one in above if name in after[one]]) for name in below}
        below.sort(key=lambda name: wish[name])
    return rows


def tracks_of(spans: Sequence[tuple[int, int]]) -> list[int]:
    """Return a track for each span of rows so that no two spans of a track meet; short ones are nearest."""
    taken: list[list[tuple[int, int]]] = []
    found = [0] * len(spans)
    for at in sorted(range(len(spans)), key=lambda at: (spans[at][1] - spans[at][0], spans[at][0])):
        low, high = spans[at]
        free = (n for n, track in enumerate(taken) if all(high < a or low > b for a, b in track))
        number = next(free, len(taken))
        if number == len(taken):
            taken.append([])
        taken[number].append((low, high))
        found[at] = number
    return found


def _without_circles(names: Sequence[str], after: Graph, initial: str) -> dict[str, list[str]]:
    forward: dict[str, list[str]] = {name: [] for name in names}
    done: set[str] = set()
    for start in (initial, *names):
        if start in done or start not in forward:
            continue
        # Without recursion: a definition may be 60 states deep, a pasted one deeper.
        path, on_path = [(start, iter(after[start]))], {start}
        while path:
            name, rest = path[-1]
            other = next(rest, None)
            if other is None:
                done.add(name)
                on_path.discard(name)
                path.pop()
            elif other not in on_path and other != name:
                forward[name].append(other)
                if other not in done:
                    path.append((other, iter(after[other])))
                    on_path.add(other)
    return forward


def _in_order(names: Sequence[str], forward: Mapping[str, Sequence[str]]) -> Iterable[str]:
    waiting = dict.fromkeys(names, 0)
    for name in names:
        for other in forward[name]:
            waiting[other] += 1
    ready = [name for name in names if not waiting[name]]
    while ready:
        name = ready.pop(0)
        yield name
        for other in forward[name]:
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)


def _reached(forward: Mapping[str, Sequence[str]], initial: str) -> set[str]:
    reached, ahead = set(), [initial] if initial in forward else []
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += forward[name]
    return reached


def _middle(places: Sequence[float]) -> float:
    return sum(places) / len(places) if places else 0.0
