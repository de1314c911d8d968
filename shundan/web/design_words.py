"""The words of the designer: parts of workflows and approval tables, where a problem stands, how a condition reads."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shundan.accounts.queries import label_of_permission, role_codes, role_labels
from shundan.ui.badges import BADGES
from shundan.workflow.queries import KnownFact, Problem, condition_in_words, hint_of_name, label_of_name

Word = str | Promise
STAYS = "="
ROW = re.compile(r"rows\[(\d{1,5})\]")
# A fault in a condition says at which sign it stands: transitions.approve.when:12.
SIGN = re.compile(r":(\d{1,5})\Z")
CATEGORIES = ("draft", "submitted", "approved", "confirmed", "in_progress", "completed", "closed", "cancelled")
TONES = {category: BADGES["lifecycle"][category].tone for category in CATEGORIES}

PARTS: Mapping[str, Word] = {
    "code": _("Code"),
    "zh": _("Chinese name"),
    "en": _("English name"),
    "label_zh": _("Chinese name"),
    "label_en": _("English name"),
    "name_zh": _("Chinese name"),
    "name_en": _("English name"),
    "name": _("Code"),
    "initial": _("Initial state"),
    "category": _("Lifecycle category"),
    "side": _("Side state"),
    "is_side": _("Side state"),
    "from": _("From"),
    "sources": _("From"),
    "to": _("To"),
    "target": _("To"),
    "permission": _("Permission"),
    "roles": _("Only these roles"),
    "when": _("Condition"),
    "needs": _("Guards"),
    "required": _("Required fields"),
    "does": _("Effects"),
    "asks": _("Asks for"),
    "notices": _("Notifies"),
    "approval": _("Approval table"),
    "automatic": _("Automatic"),
    "is_automatic": _("Automatic"),
    "after": _("After a time"),
    "on": _("When it happens"),
    "is_primary": _("Main button"),
    "is_danger": _("Warning button"),
    "event": _("Event"),
    "order": _("Sequence"),
    "policy": _("Rows that count"),
    "allows_own": _("People may decide about their own orders"),
    "otherwise": _("Otherwise decided by"),
    "level": _("Level"),
    "who": _("Approver"),
    "mode": _("Mode"),
    "need": _("How many"),
    "escalate_after": _("Escalate after"),
}
MODES: Mapping[str, Word] = {
    "any": _("Any one of them"),
    "all": _("All of them"),
    "in_turn": _("In turn"),
    "n_of_m": _("A number of them"),
}
POLICIES: Mapping[str, Word] = {"collect": _("All rows that hold"), "first": _("The first row that holds")}
FACT_KINDS: Mapping[str, Word] = {
    "number": _("number"),
    "integer": _("whole number"),
    "text": _("text"),
    "texts": _("list of texts"),
    "yes_no": _("yes or no"),
    "date": _("date"),
    "datetime": _("date and time"),
    "person": _("person"),
}
UNITS: Mapping[str, Word] = {"minute": _("minutes"), "hour": _("hours"), "day": _("days"), "week": _("weeks")}
NOTIFIED: Mapping[str, Word] = {
    "owner": _("Owner of the order"),
    "applicant": _("Who submitted it"),
    "giver": _("The performing department"),
    "receiver": _("The receiving department"),
    "customer": _("Customer"),
}
CHANGES: Mapping[str, Word] = {
    "added": _("Added"),
    "removed": _("Removed"),
    "changed": _("Changed"),
    "moved": _("Moved"),
}
_LISTED = {"needs": "guard", "does": "effect", "required": "field"}


# How a time is written in a definition.
_SPAN = re.compile(r"([1-9][0-9]{0,3}) (minute|hour|day|week)s?\Z")


def span_fields(text: str) -> dict[str, str]:
    """Return a time such as `2 days` as its two fields; one that is written otherwise stands in the first."""
    found = _SPAN.match(text)
    return {"after_count": found[1] if found else text, "after_unit": found[2] if found else "day"}


def span_text(count: str, unit: str) -> str:
    """Return what the two fields of a time say, as definitions write it."""
    return f"{count} {unit}{'' if count == '1' else 's'}" if count else ""


def fact_rows(known: Mapping[str, KnownFact]) -> list[tuple[str, str, str]]:
    """Return (name in conditions, name on screen, kind) of facts."""
    return [(name, _hinted(name, str(one.label)), str(FACT_KINDS.get(one.kind, ""))) for name, one in known.items()]


def _hinted(name: str, label: str) -> str:
    hint = hint_of_name(name)
    return f"{label} ({hint})" if hint else label


def role_names() -> dict[str, str]:
    """Return the roles and what they are called."""
    return dict(zip(role_codes(), role_labels(language=get_language() or ""), strict=True))


def who_words(who: str) -> str:
    """Return who is asked, in words."""
    kind, _colon, name = who.partition(":")
    if kind == "role" and name:
        return role_names().get(name, name)
    if kind == "manager" and name:
        return str(_("Superiors up to level %(level)s")) % {"level": name}
    if kind == "field" and name:
        return label_of_name("fact", name)
    return str({"department_head": _("Head of the department"), "nobody": _("Nobody"), **NOTIFIED}.get(who, who))


def problem_row(one: Problem, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a problem as the page shows it: where, what, the cure, and the part of the editor it stands in.

    `names` are the labels of states and transitions by place, such as states.draft.
    """
    is_english = (get_language() or "").startswith("en")
    return {
        "is_error": one.is_error,
        "place": place_words(one.place, names),
        "anchor": anchor_of(one.place),
        "sentence": one.sentence_en if is_english else one.sentence_zh,
        "cure": one.cure_en if is_english else one.cure_zh,
        "code": one.code,
    }


