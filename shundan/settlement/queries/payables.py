"""What we owe suppliers, by how late it is; what was prepaid and not offset stands beside it."""

from django.db.models import F

from shundan.billing.queries import UNPAID_BILLS, prepaid_to
from shundan.billing.scopes import visible_bills
from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.money import ZERO
from shundan.parties.models import Supplier
from shundan.settlement.queries.ageing import AgedPage, ages_of, by_bucket, debt_of, searched_party


def payables_page(*, by: Actor, search: str = "", only_late: bool = False, page: int = 1, size: int = 50) -> AgedPage:
    """Return one page of suppliers whom we owe, the most overdue money first, how many there are, and the sums of all.

    Only bills that the actor sees count. Raises: NotPermitted.
    """
    require(by, "bill.read")
    rows = visible_bills(by).filter(UNPAID_BILLS)
    wanted = searched_party(search)
    if wanted:
        rows = rows.filter(supplier__search_text__contains=wanted)
    left = F("total") - F("debited") - F("paid")
    parts = by_bucket(rows, party=F("supplier_id"), left=left, today=by.today)
    count, sums, found = ages_of(parts, only_late=only_late, page=page, size=size)
    ids = {row["party_id"] for row in found}
    suppliers = Supplier.objects.in_bulk(ids)
    prepaid = prepaid_to(ids, by=by)
    owed = [
        debt_of(
            row,
            number=suppliers[row["party_id"]].number,
            name=suppliers[row["party_id"]].name,
            on_account=prepaid.get((row["party_id"], row["currency"]), ZERO),
        )
        for row in found
    ]
    return AgedPage(owed, count, [debt_of(row) for row in sums])
