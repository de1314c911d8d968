"""Problems of deliveries: opened once for each kind, told to who owns the order, and answered by a person."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.models import DeliveryProblem, Waybill
from shundan.fulfilment.queries.waybills import waybill_facts
from shundan.fulfilment.rules import PROBLEMS
from shundan.fulfilment.scopes import visible_waybills
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record


class AlreadyAnswered(Refused):
    """Somebody has dealt with the problem."""

    code = "problem_resolved"
    sentence = _("This problem is resolved already.")


def open_problem(waybill: Waybill, kind: str, *, by: Actor, note: str = "") -> bool:
    """Open a problem of a waybill that the caller holds, unless one of its kind is open; tell whether it is new."""
    if DeliveryProblem.objects.filter(waybill=waybill, kind=kind, resolved_at=None).exists():
        return False
    problem = DeliveryProblem.objects.create(waybill=waybill, kind=kind, note=note[:500], opened_at=by.at)
    told = {"notify": ["owner"], "problem": kind, "problem_id": problem.pk, "text": note[:500]}
    record("waybill.problem", subject=waybill.subject, by=by, data=waybill_facts(waybill) | told)
    return True


def settle_problems(waybill: Waybill, kinds: Sequence[str] = PROBLEMS, *, by: Actor) -> int:
    """Count open problems as answered by what happened meanwhile; return how many there were."""
    rows = DeliveryProblem.objects.filter(waybill=waybill, kind__in=kinds, resolved_at=None)
    return rows.update(resolved_at=by.at, resolved_by_name=by.name)


@action
def report_delivery_problem(waybill_key: str, *, kind: str, note: str, by: Actor) -> Waybill:
    """Say that something is wrong with a delivery, for instance that it arrived damaged.

    Raises: NotPermitted, NotFound, Malformed.
    """
    require(by, "shipment.read")
    found = visible_waybills(by).filter(order_key=waybill_key.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="waybill", key=waybill_key[:100])
    if kind not in PROBLEMS:
        raise Malformed(details=[Detail("kind", "unknown", _("Choose one of the offered values."))])
    waybill = Waybill.objects.select_for_update().get(pk=found.pk)
    open_problem(waybill, kind, note=note.replace("\x00", "").strip(), by=by)
    return waybill


@action
def resolve_delivery_problem(problem_id: int, *, answer: str, by: Actor) -> DeliveryProblem:
    """Close a problem with what was done about it. Raises: NotPermitted, NotFound, Malformed, AlreadyAnswered."""
    require(by, "shipment.ship")
    rows = DeliveryProblem.objects.select_for_update(of=("self",)).select_related("waybill__shipment")
    problem = rows.filter(pk=problem_id, waybill__in=visible_waybills(by, "shipment.ship")).first()
    if problem is None:
        raise NotFound(what="delivery problem", key=str(problem_id))
    said = answer.replace("\x00", "").strip()[:500]
    if not said:
        raise Malformed(details=[Detail("answer", "required", _("This field is required."))])
    if problem.resolved_at is not None:
        raise AlreadyAnswered()
    problem.resolved_at, problem.resolved_by_name, problem.answer = by.at, by.name, said
    problem.save()
    facts = waybill_facts(problem.waybill) | {"problem": problem.kind, "text": said}
    record("waybill.problem_resolved", subject=problem.waybill.subject, by=by, data=facts)
    return problem
