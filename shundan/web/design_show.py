"""One workflow or approval table to work on: its editor, what is wrong, what was refused."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.web import design_words as words
from shundan.web.design_face import Context, DesignFace, diagram_or_none, version_rows
from shundan.web.forms import new_key, refusal_of_form
from shundan.web.frame import frame
from shundan.workflow.queries import Design, check_design, get_design

TABS = ("table", "text", "versions")


def show_design(
    request: HttpRequest,
    face: DesignFace,
    code: str,
    by: Actor,
    *,
    refusal: Refused | None = None,
    typed: str | None = None,
    tab: str = "",
) -> HttpResponse:
    """Show a workflow or table to work on, with what was refused and what was typed meanwhile."""
    design = get_design(face.kind, code, by=by)
    text = design.text if typed is None else typed
    wished = tab or request.GET.get("tab", "")
    tab = wished if wished in TABS else TABS[0]
    is_checked = "check" in request.GET or (refusal is not None and refusal.code == "design_faulty")
    problems = check_design(face.kind, text) if is_checked else []
    names = face.names(text)
    try:
        editor: Context | None = face.editor(text, problems, by=by)
    except ValueError:
        editor, problems = None, problems or check_design(face.kind, text)
        tab = "text" if tab == "table" else tab
    context = {
        "page": frame(request, by, title=design.label, active=face.place),
        "face": face,
        "design": design,
        "tab": tab,
        "tabs": _tabs(face, design, tab),
        "text": text,
        "editor": editor,
        "is_checked": is_checked or bool(problems),
        "problems": [words.problem_row(one, names) for one in problems],
        "errors": sum(one.is_error for one in problems),
        "refusal": _without_details(refusal) if refusal else None,
        "versions": version_rows(face, design),
        "key": new_key(),
        "draft_version": design.draft.version if design.draft else 0,
        **face.more(design, request, by),
    }
    if face.kind == "workflow":
        context["diagram"] = diagram_or_none(text, problems)
    template = f"{face.place}/show.html"
    return render(request, template, context, status=refusal.status if refusal else 200)


def _tabs(face: DesignFace, design: Design, active: str) -> list[dict[str, Any]]:
    labels = {"table": _("Table"), "text": _("Text"), "versions": _("Versions")}
    path_ = face.url("show", code=design.code)
    return [
        {
            "label": labels[tab],
            "url": path_ if tab == TABS[0] else f"{path_}?tab={tab}",
            "active": tab == active,
            "count": len(design.versions) if tab == "versions" else None,
        }
        for tab in TABS
    ]


def _without_details(refusal: Refused) -> dict[str, Any]:
    """Return a refusal without the problems that stand in the list below it anyway."""
    shown = refusal_of_form(refusal)
    return (
        {**shown, "details": []}
        if refusal.code == "design_faulty" and refusal.details[0].code != "other_code"
        else shown
    )
