"""Workflows and approval tables as the API shows them: versions, problems with place and cure, changes."""

from typing import Annotated, Any

from django.utils.translation import get_language
from pydantic import Field

from shundan.api.fields import Answer, Document, Given, Moment, Row, Version, moment
from shundan.kernel.actor import Actor
from shundan.workflow.actions import publish_design
from shundan.workflow.queries import (
    changes_between,
    check_design,
    get_design,
    get_design_version,
    label_of_design,
    list_designs,
)

Number = Annotated[int, Field(ge=1, le=2_147_483_647)]


class PublishedVersion(Answer):
    """One published version."""

    version: int
    published_at: Moment
    published_by: str


class VersionAnswer(PublishedVersion):
    """One published version with its text."""

    code: str
    content: str


class DesignAnswer(Answer):
    """A workflow or approval table; `version` is in force for new documents, or null before the first."""

    code: str
    name: str
    version: int | None
    has_draft: bool


class DesignList(Answer):
    """All of them, by code."""

    items: list[DesignAnswer]


class DesignShown(DesignAnswer):
    """One of them with its versions, newest first, and the text that is in force."""

    content: str | None
    draft: str | None
    versions: list[PublishedVersion]


class ProblemAnswer(Answer):
    """What is wrong at a place, and its cure; warnings do not stop publishing."""

    path: str
    code: str
    message: str
    cure: str
    is_error: bool


class Checked(Answer):
    """The result of a check; it may be published when it has no errors."""

    may_publish: bool
    problems: list[ProblemAnswer]


class ContentGiven(Given):
    """A text in TOML."""

    content: Document


class PublishGiven(ContentGiven):
    """A text in TOML to publish; `based_on` is the version that was in force when it was written."""

    based_on: Version | None = None


class ChangePart(Answer):
    """One value before and after."""

    name: str
    before: str
    after: str


class ChangeAnswer(Answer):
    """One thing that was added, removed, changed or moved."""

    what: str
    place_before: str
    place_after: str
    parts: list[ChangePart]


class Changes(Answer):
    """What changed from one version to another."""

    items: list[ChangeAnswer]


class VersionsWanted(Given):
    """Which versions to compare."""

    before: Number
    after: Number


def list_answer(kind: str, by: Actor) -> DesignList:
    """Return all workflows or approval tables."""
    return DesignList(items=[DesignAnswer(**_line(one)) for one in list_designs(kind, by=by)])


def shown_answer(kind: str, code: str, by: Actor) -> DesignShown:
    """Return one with its versions."""
    one = get_design(kind, code, by=by)
    return DesignShown(
        **_line(one),
        content=one.in_force.content if one.in_force else None,
        draft=one.draft.content if one.draft else None,
        versions=[PublishedVersion(**_version(each)) for each in one.versions],
    )


def version_answer(kind: str, code: str, version: int, by: Actor) -> VersionAnswer:
    """Return one version with its text."""
    found = get_design_version(kind, code, version, by=by)
    return VersionAnswer(code=found.code, content=found.content, **_version(found))


def checked_answer(kind: str, content: str) -> Checked:
    """Return what is wrong with a text."""
    problems = check_design(kind, content)
    is_english = (get_language() or "").startswith("en")
    return Checked(
        may_publish=not any(one.is_error for one in problems),
        problems=[
            ProblemAnswer(
                path=one.place,
                code=one.code,
                message=one.sentence_en if is_english else one.sentence_zh,
                cure=one.cure_en if is_english else one.cure_zh,
                is_error=one.is_error,
            )
            for one in problems
        ],
    )


def published_answer(kind: str, code: str, given: PublishGiven, by: Actor) -> VersionAnswer:
    """Publish a text and return its version."""
    made = publish_design(kind, code, by=by, text=given.content, based_on=given.based_on)
    return version_answer(kind, code, made.version, by)


def changes_answer(kind: str, code: str, wanted: VersionsWanted, by: Actor) -> Changes:
    """Return what changed between two versions."""
    texts = [get_design_version(kind, code, one, by=by).content for one in (wanted.before, wanted.after)]
    return Changes(
        items=[
            ChangeAnswer(
                what=one.what,
                place_before=one.place_before,
                place_after=one.place_after,
                parts=[ChangePart(name=part.name, before=part.before, after=part.after) for part in one.parts],
            )
            for one in changes_between(kind, *texts)
        ]
    )


def _line(one: Row) -> dict[str, Any]:
    text = one.in_force.content if one.in_force else one.draft.content
    return {
        "code": one.code,
        "name": label_of_design(text) or one.code,
        "version": one.in_force.version if one.in_force else None,
        "has_draft": one.draft is not None,
    }


def _version(one: Row) -> dict[str, Any]:
    return {
        "version": one.version,
        "published_at": moment(one.published_at),
        "published_by": one.published_by_name or "system",
    }
