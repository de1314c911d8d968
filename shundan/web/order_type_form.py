"""The editor of an order type: a form that is worked out here, so that it needs no script to add, move or remove."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, VersionConflict, require
from shundan.orders.actions import create_order_type, publish_order_type
from shundan.orders.queries import (
    CATEGORY_WORDS,
    DATA_TYPE_WORDS,
    PLACE_WORDS,
    OrderType,
    TypeDefinition,
    current_version_of,
    default_definition,
    definition_of_content,
    fact_names,
    facts_for_expressions,
    get_order_type,
    parties_of_kind,
    preview_of_number,
    tables_for_orders,
    type_content,
    type_faults,
    workflows_for,
)
from shundan.ui.doors import page
from shundan.web.conditions import condition_answer
from shundan.web.forms import Given, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.type_words import (
    COLOURS,
    FIELDS,
    ICONS,
    INVOICES_ON,
    LAYOUTS,
    LINE_COLUMNS,
    PARTIES,
    REFERENCES,
)
from shundan.web.words import CUSTOMER_KINDS, ORDER_KINDS, name_of, options
from shundan.workflow.queries import (
    KnownFact,
    condition_in_words,
    current_table_id,
    label_of_table,
    table_of,
    workflow_labels,
)

STATES = ("draft", "submitted", "approved", "confirmed", "in_progress", "completed")
FLAGS = ("is_required", "is_unique", "is_searchable")
TEXTS = ("code", "name_zh", "name_en", "data_type", "place", "shown_when", "reference", "formula")
LISTS = {"customers": ("numbers", "tags"), "products": ("skus", "categories")}
_PLACE = re.compile(r"^attributes\[(\d+)\]\.(\w+)")

Content = dict[str, Any]


@page("order_type.manage", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a type of a kind."""
    kind = request.GET.get("kind", "sale")
    if kind not in ORDER_KINDS:
        raise NotFound(what="type", key=kind[:40])
    if request.method == "GET":
        return _form(request, by, None, kind, type_content(default_definition(kind)) | {"code": "", "party": ""})
    return _posted(request, by, None, kind)


@page("order_type.manage", methods=("GET", "POST"))
def edit(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Change a type: what is published is its next version."""
    one = get_order_type(code, by=by)
    if request.method == "GET":
        return _form(request, by, one, one.kind, type_content(current_version_of(one)))
    return _posted(request, by, one, one.kind)


@page("order_type.manage", methods=("POST",))
def condition(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Say what a condition or formula of an attribute means among those before it in the form; nothing is kept."""
    given = Given(request.POST)
    kind = request.GET.get("kind", "")
    content = _read(given, kind if kind in ORDER_KINDS else "sale")
    return condition_answer(request, _known(content, given.whole("condition.at") or 0), by=by)


def _known(content: Content, at: int) -> dict[str, KnownFact]:
    definition = definition_of_content({name: content[name] for name in type_content(default_definition("sale"))})
    return facts_for_expressions(definition, at)


def _posted(request: HttpRequest, by: Actor, one: OrderType | None, kind: str) -> HttpResponse:
    """Add, move, remove or check a part and show the form again; without such a wish, publish."""
    require(by, "order_type.manage")
    given = Given(request.POST)
    content = _read(given, kind)
    wish = request.POST.get("do", "")
    if wish and wish != "check":
        return _form(request, by, one, kind, content, here=_rearrange(content, wish))
    try:
        given.check()
        definition = definition_of_content({name: content[name] for name in type_content(default_definition(kind))})
        if wish == "check":
            return _checked(request, by, one, kind, content, definition)
        code = one.code if one else str(content["code"])
        if one is None:
            create_order_type(code, kind=kind, party=str(content["party"]), definition=definition, by=by)
        else:
            publish_order_type(code, definition, version=given.whole("version") or 0, by=by)
    except Refused as refusal:
        return _form(request, by, one, kind, content, refusal=refusal)
    leave_message(request, _("The type was published. New orders begin with it; others keep their version."))
    return go(request, reverse("order_types.show", kwargs={"code": code}))


def _checked(
    request: HttpRequest, by: Actor, one: OrderType | None, kind: str, content: Content, definition: TypeDefinition
) -> HttpResponse:
    party = one.party if one else str(content["party"])
    found = type_faults(definition, kind=kind, party=party, code=one.code if one else "", by=by)
    refusal = Malformed(details=found) if found else None
    return _form(request, by, one, kind, content, refusal=refusal, is_good=not found, status=200)


def _read(given: Given, kind: str) -> Content:
    """Return the form as the content of a version; texts stay as they were typed."""
    content: Content = {
        name: given.text(name)
        for name in (
            "name_zh",
            "name_en",
            "number",
            "workflow",
            "invoices_on",
            "colour",
            "icon",
            "print_layout",
        )
    }
    content["invoices_itself"] = given.flag("invoices_itself")
    content["asks_customer"] = given.flag("asks_customer")
    content["approval_table"] = given.text("approval_table", "order")
    content |= {"code": given.text("code"), "party": given.text("party")}
    content["attributes"] = [_attribute(row) for row in given.rows("attributes")]
    # What every kind can do without is chosen by its boxes; the order is that of the rows.
    content["line_columns"] = [row["code"] for row in given.rows("columns") if row.get("on")]
    content["hidden_columns"] = [row["code"] for row in given.rows("columns") if not row.get("on")]
    for part, names in LISTS.items():
        content[part] = {name: _words(given.text(f"{part}.{name}")) for name in names}
    content["customers"]["classes"] = [code for code in CUSTOMER_KINDS if given.flag(f"class-{code}")]
    return content


def _attribute(row: dict[str, str]) -> Content:
    decimals = row.get("decimals", "")
    found: Content = {name: row.get(name, "") for name in TEXTS}
    found |= {name: row.get(name) == "1" for name in FLAGS}
    found["default"] = row.get("default") or None
    found["editable_in"] = [state for state in STATES if row.get(f"in_{state}")]
    found["decimals"] = int(decimals) if decimals.isascii() and decimals.isdigit() and len(decimals) < 3 else 2
    found["options"] = [_option(line) for line in row.get("options", "").splitlines() if line.strip()]
    return found


def _option(line: str) -> Content:
    parts = [part.strip() for part in re.split(r"[|｜]", line)]
    code, name_zh, name_en = (*parts, "", "")[:3]
    return {"code": code, "name_zh": name_zh or code, "name_en": name_en or name_zh or code}


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in re.split(r"[\n,，;；]", text) if part.strip()))


