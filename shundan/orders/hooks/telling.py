"""What notices say of an order: its number, who stands behind it, and what a transition did in both languages."""

from collections.abc import Mapping
from typing import Any

from shundan.accounts.queries import department_codes_unscoped, people_of_department_unscoped
from shundan.notifications.registries import SUBJECTS, About
from shundan.orders.models import Order
from shundan.workflow.queries import definition_of, latest_run_of


def about_order(order_id: int, data: Mapping[str, Any]) -> About | None:
    """Return what a notice of an order's event is about; a draft that was deleted is about nothing."""
    order = Order.objects.select_related("customer", "supplier").filter(pk=order_id).first()
    if order is None:
        return None
    run = latest_run_of(order.subject)
    places = {"owner": order.owner_id, "applicant": run.applicant_id if run is not None else order.owner_id}
    home = order.department_id or 0
    codes = department_codes_unscoped([home, order.target_department_id or 0])
    # Whose people have to do the work, and whose to confirm it.
    sides = {"giver": home, "receiver": order.target_department_id} if order.target_department_id else {}
    groups = {
        name: people_of_department_unscoped(codes[pk], permission="order.work")
        for name, pk in sides.items()
        if pk in codes
    }
    taken = definition_of(order.workflow_id).transition(str(data.get("transition", "")))
    return About(
        title=order.number,
        party=order.party_name,
        places=places,
        groups=groups,
        department=codes.get(home),
        # What no transition did says itself what it was.
        words_zh=taken.label_zh if taken else str(data.get("said_zh", "")),
        words_en=taken.label_en if taken else str(data.get("said_en", "")),
    )


SUBJECTS["order"] = about_order
