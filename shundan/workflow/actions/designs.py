"""Designing workflows and approval tables: drafts, publishing with checks, copies, going back to an old version."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, VersionConflict, require
from shundan.kernel.events import record
from shundan.workflow.models import DesignDraft
from shundan.workflow.queries.designs import CRAFTS, Craft, Design, get_design, get_design_version, subject_of_table
from shundan.workflow.rules import Problem
from shundan.workflow.rules.problems import code_problems

# Five hundred rows or three hundred transitions take half of it.
LONGEST_DRAFT = 400_000
# Words that stand in addresses where codes stand.
RESERVED = ("new", "import", "check")


class DesignFaulty(Refused):
    """What shall be published would not work; the version in force stays."""

    code = "design_faulty"
    sentence = _("This cannot be published yet. Correct the errors below; the version in force stays.")


class NothingToPublish(Refused):
    """There is no draft."""

    code = "nothing_to_publish"
    sentence = _("Nothing has been changed since the last version. Change something, then publish.")


class NoUtf8(Refused):
    """The file is in another encoding."""

    code = "not_utf8"
    status = 422
    sentence = _("The file is not encoded in UTF-8. Save it as UTF-8 and import it again.")


class DesignTooLarge(Refused):
    """The text is longer than any workflow or table may be."""

    code = "design_too_large"
    status = 422
    sentence = _(
        "The text has more than %(most)s characters. A workflow has at most 60 states and 300 transitions,"
        " an approval table at most 500 rows."
    )


@action
def save_design_draft(
    kind: str, code: str, text: str, *, by: Actor, version: int | None = None, based_on: int | None = None
) -> DesignDraft:
    """Keep a text as the draft of a workflow or approval table; what is in force stays as it is.

    The text may be half done. `version` is the saving that was shown (0: there was no draft), `based_on` the version
    in force that was shown beside it: whoever saves after seeing a newer one builds on that.
    Raises: NotPermitted, VersionConflict, DesignTooLarge, Malformed.
    """
    craft = CRAFTS[kind]
    require(by, craft.permission)
    _check_text(text)
    _lock(craft, code)
    kept = DesignDraft.objects.filter(kind=kind, code=code).first()
    if version is not None and version != (kept.version if kept else 0):
        raise VersionConflict()
    if kept is None:
        wrong = [_detail(one) for one in code_problems("code", code)]
        if code in RESERVED:
            wrong = [Detail("code", "taken", _("This code is taken. Choose another one."))]
        if wrong:
            raise Malformed(details=wrong)
        return DesignDraft.objects.create(
            kind=kind,
            code=code,
            content=text,
            based_on=_latest_number(craft, code),
            changed_by_name=by.name,
            changed_at=by.at,
        )
    kept.content, kept.version = text, kept.version + 1
    kept.based_on = kept.based_on if based_on is None else based_on
    kept.changed_by_name, kept.changed_at = by.name, by.at
    kept.save(update_fields=["content", "version", "based_on", "changed_by_name", "changed_at"])
    return kept


@action
def discard_design_draft(kind: str, code: str, *, by: Actor) -> None:
    """Throw a draft away; without one nothing happens. Raises: NotPermitted."""
    craft = CRAFTS[kind]
    require(by, craft.permission)
    _lock(craft, code)
    DesignDraft.objects.filter(kind=kind, code=code).delete()


@action
def copy_design(kind: str, source: str, *, code: str, name_zh: str, name_en: str, by: Actor) -> DesignDraft:
    """Begin a new workflow or approval table as a draft that says what another one says now.

    Raises: NotPermitted, NotFound, Malformed for a code that is taken or is none.
    """
    found = get_design(kind, source, by=by)
    craft = CRAFTS[kind]
    _lock(craft, code)
    if _latest_number(craft, code) or DesignDraft.objects.filter(kind=kind, code=code).exists():
        raise Malformed(details=[Detail("code", "taken", _("This code is taken. Choose another one."))])
    text = _renamed(craft, found, code=code, name_zh=name_zh, name_en=name_en)
    made = save_design_draft(kind, code, text, by=by, version=0)
    if kind == "approval_table":
        # The copy names facts of what its source judges.
        made.subject_kind = subject_of_table(source)
        made.save(update_fields=["subject_kind"])
    return made


@action
def import_design(kind: str, content: bytes, *, by: Actor, code: str = "") -> DesignDraft:
    """Keep a text file as a draft: of the workflow or table with this code, else of the one that it names.

    Raises: NotPermitted, NoUtf8, DesignTooLarge, DesignFaulty for what cannot be read or belongs to another code.
    """
    craft = CRAFTS[kind]
    require(by, craft.permission)
    # Four bytes a sign are the most that UTF-8 needs.
    if len(content) > 4 * LONGEST_DRAFT:
        raise DesignTooLarge(most=f"{LONGEST_DRAFT:,}")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise NoUtf8() from None
    _check_text(text)
    try:
        named = craft.read(text).code
    except ValueError:
        raise DesignFaulty(details=[_detail(one) for one in craft.check(text)]) from None
    if code and named != code:
        sentence = _("The file is “%(other)s”, not “%(code)s”. Import it on the list, or change its code.")
        raise DesignFaulty(details=[Detail("code", "other_code", str(sentence) % {"other": named, "code": code})])
    return save_design_draft(kind, named, text, by=by)


@action
def publish_design(
    kind: str, code: str, *, by: Actor, text: str | None = None, version: int | None = None, based_on: int | None = None
) -> Any:
    """Publish a draft, or a given text, as the next version; documents that run keep theirs.

    What says the same as the version in force makes no new one. `version` is the saving of the draft that was shown,
    `based_on` the version that was in force then. Raises: NotPermitted, NotFound, NothingToPublish, VersionConflict,
    DesignFaulty with each place, what is wrong and its cure; then nothing has changed.
    """
    craft = CRAFTS[kind]
    require(by, craft.permission)
    _lock(craft, code)
    draft = DesignDraft.objects.filter(kind=kind, code=code).first()
    if text is None and draft is None:
        raise NothingToPublish()
    latest = craft.versions.objects.filter(code=code).order_by("-version").first()
    number = latest.version if latest else 0
    began = based_on if based_on is not None or text is not None or draft is None else draft.based_on
    if (version is not None and (draft is None or draft.version != version)) or (began is not None and began != number):
        raise VersionConflict()
    content = text if text is not None else draft.content if draft else ""
    _check_text(content)
    _refuse_faulty(craft, content, code=code)
    made = publish_text(kind, content, by=by)
    if draft is not None and (text is None or draft.content == text):
        draft.delete()
    return made


@action
def restore_design(kind: str, code: str, version: int, *, by: Actor) -> Any:
    """Publish what an old version says again, as the next version. Raises: as publish_design."""
    old = get_design_version(kind, code, version, by=by)
    return publish_design(kind, code, by=by, text=CRAFTS[kind].write(CRAFTS[kind].recall(old.content)))


@action
def publish_text(kind: str, text: str, *, by: Actor, subject_kind: str = "") -> Any:
    """Publish a text that was checked already; unchanged meaning makes no new version, and drafts stay.

    `subject_kind` is what a new table judges; without it, it judges what its versions did so far.
    """
    craft = CRAFTS[kind]
    meant = craft.read(text)
    _lock(craft, meant.code)
    latest = craft.versions.objects.filter(code=meant.code).order_by("-version").first()
    if latest is not None and _says_the_same(craft, latest.content, meant):
        return latest
    facts: dict[str, Any] = (
        {"edges": meant.edges(), "states": meant.categories()}
        if kind == "workflow"
        else {"subject_kind": subject_kind or subject_of_table(meant.code)}
    )
    made = craft.versions.objects.create(
        code=meant.code,
        version=latest.version + 1 if latest else 1,
        content=text,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        published_by_name=by.name,
        published_at=by.at,
        **facts,
    )
    if by.door != "system":  # what is shipped is no news
        data = {"code": made.code, "version": made.version, "name_zh": meant.label_zh, "name_en": meant.label_en}
        record(f"{kind}.published", subject=(kind, made.pk), by=by, data=data)
    return made


def sentences_of(problems: Iterable[Problem]) -> list[Detail]:
    """Return problems as the details of a refusal: place, code, and the sentence with its cure."""
    return [_detail(one) for one in problems]


def _refuse_faulty(craft: Craft, text: str, *, code: str) -> None:
    problems = [one for one in craft.check(text) if one.is_error]
    details = sentences_of(problems)
    if code in RESERVED:
        details = [Detail("code", "taken", _("This code is taken. Choose another one."))]
    if not problems and (named := craft.read(text).code) != code:
        sentence = _("The text says “%(other)s” where the code must stay “%(code)s”.")
        details = [Detail("code", "other_code", str(sentence) % {"other": named, "code": code})]
    if details:
        raise DesignFaulty(details=details)


def _check_text(text: str) -> None:
    if len(text) > LONGEST_DRAFT:
        raise DesignTooLarge(most=f"{LONGEST_DRAFT:,}")
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        sentence = _("This text is too long or contains characters that cannot be stored.")
        raise Malformed(details=[Detail("content", "invalid_text", sentence)])


def _detail(problem: Problem) -> Detail:
    is_english = (get_language() or "").startswith("en")
    said = f"{problem.sentence_en} {problem.cure_en}" if is_english else f"{problem.sentence_zh}{problem.cure_zh}"
    return Detail(problem.place, problem.code, said)


def _renamed(craft: Craft, found: Design, *, code: str, name_zh: str, name_en: str) -> str:
    try:
        meant = craft.recall(found.text)
    except ValueError:
        if found.in_force is None:
            raise NotFound(what=craft.thing, key=found.code) from None
        meant = craft.recall(found.in_force.content)
    return craft.write(replace(meant, code=code, label_zh=name_zh, label_en=name_en))


def _says_the_same(craft: Craft, content: str, meant: Any) -> bool:
    try:
        return bool(craft.recall(content) == meant)
    except ValueError:
        return False


def _latest_number(craft: Craft, code: str) -> int:
    found = craft.versions.objects.filter(code=code).order_by("-version").values_list("version", flat=True).first()
    return int(found or 0)


def _lock(craft: Craft, code: str) -> None:
    """Let one person at a time change a workflow or table, also one that has no row yet."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{craft.kind} {code}"])
