"""The condition builder's other half: what a text says, how rows read as text, and which facts there are to ask."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed
from shundan.ui.formatting import symbol
from shundan.web.design_words import FACT_KINDS
from shundan.web.words import Word, is_english
from shundan.workflow.queries import Answer, KnownFact, answer_built, answer_text, operators_of

LONGEST_TEXT = 5000
LONGEST_ROWS = 50_000

OPERATORS: Mapping[str, Word] = {
    "eq": pgettext_lazy("operator", "is"),
    "ne": pgettext_lazy("operator", "is not"),
    "gt": pgettext_lazy("operator", "is greater than"),
    "ge": pgettext_lazy("operator", "is at least"),
    "lt": pgettext_lazy("operator", "is less than"),
    "le": pgettext_lazy("operator", "is at most"),
    "between": pgettext_lazy("operator", "is between"),
    "one_of": pgettext_lazy("operator", "is one of"),
    "none_of": pgettext_lazy("operator", "is none of"),
    "contains": pgettext_lazy("operator", "contains"),
    "lacks": pgettext_lazy("operator", "does not contain"),
    "yes": pgettext_lazy("operator", "is yes"),
    "no": pgettext_lazy("operator", "is no"),
    "empty": pgettext_lazy("operator", "is empty"),
    "filled": pgettext_lazy("operator", "is not empty"),
}
SIGNS = {"eq": "=", "ne": "≠", "gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
# Facts that are the number of a record: their values are looked up by name.
LOOKUPS = {"customer": ("customer.read", "customers.pick"), "supplier": ("supplier.read", "suppliers.pick")} | {
    "line.sku": ("product.read", "products.pick")
}


def condition_answer(request: HttpRequest, known: Mapping[str, KnownFact], *, by: Actor) -> JsonResponse:
    """Answer a text or rows that were posted; nothing is kept.

    `condition.text`, or `condition.rows` as JSON; `condition.wanted`: yes_no or number; with `condition.facts` the
    facts come along. Raises: Malformed for rows that no builder sends.
    """
    given = request.POST
    zone = by.company_zone
    wanted = "number" if given.get("condition.wanted") == "number" else "yes_no"
    if "condition.rows" in given:
        try:
            found = answer_built(_rows(given["condition.rows"]), known, zone=zone)
        except (ValueError, RecursionError) as fault:
            raise Malformed(details=[Detail("condition.rows", "malformed", _("These are no rows."))]) from fault
    else:
        found = answer_text(given.get("condition.text", "")[:LONGEST_TEXT], known, wanted=wanted, zone=zone)
    answer = _answer(found, is_condition=wanted == "yes_no")
    if given.get("condition.facts"):
        answer["facts"] = [_fact(name, one, by) for name, one in known.items()]
        answer["operators"] = {name: str(word) for name, word in OPERATORS.items()}
    return JsonResponse(answer)


def _rows(text: str) -> object:
    if len(text) > LONGEST_ROWS:
        raise ValueError("too long")
    return json.loads(text)


def _answer(found: Answer, *, is_condition: bool) -> dict[str, Any]:
    note = ""
    if is_condition and found.faults:
        note = _("Correct the text first; then it can be shown as rows.")
    elif is_condition and found.built is None:
        note = _("Rows cannot say this condition. It stays as text and works as it says.")
    return {
        "text": found.text,
        "sentence": found.sentence,
        "faults": [
            {
                "at": one.at,
                "place": _("character %(number)s") % {"number": one.at},
                "code": one.code,
                "sentence": one.en if is_english() else one.zh,
                "cure": one.cure_en if is_english() else one.cure_zh,
            }
            for one in found.faults
        ],
        "rows": found.built,
        "note": note,
        "gaps": [
            {"place": one.place, "code": one.code, "sentence": one.en if is_english() else one.zh} for one in found.gaps
        ],
    }


def _fact(name: str, one: KnownFact, by: Actor) -> dict[str, Any]:
    is_counted = one.kind in ("number", "integer", "date", "datetime")
    permission, lookup = LOOKUPS.get(name, ("", ""))
    return {
        "name": name,
        "label": str(one.label),
        "group": str(one.group),
        "kind": one.kind,
        "kind_label": _("choice") if one.choices and one.kind == "text" else str(FACT_KINDS.get(one.kind, "")),
        "operators": [(code, SIGNS.get(code, "") if is_counted else "") for code in operators_of(one.type)],
        "choices": [(code, str(label)) for code, label in one.choices().items()] if one.choices else None,
        "sign": symbol() if one.is_money else "",
        "lookup": reverse(lookup) if lookup and by.may(permission) else "",
    }
