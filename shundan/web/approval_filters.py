"""What the address of the inbox narrows it to: kind, amount, age, urgency; what cannot be read is left out."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy, ngettext

from shundan.kernel.money import parse_decimal
from shundan.web.approval_view import KINDS
from shundan.web.words import Word
from shundan.workflow.queries import URGENCIES, InboxFilter

AGES = (1, 3, 7)
URGENT: dict[str, Word] = {
    "overdue": gettext_lazy("Overdue"),
    "soon": gettext_lazy("Due within a day"),
}
LARGEST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted, and the same as the address says it."""

    wanted: InboxFilter
    query: dict[str, str]


def filters_of(given: QueryDict) -> Asked:
    """Return what an address asks for."""
    query = {}
    kind, urgency, days = given.get("kind", ""), given.get("urgency", ""), given.get("days", "")
    if kind in KINDS:
        query["kind"] = kind
    if urgency in URGENCIES:
        query["urgency"] = urgency
    if days in {str(one) for one in AGES}:
        query["days"] = days
    amounts = {name: _amount(given.get(name, "")) for name in ("least", "most")}
    query |= {name: format(amount, "f") for name, amount in amounts.items() if amount is not None}
    wanted = InboxFilter(
        kind=query.get("kind", ""),
        urgency=query.get("urgency", ""),
        days=int(query["days"]) if "days" in query else None,
        least=amounts["least"],
        most=amounts["most"],
    )
    return Asked(wanted, query)


def choices_of_filters(box: str) -> dict[str, Any]:
    """Return what each filter offers; only tasks are urgent."""
    return {
        "kinds": [(key, str(label)) for key, label in KINDS.items()],
        "ages": [(str(n), ngettext("%(num)s day and older", "%(num)s days and older", n) % {"num": n}) for n in AGES],
        "urgencies": [(key, str(label)) for key, label in URGENT.items()] if box == "to_do" else [],
    }


def _amount(typed: str) -> Decimal | None:
    found = parse_decimal(typed.strip()[:30]) if typed.strip() else None
    return found if found is not None and 0 <= found < LARGEST else None
