"""Which version of a workflow is current, and what a document may do next."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shundan.accounts.scopes import holds
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Refused
from shundan.workflow.models import WorkflowVersion
from shundan.workflow.queries.sentences import condition_in_words, known_facts
from shundan.workflow.queries.tables import LiveFacts, VersionLine
from shundan.workflow.registries import FACTS, FIELDS, GUARDS, OCCURRED, OWN_GUARDS, Subject
from shundan.workflow.rules import parse_condition
from shundan.workflow.rules.definition import RELEASED, Definition, State, parse_definition
from shundan.workflow.rules.definition import SAME_STATE as SAME_STATE
from shundan.workflow.rules.definition import Transition as Transition


class ConditionNotMet(Refused):
    """The transition has a condition, and it does not hold for this document."""

    code = "condition_not_met"
    sentence = _("“%(transition)s” is only possible when: %(condition)s")


class FieldsMissing(Refused):
    """The transition wants fields to be filled first."""

    code = "fields_missing"
    sentence = _("“%(transition)s” needs fields that are still empty. See the marked fields.")


class Document(Protocol):
    """What the engine needs to know of a record that has a workflow; the kind in `subject` names its registries."""

    pk: Any
    state: str
    workflow_id: int
    owner_id: int | None
    team_id: int | None
    department_id: int | None

    @property
    def subject(self) -> Subject:
        """Return kind and id."""


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


def versions_of_workflow(code: str) -> list[VersionLine]:
    """Return the published versions of a workflow, the newest first."""
    rows = WorkflowVersion.objects.filter(code=code.replace("\x00", "")).order_by("-version")
    return [VersionLine(*row) for row in rows.values_list("id", "version", "published_at")]


def workflow_content(version_id: int) -> str:
    """Return a published workflow's text."""
    return WorkflowVersion.objects.get(pk=version_id).content


def workflow_codes() -> list[str]:
    """Return the codes of all workflows."""
    return list(WorkflowVersion.objects.order_by("code").values_list("code", flat=True).distinct())


def workflow_labels(codes: Iterable[str]) -> dict[str, str]:
    """Return the names of published workflows by code, in the language that is active now."""
    rows = WorkflowVersion.objects.filter(code__in=list(codes)).order_by("code", "-version").distinct("code")
    labels = {code: said(definition_of(pk)) for pk, code in rows.values_list("id", "code")}
    return {code: label or code for code, label in labels.items()}


def offers_of(document: Document, *, by: Actor) -> list[Offer]:
    """Return the manual transitions from the document's state that the actor's roles allow, with why one is closed."""
    return offers_among(definition_of(document.workflow_id).leaving(document.state), document, by=by)


def offers_among(ways: Iterable[Transition], document: Document, *, by: Actor) -> list[Offer]:
    """Return those of some ways that a person takes and the actor's roles allow, with why one is closed."""
    return [
        Offer(one, refusal_of(document, one, by=by))
        for one in ways
        if not one.is_automatic and may_fire(document, one, by=by)
    ]


def may_fire(document: Document, transition: Transition, *, by: Actor) -> bool:
    """Tell whether the actor's roles allow the transition on this document (which they were allowed to fetch)."""
    if transition.roles and not by.has_role_of(transition.roles):
        return False
    category = definition_of(document.workflow_id).state(document.state).category
    return holds(by, transition.permission, document, named={"released": category in RELEASED})


def refusal_of(document: Document, transition: Transition, *, by: Actor) -> Refused | None:
    """Return the refusal of its condition, its required fields or the first guard that does not hold, or None."""
    try:
        check_way(document, transition, by=by)
    except Refused as refusal:
        return refusal
    for name in transition.needs:
        try:
            GUARDS[name](document, by, {})
        except Refused as refusal:
            return refusal
    return None


def check_way(document: Document, transition: Transition, *, by: Actor) -> None:
    """Check what a definition itself asks of a transition: its condition and its required fields.

    Raises: ConditionNotMet, FieldsMissing.
    """
    if transition.when and not transition.is_open_for(LiveFacts(document.subject[0], document, by)):
        raise ConditionNotMet(transition=said(transition), condition=_words_of(document, transition))
    fields = FIELDS.get(document.subject[0], {})
    empty = [name for name in transition.required if fields[name](document) in (None, "", [], ())]
    if empty:
        details = [Detail(name, "required", _("This field is required.")) for name in empty]
        raise FieldsMissing(transition=said(transition), details=details)


def happens_now(document: Document, transition: Transition) -> bool:
    """Tell whether a transition is taken by itself now, if nothing refuses it: at once, or because of what occurred."""
    if transition.on:
        return OCCURRED[document.subject[0]][transition.on](document)
    return transition.is_immediate


def looks_beyond(workflow_id: int, state: str, *, kind: str) -> bool:
    """Tell whether a way that leads on by itself may open while nobody touches the document.

    That is when a condition or a guard of it asks for what belongs to others: the customer, stock, credit, the day.
    """
    facts = FACTS.get(kind, {})
    for one in definition_of(workflow_id).leaving(state):
        if not (one.is_immediate or one.on):
            continue
        names = parse_condition(one.when).names if one.when else ()
        if not OWN_GUARDS.issuperset(one.needs) or any(name in facts and not facts[name].is_own for name in names):
            return True
    return False


def leads_on(workflow_id: int, state: str) -> bool:
    """Tell whether a way out of a state is taken by itself, at once or because of what occurred."""
    return any(one.is_immediate or one.on for one in definition_of(workflow_id).leaving(state))


def said(part: State | Transition | Definition) -> str:
    """Return the label in the language that is active now."""
    return part.label_en if (get_language() or "").startswith("en") else part.label_zh


def _words_of(document: Document, transition: Transition) -> str:
    return condition_in_words(transition.when, known_facts(document.subject[0]))
