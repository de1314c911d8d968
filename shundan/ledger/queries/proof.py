"""Whether journals, books and orders say the same, and what the last comparisons found."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.ledger.models import Journal, LedgerProof
from shundan.ledger.queries.sources import unposted_count

MOST_DIFFERENCES = 200
_SIGNED = "case when l.is_debit then l.document_amount else -l.document_amount end"
_NO_JOURNAL = "not exists (select from ledger_journal j where j.source_kind = '{}' and j.source_id = {}.id)"
_MISSING = {
    kind: _NO_JOURNAL.format(kind, alias)
    for kind, alias in (
        ("invoice", "i"),
        ("payment", "p"),
        ("payment_reversal", "p"),
        ("allocation", "a"),
        ("refund", "f"),
        ("bill", "b"),
        ("disbursement", "d"),
        ("disbursement_reversal", "d"),
        ("prepayment", "p"),
        ("prepayment_return", "r"),
    )
}
_ACCOUNT = (
    "select coalesce(l.{of}_id, x.{of}_id) as party, coalesce(l.currency, x.currency) as currency,"
    " coalesce(x.amount, 0) as books, coalesce(l.amount, 0) as journals"
    " from (select l.{of}_id, j.currency, sum({sign} * ({signed})) as amount from ledger_journalline l"
    " join ledger_journal j on j.id = l.journal_id where l.role = '{role}' group by 1, 2) l"
    " full join (select {of}_id, currency, sum(amount) as amount from ({books}) b group by 1, 2) x"
    " on x.{of}_id = l.{of}_id and x.currency = l.currency where coalesce(x.amount, 0) <> coalesce(l.amount, 0)"
)
# The books less what has no journal yet, so that a posting of this moment is no difference.
_RECEIVABLE = (
    "select customer_id, currency, receivable as amount from billing_creditaccount"
    f" union all select i.customer_id, i.currency, -i.total from billing_invoice i where {_MISSING['invoice']}"
    " union all select p.customer_id, p.currency, a.amount from billing_allocation a"
    f" join billing_payment p on p.id = a.payment_id where {_MISSING['allocation']}"
)
_ADVANCE = (
    "select customer_id, currency, unallocated as amount from billing_creditaccount"
    " union all select p.customer_id, p.currency, -p.amount from billing_payment p"
    f" where p.method <> 'write_off' and {_MISSING['payment']}"
    " union all select p.customer_id, p.currency, p.amount from billing_payment p"
    f" where p.method <> 'write_off' and p.reversed_at is not null and {_MISSING['payment_reversal']}"
    " union all select p.customer_id, p.currency, a.amount from billing_allocation a"
    f" join billing_payment p on p.id = a.payment_id where p.method <> 'write_off' and {_MISSING['allocation']}"
    " union all select p.customer_id, p.currency, f.amount from billing_refund f"
    f" join billing_payment p on p.id = f.payment_id where {_MISSING['refund']}"
)
_PAYABLE = (
    "select supplier_id, currency, total - paid as amount from billing_bill"
    f" union all select b.supplier_id, b.currency, -b.total from billing_bill b where {_MISSING['bill']}"
    " union all select b.supplier_id, b.currency, d.amount from billing_disbursement d"
    f" join billing_bill b on b.id = d.bill_id where {_MISSING['disbursement']}"
    " union all select b.supplier_id, b.currency, -d.amount from billing_disbursement d"
    " join billing_bill b on b.id = d.bill_id"
    f" where d.reversed_at is not null and {_MISSING['disbursement_reversal']}"
)
_PREPAID = (
    'select supplier_id, currency, amount - "offset" - returned as amount from billing_prepayment'
    f" union all select p.supplier_id, p.currency, -p.amount from billing_prepayment p where {_MISSING['prepayment']}"
    " union all select p.supplier_id, p.currency, d.amount from billing_disbursement d"
    f" join billing_prepayment p on p.id = d.prepayment_id where {_MISSING['disbursement']}"
    " union all select p.supplier_id, p.currency, -d.amount from billing_disbursement d"
    " join billing_prepayment p on p.id = d.prepayment_id"
    f" where d.reversed_at is not null and {_MISSING['disbursement_reversal']}"
    " union all select p.supplier_id, p.currency, r.amount from billing_prepaymentreturn r"
    f" join billing_prepayment p on p.id = r.prepayment_id where {_MISSING['prepayment_return']}"
)
CHECKS: dict[str, str] = {
    "receivable": _ACCOUNT.format(of="customer", sign="1", signed=_SIGNED, role="receivable", books=_RECEIVABLE),
    "advance": _ACCOUNT.format(of="customer", sign="-1", signed=_SIGNED, role="advance", books=_ADVANCE),
    "payable": _ACCOUNT.format(of="supplier", sign="-1", signed=_SIGNED, role="payable", books=_PAYABLE),
    "prepaid": _ACCOUNT.format(of="supplier", sign="1", signed=_SIGNED, role="prepaid", books=_PREPAID),
    # What orders say was invoiced, against the invoices that are in the journals or still wait for theirs.
    "orders": (
        "select null::bigint, coalesce(o.currency, v.currency), coalesce(o.amount, 0), coalesce(v.amount, 0)"
        " from (select currency, sum(invoiced) as amount from orders_order where customer_id is not null"
        " and not is_history group by 1) o full join (select currency, sum(amount) as amount from"
        f" (select j.currency, {_SIGNED} as amount from ledger_journalline l"
        " join ledger_journal j on j.id = l.journal_id and j.source_kind = 'invoice'"
        " join billing_invoice i on i.id = j.source_id join orders_order o on o.id = i.order_id"
        " where l.role = 'receivable' and not o.is_history"
        " union all select i.currency, i.total from billing_invoice i join orders_order o on o.id = i.order_id"
        f" where not o.is_history and {_MISSING['invoice']}) w group by 1) v on v.currency = o.currency"
        " where coalesce(o.amount, 0) <> coalesce(v.amount, 0)"
    ),
    "balance": (
        "select j.id, j.currency, coalesce(sum(l.debit), 0), coalesce(sum(l.credit), 0) from ledger_journal j"
        " left join ledger_journalline l on l.journal_id = j.id group by j.id"
        " having coalesce(sum(l.debit), 0) <> coalesce(sum(l.credit), 0)"
    ),
}
_NAMES = {
    "receivable": "select id, name from parties_customer where id = any(%s)",
    "advance": "select id, name from parties_customer where id = any(%s)",
    "payable": "select id, name from parties_supplier where id = any(%s)",
    "prepaid": "select id, name from parties_supplier where id = any(%s)",
    "balance": "select id, number from ledger_journal where id = any(%s)",
}


@dataclass(frozen=True, slots=True)
class LedgerDifference:
    """Where journals and books differ: in what, of whom, and what both say."""

    check: str
    party: str
    currency: str
    books: Decimal
    journals: Decimal

    def as_json(self) -> dict[str, Any]:
        """Return it as proofs keep it."""
        return {
            "check": self.check,
            "party": self.party,
            "currency": self.currency,
            "books": str(self.books),
            "journals": str(self.journals),
        }


def ledger_differences() -> list[LedgerDifference]:
    """Compare journals with books and orders; each comparison is one statement, so it sees one moment."""
    found: list[LedgerDifference] = []
    with connection.cursor() as cursor:
        for check, sql in CHECKS.items():
            cursor.execute(f"select * from ({sql}) differing limit %s", [MOST_DIFFERENCES])
            rows = cursor.fetchall()
            names: dict[int, str] = {}
            if rows and check in _NAMES:
                cursor.execute(_NAMES[check], [[row[0] for row in rows]])
                names = dict(cursor.fetchall())
            found += [LedgerDifference(check, names.get(row[0], ""), *row[1:4]) for row in rows]
    return found


def latest_proofs(*, by: Actor, limit: int = 10) -> list[LedgerProof]:
    """Return the last comparisons, newest first. Raises: NotPermitted."""
    require(by, "ledger.read")
    return list(LedgerProof.objects.order_by("-at", "-id")[:limit])


def ledger_waiting(*, by: Actor) -> tuple[int, int]:
    """Return how many postings wait for their journal and how many journals there are. Raises: NotPermitted."""
    require(by, "ledger.read")
    return unposted_count(), Journal.objects.count()
