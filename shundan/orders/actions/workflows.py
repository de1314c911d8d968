"""Choosing which workflow new orders of a type follow."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Refused, require
from shundan.orders.actions.types import publish_order_type
from shundan.orders.models import OrderType
from shundan.orders.queries import current_version_of, get_order_type, named
from shundan.workflow.queries import current_version_id, definition_of, get_design, label_of_name, misfits_of


class WorkflowUnfit(Refused):
    """The workflow asks or does what makes no sense for orders of this kind, or was never published."""

    code = "workflow_unfit"
    sentence = _("This workflow does not fit “%(type)s”: %(why)s. Choose a copy of a workflow of the same kind.")


@action
def use_workflow(type_code: str, workflow: str, *, by: Actor) -> OrderType:
    """Let new orders of a type follow a workflow; orders that exist keep the version they began with.

    Raises: NotPermitted, NotFound, WorkflowUnfit, and what publishing a type refuses.
    """
    require(by, "workflow.manage")
    order_type = get_order_type(type_code, by=by)
    design = get_design("workflow", workflow, by=by)
    if design.in_force is None:
        raise WorkflowUnfit(type=named(order_type), why=_("it is not published yet"))
    wrong = misfits_of(definition_of(current_version_id(design.code)), order_type.kind)
    if wrong:
        raise WorkflowUnfit(type=named(order_type), why=", ".join(label_of_name(*one) for one in wrong))
    definition = replace(current_version_of(order_type), workflow=design.code)
    return publish_order_type(order_type.code, definition, version=order_type.version, by=by)
