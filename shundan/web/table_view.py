"""What the pages of an approval table show: its rows with their choices, what their form posts, and a trial."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shundan.accounts.queries import colleagues
from shundan.kernel.actor import Actor
from shundan.orders.queries import Trial
from shundan.web import design_words as words
from shundan.web.forms import Given
from shundan.workflow.queries import (
    Problem,
    TableSheet,
    condition_in_words,
    known_facts,
    subject_of_table,
    table_sheet_of,
    table_sheet_text,
)

HIGHEST_CHAIN = 3
MOST_PEOPLE = 200


def table_editor_of(text: str, problems: Sequence[Problem], *, by: Actor) -> dict[str, Any]:
    """Return what the row editor shows. Raises: ValueError for a text that is no TOML."""
    sheet = table_sheet_of(text)
    names = names_of_table(text)
    wrong: dict[str, list[dict[str, Any]]] = {}
    for one in problems:
        wrong.setdefault(words.anchor_of(one.place), []).append(words.problem_row(one, names))
    known = known_facts(subject_of_table(str(sheet.head.get("code") or "")))
    return {
        "head": sheet.head,
        "rows": [
            {
                **row,
                "at": at,
                "who_words": words.who_words(row["who"]),
                "mode_words": str(words.MODES.get(row["mode"] or "any", row["mode"])),
                "when_words": condition_in_words(row["when"], known),
                "wrong": wrong.get(f"row-{at}", []),
                **words.span_fields(row["escalate_after"]),
            }
            for at, row in enumerate(sheet.rows)
        ],
        "automatic_words": condition_in_words(sheet.head["automatic"], known),
        "otherwise_words": words.who_words(sheet.head["otherwise"]) if sheet.head["otherwise"] else "",
        "policy_words": str(words.POLICIES.get(sheet.head["policy"], sheet.head["policy"])),
        "wrong": wrong.get("head", []),
        "who": _who(sheet, by),
        "otherwise": [("nobody", _("Nobody")), *_who(sheet, by)],
        "modes": [(code, str(label)) for code, label in words.MODES.items()],
        "policies": [(code, str(label)) for code, label in words.POLICIES.items()],
        "units": [(code, str(label)) for code, label in words.UNITS.items()],
        "facts": words.fact_rows(known),
    }


def names_of_table(text: str) -> dict[str, str]:
    """Return nothing: rows are called by their number."""
    return {}


def text_of_table_form(data: QueryDict, *, code: str, kept: str) -> str:
    """Return the text that a posted row editor means. Raises: Malformed for texts that cannot be kept."""
    given = Given(data)
    rows = [one for one in given.rows("rows") if any(one.get(key) for key in ("when", "who", "name_zh", "name_en"))]
    head = {name: given.text(name) for name in ("zh", "en", "policy", "automatic", "otherwise")}
    given.check()
    own = {"code": code, "own": given.flag("own")}
    # A condition is one line, however it was wrapped when it was typed.
    one_line = [
        {**one, "when": " ".join(one.get("when", "").splitlines()), "escalate_after": _span(one)} for one in rows
    ]
    return table_sheet_text(TableSheet({**head, **own}, tuple(one_line)))


def _span(row: Mapping[str, str]) -> str:
    return words.span_text(row.get("after_count", ""), row.get("after_unit", "")) or row.get("escalate_after", "")


def trial_shown(trial: Trial) -> dict[str, Any]:
    """Return a trial as the page shows it: facts, which rows hold, and who would be asked."""
    is_english = (get_language() or "").startswith("en")
    known = known_facts("order")
    return {
        "number": trial.number,
        "facts": [(str(known[name].label), name, _said(value)) for name, value in trial.facts.items()],
        "is_automatic": trial.is_automatic,
        "rows": [{"at": at + 1, "holds": holds} for at, holds in enumerate(trial.holding)],
        "steps": [
            {
                "level": one.level,
                "mode": str(words.MODES.get(one.mode, one.mode)),
                "who": words.who_words(one.who),
                "people": list(one.people),
                "why": one.why_en if is_english else one.why_zh,
            }
            for one in trial.steps
        ],
    }


def _who(sheet: TableSheet, by: Actor) -> list[tuple[str, str]]:
    """Return who may be asked; what a text names besides stays on offer."""
    offered = [(f"role:{code}", label) for code, label in words.role_names().items()]
    offered += [(f"manager:{level}", words.who_words(f"manager:{level}")) for level in range(1, HIGHEST_CHAIN + 1)]
    offered += [
        ("department_head", words.who_words("department_head")),
        ("field:owner", words.who_words("field:owner")),
    ]
    offered += [(f"person:{one}", name) for one, name in colleagues(by=by)[:MOST_PEOPLE]]
    known = {code for code, _label in offered}
    named = dict.fromkeys([*(row["who"] for row in sheet.rows), sheet.head["otherwise"]])
    return offered + [(who, words.who_words(who)) for who in named if who and who not in known and who != "nobody"]


def _said(value: Any) -> str:
    if value is None:
        return "--"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return ", ".join(str(one) for one in value) if isinstance(value, tuple | list) else str(value)
