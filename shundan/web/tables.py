"""Approval tables: who must approve what, edited by rows, tried with an order, published in versions."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.orders.queries import try_approval_table
from shundan.web.design_face import DesignFace
from shundan.web.designs import routes_of_designs
from shundan.web.forms import refusal_of_form
from shundan.web.table_view import names_of_table, table_editor_of, text_of_table_form, trial_shown
from shundan.workflow.queries import Design, known_facts, subject_of_table, table_sheet_of


def _rows(designs: list[Design], by: Actor) -> list[dict[str, Any]]:
    return [
        {
            "code": one.code,
            "name": one.label,
            "url": FACE.url("show", code=one.code),
            "version": one.in_force.version if one.in_force else None,
            "published_at": one.in_force.published_at if one.in_force else None,
            "has_draft": one.draft is not None,
            "count": _count(one.in_force.content) if one.in_force else 0,
        }
        for one in designs
    ]


def _count(text: str) -> int:
    return len(table_sheet_of(text).rows)


def _more(design: Design, request: HttpRequest, by: Actor) -> dict[str, Any]:
    number = request.GET.get("order", "").strip()
    found: dict[str, Any] = {"try_number": number, "trial": None, "trial_refusal": None}
    if number:
        try:
            found["trial"] = trial_shown(try_approval_table(design.text, number, by=by))
        except Refused as refusal:
            found["trial_refusal"] = refusal_of_form(refusal)
    return found


def _version(version: Any, by: Actor) -> dict[str, Any]:
    return {"editor": table_editor_of(version.content, [], by=by)}


FACE = DesignFace(
    place="tables",
    kind="approval_table",
    permission="approval_table.manage",
    title=gettext_lazy("Approval tables"),
    new_title=gettext_lazy("New approval table"),
    rows=_rows,
    editor=table_editor_of,
    read_form=text_of_table_form,
    more=_more,
    version=_version,
    names=names_of_table,
    facts=lambda code: known_facts(subject_of_table(code)),
)
routes = routes_of_designs(FACE)
