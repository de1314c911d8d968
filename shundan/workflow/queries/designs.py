"""Workflows and approval tables as their administrators see them: versions, drafts, what is wrong, what changed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from shundan.accounts.queries import permission_names, role_codes
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.workflow.models import ApprovalTableVersion, WorkflowVersion
from shundan.workflow.models import DesignDraft as DesignDraft
from shundan.workflow.queries.sentences import known_facts
from shundan.workflow.queries.tables import SUBJECT
from shundan.workflow.queries.tables import subject_of_table as subject_of_table
from shundan.workflow.registries import (
    EFFECTS,
    FIELDS,
    GUARDS,
    HINTS,
    LABELS,
    LOCK_RANKS,
    PARTNERS,
    SERVES,
    facts_schema,
)
from shundan.workflow.rules import Change as Change
from shundan.workflow.rules import Problem as Problem
from shundan.workflow.rules import (
    check_definition_text,
    check_table_text,
    definition_text,
    diff_definitions,
    diff_tables,
    parse_definition,
    read_definition,
    read_table,
    table_text,
)
from shundan.workflow.rules.definition import Definition as Definition
from shundan.workflow.rules.drawing import draw
from shundan.workflow.rules.shapes import Drawing as Drawing
from shundan.workflow.rules.sheets import Sheet as Sheet
from shundan.workflow.rules.sheets import TableSheet as TableSheet
from shundan.workflow.rules.sheets import named_rows, renamed, text_of_sheet, text_of_table_sheet
from shundan.workflow.rules.sheets import sheet_of as sheet_of
from shundan.workflow.rules.sheets import table_sheet_of as table_sheet_of

Published = WorkflowVersion | ApprovalTableVersion


def check_workflow(text: str, *, subject_kind: str = SUBJECT) -> list[Problem]:
    """Return what is wrong with a definition for a kind of document, errors and warnings."""
    return check_definition_text(
        text,
        guards=GUARDS,
        effects=EFFECTS,
        permissions=permission_names(),
        roles=role_codes(),
        facts=facts_schema(subject_kind),
        fields=FIELDS.get(subject_kind, {}),
        partners=PARTNERS,
        lock_ranks=LOCK_RANKS,
    )


def check_approval_table(text: str, *, subject_kind: str = "") -> list[Problem]:
    """Return what is wrong with an approval table, errors and warnings, for the kind of document that it judges."""
    return check_table_text(text, roles=role_codes(), facts=facts_schema(subject_kind or _subject_of_text(text)))


def _subject_of_text(text: str) -> str:
    try:
        return subject_of_table(read_table(text).code)
    except ValueError:
        return SUBJECT


@dataclass(frozen=True)
class Craft:
    """What workflows and approval tables do differently. `recall` reads what was published, by whichever release."""

    kind: str
    thing: str
    permission: str
    versions: Any  # Any: the two tables of versions share no base
    read: Callable[[str], Any]
    recall: Callable[[str], Any]
    write: Callable[[Any], str]
    check: Callable[[str], list[Problem]]
    diff: Callable[[Any, Any], tuple[Change, ...]]


CRAFTS: Mapping[str, Craft] = {
    "workflow": Craft(
        "workflow",
        "workflow",
        "workflow.manage",
        WorkflowVersion,
        read_definition,
        parse_definition,
        definition_text,
        check_workflow,
        diff_definitions,
    ),
    "approval_table": Craft(
        "approval_table",
        "approval table",
        "approval_table.manage",
        ApprovalTableVersion,
        read_table,
        read_table,
        table_text,
        check_approval_table,
        diff_tables,
    ),
}


@dataclass(frozen=True, slots=True)
class Design:
    """A workflow or approval table: its versions, newest first, and what somebody is working on."""

    kind: str
    code: str
    versions: tuple[Any, ...]
    draft: DesignDraft | None

    @property
    def in_force(self) -> Any:
        """Return the version that new documents get, or None before the first was published."""
        return self.versions[0] if self.versions else None

    @property
    def number(self) -> int:
        """Return the number of the version in force, 0 before the first."""
        return self.versions[0].version if self.versions else 0

    @property
    def is_overtaken(self) -> bool:
        """Tell whether another version was published since the draft was begun."""
        return self.draft is not None and self.draft.based_on != self.number

    @property
    def text(self) -> str:
        """Return what an editor begins with: the draft, or what is in force."""
        return self.draft.content if self.draft else self.versions[0].content

    @property
    def label(self) -> str:
        """Return its name in the language that is active now; of a draft that cannot be read, its code."""
        return label_of_design(self.text) or self.code


def list_designs(kind: str, *, by: Actor) -> list[Design]:
    """Return all workflows or approval tables, by code. Raises: NotPermitted."""
    craft = CRAFTS[kind]
    require(by, craft.permission)
    versions: dict[str, list[Any]] = {}
    for one in craft.versions.objects.order_by("code", "-version"):
        versions.setdefault(one.code, []).append(one)
    drafts = {one.code: one for one in DesignDraft.objects.filter(kind=kind)}
    return [
        Design(kind, code, tuple(versions.get(code, ())), drafts.get(code)) for code in sorted({*versions, *drafts})
    ]


def get_design(kind: str, code: str, *, by: Actor) -> Design:
    """Return one by its code. Raises: NotPermitted, NotFound."""
    craft = CRAFTS[kind]
    require(by, craft.permission)
    clean = code.replace("\x00", "")
    versions = tuple(craft.versions.objects.filter(code=clean).order_by("-version"))
    draft = DesignDraft.objects.filter(kind=kind, code=clean).first()
    if not versions and draft is None:
        raise NotFound(what=craft.thing, key=code[:100])
    return Design(kind, clean, versions, draft)


def get_design_version(kind: str, code: str, version: int, *, by: Actor) -> Any:
    """Return one published version. Raises: NotPermitted, NotFound."""
    found = next((one for one in get_design(kind, code, by=by).versions if one.version == version), None)
    if found is None:
        raise NotFound(what="version", key=version)
    return found


def check_design(kind: str, text: str) -> list[Problem]:
    """Return what is wrong with a workflow or approval table, errors and warnings."""
    return CRAFTS[kind].check(text)


def changes_between(kind: str, before: str, after: str) -> tuple[Change, ...]:
    """Return what changed between two texts of versions or drafts. Raises: ValueError for one that cannot be read."""
    craft = CRAFTS[kind]
    return craft.diff(craft.recall(before), craft.recall(after))


def drawing_of(text: str) -> Drawing:
    """Return the diagram of a workflow's text, half done or not. Raises: ValueError for what is no TOML."""
    return draw(sheet_of(text), language=get_language() or "")


