"""Opening balances: those that hold, those that were taken back, and which accounts are kept by whom."""

from datetime import date

from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.ledger.models import Journal, OpeningBalances, PostingRule
from shundan.ledger.queries.hand_over import OPENING_SOURCES, with_lines
from shundan.ledger.rules.chart import DETAILS
from shundan.ledger.rules.choosing import month_of


def details_of_accounts() -> dict[int, str]:
    """Return for accounts whether they are kept by customer or by supplier, as the posting rules use them."""
    rows = PostingRule.objects.filter(role__in=list(DETAILS)).values_list("account_id", "role")
    return {account_id: DETAILS[role] for account_id, role in rows}


def list_opening_balances(*, by: Actor) -> list[OpeningBalances]:
    """Return the opening balances that were ever entered, those that hold first. Raises: NotPermitted."""
    require(by, "ledger.read")
    return sorted(OpeningBalances.objects.order_by("-id")[:50], key=lambda one: one.state != "posted")


def journal_of_opening(balances: OpeningBalances) -> Journal:
    """Return the journal of opening balances with its lines."""
    return with_lines(Journal.objects.filter(source_kind="opening", source_id=balances.pk)).get()


def first_month_of_books(*, by: Actor) -> date:
    """Return the month in which the books may begin at the latest: of the first journal, or the running one."""
    require(by, "ledger.read")
    rows = Journal.objects.exclude(source_kind__in=OPENING_SOURCES).order_by("booked_on")
    first = rows.values_list("booked_on", flat=True).first()
    return month_of(first or by.today)
