"""Reminders: who is to be reminded of what at which level, found for all customers at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import Max, Q, QuerySet
from django.utils.translation import get_language, gettext

from shundan.accounts.scopes import scope_filter
from shundan.billing.models import Invoice
from shundan.billing.queries import OPEN
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.money import ZERO, said_amount
from shundan.kernel.prints import Column, Paper
from shundan.settlement.models import DunningItem, DunningLetter, DunningLevel, StatementLine

DUNNING_VIEWS = ("proposed", "sent", "dropped")


@dataclass(frozen=True, slots=True)
class Overdue:
    """An overdue invoice, the level it is due for, and whether that is a new one."""

    invoice: Invoice
    level: int
    is_new: bool
    days_late: int


def dunning_levels() -> list[DunningLevel]:
    """Return the levels, the mildest first."""
    return list(DunningLevel.objects.order_by("level"))


def visible_letters(by: Actor, permission: str = "dunning.read") -> QuerySet[DunningLetter]:
    """Return the letters to customers for whom the actor holds the permission."""
    return DunningLetter.objects.filter(
        scope_filter(
            by,
            permission,
            owner="customer__owner_id",
            team="customer__team_id",
            department="customer__department_id",
        )
    )


def list_dunning(
    *,
    by: Actor,
    view: str = "proposed",
    search: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[DunningLetter]:
    """Return one page of letters; views: proposed, sent, dropped. Raises: NotPermitted, Malformed."""
    require(by, "dunning.read")
    rows = visible_letters(by).select_related("customer").filter(state=view if view in DUNNING_VIEWS else "proposed")
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        rows = rows.filter(Q(number__iexact=wanted) | Q(customer__search_text__contains=wanted.lower()))
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_dunning(letter_id: int, *, by: Actor, permission: str = "dunning.read") -> DunningLetter:
    """Return a letter. Raises: NotPermitted, NotFound."""
    require(by, permission)
    found = visible_letters(by, permission).select_related("customer").filter(pk=letter_id).first()
    if found is None:
        raise NotFound(what="reminder", key=str(letter_id)[:20])
    return found


def items_of_dunning(letter: DunningLetter) -> list[DunningItem]:
    """Return what a letter reminds of, the oldest first."""
    return list(letter.items.select_related("invoice").order_by("invoice__due_on", "pk"))


def overdue_unscoped(*, by: Actor, customer_id: int | None = None) -> dict[tuple[int, str], list[Overdue]]:
    """Return what is to be reminded of, by customer and currency; a level follows the one that was sent before.

    What a customer disputes on a statement is left out until it is settled.
    """
    levels = dunning_levels()
    if not levels:
        return {}
    latest = by.today - timedelta(days=min(one.days for one in levels))
    rows = Invoice.objects.filter(OPEN, due_on__lte=latest)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    disputed = StatementLine.objects.filter(kind="invoice", state="disputed", is_void=False).values("source_id")
    rows = rows.exclude(pk__in=disputed).order_by("customer_id", "currency", "due_on", "pk")
    invoices = list(rows)
    counted = DunningItem.objects.filter(is_counted=True, invoice__in=rows.order_by())
    reached = dict(counted.values_list("invoice_id").annotate(top=Max("level")).order_by())
    found: dict[tuple[int, str], list[Overdue]] = defaultdict(list)
    for one in invoices:
        days = (by.today - one.due_on).days
        due = [each.level for each in levels if each.days <= days]
        before = reached.get(one.pk, 0)
        following = [level for level in due if level > before]
        found[(one.customer_id, one.currency)].append(
            Overdue(one, following[0] if following else max(before, due[0]), bool(following), days)
        )
    return {key: items for key, items in found.items() if any(one.is_new for one in items)}


def paper_of_dunning(letter: DunningLetter) -> Paper:
    """Return a letter as it is printed, in the active language."""
    known = {one.level: one for one in dunning_levels()}.get(letter.level)
    is_english = (get_language() or "").startswith("en")
    said = (known.text_en if is_english else known.text_zh) if known else ""
    items = items_of_dunning(letter)
    return Paper(
        kind="reminder",
        opens=f"/dunning/{letter.pk}/",
        title=gettext("Payment reminder"),
        number=letter.number or gettext("Draft"),
        facts=[
            (gettext("Customer"), letter.customer.name),
            (gettext("Level"), str(letter.level)),
            (gettext("Overdue"), f"{said_amount(letter.total, letter.currency)} {letter.currency}"),
        ],
        columns=reminder_columns(),
        rows=[
            [
                one.invoice.number,
                one.invoice.due_on.isoformat(),
                str(one.days_late),
                said_amount(one.open_amount, letter.currency),
            ]
            for one in items
        ],
        totals=[gettext("Total"), "", "", said_amount(_sum(items), letter.currency)],
        note=said,
    )


def reminder_columns() -> list[Column]:
    """Return the columns of reminders."""
    return [
        Column(gettext("Invoice"), 1),
        Column(gettext("Due on")),
        Column(gettext("Days late"), is_number=True, code="late"),
        Column(gettext("Open"), is_number=True),
    ]


def _sum(items: Iterable[DunningItem]) -> Decimal:
    return sum((one.open_amount for one in items), ZERO)