def label_of_design(text: str) -> str:
    """Return the name that a text gives itself in the language that is active now, or nothing."""
    try:
        head = sheet_of(text).head
    except ValueError:
        return ""
    return str(head["en"] if (get_language() or "").startswith("en") else head["zh"])


def hint_of_name(name: str) -> str:
    """Return how values of a fact are written in conditions, or nothing where that is plain."""
    return str(HINTS.get(name, ""))


def label_of_name(what: str, name: str) -> str:
    """Return what a guard, effect, fact, field or occasion is called on screen; an unknown one keeps its name."""
    return str(LABELS.get(what, {}).get(name, name))


def known_names(what: str, *, subject: str = SUBJECT) -> list[tuple[str, str]]:
    """Return (name, label) of all guards, effects, facts, fields or occasions that a design may name, by label.

    `subject` is the kind of document that it is for.
    """
    if what == "fact":
        return [(name, str(one.label)) for name, one in known_facts(subject).items()]
    known: dict[str, Iterable[str]] = {"guard": GUARDS, "effect": EFFECTS, "field": FIELDS.get(subject, {})}
    names = known.get(what, LABELS.get(what, {}))
    return [(name, label_of_name(what, name)) for name in names]


def misfits_of(definition: Definition, document_kind: str) -> list[tuple[str, str]]:
    """Return which guards and effects of a workflow make no sense for a kind of document, as (what, name)."""
    named = [("guard", name) for one in definition.transitions for name in one.needs]
    named += [("effect", name) for one in definition.transitions for name in one.does]
    return [one for one in dict.fromkeys(named) if document_kind not in SERVES.get(one[1], {document_kind})]


def sheet_text(sheet: Sheet, renames: Mapping[str, str]) -> str:
    """Return an edited sheet as text: rows without a code get one, and states that were renamed are followed.

    The state that is marked by `start` is the one to begin with.
    """
    states = named_rows(sheet.states, prefix="state")
    ways = named_rows(sheet.transitions, prefix="way")
    initial = next((one["name"] for one in states if one.get("start")), sheet.head["initial"])
    return text_of_sheet(renamed(Sheet({**sheet.head, "initial": initial}, states, ways), renames))


def table_sheet_text(sheet: TableSheet) -> str:
    """Return an edited approval table as text."""
    return text_of_table_sheet(sheet)
