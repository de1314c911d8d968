"""Cycle counts: how products are classed, how often each class is counted, and what is due now."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.inventory.actions import CountPlanInput, plan_due_counts, save_count_plan
from shundan.inventory.queries import CountClass, count_classes, count_plan
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message

FIELDS = ("share_a", "share_b", "days_a", "days_b", "days_c")


@page("stock.read")
def show(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the classes, what is due of each, and the plan."""
    return _classes_page(request, by)


@page("warehouse.edit", methods=("POST",))
def save(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Set the plan."""
    given = Given(request.POST)

    def work() -> str:
        shares = {name: given.needed(name) for name in ("share_a", "share_b")}
        days = {name[-1].upper(): given.whole(name) or 0 for name in ("days_a", "days_b", "days_c")}
        given.check()
        wished = CountPlanInput(**shares, days=days, is_nightly=given.flag("is_nightly"))
        save_count_plan(wished, version=given.whole("version") or 0, by=by)
        return reverse("counts.classes")

    try:
        url = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _classes_page(request, by, refusal=refusal)
    leave_message(request, _("The plan of cycle counts was saved."))
    return go(request, url)


@page("stock.adjust", methods=("POST",))
def plan_due(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Plan counts of what is due."""
    made = do_once(request, by=by, work=lambda: " ".join(one.number for one in plan_due_counts(by=by)))
    if made:
        leave_message(request, _("Planned: %(numbers)s.") % {"numbers": made})
        return go(request, reverse("counts.list"))
    leave_message(request, _("Nothing is due, or the last cycle counts are still open."), kind="warn")
    return go(request, reverse("counts.classes"))


def _classes_page(request: HttpRequest, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    plan, classes = count_plan(), count_classes(by=by)
    whole = sum((one.worth for one in classes), Decimal(0))
    typed = request.POST if refusal else {}
    values = {name: typed.get(name, plain(Decimal(getattr(plan, name)))) for name in FIELDS}
    context: dict[str, Any] = {
        "page": frame(request, by, title=_("Cycle counts"), active="counts"),
        "key": new_key(),
        "rows": [_row(one, whole) for one in classes],
        "shows_worth": by.may("product.cost"),
        "due": sum(one.due for one in classes),
        "plan_url": reverse("counts.plan_due") if by.may("stock.adjust") else None,
        "save_url": reverse("counts.save_plan") if by.may("warehouse.edit") else None,
        "values": values | {"is_nightly": plan.is_nightly, "version": plan.version},
        "is_nightly": plan.is_nightly,
        "changed": {"at": plan.changed_at, "who": plan.changed_by_name} if plan.changed_at else None,
        "refusal": refusal_of_form(refusal, known=dict.fromkeys(FIELDS, "")) if refusal else None,
        "error_of": errors_of(refusal),
    }
    return render(request, "counts/classes.html", context, status=refusal.status if refusal else 200)


def _row(one: CountClass, whole: Decimal) -> dict[str, Any]:
    return {
        "code": one.code,
        "days": one.days,
        "products": one.products,
        "share": one.worth / whole if whole else None,
        "worth": one.worth,
        "stocked": one.stocked,
        "due": one.due,
    }
