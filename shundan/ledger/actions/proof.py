"""Comparing journals with books and orders, and keeping what was found."""

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import require
from shundan.kernel.events import record
from shundan.ledger.models import Journal, LedgerProof
from shundan.ledger.queries.proof import MOST_DIFFERENCES, ledger_differences
from shundan.ledger.queries.sources import unposted_count


@action
def prove_ledger(*, by: Actor) -> LedgerProof:
    """Compare all accounts of journals with the books and orders, now. Raises: NotPermitted."""
    require(by, "ledger.edit")
    found = ledger_differences()
    waiting = unposted_count()
    proof = LedgerProof.objects.create(
        at=by.at,
        by_name=by.name,
        waiting=waiting,
        journals=Journal.objects.count(),
        differences=[one.as_json() for one in found[:MOST_DIFFERENCES]],
    )
    record("ledger.proved", subject=("ledger_proof", proof.pk), by=by, data={"differences": len(found)})
    return proof
