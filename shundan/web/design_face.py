"""What the pages of workflows and approval tables share, and what each says differently."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.web.workflow_view import diagram_of
from shundan.workflow.queries import Design, KnownFact, Problem, subject_of_table

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
    facts: Callable[[str], Mapping[str, KnownFact]]

    def url(self, name: str, **arguments: Any) -> str:
        """Return the address of one of these pages."""
        return reverse(f"{self.place}.{name}", kwargs=arguments or None)

    def what_if_url(self, design: Design) -> str | None:
        """Return where the past is judged by the draft or another version, or None where nothing can be asked."""
        if design.in_force is None or (self.kind != "workflow" and subject_of_table(design.code) != "order"):
            return None
        subject = "workflow" if self.kind == "workflow" else "table"
        return f"{reverse('what_if.list')}?of={subject}:{design.code}"


def version_rows(face: DesignFace, design: Design) -> list[dict[str, Any]]:
    """Return the versions of a workflow or table as lists show them, newest first."""
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


def diagram_or_none(text: str, problems: list[Problem]) -> dict[str, Any] | None:
    """Return the diagram of a workflow's text, or None for what is no TOML."""
    try:
        return diagram_of(text, problems)
    except ValueError:
        return None
