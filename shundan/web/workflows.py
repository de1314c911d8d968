"""Workflows: who uses which version, the designer, and which order types follow one."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.orders.actions import use_workflow
from shundan.orders.queries import count_running_orders, types_by_workflow, types_that_fit
from shundan.ui.doors import page
from shundan.web.design_face import DesignFace
from shundan.web.design_show import show_design
from shundan.web.designs import routes_of_designs
from shundan.web.forms import go
from shundan.web.frame import leave_message
from shundan.web.words import name_of
from shundan.web.workflow_view import editor_of, names_of, text_of_form
from shundan.workflow.queries import Design, definition_of, known_facts, sheet_of


def _rows(designs: list[Design], by: Actor) -> list[dict[str, Any]]:
    running, types = count_running_orders(by=by), types_by_workflow(by=by)
    return [
        {
            "code": one.code,
            "name": one.label,
            "url": FACE.url("show", code=one.code),
            "version": one.in_force.version if one.in_force else None,
            "published_at": one.in_force.published_at if one.in_force else None,
            "has_draft": one.draft is not None,
            "types": [name_of(each) for each in types.get(one.code, ())],
            "running": [(each.version, running[each.pk]) for each in one.versions if running.get(each.pk)],
        }
        for one in designs
    ]


def _more(design: Design, request: HttpRequest, by: Actor) -> dict[str, Any]:
    running = count_running_orders(by=by)
    used = types_by_workflow(by=by).get(design.code, [])
    fitting = types_that_fit(definition_of(design.in_force.pk), by=by) if design.in_force else []
    return {
        "types": [{"code": one.code, "name": name_of(one)} for one in used],
        "usable": [(one.code, name_of(one)) for one in fitting if one.workflow != design.code],
        "running": running,
        "use_url": FACE.url("use", code=design.code),
        "migrate_url": _migrate_url(design, running),
    }


def _migrate_url(design: Design, running: Mapping[int, int]) -> str | None:
    """Return where running orders of older versions are moved to the one in force, or None if there are none."""
    if not any(running.get(one.pk) for one in design.versions if one != design.in_force):
        return None
    return f"{reverse('migrations.new')}?workflow={design.code}&target={design.in_force.version}"


def _version(version: Any, by: Actor) -> dict[str, Any]:
    return {"editor": editor_of(version.content, [], by=by)}


def _names(text: str) -> dict[str, str]:
    try:
        return names_of(sheet_of(text))
    except ValueError:
        return {}


@page("workflow.manage", methods=("POST",))
def use(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Let new orders of a type follow this workflow."""
    try:
        order_type = use_workflow(request.POST.get("type", ""), code, by=by)
    except Refused as refusal:
        return show_design(request, FACE, code, by, refusal=refusal)
    leave_message(
        request,
        _("New orders of the type “%(type)s” follow this workflow; those that exist keep theirs.")
        % {"type": name_of(order_type)},
    )
    return go(request, FACE.url("show", code=code))


FACE = DesignFace(
    place="workflows",
    kind="workflow",
    permission="workflow.manage",
    title=gettext_lazy("Workflows"),
    new_title=gettext_lazy("New workflow"),
    rows=_rows,
    editor=editor_of,
    read_form=text_of_form,
    more=_more,
    version=_version,
    names=_names,
    facts=lambda _code: known_facts("order"),
)
routes = routes_of_designs(FACE, path("workflows/<str:code>/use/", use, name="workflows.use"))
