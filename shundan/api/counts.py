"""Stock counts: planned, counted blind, counted again, approved by another, posted as adjustments."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    Answer,
    Code,
    Flag,
    Given,
    Moment,
    NoInput,
    Plain,
    Positive,
    Row,
    Words,
    moment,
    moment_or_none,
)
from shundan.api.fields import number as number_of
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.inventory.actions import (
    approve_count,
    cancel_count,
    finish_counting,
    plan_count,
    reject_count,
    scan_count,
)
from shundan.inventory.queries import CountLine as Line
from shundan.inventory.queries import StockCount as Count
from shundan.inventory.queries import get_count, get_warehouse, lines_of_count, list_counts

routes = Routes("counts")


class CountRow(Answer):
    """A count of a part of a warehouse; `worth` of its differences is in company currency, null where unknown."""

    number: str
    warehouse: str
    zone: str
    location: str | None
    category: str | None
    # The classes of a cycle count, such as `AB`; empty for others.
    classes: str
    state: str
    remark: str
    worth: Plain | None
    created_at: Moment
    created_by: str
    closed_at: Moment | None
    closed_by: str


class CountList(Answer):
    """One page of counts."""

    items: list[CountRow]
    next: Next


class CountLine(Answer):
    """One product and lot at one place; while it is counted nobody is told what the books say."""

    location: str
    sku: str
    lot: str
    status: str
    found: Plain | None
    expected: Plain | None
    first_found: Plain | None


class StockCount(CountRow):
    """A count with its lines, in walking order."""

    lines: list[CountLine]


class CountPlanned(Given):
    """What is counted; what is left out does not matter."""

    warehouse: Code
    zone: Code = ""
    location: Code = ""
    category: Code = ""
    remark: Words = ""


class CountScan(Given):
    """A code at a place: one unit more, or `quantity` in all. A place's own code says where the counter stands."""

    code: Annotated[Words, Field(min_length=1)]
    location: Code = ""
    quantity: Positive | None = None


class CountScanned(Answer):
    """What was counted, or where the counter stands; `added`: nobody expected it there, it counts as found."""

    kind: Literal["goods", "location"]
    location: str
    sku: str
    lot: str
    found: Plain | None
    added: bool


class FinishGiven(Given):
    """Whether nothing lies where nothing was counted."""

    rest_is_empty: Flag = False


class RejectGiven(Given):
    """Why it is counted once more."""

    reason: Words = ""


class CountsWanted(Searched):
    """What the list is narrowed to."""

    state: Literal["", "counting", "recounting", "approving", "posted", "cancelled"] = ""


@routes.get("/stock-counts", permission="stock.read", answer=CountList)
def index(request: HttpRequest, wanted: Query[CountsWanted]) -> CountList:
    """List stock counts, newest first."""
    page = list_counts(
        by=actor(request), state=wanted.state, search=wanted.search, cursor=wanted.cursor, limit=wanted.limit
    )
    return CountList(**page_members(page, lambda one: CountRow(**_members(one))))


@routes.get("/stock-counts/{number}", permission="stock.read", answer=StockCount)
def show(request: HttpRequest, number: Code) -> StockCount:
    """Show a count with its lines; blind until it is judged."""
    one = get_count(number, by=actor(request))
    return StockCount(**_members(one), lines=[_line(line, one) for line in lines_of_count(one)])


@routes.post("/stock-counts", permission="stock.adjust", answer=StockCount)
def plan(request: HttpRequest, given: CountPlanned) -> StockCount:
    """Plan a count of what lies somewhere now."""
    by = actor(request)
    facts = given.model_dump(exclude={"warehouse"})
    made = plan_count(warehouse_id=get_warehouse(given.warehouse, by=by).pk, by=by, **facts)
    return show(request, made.number)


@routes.post("/stock-counts/{number}/scans", permission="stock.adjust", answer=CountScanned)
def scan(request: HttpRequest, number: Code, given: CountScan) -> CountScanned:
    """Count what was scanned, or refuse it and change nothing."""
    found = scan_count(number, given.code, by=actor(request), location=given.location, quantity=given.quantity)
    if not isinstance(found, Line):
        return CountScanned(kind="location", location=found.code, sku="", lot="", found=None, added=False)
    lot = found.lot.code if found.lot else ""
    counted = None if found.found is None else number_of(found.found)
    return CountScanned(
        kind="goods",
        location=given.location,
        sku=found.product.sku,
        lot=lot,
        found=counted,
        added=found.was_added,
    )


@routes.post("/stock-counts/{number}/finish", permission="stock.adjust", answer=StockCount, status=200)
def finish(request: HttpRequest, number: Code, given: FinishGiven | None = None) -> StockCount:
    """End a round of counting: count again, wait for approval, or post."""
    finish_counting(number, by=actor(request), rest_is_empty=given.rest_is_empty if given else False)
    return show(request, number)


@routes.post("/stock-counts/{number}/approve", permission="stock.approve_count", answer=StockCount, status=200)
def approve(request: HttpRequest, number: Code, given: NoInput | None = None) -> StockCount:
    """Approve the differences that others counted, and post them."""
    approve_count(number, by=actor(request))
    return show(request, number)


@routes.post("/stock-counts/{number}/reject", permission="stock.approve_count", answer=StockCount, status=200)
def reject(request: HttpRequest, number: Code, given: RejectGiven | None = None) -> StockCount:
    """Have the differences counted once more."""
    reject_count(number, by=actor(request), reason=given.reason if given else "")
    return show(request, number)


@routes.post("/stock-counts/{number}/cancel", permission="stock.adjust", answer=StockCount, status=200)
def cancel(request: HttpRequest, number: Code, given: NoInput | None = None) -> StockCount:
    """Give a count up; the stock stays as it is."""
    cancel_count(number, by=actor(request))
    return show(request, number)


def _members(one: Row) -> dict[str, Any]:
    return {
        "number": one.number,
        "warehouse": one.warehouse.code,
        "zone": one.zone,
        "location": one.location.code if one.location else None,
        "category": one.category.code if one.category else None,
        "classes": one.classes,
        "state": one.state,
        "remark": one.remark,
        "worth": None if one.worth is None else number_of(one.worth),
        "created_at": moment(one.created_at),
        "created_by": one.created_by_name,
        "closed_at": moment_or_none(one.closed_at),
        "closed_by": one.closed_by_name,
    }


def _line(line: Line, count: Count) -> CountLine:
    is_blind = count.state in ("counting", "recounting")
    return CountLine(
        location=line.location.code,
        sku=line.product.sku,
        lot=line.lot.code if line.lot else "",
        status=line.status,
        found=None if line.found is None else number_of(line.found),
        expected=None if is_blind or line.expected is None else number_of(line.expected),
        first_found=None if is_blind or line.first_found is None else number_of(line.first_found),
    )
