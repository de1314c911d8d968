"""Which reasons people choose from, and what those that were chosen once are called."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.kept import kept
from shundan.orders.models import Reason
from shundan.orders.rules.reasons import AMEND, INDISPENSABLE, SHIPPED_REASONS, ReasonCode, step_of_reasons

STEPS_WITH_REASONS = tuple(SHIPPED_REASONS)


def reason_codes(transition: str) -> list[ReasonCode]:
    """Return the reasons that a step of an order offers, none where it asks for a text alone."""
    return OfferedReasons().of(transition)


class OfferedReasons:
    """The reasons that the steps of an order offer; they are read once, when the first step that has some is asked."""

    def of(self, transition: str) -> list[ReasonCode]:
        """Return the reasons of a step, none where it asks for a text alone."""
        step = step_of_reasons(transition)
        return self._by_step.get(step, []) if step in SHIPPED_REASONS else []

    @cached_property
    def _by_step(self) -> dict[str, list[ReasonCode]]:
        found: dict[str, list[ReasonCode]] = {}
        for step, *words in _active_reasons():
            found.setdefault(step, []).append(ReasonCode(*words))
        return found


@kept
def _active_reasons() -> QuerySet[Any, tuple[str, ...]]:
    rows = Reason.objects.filter(is_active=True).order_by("position", "id")
    return rows.values_list("step", "code", "label_zh", "label_en")


def change_reasons() -> dict[str, str]:
    """Return by code what reasons for changes of an order are called in the active language, retired ones, too."""
    is_english = (get_language() or "").startswith("en")
    rows = Reason.objects.filter(step=AMEND).order_by("position", "id")
    return {one.code: one.label_en if is_english else one.label_zh for one in rows}


def all_reasons(*, by: Actor) -> Mapping[str, list[Reason]]:
    """Return by step every reason, the retired ones last, for who takes a step or keeps them. Raises: NotPermitted."""
    require(by, "self.edit")
    found: dict[str, list[Reason]] = {step: [] for step in STEPS_WITH_REASONS}
    for one in Reason.objects.order_by("-is_active", "position", "id"):
        found.setdefault(one.step, []).append(one)
    return found


def is_indispensable(reason: Reason) -> bool:
    """Tell whether a reason cannot be retired: the program itself names it."""
    return reason.code in INDISPENSABLE
