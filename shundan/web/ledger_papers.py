"""The papers behind rows of the stock ledger, as links for those who may see them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse

from shundan.fulfilment.queries import inspection_numbers, receipt_numbers, shipment_numbers
from shundan.inventory.queries import StockMove, count_numbers
from shundan.kernel.actor import Actor
from shundan.orders.queries.record import order_numbers_by_id

# By what the ledger calls a paper: how its numbers are found, and the name of its page.
_PAGES: dict[str, tuple[Callable[..., dict[int, str]], str]] = {
    "shipment": (shipment_numbers, "shipments.show"),
    "receipt": (receipt_numbers, "receipts.show"),
    "inspection": (inspection_numbers, "inspections.show"),
    "stock_count": (count_numbers, "counts.show"),
    # What was lost on its way is posted by the transfer itself.
    "order": (order_numbers_by_id, "orders.show"),
}


@dataclass(frozen=True, slots=True)
class LedgerPaper:
    """A paper that moved stock."""

    number: str
    url: str


def papers_of_moves(moves: Iterable[StockMove], *, by: Actor) -> dict[tuple[str, int], LedgerPaper]:
    """Return by source the papers of ledger rows that the actor may see; one query for each kind among them."""
    wanted: dict[str, set[int]] = {}
    for one in moves:
        if one.source_kind in _PAGES and one.source_id is not None:
            wanted.setdefault(one.source_kind, set()).add(one.source_id)
    found = {}
    for kind, ids in wanted.items():
        find, place = _PAGES[kind]
        for pk, number in find(ids, by=by).items():
            found[(kind, pk)] = LedgerPaper(number, reverse(place, kwargs={"number": number}))
    return found
