"""The approval inbox, phone first: four boxes, one item with its story, every verb, signed links, delegations."""

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shundan.accounts.queries import colleagues
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused
from shundan.orders.queries import order_number_of
from shundan.ui.doors import SIGNED_IN, page, wants_json
from shundan.ui.formatting import money
from shundan.web.approval_filters import choices_of_filters, filters_of
from shundan.web.approval_view import card_of, facts_of, flow_of, kind_label, lines_for, risk_labels
from shundan.web.forms import Given, go, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.subjects import page_of_subject
from shundan.web.words import Word
from shundan.workflow.actions import (
    VerbInput,
    approve_tasks,
    delegate_approvals,
    do_with_approval,
    end_delegation,
)
from shundan.workflow.queries import (
    ApprovalRun,
    count_to_decide,
    delegations_given,
    earlier_levels_of,
    frequent_reasons,
    get_run,
    list_inbox,
    next_to_decide,
    open_tasks_for,
    risks_of_run,
    story_of,
)

BOXES: tuple[tuple[str, Word], ...] = (
    ("to_do", gettext_lazy("To decide")),
    ("done", gettext_lazy("Decided by me")),
    ("started", gettext_lazy("Asked by me")),
    ("copied", gettext_lazy("Copied to me")),
)
DONE: dict[str, Word] = {
    "approve": gettext_lazy("Approved"),
    "reject": gettext_lazy("Rejected"),
    "send_back": gettext_lazy("Sent back"),
    "withdraw": gettext_lazy("Withdrawn"),
    "transfer": gettext_lazy("Transferred"),
    "add_signer": gettext_lazy("Signer added"),
    "nudge": gettext_lazy("Reminded"),
    "comment": gettext_lazy("Comment added"),
    "copy": gettext_lazy("Copied"),
}
REASONS = (
    gettext_lazy("Price too low"),
    gettext_lazy("Documents are missing"),
    gettext_lazy("Payment term too long"),
    gettext_lazy("Credit not sufficient"),
)
LINK_SALT = "shundan.approval"
LINK_DAYS = 7
PAGE_SIZE = 20
MOST_CHIPS = 6


