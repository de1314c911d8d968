"""Trying an approval table with the facts of an order that exists, before it is published."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from shundan.accounts.queries import actives_of_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused, require
from shundan.orders.models import Order
from shundan.workflow.queries import LiveFacts, Value, facts_for, judge_by_table


class TableUnreadable(Refused):
    """The table's text cannot be read or its conditions do not hold water yet."""

    code = "table_unreadable"
    sentence = _("The table cannot be tried yet. Check it and correct the errors first.")


@dataclass(frozen=True, slots=True)
class TrialStep:
    """One step that the table asks for: who, and which people that would be now."""

    level: int
    mode: str
    who: str
    people: tuple[str, ...]
    why_zh: str
    why_en: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What a table says of an order: the facts it looks at, which rows hold, who would be asked."""

    number: str
    facts: Mapping[str, Value]
    is_automatic: bool
    holding: tuple[bool, ...]
    steps: tuple[TrialStep, ...]


def try_approval_table(text: str, number: str, *, by: Actor) -> Trial:
    """Return what a table would do with an order, whoever may see that order otherwise; only facts it names are told.

    Raises: NotPermitted, NotFound, TableUnreadable.
    """
    require(by, "approval_table.manage")
    rows = Order.objects.select_related("customer", "supplier", "type", "workflow", "payment_term")
    order = rows.filter(number=number.replace("\x00", "")).first()
    if order is None:
        raise NotFound(what="order", key=number[:100])
    # The facts are worked out with the house's authority: the table sees more than its administrator may.
    facts = LiveFacts("order", order, by.as_system())
    try:
        judged = judge_by_table(text, facts, applicant_id=order.owner_id, owner_id=order.owner_id)
    except ValueError:
        raise TableUnreadable() from None
    names = actives_of_unscoped({person for step in judged.steps for person in step.people})
    steps = tuple(
        TrialStep(
            one.level,
            one.mode,
            one.who,
            tuple(names[person] for person in one.people if person in names),
            one.why_zh,
            one.why_en,
        )
        for one in judged.steps
    )
    return Trial(order.number, facts_for(judged.facts, by=by), judged.is_automatic, judged.holding, steps)
