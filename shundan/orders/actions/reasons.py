"""Keeping the reasons that people choose from: adding, naming, ordering, retiring."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record
from shundan.orders.models import Reason
from shundan.orders.rules.reasons import INDISPENSABLE, LONGEST_LABEL, MOST_REASONS, SHIPPED_REASONS

MANAGING = "order_type.manage"


class ReasonNameTaken(Refused):
    """The step has another reason of this name."""

    code = "reason_name_taken"
    sentence = _("This step already has a reason “%(name)s”; restore that one or choose another name.")


class ReasonIndispensable(Refused):
    """The program itself names this reason."""

    code = "reason_indispensable"
    sentence = _("“%(name)s” cannot be retired; rename it if you like.")


@dataclass(frozen=True, slots=True)
class ReasonInput:
    """How a reason is called, and whether it is offered."""

    label_zh: str
    label_en: str
    is_active: bool = True


@action
def ship_reasons() -> None:
    """Add what is shipped and missing; what an administrator changed stays."""
    known = set(Reason.objects.values_list("step", "code"))
    Reason.objects.bulk_create(
        Reason(step=step, code=one.code, label_zh=one.label_zh, label_en=one.label_en, position=position)
        for step, reasons in SHIPPED_REASONS.items()
        for position, one in enumerate(reasons, start=1)
        if (step, one.code) not in known
    )


@action
def add_reason(step: str, given: ReasonInput, *, by: Actor) -> Reason:
    """Offer another reason at a step; adding the very same once more gives the one that is there.

    Raises: NotPermitted, Malformed, ReasonNameTaken.
    """
    require(by, MANAGING)
    _lock(step)
    label_zh, label_en = _checked(given, step=step)
    same = Reason.objects.filter(step=step, label_zh=label_zh, label_en=label_en, is_active=True).first()
    if same is not None:
        return same
    _require_free(step, label_zh, label_en)
    rows = Reason.objects.filter(step=step)
    if rows.count() >= MOST_REASONS:
        raise Malformed(details=[Detail("step", "too_many", _("A step has at most 40 reasons; rename a retired one."))])
    last = rows.exclude(code="other").aggregate(last=Max("position"))["last"] or 0
    reason = Reason.objects.create(
        step=step, code=_new_code(step), label_zh=label_zh, label_en=label_en, position=last + 1
    )
    # “Other” stays at the end.
    rows.filter(code="other").update(position=last + 2)
    _tell("reason.added", reason, by)
    return reason


@action
def change_reason(step: str, code: str, given: ReasonInput, *, by: Actor) -> Reason:
    """Rename a reason, retire it or offer it again; what was chosen before keeps its code.

    Raises: NotPermitted, NotFound, Malformed, ReasonNameTaken, ReasonIndispensable.
    """
    require(by, MANAGING)
    _lock(step)
    reason = Reason.objects.select_for_update().filter(step=step, code=code).first()
    if reason is None:
        raise NotFound(what="reason", key=code[:100])
    label_zh, label_en = _checked(given, step=step)
    if not given.is_active and code in INDISPENSABLE:
        raise ReasonIndispensable(name=reason.label_zh)
    _require_free(step, label_zh, label_en, besides=reason.pk)
    wished = (label_zh, label_en, given.is_active)
    if (reason.label_zh, reason.label_en, reason.is_active) != wished:
        reason.label_zh, reason.label_en, reason.is_active = wished
        reason.save(update_fields=["label_zh", "label_en", "is_active"])
        _tell("reason.changed", reason, by)
    return reason


def _lock(step: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('orders_reason'), hashtext(%s))", [step])


def _checked(given: ReasonInput, *, step: str) -> tuple[str, str]:
    wrong = []
    if step not in SHIPPED_REASONS:
        wrong.append(Detail("step", "unknown", _("Choose one of the offered values.")))
    labels = given.label_zh.strip(), given.label_en.strip()
    for path, label in zip(("label_zh", "label_en"), labels, strict=True):
        if not label or len(label) > LONGEST_LABEL or "\x00" in label:
            wrong.append(Detail(path, "invalid_text", _("Enter a name of at most 40 characters.")))
    if wrong:
        raise Malformed(details=wrong)
    return labels


def _require_free(step: str, label_zh: str, label_en: str, *, besides: int | None = None) -> None:
    others = Reason.objects.filter(step=step).exclude(pk=besides or 0)
    for column, label in (("label_zh", label_zh), ("label_en", label_en)):
        if others.filter(**{column: label}).exists():
            raise ReasonNameTaken(name=label)


def _new_code(step: str) -> str:
    known = set(Reason.objects.filter(step=step).values_list("code", flat=True))
    return next(code for code in (f"own_{n}" for n in range(1, MOST_REASONS + 2)) if code not in known)


def _tell(kind: str, reason: Reason, by: Actor) -> None:
    data = {"step": reason.step, "code": reason.code, "name": reason.label_zh, "label_en": reason.label_en}
    record(kind, subject=reason.subject, by=by, data=data | {"is_active": reason.is_active})
