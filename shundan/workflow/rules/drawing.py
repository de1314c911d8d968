"""The diagram of a workflow: where each state's box stands and how each transition runs, found automatically.

States follow one another downwards. Ways back and over several rows run in lanes at the left; ways to side states, such
as cancelling, are bundled in lanes at the right. Transitions with the same ends share one line with several labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shundan.workflow.rules.definition import SAME_STATE
from shundan.workflow.rules.layers import ranks_of, rows_of, tracks_of
from shundan.workflow.rules.shapes import Box, Drawing, Label, Line, cut, width_of
from shundan.workflow.rules.sheets import Sheet

SIDE = ("closed", "cancelled")
LINE = 16
NARROWEST, WIDEST = 124, 190
MARGIN, GAP, PORT, LANE = 18, 44, 13, 14
BESIDE = 56


@dataclass(slots=True)
class _Bundle:
    sources: tuple[str, ...]
    target: str
    names: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    is_automatic: bool = True

    @property
    def width(self) -> int:
        return max(int(width_of(cut(label))) for label in self.labels)

    @property
    def ends(self) -> tuple[str, ...]:
        return (*self.sources, self.target)


def draw(sheet: Sheet, *, language: str) -> Drawing:
    """Return the diagram of a workflow, which may be half done: what leads nowhere known is left out."""
    return _Plan(sheet, "en" if language.startswith("en") else "zh").drawn()


class _Plan:
    def __init__(self, sheet: Sheet, language: str) -> None:
        self._language = language
        initial = sheet.head["initial"]
        names = list(dict.fromkeys(one["name"] for one in sheet.states))
        loops: dict[str, list[tuple[str, str]]] = {name: [] for name in names}
        self._bundles: dict[tuple[tuple[str, ...], str], _Bundle] = {}
        for way in sheet.transitions:
            self._take(way, set(names), loops)
        self._boxes = {one["name"]: self._box(one, initial, loops) for one in sheet.states}
        sides = {one["name"] for one in sheet.states if one["side"] or one["category"] in SIDE} - {initial}
        self._side = [name for name in names if name in sides]
        self._main = [name for name in names if name not in sides]
        self._lines: list[Line] = []
        after = {name: self._after(name, set(self._main)) for name in self._main}
        self._ranks = ranks_of(self._main, after, initial=initial)
        self._rows = rows_of(self._ranks, after)
        self._sort()

    def _take(self, way: dict[str, Any], known: set[str], loops: dict[str, list[tuple[str, str]]]) -> None:
        label = way[self._language] or way["name"]
        sources = tuple(name for name in dict.fromkeys(way["from"]) if name in known)
        if way["to"] == SAME_STATE:
            for name in sources:
                loops[name].append((way["name"], label))
            return
        if way["to"] in sources:
            loops[way["to"]].append((way["name"], label))
        sources = tuple(name for name in sources if name != way["to"])
        if not sources or way["to"] not in known:
            return
        bundle = self._bundles.setdefault((tuple(sorted(sources)), way["to"]), _Bundle(sources, way["to"]))
        bundle.names.append(way["name"])
        bundle.labels.append(label)
        bundle.is_automatic = bundle.is_automatic and bool(way["automatic"] or way["after"] or way["on"])

    def _box(self, one: dict[str, Any], initial: str, loops: dict[str, list[tuple[str, str]]]) -> Box:
        name = one["name"]
        label = one[self._language] or name
        return Box(name, label, one["category"], name == initial, tuple(loops[name]))

    def _after(self, name: str, known: set[str]) -> list[str]:
        return [one.target for one in self._bundles.values() if name in one.sources and one.target in known]

    def _sort(self) -> None:
        """Decide for each bundle how it runs: straight down, in a lane at the left, or at the right."""
        main = set(self._main)
        self._down: list[_Bundle] = []
        self._left: list[_Bundle] = []
        self._right: list[_Bundle] = []
        self._outer: list[_Bundle] = []
        for one in self._bundles.values():
            if one.target in main and set(one.sources) <= main:
                is_next = len(one.sources) == 1 and self._ranks[one.target] == self._ranks[one.sources[0]] + 1
                (self._down if is_next else self._left).append(one)
            elif one.target in main or set(one.sources) & main:
                self._right.append(one)
            else:
                self._outer.append(one)

    def drawn(self) -> Drawing:
        self._place_main()
        self._draw_down()
        self._draw_left()
        right = self._draw_right()
        width = right + MARGIN
        height = max((box.bottom for box in self._boxes.values()), default=0) + MARGIN
        first = next((box for box in self._boxes.values() if box.is_initial), None)
        start = f"M{first.middle} {first.y - 22}V{first.y - 2}" if first else ""
        return Drawing(width, height, tuple(self._boxes.values()), tuple(self._lines), start)

    # Boxes

    def _place_main(self) -> None:
        labels = [width_of(box.label) + 40 for box in self._boxes.values()]
        self._width = int(min(max([NARROWEST, *labels]), WIDEST))
        for name, box in self._boxes.items():
            ports = max(sum(name in one.ends for one in self._left), sum(name in one.ends for one in self._right))
            box.width = self._width
            box.height = max(58 if box.loops else 42, PORT * (ports + 1) + 4)
            if name in self._side:
                # Side states stand at the margin; they need no more room than their name.
                box.width = int(min(max(84, width_of(box.label) + 28, 96 if box.loops else 0), WIDEST))
        spans = [self._span(one) for one in self._left]
        self._tracks = tracks_of(spans)
        self._innermost = self._innermost_lanes(spans)
        self._label_ranks = [self._label_rank(*each) for each in zip(spans, self._tracks, strict=True)]
        self._lane_x = self._left_lanes()
        besides = [self._beside_in(row) for row in self._rows]
        reaches = [
            len(row) * self._width + (len(row) - 1) * beside for row, beside in zip(self._rows, besides, strict=True)
        ]
        reach = max(reaches, default=0)
        y = MARGIN + 24
        self._gaps: list[int] = []
        for rank, row in enumerate(self._rows):
            x, beside = self._main_x + (reach - reaches[rank]) // 2, besides[rank]
            tallest = max(self._boxes[name].height for name in row)
            for name in row:
                box = self._boxes[name]
                box.x, box.y = x, y + (tallest - box.height) // 2
                x += self._width + beside
            self._gaps.append(y + tallest)
            y += tallest + self._gap_after(rank)
        # The lanes at the right keep clear of the labels beside the last column.
        ends = [self._boxes[one.target].middle + 10 + one.width for one in self._down]
        self._main_end = max([self._main_x + reach, *ends])

    def _beside_in(self, row: Sequence[str]) -> int:
        """Return how far the boxes of a row stand apart: the labels of ways into them stand between."""
        return max([BESIDE, *(one.width + 18 - self._width // 2 for one in self._down if one.target in row)])

    def _gap_after(self, rank: int) -> int:
        down = [len(one.labels) for one in self._down if self._ranks[one.sources[0]] == rank]
        lanes = [len(one.labels) for one, at in zip(self._left, self._label_ranks, strict=True) if at == rank]
        return max(GAP, LINE * max([0, *down, *lanes]) + 22)

    def _span(self, one: _Bundle) -> tuple[int, int]:
        ranks = [self._ranks[name] for name in one.ends if name in self._ranks]
        return min(ranks), max(ranks)

    def _innermost_lanes(self, spans: Sequence[tuple[int, int]]) -> dict[int, int]:
        """Return for each row past whose lower gap lanes run the track that is nearest to the boxes."""
        found: dict[int, int] = {}
        for (low, high), track in zip(spans, self._tracks, strict=True):
            for rank in range(low, high):
                found[rank] = min(track, found.get(rank, track))
        return found

    def _label_rank(self, span: tuple[int, int], track: int) -> int:
        """Return the row below which the label of a lane stands: free of other lanes, then near the middle."""
        low, high = span
        middle = (low + high - 1) / 2
        gaps = range(low, high) or range(max(low - 1, 0), max(low, 1))
        return min(gaps, key=lambda rank: (not self._is_free(track, rank), abs(rank - middle)))

    def _left_lanes(self) -> list[int]:
        """Return the x of each track at the left, and set where the boxes begin.

        A label stands at the right of its line, between two rows, where no lane further in runs: so lanes lie close.
        """
        away: list[int] = []
        for track in range(max(self._tracks, default=-1) + 1):
            far = away[-1] + LANE + 2 if away else LANE + 8
            for one, number, rank in zip(self._left, self._tracks, self._label_ranks, strict=True):
                if number == track:
                    inner = 0 if self._is_free(track, rank) else (away[-1] if away else 0)
                    far = max(far, inner + one.width + 20 - (0 if inner else self._width // 2 - 16))
            away.append(far)
        self._main_x = MARGIN + (away[-1] if away else 0)
        return [self._main_x - far for far in away]

    def _is_free(self, track: int, rank: int) -> bool:
        """Tell whether no lane further in than a track runs past the gap below a row."""
        return self._innermost.get(rank, track) >= track

    # Lines

    def _draw_down(self) -> None:
        for one in self._down:
            source, target = self._boxes[one.sources[0]], self._boxes[one.target]
            leaving = sorted((each for each in self._down if each.sources == one.sources), key=self._target_x)
            coming = sorted((each for each in self._down if each.target == one.target), key=self._source_x)
            out = source.middle + self._shift(leaving.index(one), len(leaving))
            into = target.middle + self._shift(coming.index(one), len(coming))
            bend = self._gaps[self._ranks[source.name]] + 12
            way = f"M{out} {source.bottom}V{target.y - 2}"
            if out != into:
                way = f"M{out} {source.bottom}V{bend}H{into}V{target.y - 2}"
            # Where several come together each is named where it leaves.
            x, y = (into, target.y) if len(coming) == 1 else (out, target.y)
            height = LINE * len(one.labels)
            free = target.y - self._gaps[self._ranks[source.name]]
            top = y - free + (free - height) // 2 + (6 if out != into and len(coming) == 1 else 0)
            if len(coming) > 1:
                top = source.bottom + 2
            self._add(one, (way,), x + 8, top, "start")

    def _target_x(self, one: _Bundle) -> int:
        return self._boxes[one.target].middle

    def _source_x(self, one: _Bundle) -> int:
        return self._boxes[one.sources[0]].middle

    @staticmethod
    def _shift(at: int, count: int) -> int:
        return round((at - (count - 1) / 2) * 26)

    def _draw_left(self) -> None:
        ports = self._ports(self._left)
        for number, (one, track) in enumerate(zip(self._left, self._tracks, strict=True)):
            x = self._lane_x[track]
            goes = tuple(
                f"{self._from_box(name, ports[name, number], x, is_left=True)}"
                f"{self._into_box(one.target, ports[one.target, number], is_left=True)}"
                for name in one.sources
            )
            rank = self._label_ranks[number]
            gap = self._gap_after(rank)
            top = self._gaps[rank] + (gap - LINE * len(one.labels)) // 2
            self._add(one, goes, x + 6, top, "start")

    def _draw_right(self) -> int:
        """Draw the side states and what leads to them; return where the diagram ends."""
        order = sorted(self._right, key=lambda one: self._side.index(self._side_of(one)))
        lanes = {id(one): self._main_end + LANE * (at + 1) for at, one in enumerate(reversed(order))}
        text = max((one.width for one in self._right), default=0)
        x = self._main_end + LANE * (len(order) + 1) + text + 16 if self._side else self._main_end
        slots = self._place_side(order, x)
        ports = self._ports(order)
        for number, one in enumerate(order):
            lane, slot = lanes[id(one)], slots[id(one)]
            side = self._boxes[self._side_of(one)]
            if side.name == one.target:
                mains = [name for name in one.sources if name in self._ranks]
                goes = [
                    f"{self._from_box(name, ports[name, number], lane, is_left=False)}V{slot}H{side.x - 2}"
                    for name in mains
                ]
            else:
                into = self._into_box(one.target, ports[one.target, number], is_left=False)
                goes = [f"M{side.x} {slot}H{lane}{into}"]
            rest = [name for name in one.sources if name not in self._ranks and name != side.name]
            goes += [self._beside(self._boxes[name], self._boxes[one.target], 0) for name in rest if name in self._side]
            self._add(one, tuple(goes), side.x - 8, slot - LINE * len(one.labels) - 1, "end")
        return self._draw_outer(x)

    def _side_of(self, one: _Bundle) -> str:
        return one.target if one.target in self._side else next(name for name in one.sources if name in self._side)

    def _place_side(self, order: Sequence[_Bundle], x: int) -> dict[int, int]:
        """Put the side states beside those that lead to them; return the y where each bundle meets its side state."""
        slots: dict[int, int] = {}
        y = MARGIN + 24
        for name in self._side:
            box, mine = self._boxes[name], [one for one in order if self._side_of(one) == name]
            heights = [LINE * len(one.labels) + 8 for one in mine]
            box.height = max(box.height if box.loops else 42, sum(heights) + 12)
            ends = [self._boxes[end] for one in mine for end in one.ends if end in self._ranks]
            wish = sum(each.y + each.height // 2 for each in ends) // len(ends) if ends else y
            box.x, box.y = x, max(y, wish - box.height // 2)
            slot = box.y + (box.height - sum(heights)) // 2
            for one, height in zip(mine, heights, strict=True):
                slot += height
                slots[id(one)] = slot - 4
            y = box.bottom + 26
        return slots

    def _draw_outer(self, x: int) -> int:
        """Draw what leads from one side state to another, at the far right."""
        end = max((box.x + box.width for box in self._boxes.values()), default=0)
        if not self._outer:
            return end
        for at, one in enumerate(self._outer):
            target = self._boxes[one.target]
            goes = tuple(self._beside(self._boxes[name], target, at) for name in one.sources)
            middle = (self._boxes[one.sources[0]].y + target.y) // 2 + 12
            self._add(one, goes, end + LANE * (at + 1) + 6, middle, "start")
        return end + LANE * (len(self._outer) + 1) + max(one.width for one in self._outer) + 8

    @staticmethod
    def _beside(source: Box, target: Box, at: int) -> str:
        lane = max(source.x, target.x) + source.width + LANE * (at + 1)
        out = source.y + source.height // 2 + 5
        into = target.y + target.height // 2 - 5
        return f"M{source.x + source.width} {out}H{lane}V{into}H{target.x + target.width + 2}"

    def _ports(self, bundles: Sequence[_Bundle]) -> dict[tuple[str, int], int]:
        """Return the height at which each bundle meets each box, those that go up above those that go down."""
        found: dict[tuple[str, int], int] = {}
        for name in self._main:
            box, rank = self._boxes[name], self._ranks[name]
            mine = [at for at, one in enumerate(bundles) if name in one.ends]

            def reach(at: int, rank: int = rank) -> float:
                others = [self._ranks[end] - rank for end in bundles[at].ends if end in self._ranks]
                return sum(others) / max(len(others), 1)

            for place, at in enumerate(sorted(mine, key=reach)):
                found[name, at] = box.y + round(box.height * (place + 1) / (len(mine) + 1))
        return found

    def _from_box(self, name: str, port: int, lane: int, *, is_left: bool) -> str:
        box = self._boxes[name]
        if self._is_at_edge(name, is_left=is_left):
            return f"M{box.x if is_left else box.x + box.width} {port}H{lane}"
        # Others of the row stand between it and the lane: it leaves below them.
        x = box.middle + (-30 if is_left else 30)
        return f"M{x} {box.bottom}V{self._gaps[self._ranks[name]] + 5}H{lane}"

    def _into_box(self, name: str, port: int, *, is_left: bool) -> str:
        box = self._boxes[name]
        if self._is_at_edge(name, is_left=is_left):
            return f"V{port}H{box.x - 2 if is_left else box.x + box.width + 2}"
        x = box.middle + (-40 if is_left else 40)
        above = box.y - 9
        return f"V{above}H{x}V{box.y - 2}"

    def _is_at_edge(self, name: str, *, is_left: bool) -> bool:
        row = self._rows[self._ranks[name]]
        return name == row[0 if is_left else -1]

    def _add(self, one: _Bundle, goes: tuple[str, ...], x: int, top: int, anchor: str) -> None:
        labels = tuple(
            Label(name, cut(label), label, x, top + LINE * at + 12, anchor)
            for at, (name, label) in enumerate(zip(one.names, one.labels, strict=True))
        )
        self._lines.append(Line(tuple(one.names), goes, labels, one.is_automatic))