def _rearrange(content: Content, wish: str) -> str:
    """Do what a button of the form asks for; return the id of the field that gets the focus."""
    rows: list[Content] = content["attributes"]
    if wish == "add":
        rows.append(_attribute({"data_type": "text", "place": "header", "in_draft": "1"}))
        return f"f-attributes-{len(rows) - 1}-code"
    verb, _dash, number = wish.rpartition("-")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else -1
    if verb in ("column-up", "column-down"):
        columns: list[str] = content["line_columns"]
        at = _move(columns, at, -1 if verb == "column-up" else 1)
        return f"f-columns-{at}-up"
    if verb == "remove" and 0 <= at < len(rows):
        rows.pop(at)
        return f"f-attributes-{max(at - 1, 0)}-code" if rows else "f-add"
    if verb in ("up", "down"):
        at = _move(rows, at, -1 if verb == "up" else 1)
    return f"f-attributes-{at}-{verb}"


def _move(rows: list[Any], at: int, by: int) -> int:
    if not (0 <= at < len(rows) and 0 <= at + by < len(rows)):
        return at
    rows[at], rows[at + by] = rows[at + by], rows[at]
    return at + by


def _form(
    request: HttpRequest,
    by: Actor,
    one: OrderType | None,
    kind: str,
    content: Content,
    *,
    refusal: Refused | None = None,
    here: str = "",
    is_good: bool = False,
    status: int | None = None,
) -> HttpResponse:
    is_conflict = isinstance(refusal, VersionConflict)
    details = () if refusal is None or is_conflict else refusal.details
    numbers, _faults = preview_of_number(str(content["number"]), code=one.code if one else "", by=by)
    title = (
        _("Edit %(name)s") % {"name": name_of(one)} if one else _("New type: %(kind)s") % {"kind": ORDER_KINDS[kind]}
    )
    context = {
        "page": frame(request, by, title=title, active="order_types"),
        "submit_url": request.get_full_path(),
        "cancel_url": reverse("order_types.show", kwargs={"code": one.code}) if one else reverse("order_types.list"),
        "condition_url": f"{reverse('order_types.condition')}?kind={kind}",
        "preview_url": f"{reverse('order_types.preview')}?of={one.code if one else ''}",
        "type_code": one.code if one else "",
        "version": one.version if one else None,
        "key": new_key(),
        "values": content,
        "numbers": numbers,
        "attributes": [_shown(row, _known(content, at)) for at, row in enumerate(content["attributes"])],
        "columns": _columns(content),
        "lists": {f"{part}.{name}": "\n".join(content[part].get(name, ())) for part in LISTS for name in LISTS[part]},
        "classes": content["customers"].get("classes", ()),
        "choices": _choices(kind),
        "facts": fact_names(),
        "refusal": refusal_of_form(refusal, known={d.path: "" for d in refusal.details}) if refusal else None,
        "conflicts": [_conflict(detail) for detail in (refusal.details if refusal and is_conflict else ())],
        "errors": [{"field": f"f-{_field(d.path)}", "message": _message(d, content)} for d in details],
        "error_of": {_field(path): text for path, text in errors_of(None if is_conflict else refusal).items()},
        "here": here,
        "is_good": is_good,
    }
    return render(request, "order_types/edit.html", context, status=status or (refusal.status if refusal else 200))


