"""Versions of workflows and approval tables: read one, give it out, compare two, put one in force again."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.ui.doors import View, page
from shundan.web import design_words as words
from shundan.web.design_face import DesignFace, diagram_or_none, version_rows
from shundan.web.design_show import show_design
from shundan.web.forms import Given, do_once, go, new_key
from shundan.web.frame import frame, leave_message
from shundan.workflow.actions import restore_design
from shundan.workflow.queries import Design, KnownFact, changes_between, get_design, get_design_version


def export_page(face: DesignFace) -> View:
    """Return the door that gives out a text file."""

    @page(face.permission)
    def export(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
        """Give out a version, or what is being worked on, as a text file."""
        wished = Given(request.GET).whole("version")
        if wished:
            text, mark = get_design_version(face.kind, code, wished, by=by).content, f"v{wished}"
        else:
            design = get_design(face.kind, code, by=by)
            text, mark = design.text, "draft" if design.draft else f"v{design.in_force.version}"
        answer = HttpResponse(text, content_type="application/toml; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="{face.kind}-{code}-{mark}.toml"'
        return answer

    return export


def version_page(face: DesignFace) -> View:
    """Return the door of one version."""

    @page(face.permission)
    def show_version(request: HttpRequest, code: str, version: int, *, by: Actor) -> HttpResponse:
        """Show what a published version says."""
        design = get_design(face.kind, code, by=by)
        found = get_design_version(face.kind, code, version, by=by)
        title = _("%(name)s, version %(number)s") % {"name": design.label, "number": version}
        context = {
            "page": frame(request, by, title=title, active=face.place),
            "face": face,
            "design": design,
            "version": found,
            "versions": version_rows(face, design),
            "diagram": diagram_or_none(found.content, []) if face.kind == "workflow" else None,
            "key": new_key(),
            **face.version(found, by),
        }
        return render(request, "workflows/version.html", context)

    return show_version


def restore_page(face: DesignFace) -> View:
    """Return the door that puts an old version in force again."""

    @page(face.permission, methods=("POST",))
    def restore(request: HttpRequest, code: str, version: int, *, by: Actor) -> HttpResponse:
        """Put what an old version says in force again, as a new version."""

        def work() -> str:
            made = restore_design(face.kind, code, version, by=by)
            number = {"number": made.version}
            leave_message(request, _("Version %(number)s is in force. What runs keeps its version.") % number)
            return f"{face.url('show', code=code)}?tab=versions"

        try:
            return go(request, do_once(request, by=by, work=work))
        except Refused as refusal:
            return show_design(request, face, code, by, refusal=refusal, tab="versions")

    return restore


def diff_page(face: DesignFace) -> View:
    """Return the door that compares two versions."""

    @page(face.permission)
    def compare(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
        """Show what changed between two versions; 0 is the draft."""
        design = get_design(face.kind, code, by=by)
        given = Given(request.GET)
        newest = 0 if design.draft else design.in_force.version
        after = given.whole("to") if given.whole("to") is not None else newest
        older = [one.version for one in design.versions if one.version < (after or 10**9)]
        before = given.whole("from") if given.whole("from") is not None else older[0] if older else after
        texts = [_text_of(face, design, one or 0, by) for one in (before, after)]
        changes, problem = [], ""
        try:
            names = {**face.names(texts[0]), **face.names(texts[1])}
            facts = face.facts(code)
            changes = [_change(one, names, facts) for one in changes_between(face.kind, *texts)]
        except ValueError as fault:
            problem = str(fault)
        context = {
            "page": frame(
                request, by, title=_("Compare versions of %(name)s") % {"name": design.label}, active=face.place
            ),
            "face": face,
            "design": design,
            "choices": _choices_of_versions(design),
            "before": before,
            "after": after,
            "changes": changes,
            "problem": problem,
        }
        return render(request, "workflows/diff.html", context)

    return compare


def _text_of(face: DesignFace, design: Design, version: int, by: Actor) -> str:
    if version == 0:
        return design.text
    text: str = get_design_version(face.kind, design.code, version, by=by).content
    return text


def _choices_of_versions(design: Design) -> list[tuple[int, str]]:
    draft = [(0, _("Draft"))] if design.draft else []
    return draft + [(one.version, _("Version %(number)s") % {"number": one.version}) for one in design.versions]


def _change(one: Any, names: Mapping[str, str], facts: Mapping[str, KnownFact]) -> dict[str, Any]:
    place = one.place_after or one.place_before
    return {
        "what": str(words.CHANGES[one.what]),
        "tone": {"added": "good", "removed": "bad", "moved": "info"}.get(one.what, "accent"),
        "place": words.place_words(place, names) if place else _("Head"),
        "parts": [_part(part, facts) for part in one.parts],
    }


def _part(part: Any, facts: Mapping[str, KnownFact]) -> dict[str, str]:
    before, after = (words.value_words(part.name, value, facts) for value in (part.before, part.after))
    if before == after:
        # Two texts that read alike, such as with brackets that change nothing, are told apart by themselves.
        before, after = part.before, part.after
    return {"name": str(words.PARTS.get(part.name, part.name)), "before": before, "after": after}
