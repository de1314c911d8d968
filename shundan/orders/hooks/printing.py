"""The papers of orders: quotation, confirmation, contract, purchase order, return, transfer."""

from functools import partial

from shundan.kernel.actor import Actor
from shundan.kernel.prints import Paper
from shundan.orders.models import Order
from shundan.orders.queries import get_order, paper_of_order
from shundan.orders.queries.papers import ORDER_PAPERS, language_of_order, order_columns
from shundan.papers.registries import PaperKind, offer_paper


def _find(number: str, by: Actor) -> Order:
    return get_order(number, by=by)


def _draw(order: Order, _by: Actor, *, kind: str) -> Paper:
    return paper_of_order(order, kind)


for code, label in ORDER_PAPERS.items():
    offer_paper(
        PaperKind(
            code=code,
            label=label,
            find=_find,
            draw=partial(_draw, kind=code),
            columns=partial(order_columns, has_prices=code != "transfer_order"),
            language_of=language_of_order,
        )
    )
