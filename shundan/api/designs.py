"""What workflows and approval tables share: what is in force, versions, checks, publishing, comparison."""

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


def routes_of_designs(tag: str, *, kind: str, one: str) -> Routes:
    """Return the operations of one of them; `one` is what the reference calls it."""
    routes, permission, place = Routes(tag, operations=tag), f"{kind}.manage", f"/{tag.replace('_', '-')}"

    def index(request: HttpRequest) -> DesignList:
        return list_answer(kind, actor(request))

    def show(request: HttpRequest, code: Code) -> DesignShown:
        return shown_answer(kind, code, actor(request))

    def show_version(request: HttpRequest, code: Code, version: Number) -> VersionAnswer:
        """Show what a published version says."""
        return version_answer(kind, code, version, actor(request))

    def check(request: HttpRequest, code: Code, given: ContentGiven) -> Checked:
        """Check a text without publishing it."""
        return checked_answer(kind, given.content)

    def publish(request: HttpRequest, code: Code, given: PublishGiven) -> VersionAnswer:
        """Publish a text as the next version.

        New documents follow it; those that run keep theirs. With errors it answers 409 with each place, and the
        version in force stays. A text that says the same as the version in force makes no new one.
        """
        return published_answer(kind, code, given, actor(request))

    def compare(request: HttpRequest, code: Code, wanted: Query[VersionsWanted]) -> Changes:
        """Show what changed between two versions."""
        return changes_answer(kind, code, wanted, actor(request))

    index.__doc__ = f"List all {one}s."
    show.__doc__ = f"Show one {one} with its versions."
    routes.get(place, permission=permission, answer=DesignList)(index)
    routes.get(f"{place}/{{code}}", permission=permission, answer=DesignShown)(show)
    routes.get(f"{place}/{{code}}/versions/{{version}}", permission=permission, answer=VersionAnswer)(show_version)
    routes.post(f"{place}/{{code}}/check", permission=permission, answer=Checked, status=200)(check)
    routes.post(f"{place}/{{code}}/versions", permission=permission, answer=VersionAnswer)(publish)
    routes.get(f"{place}/{{code}}/diff", permission=permission, answer=Changes)(compare)
    return routes
