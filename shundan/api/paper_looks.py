"""How papers look: the kinds, how each looks now and looked before, choosing anew; papers printed together."""

import base64
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Given, Moment, Version, moment, moment_or_none
from shundan.api.pagination import Next, Paged, page_members
from shundan.api.papers import PaperFile
from shundan.api.routes import Routes
from shundan.kernel.errors import NotFound
from shundan.papers.actions import MOST_PAPERS, save_paper_look, start_printing
from shundan.papers.queries import (
    PaperTemplate,
    PrintRun,
    current_look,
    get_print_run,
    list_print_runs,
    look_content,
    look_from_content,
    paper_kind,
    papers_of_run,
    versions_of_paper,
)
from shundan.papers.registries import PAPER_KINDS

routes = Routes("papers")
Name = Annotated[str, Field(min_length=1, max_length=30)]
Note = Annotated[str, Field(max_length=500)]
Terms = Annotated[str, Field(max_length=4000)]
Names = Annotated[list[Name], Field(max_length=6)]


class LookGiven(Given):
    """How a kind of paper shall look; texts of one language that are empty are taken from the other."""

    size: Literal["a4", "a5", "needle"] = "a4"
    hidden: Annotated[list[Code], Field(max_length=20)] = []
    copies_zh: Names = []
    copies_en: Names = []
    signatures_zh: Names = []
    signatures_en: Names = []
    head_zh: Note = ""
    head_en: Note = ""
    foot_zh: Note = ""
    foot_en: Note = ""
    terms_zh: Terms = ""
    terms_en: Terms = ""
    version: Version


class LookAnswer(Answer):
    """How a kind of paper looks."""

    size: str
    hidden: list[str]
    copies_zh: list[str]
    copies_en: list[str]
    signatures_zh: list[str]
    signatures_en: list[str]
    head_zh: str
    head_en: str
    foot_zh: str
    foot_en: str
    terms_zh: str
    terms_en: str


class LookVersion(Answer):
    """One version of how a kind of paper looks, and who saved it."""

    version: int
    saved_by: str
    saved_at: Moment
    look: LookAnswer


class PaperKindDetail(Answer):
    """A kind of paper: what may be left out, how it looks now (version 0: as shipped), and all versions."""

    kind: str
    name: str
    columns: list[str]
    version: int
    look: LookAnswer
    versions: list[LookVersion]


class PaperKindRow(Answer):
    """A kind of paper, and the version of its looks that holds."""

    kind: str
    name: str
    size: str
    version: int


class PaperKindList(Answer):
    """All kinds of papers."""

    items: list[PaperKindRow]


class RunGiven(Given):
    """Whose papers are wanted as one file; without a language each in that of its receiver."""

    kind: Code
    numbers: Annotated[list[Code], Field(min_length=1, max_length=MOST_PAPERS)]
    language: Literal["", "zh-hans", "en"] = ""


class RunRow(Answer):
    """Papers printed together; states: running, done, empty (none of them could be printed)."""

    id: str
    kind: str
    state: str
    total: int
    done: int
    started_at: Moment
    finished_at: Moment | None


class LeftOut(Answer):
    """A document whose paper was left out, and the code of why."""

    number: str
    reason: str


class PaperOfRun(Answer):
    """A document of a run, in the order they were asked for. States: waiting, drawn, left_out."""

    number: str
    state: str


class RunDetail(RunRow):
    """A run with its papers and what was left out."""

    papers: list[PaperOfRun]
    left_out: list[LeftOut]


class RunList(Answer):
    """One page of one's own runs, newest first."""

    items: list[RunRow]
    next: Next


@routes.get("/paper-kinds", permission="company.edit", answer=PaperKindList)
def kinds(request: HttpRequest) -> PaperKindList:
    """List the kinds of papers."""
    rows = []
    for code, kind in PAPER_KINDS.items():
        look, version = current_look(code)
        rows.append(PaperKindRow(kind=code, name=str(kind.label), size=look.size, version=version))
    return PaperKindList(items=rows)


@routes.get("/paper-kinds/{kind}", permission="company.edit", answer=PaperKindDetail)
def show(request: HttpRequest, kind: Code) -> PaperKindDetail:
    """Show how a kind of paper looks and looked."""
    of, (look, version) = paper_kind(kind), current_look(kind)
    return PaperKindDetail(
        kind=kind,
        name=str(of.label),
        columns=[one.code for one in of.columns() if one.code],
        version=version,
        look=LookAnswer(**look_content(look)),
        versions=[_version(one) for one in versions_of_paper(kind, by=actor(request))],
    )


@routes.put("/paper-kinds/{kind}", permission="company.edit", answer=LookVersion)
def save(request: HttpRequest, kind: Code, body: LookGiven) -> LookVersion:
    """Choose how a kind of paper looks from now on, as a new version."""
    given = body.model_dump()
    version = given.pop("version")
    return _version(save_paper_look(kind, look_from_content(given), version=version, by=actor(request)))


@routes.post("/print-runs", permission="self.edit", answer=RunRow)
def start(request: HttpRequest, body: RunGiven) -> RunRow:
    """Have papers made as one PDF by a job; what you may not see is left out."""
    return RunRow(**_row(start_printing(body.kind, body.numbers, by=actor(request), language=body.language)))


@routes.get("/print-runs", permission="self.edit", answer=RunList)
def runs(request: HttpRequest, wanted: Annotated[Paged, Query()]) -> RunList:
    """List what you had printed together."""
    found = list_print_runs(by=actor(request), cursor=wanted.cursor, limit=wanted.limit)
    return RunList(**page_members(found, lambda one: RunRow(**_row(one))))


@routes.get("/print-runs/{run_id}", permission="self.edit", answer=RunDetail)
def run(request: HttpRequest, run_id: int) -> RunDetail:
    """Show how far a run of yours has come, which papers it holds, and what was left out."""
    one = get_print_run(run_id, by=actor(request))
    papers = papers_of_run(one)
    return RunDetail(
        **_row(one),
        papers=[PaperOfRun(number=each.number, state=each.state) for each in papers],
        left_out=[LeftOut(number=each.number, reason=each.problem) for each in papers if each.problem],
    )


@routes.get("/print-runs/{run_id}/file", permission="self.edit", answer=PaperFile)
def file(request: HttpRequest, run_id: int) -> PaperFile:
    """Get the papers of a run of yours as one PDF; it is kept for seven days."""
    one = get_print_run(run_id, by=actor(request))
    if one.file is None:
        raise NotFound(what="file", key=str(run_id))
    return PaperFile(name=f"{one.kind}-{one.pk}.pdf", content=base64.b64encode(bytes(one.file)).decode())


def _version(one: PaperTemplate) -> LookVersion:
    return LookVersion(
        version=one.version,
        saved_by=one.saved_by_name,
        saved_at=moment(one.saved_at),
        look=LookAnswer(**one.content),
    )


def _row(one: PrintRun) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "kind": one.kind,
        "state": one.state,
        "total": one.total,
        "done": one.done,
        "started_at": moment(one.at),
        "finished_at": moment_or_none(one.finished_at),
    }
