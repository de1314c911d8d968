"""What the pages of a workflow show: the diagram, the table editor with its choices, and what its form posts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shundan.accounts.queries import all_permissions, colleagues, label_of_permission
from shundan.kernel.actor import Actor
from shundan.ui.badges import BADGES
from shundan.web import design_words as words
from shundan.web.forms import Given
from shundan.workflow.queries import (
    KnownFact,
    Problem,
    Sheet,
    condition_in_words,
    drawing_of,
    known_facts,
    known_names,
    label_of_name,
    sheet_of,
    sheet_text,
)

LISTS = ("from", "roles", "needs", "required", "does", "asks", "notices")
MOST_PEOPLE = 200


def editor_of(text: str, problems: Sequence[Problem], *, by: Actor) -> dict[str, Any]:
    """Return what the table editor shows. Raises: ValueError for a text that is no TOML."""
    sheet = sheet_of(text)
    names = names_of(sheet)
    wrong, known = _by_anchor(problems, names), known_facts("order")
    return {
        "head": sheet.head,
        "states": [
            {**one, "tone": words.TONES.get(one["category"], "quiet"), "wrong": wrong.get(f"state-{one['name']}", [])}
            for one in sheet.states
        ],
        "ways": [_way(one, names, wrong.get(f"way-{one['name']}", []), known) for one in sheet.transitions],
        "wrong": wrong.get("head", []),
        "categories": [(one, str(BADGES["lifecycle"][one].label)) for one in words.CATEGORIES],
        "permissions": _permissions(sheet),
        "occasions": known_names("occasion"),
        "units": [(code, str(label)) for code, label in words.UNITS.items()],
        "facts": words.fact_rows(known),
        "choices": _choices(by),
    }


def diagram_of(text: str, problems: Sequence[Problem] = ()) -> dict[str, Any]:
    """Return the diagram with the marked places of problems, and what it says in words."""
    drawing = drawing_of(text)
    sheet = sheet_of(text)
    names = names_of(sheet)
    marked = {words.anchor_of(one.place): one.is_error for one in sorted(problems, key=lambda one: one.is_error)}
    return {
        "drawing": drawing,
        "tones": words.TONES,
        "marked": marked,
        "category_labels": {one: str(BADGES["lifecycle"][one].label) for one in words.CATEGORIES},
        "sentences": [_sentence(one, names) for one in sheet.transitions],
    }


def names_of(sheet: Sheet) -> dict[str, str]:
    """Return the labels of states and transitions by place, in the language that is active now."""
    key = "en" if (get_language() or "").startswith("en") else "zh"
    found = {f"states.{one['name']}": one[key] or one["name"] for one in sheet.states}
    return found | {f"transitions.{one['name']}": one[key] or one["name"] for one in sheet.transitions}


def text_of_form(data: QueryDict, *, code: str, kept: str) -> str:
    """Return the text that a posted table editor means. Raises: Malformed for texts that cannot be kept.

    `kept` is the text before: what the editor does not show stays as it was.
    """
    given = Given(data)
    states = [one for one in given.rows("states") if one.get("name") or one.get("zh") or one.get("en")]
    ways = [one for one in given.rows("ways") if one.get("name") or one.get("zh") or one.get("en")]
    given.check()
    head = {"code": code, "zh": given.text("zh"), "en": given.text("en"), "initial": ""}
    start = given.text("initial")
    old = {one["name"]: one for one in _kept_ways(kept)}
    sheet = Sheet(head, tuple(_state_row(one, start) for one in states), tuple(_way_row(one, old) for one in ways))
    renames = {one["was"]: one["name"] for one in states if one.get("was") and one.get("name")}
    return sheet_text(sheet, renames)


def _kept_ways(kept: str) -> Iterable[dict[str, Any]]:
    try:
        return sheet_of(kept).transitions
    except ValueError:
        return ()


def _state_row(one: Mapping[str, str], start: str) -> dict[str, Any]:
    marks = {"side": one.get("side") == "1", "start": bool(start) and one.get("at") == start}
    return {key: one.get(key, "") for key in ("name", "category", "zh", "en")} | marks


def _way_row(one: Mapping[str, str], old: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    before = old.get(one.get("was", ""), {})
    row: dict[str, Any] = {
        key: one.get(key, "") for key in ("name", "zh", "en", "to", "permission", "when", "on", "event")
    }
    row |= {key: tuple(dict.fromkeys(one.get(key, "").split())) for key in LISTS}
    row |= {key: one.get(key) == "1" for key in ("automatic", "primary", "danger")}
    row["approval"] = before.get("approval", "")
    row["after"] = words.span_text(one.get("after_count", ""), one.get("after_unit", ""))
    return row


def _way(
    one: Mapping[str, Any], names: Mapping[str, str], wrong: list[Any], known: Mapping[str, KnownFact]
) -> dict[str, Any]:
    return {
        **one,
        "label": names[f"transitions.{one['name']}"],
        "sources": ", ".join(names.get(f"states.{state}", state) for state in one["from"]),
        "target": _("stays") if one["to"] == words.STAYS else names.get(f"states.{one['to']}", one["to"]),
        **words.span_fields(one["after"]),
        "when_words": condition_in_words(one["when"], known),
        "shown_event": "" if one["event"] == one["to"] else one["event"],
        "chips": [label_of_name("guard", name) for name in one["needs"]],
        "does_chips": [label_of_name("effect", name) for name in one["does"]],
        "by_itself": bool(one["automatic"] or one["after"] or one["on"]),
        "wrong": wrong,
    }


def _sentence(one: Mapping[str, Any], names: Mapping[str, str]) -> str:
    sources = ", ".join(names.get(f"states.{state}", state) for state in one["from"])
    label = names[f"transitions.{one['name']}"]
    if one["to"] == words.STAYS:
        return _("%(transition)s: possible in %(states)s, which stays") % {"transition": label, "states": sources}
    target = names.get(f"states.{one['to']}", one["to"])
    return _("%(transition)s: from %(states)s to %(target)s") % {
        "transition": label,
        "states": sources,
        "target": target,
    }


def _by_anchor(problems: Sequence[Problem], names: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in problems:
        found.setdefault(words.anchor_of(one.place), []).append(words.problem_row(one, names))
    return found


def _permissions(sheet: Sheet) -> list[tuple[str, str]]:
    """Return the rights that transitions of orders are taken with; one that a text names besides stays on offer."""
    named = {one["permission"] for one in sheet.transitions} - {""}
    offered = {one for one in all_permissions() if one.startswith("order.") and one != "order.read"}
    language = get_language() or ""
    return [(one, label_of_permission(one, language=language)) for one in sorted(offered | named)]


def _choices(by: Actor) -> dict[str, list[tuple[str, str]]]:
    """Return what the pickers offer, by kind; the states are those that stand on the page."""
    roles = list(words.role_names().items())
    people = [(f"person:{one}", name) for one, name in colleagues(by=by)[:MOST_PEOPLE]]
    return {
        "guard": known_names("guard"),
        "effect": known_names("effect"),
        "field": known_names("field"),
        "role": roles,
        "ask": [("reason", _("Reason"))],
        "notice": [
            *((code, str(label)) for code, label in words.NOTIFIED.items()),
            *((f"role:{code}", label) for code, label in roles),
            *people,
        ],
    }
