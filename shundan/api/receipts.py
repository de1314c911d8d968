"""Receipts: what came in for a purchase, a return or a transfer; reversed while its goods are free."""

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.expired_lots import ExpiredLot, expired_lots
from shundan.api.fields import (
    Answer,
    Code,
    Flag,
    Given,
    Moment,
    Plain,
    Position,
    Row,
    Words,
    moment,
    moment_or_none,
    number,
)
from shundan.api.lines import LineQuantities, chosen_lines
from shundan.api.moved_lots import MovedLot, moved_lots
from shundan.api.narrowing import OfOrder
from shundan.api.pagination import Next, Paged, page_members
from shundan.api.routes import Routes
from shundan.api.stock_places import LotGiven
from shundan.fulfilment.actions import receive_goods, reverse_receipt
from shundan.fulfilment.queries import LotsOfPaper, get_receipt, list_receipts, lots_of_receipts
from shundan.inventory.queries import ExpiredUnits, expired_of_paper_unscoped
from shundan.orders.queries import get_order, lines_of

routes = Routes("receipts")


class ReceiptRow(Answer):
    """A receipt as lists show it."""

    number: str
    order: str
    order_revision: int
    state: str
    warehouse: str
    reference: str
    remark: str
    consigned: bool
    posted_at: Moment
    posted_by: str
    reversed_at: Moment | None
    reversed_by: str


class ReceiptLine(Answer):
    """How much of an order line came, and how much of it was good.

    `over` of that came above the order, `closed` was missing and is awaited no more, both within the tolerance. `lots`
    are those of what was good, also of a receipt that was reversed since. What had `expired` when it came lies blocked.
    """

    position: int
    sku: str
    name_zh: str
    name_en: str
    unit: str
    quantity: Plain
    accepted: Plain
    over: Plain
    closed: Plain
    lots: list[MovedLot]
    expired: list[ExpiredLot]


class Receipt(ReceiptRow):
    """A receipt with its lines."""

    lines: list[ReceiptLine]


class ReceiptList(Answer):
    """One page of receipts."""

    items: list[ReceiptRow]
    next: Next


class LotsGiven(Given):
    """The lots of a line."""

    position: Position
    lots: Annotated[list[LotGiven], Field(min_length=1, max_length=500)]


class ReceiptGiven(Given):
    """What came: all that is awaited, or the given quantities; `rejected` of it does not go on the shelf.

    `consigned`: it lies here already as the supplier's and becomes ours where it lies.
    """

    lines: LineQuantities = None
    rejected: LineQuantities = None
    lots: Annotated[list[LotsGiven], Field(max_length=1000)] = []
    reference: Words = ""
    remark: Words = ""
    consigned: Flag = False


class ReversalGiven(Given):
    """Why the receipt is reversed."""

    reason: Words = ""


class ReceiptsWanted(Paged):
    """What the list is narrowed to."""

    order: OfOrder = ""


@routes.get("/receipts", permission="receipt.read", answer=ReceiptList)
def index(request: HttpRequest, wanted: Query[ReceiptsWanted]) -> ReceiptList:
    """List receipts, newest first."""
    page = list_receipts(by=actor(request), order=wanted.order, cursor=wanted.cursor, limit=wanted.limit)
    return ReceiptList(**page_members(page, lambda one: ReceiptRow(**_members(one, one.order.number))))


@routes.get("/receipts/{number}", permission="receipt.read", answer=Receipt)
def show(request: HttpRequest, number: Code) -> Receipt:
    """Show a receipt with its lines."""
    receipt = get_receipt(number, by=actor(request))
    return receipt_answer(receipt, order=receipt.order.number, lots=lots_of_receipts([receipt]))


@routes.post("/orders/{number}/receipts", permission="receipt.post", answer=Receipt)
def create(request: HttpRequest, number: Code, given: ReceiptGiven | None = None) -> Receipt:
    """Post what came in for an order: all that is awaited, or a part of it."""
    by, wished = actor(request), given or ReceiptGiven()

    def skus() -> list[tuple[int, str]]:
        return [(line.position, line.sku) for line in lines_of(get_order(number, by=by))]

    chosen = chosen_lines(wished.lines, skus=skus)
    rejected = chosen_lines(wished.rejected, skus=skus)
    with chosen.places_in_request():
        receipt = receive_goods(
            number,
            by=by,
            quantities=chosen.quantities,
            rejected=rejected.quantities,
            lots={one.position: [lot.as_input() for lot in one.lots] for one in wished.lots},
            reference=wished.reference,
            remark=wished.remark,
            consigned=wished.consigned,
        )
    return show(request, receipt.number)


@routes.post("/receipts/{number}/reverse", permission="receipt.reverse", answer=Receipt, status=200)
def reverse(request: HttpRequest, number: Code, given: ReversalGiven | None = None) -> Receipt:
    """Undo a receipt while its goods are still free and not billed."""
    reverse_receipt(number, by=actor(request), reason=(given or ReversalGiven()).reason)
    return show(request, number)


def receipt_answer(receipt: Row, *, order: str, lots: LotsOfPaper) -> Receipt:
    """Return a receipt with its lines; `lots` are what lots_of_receipts says."""
    expired = expired_of_paper_unscoped(receipt.subject)
    return Receipt(**_members(receipt, order), lines=[_line(one, lots, expired) for one in receipt.lines.all()])


def _members(receipt: Row, order: str) -> dict[str, Any]:
    return {
        "number": receipt.number,
        "order": order,
        "order_revision": receipt.order_revision,
        "state": receipt.state,
        "warehouse": receipt.warehouse.code,
        "reference": receipt.reference,
        "remark": receipt.remark,
        "consigned": receipt.is_consigned,
        "posted_at": moment(receipt.posted_at),
        "posted_by": receipt.posted_by_name,
        "reversed_at": moment_or_none(receipt.reversed_at),
        "reversed_by": receipt.reversed_by_name,
    }


def _line(one: Row, lots: LotsOfPaper, expired: Sequence[ExpiredUnits]) -> ReceiptLine:
    line = one.order_line
    return ReceiptLine(
        position=line.position,
        sku=line.sku,
        name_zh=line.name_zh,
        name_en=line.name_en,
        unit=line.unit,
        quantity=number(one.quantity),
        accepted=number(one.accepted),
        over=number(one.over),
        closed=number(one.closed),
        lots=moved_lots(lots.get(one.pk, ())),
        expired=expired_lots(part for part in expired if part.line_id == line.pk),
    )
