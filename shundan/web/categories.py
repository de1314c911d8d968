"""What products are sorted and counted by: one page with the tree of categories and the units of quantity."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.catalog.actions import save_category, save_unit
from shundan.catalog.queries import Category, list_categories, list_units, uses_of_classes
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.ui.doors import page
from shundan.web.forms import Given, go, refused_fragment
from shundan.web.frame import frame, leave_message
from shundan.web.words import name_of


@page("product.read")
def category_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the categories as a tree and the units, each with its products; who may edit products edits them here."""
    in_categories, in_units = uses_of_classes(by=by)
    tree = _tree(list_categories(by=by))
    context = {
        "page": frame(request, by, title=_("Categories and units"), active="categories"),
        "may_edit": by.may("product.edit"),
        "save_url": reverse("categories.save"),
        "save_unit_url": reverse("categories.save_unit"),
        "parents": [(one.code, "　" * depth + name_of(one)) for one, depth in tree],
        "categories": [
            {
                **_names(one),
                "parent": one.parent.code if one.parent else "",
                "depth": depth,
                "products": in_categories.get(one.pk, 0),
                "url": f"{reverse('products.list')}?category={one.pk}",
            }
            for one, depth in tree
        ],
        "units": [
            {**_names(one), "decimals": one.decimals, "products": in_units.get(one.pk, 0)} for one in list_units(by=by)
        ],
    }
    return render(request, "products/categories.html", context)


@page("product.edit", methods=("POST",))
def keep_category(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a category, or rename or move one."""
    given = Given(request.POST)

    def work() -> Any:
        known = {one.code: one for one in list_categories(by=by)}
        code, parent = given.text("code"), given.text("parent")
        names = {name: given.text(name) for name in ("name_zh", "name_en")}
        _check_new(given, code, known)
        if parent and parent not in known:
            raise Malformed(details=[Detail("parent", "unknown", _("There is no category with this code."))])
        return save_category(code=code, **names, parent=known.get(parent), by=by)

    return _keep(request, given, work, "categories")


@page("product.edit", methods=("POST",))
def keep_unit(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a unit, or rename one or let it be divided more finely."""
    given = Given(request.POST)

    def work() -> Any:
        code, decimals = given.text("code"), given.whole("decimals") or 0
        names = {name: given.text(name) for name in ("name_zh", "name_en")}
        _check_new(given, code, [one.code for one in list_units(by=by)])
        return save_unit(code=code, **names, decimals=decimals, by=by)

    return _keep(request, given, work, "units")


def _check_new(given: Given, code: str, known: Any) -> None:  # Any: whatever holds codes
    """Refuse a new record with the code of another: it would be renamed. Raises: Malformed."""
    given.check()
    if given.flag("is_new") and code in known:
        sentence = _("“%(code)s” exists already; change it in its own row.") % {"code": code}
        raise Malformed(details=[Detail("code", "taken", sentence)])


def _keep(request: HttpRequest, given: Given, work: Callable[[], Any], part: str) -> HttpResponse:
    try:
        kept = work()
    except Refused as refusal:
        return refused_fragment(request, refusal)
    leave_message(request, _("“%(name)s” was saved.") % {"name": name_of(kept)})
    return go(request, f"{reverse('categories.list')}#{part}")


def _names(one: Any) -> dict[str, str]:  # Any: a category or a unit
    return {"code": one.code, "name_zh": one.name_zh, "name_en": one.name_en, "name": name_of(one)}


def _tree(categories: list[Category]) -> list[tuple[Category, int]]:
    """Return the categories in reading order, each with its depth: those below another come right after it."""
    below: dict[int | None, list[Category]] = {}
    for one in categories:
        below.setdefault(one.parent_id, []).append(one)
    found: list[tuple[Category, int]] = []
    waiting = [(one, 0) for one in reversed(below.get(None, []))]
    while waiting:
        one, depth = waiting.pop()
        found.append((one, depth))
        waiting += [(child, depth + 1) for child in reversed(below.get(one.pk, []))]
    return found


routes = [
    path("categories/", category_list, name="categories.list"),
    path("categories/save/", keep_category, name="categories.save"),
    path("categories/units/", keep_unit, name="categories.save_unit"),
]
