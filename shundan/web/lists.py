"""What all lists share: their whole state stands in the address; links change one part of it and keep the rest."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shundan.kernel.actor import Actor
from shundan.kernel.days import day_of_text
from shundan.kernel.listing import COUNT_CAP, Page
from shundan.kernel.money import parse_decimal
from shundan.ui.doors import actor_of
from shundan.ui.formatting import amount
from shundan.ui.naming import why_unknown

SIZES = (20, 50, 100, 200)
STANDARD = 50
T = TypeVar("T")
# What filters of these names name (ui.naming), wherever a list has them.
NAMED = {
    "account": "account",
    "category": "category",
    "currency": "currency",
    "customer": "customer",
    "owner": "user",
    "product": "product",
    "supplier": "supplier",
    "type": "type",
    "warehouse": "warehouse",
}
# What every list may carry, though it filters nothing.
_OF_ALL = ("after", "size", "sort", "page", "view", "q", "saved")
# Parts of the address that belong to one page of a list, not to its filter.
_OF_PAGE = ("after", "size")


@dataclass(frozen=True, slots=True)
class State:
    """The state of a list as its address says it, and which parts of it nobody understood."""

    query: QueryDict
    by: Actor | None = None
    # Which filters the list looked at, and which of them say what it cannot read.
    asked: set[str] = field(default_factory=set, compare=False)
    strange: set[str] = field(default_factory=set, compare=False)

    def text(self, name: str) -> str:
        """Return a filter's value; characters that cannot be kept are dropped."""
        self.asked.add(name)
        return (self.query.get(name) or "").replace("\x00", "").strip()[:200]

    def choice(self, name: str, allowed: Container[str], default: str) -> str:
        """Return one of the values that a filter knows; what is none of them filters nothing."""
        typed = self.text(name)
        return typed if typed in allowed else self._left_out(name, default)

    def many(self, name: str, allowed: Container[str] | None = None) -> tuple[str, ...]:
        """Return the values of a filter that may be given several times; what it does not know filters nothing."""
        self.asked.add(name)
        typed = tuple(value for value in self.query.getlist(name) if value and "\x00" not in value)
        known = typed if allowed is None else tuple(value for value in typed if value in allowed)
        return known if known == typed else self._left_out(name, known)

    def day(self, name: str) -> date | None:
        """Return a day; what is no day filters nothing."""
        try:
            return day_of_text(self.text(name))
        except ValueError:
            return self._left_out(name, None)

    def number(self, name: str) -> Decimal | None:
        """Return an amount; what is no number filters nothing."""
        found = parse_decimal(self.text(name)) if self.text(name) else None
        return found if found is not None and abs(found) < 10**16 else self._left_out(name, None)

    def whole(self, name: str) -> int | None:
        """Return an id; what is none filters nothing."""
        typed = self.text(name)
        is_whole = typed.isascii() and typed.isdigit() and len(typed) < 16
        return int(typed) if is_whole else self._left_out(name, None)

    def _left_out(self, name: str, instead: T) -> T:
        if self.text(name):
            self.strange.add(name)
        return instead

    def unclear(self, *, is_empty: bool) -> list[str]:
        """Return in words what of the address was not understood; asked once the list is made.

        Of an empty list it also tells which filters name nothing: rows prove that they do.
        """
        sentence = _("The filter “%(filter)s” was not understood; the list is not narrowed by it.")
        found = [
            sentence % {"filter": f"{name}={value}"[:100]}
            for name, values in self.query.lists()
            for value in values
            if value and self._is_strange(name)
        ]
        if not is_empty or self.by is None:
            return found
        named = [(NAMED[name], self.text(name)) for name in self.query if name in NAMED and name in self.asked]
        reasons = [why_unknown(what, key, by=self.by) for what, key in named if key]
        return found + [one for one in reasons if one]

    def _is_strange(self, name: str) -> bool:
        return name in self.strange or not (name in self.asked or name in _OF_ALL or "." in name)

    @property
    def cursor(self) -> str | None:
        """Return where the page begins."""
        return self.query.get("after") or None

    @property
    def size(self) -> int:
        """Return the wished page size, one of those that are offered."""
        wished = self.whole("size")
        return wished if wished in SIZES else STANDARD

    @property
    def sort(self) -> str:
        """Return the column that sorts, `-` in front for descending."""
        return self.text("sort") or "-id"

    def link(self, *, path: str = "", drop: Iterable[str] = (), **changes: object) -> str:
        """Return the address with some parts changed (empty ones removed) and the first page shown."""
        changed = self.query.copy()
        for name in ("after", *drop):
            changed.pop(name, None)
        for name, value in changes.items():
            changed.pop(name, None)
            if value not in (None, ""):
                changed[name] = str(value)
        text = changed.urlencode()
        return f"{path}?{text}" if text or not path else path

    def without(self, name: str, value: str) -> str:
        """Return the address without one value of a filter."""
        changed = self.query.copy()
        kept = [one for one in changed.getlist(name) if one != value]
        changed.pop("after", None)
        changed.setlist(name, kept)
        return f"?{changed.urlencode()}"

    def filter_string(self) -> str:
        """Return the filter alone, for actions on everything that matches."""
        changed = self.query.copy()
        for name in _OF_PAGE:
            changed.pop(name, None)
        return changed.urlencode()

    def hidden(self, *names: str) -> list[tuple[str, str]]:
        """Return the parts that a search form keeps."""
        return [(name, self.text(name)) for name in names if self.text(name)]


