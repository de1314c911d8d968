"""The engine: take a transition, then every automatic one that opens."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, NotPermitted, Refused
from shundan.workflow.queries.definitions import (
    Document,
    check_way,
    definition_of,
    happens_now,
    may_fire,
    offers_of,
    refusal_of,
    said,
)
from shundan.workflow.registries import EFFECTS, GUARDS
from shundan.workflow.rules.definition import SAME_STATE, Transition

LONGEST_REASON = 1000


class NoSuchTransition(Refused):
    """The document's state has no such way out; the details name those that its reader may take now."""

    code = "no_such_transition"
    sentence = _("“%(transition)s” is not possible in the state “%(state)s”. Reload to see what is possible now.")


def fire(document: Document, *, transition: str, by: Actor, inputs: Mapping[str, str] | None = None) -> Transition:
    """Take one transition: check state, permission, inputs and guards, then run the effects and set the state.

    The caller holds the document's lock and saves it. Raises: NoSuchTransition, NotPermitted, Malformed,
    and whatever a guard or effect refuses.
    """
    definition = definition_of(document.workflow_id)
    found = definition.transition(transition)
    if found is None or document.state not in found.sources:
        state = definition.state(document.state)
        raise NoSuchTransition(
            transition=said(found) if found else transition, state=said(state), details=_open_ways(document, by=by)
        )
    return take_way(document, found, by=by, inputs=inputs)


def _open_ways(document: Document, *, by: Actor) -> list[Detail]:
    sentence = _("Possible now: %(label)s (%(name)s).")
    return [
        Detail(f"transitions.{one.name}", "possible", str(sentence) % {"label": said(one), "name": one.name})
        for one in (offer.transition for offer in offers_of(document, by=by) if offer.is_open)
    ]


def take_way(
    document: Document, found: Transition, *, by: Actor, inputs: Mapping[str, str] | None = None
) -> Transition:
    """Take a way that the caller knows to leave the document's state. Raises: as fire, but for NoSuchTransition."""
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