@page(SIGNED_IN)
def inbox(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show a box, all of it or what the address narrows it to."""
    box = request.GET.get("box", "to_do")
    box = box if box in dict(BOXES) else "to_do"
    asked = filters_of(request.GET)
    found = list_inbox(by=by, box=box, wanted=asked.wanted, cursor=request.GET.get("cursor") or None, limit=PAGE_SIZE)
    path = reverse("approvals.list")
    here = f"{path}?{urlencode({'box': box, **asked.query})}"
    waiting = count_to_decide(by=by)
    context = {
        "page": frame(request, by, title=_("Approvals"), active="approvals"),
        "box": box,
        "tabs": [
            {
                "label": str(label),
                "url": f"{path}?box={key}",
                "active": key == box,
                "count": (waiting or None) if key == "to_do" else None,
            }
            for key, label in BOXES
        ],
        "filters": asked.query,
        "choices": choices_of_filters(box),
        "cards": [card_of(item, by) for item in found.items],
        "next_url": f"{here}&cursor={found.next}" if found.next else None,
        "previous_url": f"{here}&cursor={found.previous}" if found.previous else None,
        "clear_url": f"{path}?box={box}",
        "delegations": delegations_given(by=by),
        "colleagues": [(key, name) for key, name in colleagues(by=by) if key != by.id],
        "today": by.today,
    }
    return render(request, "approvals/list.html", context)


@page(SIGNED_IN)
def following(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Go to the item that waits first, passing over those (`not`) whose decision is still on its way."""
    passed = [int(one) for one in request.GET.getlist("not") if one.isascii() and one.isdigit() and len(one) < 16]
    run = next_to_decide(by=by, besides=passed)
    return go(request, reverse("approvals.show", kwargs={"approval_id": run.pk}) if run else reverse("approvals.list"))


@page(SIGNED_IN)
def show(request: HttpRequest, approval_id: int, *, by: Actor) -> HttpResponse:
    """Show one approval."""
    return _item(request, get_run(approval_id, by=by), by)


@page(SIGNED_IN)
def follow(request: HttpRequest, token: str, *, by: Actor) -> HttpResponse:
    """Open exactly the item that a message's link was signed for, after signing in. Raises: NotFound."""
    try:
        approval_id = int(signing.loads(token, salt=LINK_SALT, max_age=LINK_DAYS * 86_400))
    except (signing.BadSignature, ValueError, TypeError) as wrong:
        raise NotFound(what="approval", key=_("behind this link (it is older than a week, or damaged)")) from wrong
    return go(request, reverse("approvals.show", kwargs={"approval_id": approval_id}))


def link_to_approval(approval_id: int) -> str:
    """Return the path of a link that opens this item for a week, for messages."""
    return reverse("approvals.follow", kwargs={"token": signing.dumps(approval_id, salt=LINK_SALT)})


@page(SIGNED_IN, methods=("POST",))
def act(request: HttpRequest, approval_id: int, verb: str, *, by: Actor) -> HttpResponse:
    """Do one thing with an approval, then go on to the next that waits; a script of ours gets its answer as JSON."""
    given = Given(request.POST)
    people = tuple(int(one) for one in request.POST.getlist("to") if one.isascii() and one.isdigit() and len(one) < 16)
    wanted = VerbInput(
        remark=given.text("remark"),
        seen=given.text("seen"),
        to_id=people[0] if people else None,
        to_ids=people,
        to_level=given.whole("to_level") or 0,
        is_before=given.text("when") != "after",
    )
    try:
        given.check()
        do_with_approval(approval_id, verb, wanted, by=by)
    except Refused as refusal:
        if wants_json(request):
            raise
        return _item(request, get_run(approval_id, by=by), by, refusal=refusal)
    if wants_json(request):
        return JsonResponse({"message": str(DONE[verb])})
    leave_message(request, str(DONE[verb]))
    if verb in ("approve", "reject", "send_back", "transfer"):
        run = next_to_decide(by=by)
        where = reverse("approvals.show", kwargs={"approval_id": run.pk}) if run else reverse("approvals.list")
        return go(request, where)
    return go(request, reverse("approvals.show", kwargs={"approval_id": approval_id}))


@page(SIGNED_IN, methods=("POST",))
def batch(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Approve what was ticked, each by itself, and say what was left."""
    chosen = {}
    for one in request.POST.getlist("ids"):
        key, _colon, seen = one.partition(":")
        if key.isascii() and key.isdigit() and len(key) < 16:
            chosen[int(key)] = seen[:100]
    try:
        found = approve_tasks(chosen, by=by, seen=chosen)
    except Refused as refusal:
        leave_message(request, refusal.message, kind="error", code=refusal.code)
        return go(request, reverse("approvals.list"))
    done = sum(1 for outcome in found if outcome.refusal is None)
    leave_message(request, ngettext("%(num)s approved", "%(num)s approved", done) % {"num": done})
    for left in [outcome.refusal for outcome in found if outcome.refusal is not None][:3]:
        leave_message(request, left.message, kind="warn", code=left.code)
    return go(request, reverse("approvals.list"))


@page(SIGNED_IN, methods=("POST",))
def delegate(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Let a colleague decide for some days."""
    given = Given(request.POST)
    try:
        given.check()
        delegate_approvals(
            to_id=given.whole("to") or 0,
            from_on=given.day("from_on") or by.today,
            until_on=given.day("until_on") or by.today,
            by=by,
        )
        leave_message(request, _("They decide on your behalf in these days."))
    except Refused as refusal:
        said = "; ".join(str(one.message) for one in refusal.details) or refusal.message
        leave_message(request, said, kind="error", code=refusal.code)
    return go(request, reverse("approvals.list"))


@page(SIGNED_IN, methods=("POST",))
def undelegate(request: HttpRequest, delegation_id: int, *, by: Actor) -> HttpResponse:
    """End one's own delegation."""
    end_delegation(delegation_id, by=by)
    leave_message(request, _("The delegation has ended."))
    return go(request, reverse("approvals.list"))


def _item(request: HttpRequest, run: ApprovalRun, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    story = story_of(run)
    is_pending = run.state == "pending"
    mine = open_tasks_for(run, by=by) if is_pending else []
    is_asker = by.id is not None and by.id in (run.applicant_id, run.owner_id)
    context: dict[str, Any] = {
        "page": frame(request, by, title=run.title, active="approvals"),
        "run": run,
        "kind": kind_label(run.subject_kind),
        "amount": money(run.amount, run.currency or "CNY"),
        "facts": facts_of(run, by),
        "flow": flow_of(story),
        "notes": story.notes,
        "why": flow_of(story, only_present=True),
        "can_decide": bool(mine),
        "on_behalf_of": mine[0].assignee.name if mine and mine[0].assignee and mine[0].assignee_id != by.id else None,
        "is_mine": is_pending and is_asker,
        "can_withdraw": story.is_undecided,
        "nudge_again_at": again_at if (again_at := story.nudge_again_at) and by.at < again_at else None,
        "is_pending": is_pending,
        "levels": earlier_levels_of(run) if mine else [],
        "colleagues": [(key, name) for key, name in colleagues(by=by) if key != by.id],
        "reasons": _reasons(run, by) if mine else [],
        "risks": risk_labels(risks_of_run(run)),
        "lines": lines_for(order_number_of(run.subject, by=by), by=by),
        "document_url": page_of_subject(run.subject, by=by),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "approvals/show.html", context, status=refusal.status if refusal else 200)


def _reasons(run: ApprovalRun, by: Actor) -> list[str]:
    """Return reasons for a thumb: one's own most frequent first, then those that the house offers."""
    own = frequent_reasons(run.subject_kind, by=by)
    return list(dict.fromkeys([*own, *(str(one) for one in REASONS)]))[:MOST_CHIPS]
