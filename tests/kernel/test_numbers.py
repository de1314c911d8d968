"""Numbers of papers: whoever reads one knows what it is."""

import re
from itertools import pairwise
from pathlib import Path

import shundan
from shundan.config.shipped import ORDER_TYPES
from shundan.orders.kinds import KINDS

SERIES = re.compile(r'next_(?:gapless_)?numbers?\(\s*"(\w+)", prefix="([A-Z]+)"')


def test_no_two_papers_share_the_beginning_of_their_numbers() -> None:
    code = [path.read_text() for path in Path(shundan.__file__).parent.rglob("*.py")]
    named = {found for text in code for found in SERIES.findall(text)}
    assert len(named) > 25
    kinds = {(one["code"], one.get("prefix") or KINDS[one["kind"]].prefix) for one in ORDER_TYPES}
    prefixes = sorted(prefix for _series, prefix in named | kinds)
    assert len(kinds) == len(ORDER_TYPES)
    assert [one for one, other in pairwise(prefixes) if one == other] == []
