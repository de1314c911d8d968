"""The reasons that people choose from when they cancel, close, hold or change an order: a page for administrators."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.orders.actions import ReasonInput, add_reason, change_reason
from shundan.orders.queries import Reason, all_reasons, is_indispensable
from shundan.ui.doors import page
from shundan.web.forms import Given, go, refused_fragment
from shundan.web.frame import frame, leave_message

STEP_WORDS = {
    "cancel": gettext_lazy("Cancel an order"),
    "close": gettext_lazy("Close an order or a line"),
    "hold": gettext_lazy("Put an order on hold"),
    "reopen": gettext_lazy("Reopen an order"),
    "revive": gettext_lazy("Bring a cancelled order back"),
    "amend": gettext_lazy("Change a running order"),
}


@page("order_type.manage")
def reason_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the reasons of each step."""
    groups = [
        {
            "step": step,
            "title": str(STEP_WORDS.get(step, step)),
            "reasons": [_row(one) for one in reasons],
            "url": reverse("reasons.save", kwargs={"step": step}),
        }
        for step, reasons in all_reasons(by=by).items()
    ]
    context = {"page": frame(request, by, title=_("Reasons"), active="reasons"), "groups": groups}
    return render(request, "reasons/list.html", context)


@page("order_type.manage", methods=("POST",))
def save(request: HttpRequest, step: str, *, by: Actor) -> HttpResponse:
    """Add a reason to a step, rename one, retire it or offer it again."""
    given = Given(request.POST)
    code, do = given.text("code"), request.POST.get("do", "save")
    wish = ReasonInput(
        given.text("label_zh"),
        given.text("label_en"),
        is_active={"retire": False, "restore": True}.get(do, given.flag("is_active")),
    )
    try:
        given.check()
        one = change_reason(step, code, wish, by=by) if code else add_reason(step, wish, by=by)
    except Refused as refusal:
        return refused_fragment(request, refusal)
    leave_message(request, _("Reason “%(name)s” saved.") % {"name": one.label_zh})
    return go(request, f"{reverse('reasons.list')}#{step}")


def _row(one: Reason) -> dict[str, object]:
    return {
        "code": one.code,
        "zh": one.label_zh,
        "en": one.label_en,
        "is_active": one.is_active,
        "is_indispensable": is_indispensable(one),
    }


routes = [
    path("reasons/", reason_list, name="reasons.list"),
    path("reasons/<str:step>/", save, name="reasons.save"),
]
