"""What we owe suppliers, by how late it is; what was prepaid and not offset stands beside it."""

from shundan.billing.queries import UNPAID_BILLS, prepaid_to
from shundan.billing.scopes import visible_bills
from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.money import ZERO
from shundan.settlement.queries.ageing import AgedPage, debt_of, owed_to_suppliers, searched_party


def payables_page(*, by: Actor, search: str = "", only_late: bool = False, page: int = 1, size: int = 50) -> AgedPage:
    """Return one page of suppliers whom we owe, the most overdue money first, how many there are, and the sums of all.

    Only bills that the actor sees count. Raises: NotPermitted.
    """
    require(by, "bill.read")
    rows = visible_bills(by).filter(UNPAID_BILLS)
    wanted = searched_party(search)
    if wanted:
        rows = rows.filter(supplier__search_text__contains=wanted)
    count, sums, found = owed_to_suppliers(rows, by=by, only_late=only_late, page=page, size=size)
    prepaid = prepaid_to({row["party_id"] for row in found}, by=by)
    owed = [
        debt_of(
            row,
            number=row["number"],
            name=row["name"],
            on_account=prepaid.get((row["party_id"], row["currency"]), ZERO),
        )
        for row in found
    ]
    return AgedPage(owed, count, [debt_of(row) for row in sums])
