"""How papers look: the kinds, one kind as a form with a paper beside it, and the versions before."""

from base64 import b64encode
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.prints import picture_of_paper
from shundan.papers.actions import save_paper_look
from shundan.papers.queries import (
    PAPER_LANGUAGES,
    PaperLook,
    current_look,
    document_of_paper,
    look_from_content,
    paper_kind,
    sample_paper,
    versions_of_paper,
)
from shundan.papers.registries import PAPER_KINDS
from shundan.parties.queries import letterhead
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message

PAPER_SIZES: dict[str, str | Promise] = {
    "a4": "A4",
    "a5": gettext_lazy("A5, landscape"),
    "needle": gettext_lazy("Continuous paper 241 mm, half sheet (dot matrix)"),
}
_NAMES = ("copies", "signatures")
_TEXTS = ("head", "foot", "terms")


@page("company.edit")
def looks(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the kinds of papers and how each looks now."""
    rows = []
    for code, kind in PAPER_KINDS.items():
        look, version = current_look(code)
        rows.append(
            {
                "name": str(kind.label),
                "url": reverse("paper_looks.edit", kwargs={"kind": code}),
                "size": str(PAPER_SIZES[look.size]),
                "copies": len(look.copies_zh or look.copies_en) or 1,
                "version": version,
            }
        )
    return render(
        request,
        "papers/looks.html",
        {"page": frame(request, by, title=_("Looks of papers"), active="paper_looks"), "rows": rows},
    )


@page("company.edit", methods=("GET", "POST"))
def edit(request: HttpRequest, kind: str, *, by: Actor) -> HttpResponse:
    """Show and keep how a kind of paper looks; an earlier version can be taken up again."""
    of, refusal, given = paper_kind(kind), None, Given(request.POST)
    look, version = current_look(kind)
    versions = versions_of_paper(kind, by=by)
    if request.method == "POST":
        look = _typed(kind, given)

        def work() -> str:
            given.check()
            return str(save_paper_look(kind, look, version=given.whole("version") or 0, by=by).version)

        try:
            made = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("Version %(version)s holds from now on.") % {"version": made})
            return go(request, request.path)
    elif (wanted := request.GET.get("from", "")).isdigit():
        earlier = next((one for one in versions if str(one.version) == wanted), None)
        look = look_from_content(earlier.content) if earlier else look
    columns = [one for one in of.columns() if one.code]
    context = {
        "page": frame(request, by, title=str(of.label), active="paper_looks"),
        "key": new_key(),
        "version": version,
        "values": _values(look),
        "sizes": [(code, str(words)) for code, words in PAPER_SIZES.items()],
        "columns": [
            {"code": one.code, "heading": one.heading, "shown": one.code not in look.hidden} for one in columns
        ],
        "preview_url": reverse("paper_looks.preview", kwargs={"kind": kind}),
        "versions": [
            {
                "version": one.version,
                "by": one.saved_by_name,
                "at": one.saved_at,
                "url": f"{request.path}?from={one.version}" if one.version != version else None,
            }
            for one in versions
        ],
        "languages": [("zh-hans", "中文"), ("en", "English")],
        "preview": _preview(kind, look, "", "", by),
        "refusal": refusal_of_form(refusal, known={d.path: "" for d in refusal.details}) if refusal else None,
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
    }
    return render(request, "papers/look.html", context, status=refusal.status if refusal else 200)


@page("company.edit", methods=("POST",))
def preview(request: HttpRequest, kind: str, *, by: Actor) -> HttpResponse:
    """Show the first page of a paper as the form would have it: a sample, or a document that the reader may see."""
    paper_kind(kind)
    given = Given(request.POST)
    number, language = given.text("number"), given.text("language")
    return render(
        request, "papers/_preview.html", {"preview": _preview(kind, _typed(kind, given), number, language, by)}
    )


def _preview(kind: str, look: PaperLook, number: str, language: str, by: Actor) -> dict[str, Any]:
    """Return the picture, or why there is none."""
    if look.size not in PAPER_SIZES:
        return {"picture": "", "problem": _("Choose one of the offered values.")}
    spoken = language if language in PAPER_LANGUAGES else get_language() or PAPER_LANGUAGES[0]
    with override(spoken):
        try:
            paper = document_of_paper(kind, number, by=by) if number.strip() else sample_paper(kind)
        except Refused as refused:
            return {"picture": "", "problem": refused.message}
        layout = look.layout(is_english=spoken.startswith("en"))
        picture = picture_of_paper(paper, letterhead(), layout).encode()
        return {"picture": b64encode(picture).decode(), "problem": ""}


def _typed(kind: str, given: Given) -> PaperLook:
    columns = [one.code for one in paper_kind(kind).columns() if one.code]
    values: dict[str, Any] = {f"{name}_{at}": _names(given, f"{name}_{at}") for name in _NAMES for at in ("zh", "en")}
    values |= {
        f"{name}_{at}": given.text(f"{name}_{at}").replace("\r\n", "\n") for name in _TEXTS for at in ("zh", "en")
    }
    return PaperLook(
        size=given.text("size") or "a4",
        hidden=tuple(code for code in columns if not given.flag(f"column-{code}")),
        **values,
    )


def _names(given: Given, name: str) -> tuple[str, ...]:
    """Return names that were typed in one field, one a line or between commas of either language."""
    text = given.text(name).replace("，", ",").replace("、", ",").replace("\r", "").replace("\n", ",")
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _values(look: PaperLook) -> dict[str, str]:
    names = {f"{name}_{at}": ", ".join(getattr(look, f"{name}_{at}")) for name in _NAMES for at in ("zh", "en")}
    texts = {f"{name}_{at}": getattr(look, f"{name}_{at}") for name in _TEXTS for at in ("zh", "en")}
    return {"size": look.size, **names, **texts}


routes = [
    path("papers/", looks, name="paper_looks.list"),
    path("papers/<str:kind>/", edit, name="paper_looks.edit"),
    path("papers/<str:kind>/preview/", preview, name="paper_looks.preview"),
]
