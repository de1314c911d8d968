"""Finding acceptance drafts: the list by due day, one of them, and what they come to."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from shundan.accounts.scopes import scope_filter
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.settlement.models import AcceptanceDraft
from shundan.settlement.queries.terms import settlement_terms

HELD = ("received", "presented")
DRAFT_VIEWS: Mapping[str, Q] = {
    "held": Q(state__in=HELD),
    "due": Q(state__in=HELD),
    "used": Q(state__in=("endorsed", "discounted", "collected")),
    "dishonoured": Q(state="dishonoured"),
    "all": Q(),
}


def list_drafts(
    *,
    by: Actor,
    view: str = "held",
    search: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[AcceptanceDraft]:
    """Return one page of drafts, those due first first; views: held, due (soon), used, dishonoured, all."""
    rows = _wanted(by, view, search).select_related("customer", "payment")
    return page_of(rows, cursor=cursor, limit=limit, sort="due_on", allowed=("due_on",), counted=counted)


def draft_sums(*, by: Actor, view: str = "held", search: str = "") -> tuple[int, Decimal]:
    """Return how many drafts there are in a view, and what they come to."""
    found = _wanted(by, view, search).aggregate(count=Count("pk"), sum=Sum("amount"))
    return found["count"], found["sum"] or Decimal(0)


def get_draft(number: str, *, by: Actor, permission: str = "payment.read") -> AcceptanceDraft:
    """Return a draft of a customer whose payments the actor sees. Raises: NotPermitted, NotFound."""
    require(by, permission)
    rows = _visible(by, permission).select_related("customer", "payment", "bill__supplier", "disbursement")
    found = rows.filter(number=number.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="acceptance draft", key=number[:100])
    return found


def draft_number_of(subject: tuple[str, int], *, by: Actor) -> str | None:
    """Return the number of a draft that events name, where the reader sees it."""
    if subject[0] != "acceptance_draft" or not by.may("payment.read"):
        return None
    return _visible(by, "payment.read").filter(pk=subject[1]).values_list("number", flat=True).first()


def _wanted(by: Actor, view: str, search: str) -> QuerySet[AcceptanceDraft]:
    require(by, "payment.read")
    rows = _visible(by, "payment.read").filter(DRAFT_VIEWS.get(view, Q()))
    if view == "due":
        rows = rows.filter(due_on__lte=by.today + timedelta(days=settlement_terms().draft_notice_days))
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        rows = rows.filter(
            Q(number__iexact=wanted)
            | Q(draft_number__icontains=wanted)
            | Q(acceptor__icontains=wanted)
            | Q(customer__search_text__contains=wanted.lower())
        )
    return rows


def _visible(by: Actor, permission: str) -> QuerySet[AcceptanceDraft]:
    return AcceptanceDraft.objects.filter(
        scope_filter(
            by,
            permission,
            owner="customer__owner_id",
            team="customer__team_id",
            department="customer__department_id",
        )
    )
