"""Promises of approvals."""

from shundan.kernel.invariants import Invariant

INVARIANTS = (
    Invariant(
        "I33",
        "An approval was decided by a person, and not by the one who asked",
        "select id from workflow_approval where state = 'approved'"
        " and (decided_at is null or (requested_by_id is not null and decided_by_id = requested_by_id))",
    ),
)
