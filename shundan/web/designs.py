"""Designing workflows and approval tables: lists, drafts, checks, publishing, versions, comparison, files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.ui.doors import View, page
from shundan.web import design_words as words
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.workflow_view import diagram_of
from shundan.workflow.actions import (
    copy_design,
    discard_design_draft,
    import_design,
    publish_design,
    restore_design,
    save_design_draft,
)
from shundan.workflow.queries import (
    Design,
    Problem,
    changes_between,
    check_design,
    get_design,
    get_design_version,
    list_designs,
)

# Far above what may be imported; the rest of a larger file is not even read.
MOST_BYTES = 2_000_000
TABS = ("table", "text", "versions")
Context = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class DesignFace:
    """What the pages of workflows and of approval tables do differently."""

    place: str
    kind: str
    permission: str
    title: str | Promise
    new_title: str | Promise
    rows: Callable[[list[Design], Actor], list[dict[str, Any]]]
    editor: Callable[..., Context]
    read_form: Callable[..., str]
    more: Callable[[Design, HttpRequest, Actor], Context]
    version: Callable[[Any, Actor], Context]
    names: Callable[[str], Mapping[str, str]]

    def url(self, name: str, **arguments: Any) -> str:
        """Return the address of one of these pages."""
        return reverse(f"{self.place}.{name}", kwargs=arguments or None)


def routes_of_designs(face: DesignFace, *more: URLPattern) -> list[URLPattern]:
    """Return the addresses of the pages of one face; the words come before the codes."""
    doors: tuple[tuple[str, str, View], ...] = (
        ("", "list", _list_page(face)),
        ("new/", "new", _new_page(face)),
        ("import/", "import_new", _import_page(face)),
        ("<str:code>/", "show", _show_page(face)),
        ("<str:code>/save/", "save", _save_page(face)),
        ("<str:code>/publish/", "publish", _publish_page(face)),
        ("<str:code>/discard/", "discard", _discard_page(face)),
        ("<str:code>/import/", "import", _import_page(face)),
        ("<str:code>/export/", "export", _export_page(face)),
        ("<str:code>/versions/<int:version>/", "version", _version_page(face)),
        ("<str:code>/versions/<int:version>/restore/", "restore", _restore_page(face)),
        ("<str:code>/diff/", "diff", _diff_page(face)),
    )
    return [*(path(f"{face.place}/{rest}", view, name=f"{face.place}.{name}") for rest, name, view in doors), *more]


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
        "versions": _versions(face, design),
        "key": new_key(),
        "draft_version": design.draft.version if design.draft else 0,
        **face.more(design, request, by),
    }
    if face.kind == "workflow":
        context["diagram"] = _diagram(text, problems)
    template = f"{face.place}/show.html"
    return render(request, template, context, status=refusal.status if refusal else 200)


def _list_page(face: DesignFace) -> View:
    @page(face.permission)
    def index(request: HttpRequest, *, by: Actor) -> HttpResponse:
        """Show all of them with the version in force."""
        return _list(request, face, by)

    return index


def _list(request: HttpRequest, face: DesignFace, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    context = {
        "page": frame(request, by, title=str(face.title), active=face.place, create_url=face.url("new")),
        "face": face,
        "rows": face.rows(list_designs(face.kind, by=by), by),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "key": new_key(),
    }
    return render(request, f"{face.place}/list.html", context, status=refusal.status if refusal else 200)


def _new_page(face: DesignFace) -> View:
    @page(face.permission, methods=("GET", "POST"))
    def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
        """Begin a new one as a copy."""
        designs = list_designs(face.kind, by=by)
        if request.method == "GET":
            values = {"source": request.GET.get("from", ""), "code": "", "zh": "", "en": ""}
            return _new_form(request, face, by, designs, values)
        given = Given(request.POST)
        values = {name: given.text(name) for name in ("source", "code", "zh", "en")}
        try:
            for name in ("code", "zh", "en"):
                if not values[name]:
                    given.problems.append(Detail(name, "required", _("This field is required.")))
            given.check()

            def work() -> str:
                made = copy_design(
                    face.kind, values["source"], code=values["code"], name_zh=values["zh"], name_en=values["en"], by=by
                )
                return face.url("show", code=made.code)

            url = do_once(request, by=by, work=work)
        except Refused as refusal:
            return _new_form(request, face, by, designs, values, refusal=refusal)
        leave_message(request, _("The copy is a draft. Change it, then publish it."))
        return go(request, url)

    return new


def _new_form(
    request: HttpRequest,
    face: DesignFace,
    by: Actor,
    designs: list[Design],
    values: Mapping[str, str],
    *,
    refusal: Refused | None = None,
) -> HttpResponse:
    errors = errors_of(refusal)
    context = {
        "page": frame(request, by, title=str(face.new_title), active=face.place),
        "face": face,
        "values": values,
        "sources": [(one.code, f"{one.label} ({one.code})") for one in designs],
        "refusal": refusal_of_form(refusal, known=errors) if refusal else None,
        "errors": problems_of(refusal),
        "error_of": errors,
        "key": new_key(),
    }
    return render(request, "workflows/new.html", context, status=refusal.status if refusal else 200)


def _import_page(face: DesignFace) -> View:
    @page(face.permission, methods=("POST",))
    def bring(request: HttpRequest, code: str = "", *, by: Actor) -> HttpResponse:
        """Take a text file as a draft."""
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Malformed(details=[Detail("file", "required", _("Choose a file."))])
            made = import_design(face.kind, file.read(MOST_BYTES), by=by, code=code)
        except Refused as refusal:
            if code:
                return show_design(request, face, code, by, refusal=refusal, typed=None)
            return _list(request, face, by, refusal=refusal)
        leave_message(request, _("The file was imported as a draft. Nothing follows it until it is published."))
        return go(request, f"{face.url('show', code=made.code)}?check=1")

    return bring


def _show_page(face: DesignFace) -> View:
    @page(face.permission)
    def show(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
        """Show one to work on."""
        return show_design(request, face, code, by)

    return show


def _save_page(face: DesignFace) -> View:
    @page(face.permission, methods=("POST",))
    def save(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
        """Keep what was changed as the draft, and check it."""
        design = get_design(face.kind, code, by=by)
        is_text = request.POST.get("as") == "text"
        tab = "text" if is_text else "table"
        typed = None
        try:
            if is_text:
                typed = request.POST.get("text", "").replace("\r\n", "\n")
            else:
                typed = face.read_form(request.POST, code=design.code, kept=design.text)
            seen = Given(request.POST)
            save_design_draft(
                face.kind,
                design.code,
                typed,
                by=by,
                version=seen.whole("version"),
                based_on=seen.whole("based_on"),
            )
        except Refused as refusal:
            return show_design(request, face, code, by, refusal=refusal, typed=typed, tab=tab)
        leave_message(request, _("The draft was saved. Nothing follows it until it is published."))
        return go(request, f"{face.url('show', code=design.code)}?tab={tab}&check=1")

    return save


def _publish_page(face: DesignFace) -> View:
    @page(face.permission, methods=("POST",))
    def publish(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
        """Put the draft in force for new documents."""
        version = Given(request.POST).whole("version")

        def work() -> str:
            made = publish_design(face.kind, code, by=by, version=version)
            number = {"number": made.version}
            leave_message(request, _("Version %(number)s is in force. What runs keeps its version.") % number)
            return f"{face.url('show', code=code)}?tab=versions"

        try:
            return go(request, do_once(request, by=by, work=work))
        except Refused as refusal:
            return show_design(request, face, code, by, refusal=refusal)

    return publish


def _discard_page(face: DesignFace) -> View:
    @page(face.permission, methods=("POST",))
    def discard(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
        """Throw the draft away."""
        design = get_design(face.kind, code, by=by)
        discard_design_draft(face.kind, design.code, by=by)
        leave_message(request, _("The draft was discarded."))
        return go(request, face.url("show", code=design.code) if design.in_force else face.url("list"))

    return discard


def _export_page(face: DesignFace) -> View:
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


def _version_page(face: DesignFace) -> View:
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
            "versions": _versions(face, design),
            "diagram": _diagram(found.content, []) if face.kind == "workflow" else None,
            "key": new_key(),
            **face.version(found, by),
        }
        return render(request, "workflows/version.html", context)

    return show_version


def _restore_page(face: DesignFace) -> View:
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


def _diff_page(face: DesignFace) -> View:
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
            changes = [_change(one, names) for one in changes_between(face.kind, *texts)]
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


def _change(one: Any, names: Mapping[str, str]) -> dict[str, Any]:
    place = one.place_after or one.place_before
    return {
        "what": str(words.CHANGES[one.what]),
        "tone": {"added": "good", "removed": "bad", "moved": "info"}.get(one.what, "accent"),
        "place": words.place_words(place, names) if place else _("Head"),
        "parts": [
            {
                "name": str(words.PARTS.get(part.name, part.name)),
                "before": words.value_words(part.name, part.before),
                "after": words.value_words(part.name, part.after),
            }
            for part in one.parts
        ],
    }


def _diagram(text: str, problems: list[Problem]) -> dict[str, Any] | None:
    try:
        return diagram_of(text, problems)
    except ValueError:
        return None


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


def _versions(face: DesignFace, design: Design) -> list[dict[str, Any]]:
    return [
        {
            "id": one.pk,
            "number": one.version,
            "url": face.url("version", code=design.code, version=one.version),
            "restore_url": face.url("restore", code=design.code, version=one.version) if at else None,
            "diff_url": f"{face.url('diff', code=design.code)}?from={one.version - 1}&to={one.version}"
            if one.version > 1
            else None,
            "export_url": f"{face.url('export', code=design.code)}?version={one.version}",
            "at": one.published_at,
            "by": _("Shundan, as shipped") if one.published_by_name in ("", "system") else one.published_by_name,
            "is_in_force": at == 0,
        }
        for at, one in enumerate(design.versions)
    ]


def _without_details(refusal: Refused) -> dict[str, Any]:
    """Return a refusal without the problems that stand in the list below it anyway."""
    shown = refusal_of_form(refusal)
    return (
        {**shown, "details": []}
        if refusal.code == "design_faulty" and refusal.details[0].code != "other_code"
        else shown
    )
