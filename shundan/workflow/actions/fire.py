"""The engine: take a transition, then every automatic one that opens; publish versions."""

import hashlib
from collections.abc import Callable, Mapping

from django.utils.translation import gettext_lazy as _

from shundan.accounts.queries import permission_names, role_codes
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, NotPermitted, Refused
from shundan.workflow.models import WorkflowVersion
from shundan.workflow.queries.definitions import (
    Document,
    check_way,
    definition_of,
    happens_now,
    may_fire,
    refusal_of,
    said,
)
from shundan.workflow.registries import EFFECTS, FIELDS, GUARDS, facts_schema
from shundan.workflow.rules import Problem, check_definition_text
from shundan.workflow.rules.definition import SAME_STATE, Transition, parse_definition

LONGEST_REASON = 1000


class NoSuchTransition(Refused):
    """The document's state has no such way out."""

    code = "no_such_transition"
    sentence = _("“%(transition)s” is not possible in the state “%(state)s”.")


def fire(document: Document, *, transition: str, by: Actor, inputs: Mapping[str, str] | None = None) -> Transition:
    """Take one transition: check state, permission, inputs and guards, then run the effects and set the state.

    The caller holds the document's lock and saves it. Raises: NoSuchTransition, NotPermitted, Malformed,
    and whatever a guard or effect refuses.
    """
    definition = definition_of(document.workflow_id)
    found = definition.transition(transition)
    if found is None or document.state not in found.sources:
        state = definition.state(document.state)
        raise NoSuchTransition(transition=said(found) if found else transition, state=said(state))
    if not may_fire(document, found, by=by):
        raise NotPermitted(permission=found.permission)
    given = check_inputs(found, inputs or {})
    check_way(document, found, by=by)
    for name in found.needs:
        GUARDS[name](document, by, given)
    for name in found.does:
        EFFECTS[name](document, by, given)
    if found.target != SAME_STATE:
        document.state = found.target
    return found


def fire_automatic(document: Document, *, by: Actor, after: Callable[[Transition, str, Actor], None]) -> None:
    """Take every automatic transition whose guards hold, one after another, as the system.

    `after` is told of each one with the state before it. A loop in a definition ends at the tenth step.
    """
    system = by.as_system()
    for _step in range(10):
        definition = definition_of(document.workflow_id)
        ready = next(
            (
                one
                for one in definition.leaving(document.state)
                if happens_now(document, one) and refusal_of(document, one, by=system) is None
            ),
            None,
        )
        if ready is None:
            return
        before = document.state
        fire(document, transition=ready.name, by=system)
        after(ready, before, system)


def check_workflow(text: str, *, subject_kind: str) -> list[Problem]:
    """Return what is wrong with a definition for a kind of document, errors and warnings."""
    return check_definition_text(
        text,
        guards=GUARDS,
        effects=EFFECTS,
        permissions=permission_names(),
        roles=role_codes(),
        facts=facts_schema(subject_kind),
        fields=FIELDS.get(subject_kind, {}),
    )


def publish_definition(text: str, *, subject_kind: str = "order", by: Actor) -> WorkflowVersion:
    """Publish a definition as the next version of its workflow; unchanged text makes no new version.

    Raises: ValueError with the place of each fault and its cure for a definition that would not work: it names what
    nobody registered, strands documents, or runs in circles; the version in force stays.
    """
    problems = [one for one in check_workflow(text, subject_kind=subject_kind) if one.is_error]
    if problems:
        raise ValueError("; ".join(f"{one.place}: {one.sentence_en} {one.cure_en}" for one in problems))
    definition = parse_definition(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    latest = WorkflowVersion.objects.filter(code=definition.code).order_by("-version").first()
    if latest is not None and latest.content_hash == digest:
        return latest
    return WorkflowVersion.objects.create(
        code=definition.code,
        version=latest.version + 1 if latest else 1,
        content=text,
        content_hash=digest,
        edges=definition.edges(),
        states=definition.categories(),
        published_at=by.at,
    )


def clean_inputs(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed into a transition's form as it may be kept: no NUL bytes, no novels."""
    texts = {str(key).replace("\x00", "")[:50]: str(value).replace("\x00", "") for key, value in inputs.items()}
    return {key: text.strip()[:LONGEST_REASON] for key, text in texts.items()}


def check_inputs(transition: Transition, inputs: Mapping[str, str]) -> dict[str, str]:
    """Return what a transition asks for, cleaned. Raises: Malformed for what is missing."""
    given = clean_inputs(inputs)
    missing = [name for name in transition.asks if not given.get(name)]
    if missing:
        raise Malformed(
            details=[Detail(f"inputs.{name}", "required", _("This field is required.")) for name in missing]
        )
    return given