def _shown(row: Content, known: dict[str, KnownFact]) -> Content:
    lines = (f"{one['code']} | {one['name_zh']} | {one['name_en']}" for one in row.get("options", ()))
    default = row.get("default")
    if isinstance(default, bool):
        default = "true" if default else "false"
    elif isinstance(default, list | tuple):
        default = ", ".join(default)
    ordinary: Content = dict.fromkeys(TEXTS, "") | {"place": "header", "editable_in": ["draft"], "decimals": 2}
    words = {part: condition_in_words(str(row.get(part) or ""), known) for part in ("shown_when", "formula")}
    shown = {"options": "\n".join(lines), "default": "" if default is None else default, "words": words}
    return ordinary | row | shown


def _columns(content: Content) -> list[Content]:
    """Return every column that the lines can have: the chosen ones in their order, then the others."""
    lines = {
        row["code"]: row.get("name_zh") or row["code"] for row in content["attributes"] if row.get("place") == "line"
    }
    names = {code: str(label) for code, label in LINE_COLUMNS.items()} | lines
    chosen = [code for code in content["line_columns"] if code in names]
    known = set(content.get("hidden_columns", ())) | set(chosen)
    # A column of a new attribute is on until somebody switches it off.
    fresh = [code for code in lines if code and "hidden_columns" in content and code not in known]
    rest = [code for code in names if code and code not in (*chosen, *fresh)]
    rows = [{"code": code, "label": names[code], "on": True} for code in (*chosen, *fresh)]
    return [*rows, *({"code": code, "label": names[code], "on": False} for code in rest)]


def _choices(kind: str) -> Content:
    return {
        "workflows": sorted(workflow_labels(workflows_for(kind)).items(), key=lambda one: one[1]),
        "tables": [(code, label_of_table(table_of(current_table_id(code)))) for code in tables_for_orders()],
        "invoices_on": options(INVOICES_ON),
        "colours": options(COLOURS),
        "icons": options(ICONS),
        "layouts": options(LAYOUTS),
        "parties": [(code, str(PARTIES[code])) for code in parties_of_kind(kind)],
        "data_types": [(code, str(word)) for code, word in DATA_TYPE_WORDS.items()],
        "places": [(code, str(word)) for code, word in PLACE_WORDS.items()],
        "states": [(code, str(CATEGORY_WORDS[code])) for code in STATES],
        "references": options(REFERENCES),
        "classes": options(CUSTOMER_KINDS),
    }


def _field(path: str) -> str:
    """Return the name of the form's field for a place in a version."""
    found = _PLACE.match(path)
    if found:
        return f"attributes-{found[1]}-{found[2]}"
    return "columns" if path.startswith("line_columns") else re.sub(r"\[\d+\].*$", "", path)


def _message(detail: Detail, content: Content) -> str:
    found = _PLACE.match(detail.path)
    if not found or int(found[1]) >= len(content["attributes"]):
        return str(detail.message)
    row = content["attributes"][int(found[1])]
    facts = {"name": row["name_zh"] or row["code"] or int(found[1]) + 1, "message": detail.message}
    return _("Attribute “%(name)s”: %(message)s") % facts


def _conflict(detail: Detail) -> dict[str, str]:
    field = str(FIELDS.get(detail.path, detail.path.removeprefix("attributes.")))
    return {"field": field, "yours": detail.yours or "--", "theirs": detail.theirs or "--"}
