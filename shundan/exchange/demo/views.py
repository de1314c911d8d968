"""Views of the order list that people of the demo company saved."""

from collections.abc import Mapping
from datetime import datetime

from shundan.accounts.models import User
from shundan.accounts.queries import actor_of_user
from shundan.exchange.demo.people import FINANCE, MANAGERS, WAREHOUSE
from shundan.orders.actions import ViewInput, save_view

SAVED = (
    (MANAGERS["sales-1"], ViewInput("大额执行中", "amount_from=20000&lifecycle=in_progress&sort=-total", "department")),
    (FINANCE, ViewInput("逾期大额", "amount_from=20000&sort=-total&view=overdue", "all")),
    (WAREHOUSE, ViewInput("上海仓待发", "view=to_ship&warehouse=MAIN")),
)


def save_views(people: Mapping[str, User], *, now: datetime) -> None:
    """Save the views, each by whom it belongs to."""
    for email, view in SAVED:
        owner = actor_of_user(people[email].pk, door="demo", at=now)
        if owner is not None:
            save_view(view, kind="sale", by=owner.actor)