def anchor_of(place: str) -> str:
    """Return the id of the row in the editor that a place belongs to."""
    if found := ROW.match(place):
        return f"row-{found[1]}"
    part, _dot, rest = SIGN.sub("", place).partition(".")
    name = rest.partition(".")[0]
    return f"{'state' if part == 'states' else 'way'}-{name}" if part in ("states", "transitions") and name else "head"


def place_words(place: str, names: Mapping[str, str]) -> str:
    """Return a place such as transitions.submit.needs in words."""
    if at := SIGN.search(place):
        sentence = _("%(place)s, character %(number)s")
        return str(sentence) % {"place": place_words(place[: at.start()], names), "number": at[1]}
    if found := ROW.match(place):
        row = str(_("Row %(number)s")) % {"number": int(found[1]) + 1}
        return _joined(row, place[found.end() :].strip("."))
    part, _dot, rest = place.partition(".")
    if part in ("states", "transitions") and rest:
        name, _dot, field = rest.partition(".")
        label = names.get(f"{part}.{name}", name)
        sentence = _("State “%(name)s”") if part == "states" else _("Transition “%(name)s”")
        return _joined(str(sentence) % {"name": label}, field)
    whole = {"states": _("States"), "transitions": _("Transitions"), "rows": _("Rows"), "": _("Text")}
    return str(PARTS.get(place.removesuffix(".when"), whole.get(part, place)))


def value_words(part: str, value: str, facts: Mapping[str, KnownFact]) -> str:
    """Return a value of a version as a comparison shows it, with names instead of codes where there are some."""
    if part == "when" or (part == "automatic" and value not in ("true", "false")):
        return condition_in_words(value, facts)
    if part in _LISTED:
        return ", ".join(label_of_name(_LISTED[part], one) for one in value.split(", ") if one)
    if part == "permission" and value:
        return label_of_permission(value, language=get_language() or "")
    if part in ("roles", "notices"):
        return ", ".join(
            who_words(one if ":" in one or one in NOTIFIED else f"role:{one}") for one in value.split(", ") if one
        )
    if part == "who":
        return who_words(value)
    known: Mapping[str, Any] = {
        "category": {one: BADGES["lifecycle"][one].label for one in CATEGORIES},
        "mode": MODES,
        "policy": POLICIES,
        "target": {STAYS: _("stays where it is")},
    }
    if value in ("true", "false"):
        return str(_("Yes") if value == "true" else _("No"))
    return str(known.get(part, {}).get(value, value))


def _joined(place: str, field: str) -> str:
    return f"{place} · {PARTS[field]}" if field in PARTS else place
