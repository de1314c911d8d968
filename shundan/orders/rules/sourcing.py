"""Which warehouse ships which line: criteria in an order of their own, the first that tells two apart decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

CRITERIA = ("single_parcel", "nearest", "own_fleet", "priority")
SPLIT, DIVIDE, DIRECT = "split", "divide", "direct"
RULES = (*CRITERIA, SPLIT, DIVIDE, DIRECT)
# What holds until an administrator orders the rules otherwise: few parcels, short ways, nothing split.
SHIPPED: tuple[tuple[str, bool], ...] = (
    ("single_parcel", True),
    ("nearest", True),
    ("priority", True),
    ("own_fleet", False),
    (SPLIT, False),
    (DIVIDE, False),
    (DIRECT, False),
)
# The regions in which carriers of the country reckon, by the first two characters of a province.
REGIONS = {
    "east": "上海 江苏 浙江 安徽 福建 江西 山东 台湾",
    "north": "北京 天津 河北 山西 内蒙",
    "northeast": "辽宁 吉林 黑龙",
    "central": "河南 湖北 湖南",
    "south": "广东 广西 海南 香港 澳门",
    "southwest": "重庆 四川 贵州 云南 西藏",
    "northwest": "陕西 甘肃 青海 宁夏 新疆",
}
_REGION_OF = {province: region for region, provinces in REGIONS.items() for province in provinces.split()}


@dataclass(frozen=True, slots=True)
class Place:
    """A warehouse that could ship."""

    id: int
    province: str
    city: str
    is_own: bool
    priority: int


@dataclass(frozen=True, slots=True)
class Need:
    """So much of a product is wanted by the line at a position, from one warehouse if it is to stay whole."""

    position: int
    product_id: int
    quantity: Decimal
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Ranked:
    """A warehouse with what the criteria say of it: how many lines it covers, how near it is (0 the same city)."""

    place: Place
    covers: int
    distance: int


@dataclass(frozen=True, slots=True)
class ChosenPlaces:
    """The warehouses in the order in which they are asked, and by line position who ships and whether all is there.

    `parts` are the lines that several ship: how much each has of them, who is asked first first.
    """

    ranking: tuple[Ranked, ...]
    places: Mapping[int, int]
    is_covered: Mapping[int, bool]
    parts: Mapping[int, tuple[tuple[int, Decimal], ...]]


Free = Mapping[tuple[int, int], Decimal]


def choose_places(
    needs: Sequence[Need],
    places: Sequence[Place],
    *,
    free: Free,
    province: str,
    city: str,
    rules: Sequence[str],
) -> ChosenPlaces:
    """Return which warehouse ships each line; what nobody covers waits at the first.

    `free` is what can be promised by product and warehouse id; `rules` are the active ones in their order; without
    `split` one warehouse ships all. With `divide` several may ship even one line, if none has all of it. Of equals the
    first one given is taken.
    """
    ranking = [
        Ranked(place, len(_covered(needs, place.id, free)), distance_of(place, province=province, city=city))
        for place in places
    ]
    ranking.sort(key=lambda one: [_score(rule, one) for rule in rules if rule in CRITERIA])
    if not ranking:
        return ChosenPlaces((), {}, {}, {})
    first = ranking[0].place.id
    chosen, covered = dict.fromkeys((need.position for need in needs), first), _covered(needs, first, free)
    left = [need for need in needs if need.position not in covered]
    for one in ranking[1:] if {SPLIT, DIVIDE} & set(rules) else ():
        more = _covered(left, one.place.id, free)
        chosen |= dict.fromkeys(more, one.place.id)
        covered |= more
        left = [need for need in left if need.position not in more]
    parts: dict[int, tuple[tuple[int, Decimal], ...]] = {}
    if DIVIDE in rules:
        parts = _parts(needs, left, chosen, [one.place.id for one in ranking], free)
        chosen |= {position: shares[0][0] for position, shares in parts.items()}
        wanted = {need.position: need.quantity for need in left}
        covered |= {at for at, shares in parts.items() if sum(quantity for _place, quantity in shares) == wanted[at]}
    is_covered = {need.position: need.position in covered for need in needs}
    return ChosenPlaces(tuple(ranking), chosen, is_covered, parts)


def distance_of(place: Place, *, province: str, city: str) -> int:
    """Return how far a warehouse is: 0 in the same city, 1 in the province, 2 in the region, 3 elsewhere."""
    if not province or place.province[:2] != province[:2]:
        region = region_of(province)
        return 2 if region is not None and region == region_of(place.province) else 3
    return 0 if city and place.city[:2] == city[:2] else 1


def region_of(province: str) -> str | None:
    """Return the region of a province, None for one abroad or unknown."""
    return _REGION_OF.get(province[:2])


def _parts(
    needs: Sequence[Need],
    left: Sequence[Need],
    chosen: Mapping[int, int],
    places: Sequence[int],
    free: Free,
) -> dict[int, tuple[tuple[int, Decimal], ...]]:
    """Return what several warehouses have of the lines that none covers, after those that one does."""
    rest = dict(free)
    uncovered = {need.position for need in left}
    for need in needs:
        if need.position not in uncovered:
            rest[need.product_id, chosen[need.position]] -= need.quantity
    found = {}
    for need in [one for one in left if not one.is_whole]:
        shares, missing = [], need.quantity
        for place in places:
            part = min(missing, rest.get((need.product_id, place), Decimal(0)))
            if part > 0:
                shares.append((place, part))
                rest[need.product_id, place] -= part
                missing -= part
        if len(shares) > 1:
            found[need.position] = tuple(shares)
    return found


def _covered(needs: Sequence[Need], place_id: int, free: Free) -> set[int]:
    """Return the positions that a warehouse covers in full, taken in their order."""
    left: dict[int, Decimal] = {}
    found = set()
    for need in needs:
        there = left.get(need.product_id, free.get((need.product_id, place_id), Decimal(0)))
        if there >= need.quantity:
            found.add(need.position)
            there -= need.quantity
        left[need.product_id] = there
    return found


def _score(rule: str, one: Ranked) -> int:
    return {
        "single_parcel": -one.covers,
        "nearest": one.distance,
        "own_fleet": 0 if one.place.is_own else 1,
        "priority": -one.place.priority,
    }[rule]
