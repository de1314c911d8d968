"""Which version of a workflow is current, and what a document may do next."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from shundan.accounts.scopes import holds
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.workflow.models import WorkflowVersion
from shundan.workflow.registries import GUARDS
from shundan.workflow.rules.definition import RELEASED, Definition, parse_definition
from shundan.workflow.rules.definition import Transition as Transition


class Document(Protocol):
    """What the engine needs to know of a record that has a workflow."""

    pk: Any
    state: str
    workflow_id: int
    owner_id: int | None
    team_id: int | None
    department_id: int | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A transition that leaves the present state, and why this actor cannot take it now (empty if they can)."""

    transition: Transition
    refusal: Refused | None

    @property
    def is_open(self) -> bool:
        """Tell whether the transition can be taken now."""
        return self.refusal is None


@lru_cache(maxsize=256)
def definition_of(workflow_id: int) -> Definition:
    """Return a published version; versions never change, so they are kept in memory."""
    return parse_definition(WorkflowVersion.objects.get(pk=workflow_id).content)


def current_version_id(code: str) -> int:
    """Return the id of the newest published version of a workflow."""
    return WorkflowVersion.objects.filter(code=code).order_by("-version").values_list("id", flat=True)[0]


def offers_of(document: Document, *, by: Actor) -> list[Offer]:
    """Return the manual transitions from the document's state that the actor's roles allow, with why one is closed."""
    definition = definition_of(document.workflow_id)
    return [
        Offer(one, refusal_of(document, one, by=by))
        for one in definition.leaving(document.state)
        if not one.is_automatic and may_fire(document, one, by=by)
    ]


def may_fire(document: Document, transition: Transition, *, by: Actor) -> bool:
    """Tell whether the actor's roles allow the transition on this document (which they were allowed to fetch)."""
    category = definition_of(document.workflow_id).state(document.state).category
    return holds(by, transition.permission, document, named={"released": category in RELEASED})


def refusal_of(document: Document, transition: Transition, *, by: Actor) -> Refused | None:
    """Return the refusal of the first guard that does not hold, or None."""
    for name in transition.needs:
        try:
            GUARDS[name](document, by, {})
        except Refused as refusal:
            return refusal
    return None
