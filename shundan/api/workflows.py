"""Workflows: what is in force, versions, checks, publishing, comparison."""

from django.http import HttpRequest
from ninja import Query

from shundan.api.auth import actor
from shundan.api.design_answers import (
    Changes,
    Checked,
    ContentGiven,
    DesignList,
    DesignShown,
    Number,
    PublishGiven,
    VersionAnswer,
    VersionsWanted,
    changes_answer,
    checked_answer,
    list_answer,
    published_answer,
    shown_answer,
    version_answer,
)
from shundan.api.fields import Code
from shundan.api.routes import Routes

KIND, RIGHT = "workflow", "workflow.manage"
routes = Routes("workflows")


@routes.get("/workflows", permission=RIGHT, answer=DesignList)
def index(request: HttpRequest) -> DesignList:
    """List all workflows."""
    return list_answer(KIND, actor(request))


@routes.get("/workflows/{code}", permission=RIGHT, answer=DesignShown)
def show(request: HttpRequest, code: Code) -> DesignShown:
    """Show one workflow with its versions."""
    return shown_answer(KIND, code, actor(request))


@routes.get("/workflows/{code}/versions/{version}", permission=RIGHT, answer=VersionAnswer)
def show_version(request: HttpRequest, code: Code, version: Number) -> VersionAnswer:
    """Show what a published version says."""
    return version_answer(KIND, code, version, actor(request))


@routes.post("/workflows/{code}/check", permission=RIGHT, answer=Checked, status=200)
def check(request: HttpRequest, code: Code, given: ContentGiven) -> Checked:
    """Check a text without publishing it."""
    return checked_answer(KIND, given.content)


@routes.post("/workflows/{code}/versions", permission=RIGHT, answer=VersionAnswer)
def publish(request: HttpRequest, code: Code, given: PublishGiven) -> VersionAnswer:
    """Publish a text as the next version.

    New documents follow it; those that run keep theirs. With errors it answers 409 with each place, and the version
    in force stays. A text that says the same as the version in force makes no new one.
    """
    return published_answer(KIND, code, given, actor(request))


@routes.get("/workflows/{code}/diff", permission=RIGHT, answer=Changes)
def compare(request: HttpRequest, code: Code, wanted: Query[VersionsWanted]) -> Changes:
    """Show what changed between two versions."""
    return changes_answer(KIND, code, wanted, actor(request))