def state_of(request: HttpRequest) -> State:
    """Return the state of the list that a request shows."""
    return State(request.GET, by=actor_of(request))


def tabs(state: State, choices: Sequence[tuple[str, object]], *, active: str, counts: dict[str, int]) -> list[Any]:
    """Return the view tabs; choosing one keeps nothing but the page size."""
    return [
        {
            "label": str(label),
            "url": f"?view={view}" if view != choices[0][0] else "?",
            "active": view == active,
            "count": counts.get(view),
        }
        for view, label in choices
    ]


def columns(state: State, sortable: dict[str, str], *, default: str = "-id") -> dict[str, dict[str, Any]]:
    """Return for each column its sort link and present direction; `sortable` maps names to sort keys."""
    found: dict[str, dict[str, Any]] = {}
    for name, key in sortable.items():
        falling, rising = state.sort == f"-{key}", state.sort == key
        found[name] = {
            "sort": state.link(sort=key if falling else f"-{key}"),
            "direction": "descending" if falling else "ascending" if rising else None,
        }
    return found


def pager(
    state: State,
    *,
    next_cursor: str | None,
    previous_cursor: str | None,
    count: int | None,
    shown: int,
    sums: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Return the footer of a list: how many, sums, steps, page sizes."""
    return {
        "total": total_text(count, shown),
        "matching": count if count is not None and count <= COUNT_CAP else None,
        "sums": list(sums),
        "previous": state.link(after=previous_cursor) if previous_cursor else None,
        "next": state.link(after=next_cursor) if next_cursor else None,
        "size": state.size,
        "size_urls": [(size, state.link(size=size)) for size in SIZES],
        "shown": shown,
        "unclear": lambda: state.unclear(is_empty=not shown),
    }


def total_text(count: int | None, shown: int) -> str:
    """Return how many rows there are in words; beyond the cap, that there are more."""
    if count is None:
        return ngettext("%(num)s on this page", "%(num)s on this page", shown) % {"num": shown}
    if count > COUNT_CAP:
        return _("More than %(num)s") % {"num": f"{COUNT_CAP:,}"}
    return ngettext("%(num)s in all", "%(num)s in all", count) % {"num": f"{count:,}"}


def company_sum(worth: Decimal) -> str:
    """Return a worth in company currency."""
    return f"¥{amount(worth)}"


def plain_list(
    state: State,
    found: Page[Any],
    rows: list[dict[str, Any]],
    *,
    url: str,
    placeholder: str,
    caption: str,
    empty_title: str,
    empty_text: str = "",
    create_label: str = "",
    import_url: str | None = None,
    hidden: Sequence[str] = ("view", "sort", "size"),
    sums: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Return what the template list.html expects besides page and views."""
    is_filtered = any(state.query.get(name) for name in state.query if name not in (*_OF_PAGE, "sort"))
    return {
        "rows": rows,
        "pills": [],
        "bulk_actions": [],
        "pager": pager(
            state,
            next_cursor=found.next,
            previous_cursor=found.previous,
            count=found.total,
            shown=len(rows),
            sums=sums,
        ),
        "list": {
            "url": url,
            "q": state.text("q"),
            "placeholder": placeholder,
            "hidden": state.hidden(*hidden),
            "export_url": None,
            "import_url": import_url,
            "query_string": state.filter_string(),
            "clear_url": url,
            "create_label": create_label,
            "empty": "filtered" if is_filtered else "new",
            "empty_title": empty_title,
            "empty_text": empty_text,
            "caption": caption,
        },
    }


def page_wanted(state: State) -> int:
    """Return which page of a list with numbered pages is wanted."""
    return min(max(state.whole("page") or 1, 1), 10_000)


def pager_of_pages(state: State, *, count: int, shown: int) -> dict[str, Any]:
    """Return the steps between numbered pages."""
    at, size = page_wanted(state), state.size
    steps = pager(state, next_cursor=None, previous_cursor=None, count=count, shown=shown)
    return steps | {
        "total": _("%(num)s in all") % {"num": f"{count:,}"},
        "previous": state.link(page=at - 1 if at > 2 else "") if at > 1 else None,
        "next": state.link(page=at + 1) if at * size < count else None,
        "size_urls": [(one, state.link(drop=("page",), size=one)) for one, _link in steps["size_urls"]],
    }
