"""Choosing which workflow new orders of a type follow."""

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import NotFound, Refused, require
from shundan.kernel.events import record
from shundan.orders.models import OrderType
from shundan.workflow.queries import current_version_id, definition_of, get_design, label_of_name, misfits_of


class WorkflowUnfit(Refused):
    """The workflow asks or does what makes no sense for orders of this kind, or was never published."""

    code = "workflow_unfit"
    sentence = _("This workflow does not fit “%(type)s”: %(why)s. Choose a copy of a workflow of the same kind.")


@action
def use_workflow(type_code: str, workflow: str, *, by: Actor) -> OrderType:
    """Let new orders of a type follow a workflow; orders that exist keep the version they began with.

    Raises: NotPermitted, NotFound, WorkflowUnfit.
    """
    require(by, "workflow.manage")
    order_type = OrderType.objects.select_for_update().filter(code=type_code.replace("\x00", "")).first()
    if order_type is None:
        raise NotFound(what="type", key=type_code[:100])
    design = get_design("workflow", workflow, by=by)
    if design.in_force is None:
        raise WorkflowUnfit(type=order_type.name_zh, why=_("it is not published yet"))
    wrong = misfits_of(definition_of(current_version_id(design.code)), order_type.kind)
    if wrong:
        raise WorkflowUnfit(type=order_type.name_zh, why=", ".join(label_of_name(*one) for one in wrong))
    if order_type.workflow != design.code:
        data = {"code": order_type.code, "before": order_type.workflow, "after": design.code}
        order_type.workflow = design.code
        order_type.save(update_fields=["workflow"])
        record("order_type.workflow_changed", subject=("order_type", order_type.pk), by=by, data=data)
    return order_type
