"""What the address of a list of orders narrows it to."""

from shundan.orders.queries import OrderFilter
from shundan.web.attribute_lists import attributes_wanted
from shundan.web.kinds import Face
from shundan.web.lists import State

LIFECYCLES = ("draft", "submitted", "approved", "confirmed", "in_progress", "completed", "closed", "cancelled")
PAYMENTS = ("unpaid", "part", "paid", "overpaid")
FILTERS = (
    "lifecycle",
    "payment",
    "customer",
    "supplier",
    "since",
    "until",
    "amount_from",
    "amount_to",
    "owner",
    "warehouse",
    "type",
)


def filter_of(state: State, face: Face) -> OrderFilter:
    """Return what the address narrows the list of a kind to."""
    return OrderFilter(
        kinds=(face.kind,),
        view=view_of(state, face),
        search=state.text("q"),
        category=state.many("lifecycle", LIFECYCLES),
        payment=state.many("payment", PAYMENTS),
        customer=state.text("customer"),
        supplier=state.text("supplier"),
        owner_id=state.whole("owner"),
        warehouse=state.text("warehouse"),
        ordered_from=state.day("since"),
        ordered_to=state.day("until"),
        total_from=state.number("amount_from"),
        total_to=state.number("amount_to"),
        type_code=state.text("type"),
        attributes=attributes_wanted(state),
    )


def view_of(state: State, face: Face) -> str:
    """Return the view that the address names, all orders if it is none of this list's."""
    return state.choice("view", [view for view, _label in face.views], "all")
