"""Designing workflows and approval tables: lists, drafts, checks, publishing, versions, comparison, files."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.ui.doors import View, page
from shundan.web.conditions import condition_answer
from shundan.web.design_face import DesignFace
from shundan.web.design_show import show_design
from shundan.web.design_versions import diff_page, export_page, restore_page, version_page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.workflow.actions import (
    copy_design,
    discard_design_draft,
    import_design,
    publish_design,
    save_design_draft,
)
from shundan.workflow.queries import (
    Design,
    get_design,
    list_designs,
)

# Far above what may be imported; the rest of a larger file is not even read.
MOST_BYTES = 2_000_000


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
        ("<str:code>/condition/", "condition", _condition_page(face)),
        ("<str:code>/export/", "export", export_page(face)),
        ("<str:code>/versions/<int:version>/", "version", version_page(face)),
        ("<str:code>/versions/<int:version>/restore/", "restore", restore_page(face)),
        ("<str:code>/diff/", "diff", diff_page(face)),
    )
    return [*(path(f"{face.place}/{rest}", view, name=f"{face.place}.{name}") for rest, name, view in doors), *more]


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


def _condition_page(face: DesignFace) -> View:
    @page(face.permission, methods=("POST",))
    def condition(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
        """Say what a condition means, as rows and in words; nothing is kept."""
        return condition_answer(request, face.facts(code), by=by)

    return condition


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
