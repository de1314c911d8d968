"""Promises of notices."""

from shundan.kernel.invariants import Invariant

INVARIANTS = (
    Invariant(
        "I60",
        "A notice is about what its event is about, and came no earlier",
        "select n.id from notifications_notice n join kernel_event e on e.id = n.event_id"
        " where (n.subject_kind, n.subject_id) is distinct from (e.subject_kind, e.subject_id)"
        " or n.created_at <> e.at",
    ),
)
