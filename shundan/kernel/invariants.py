"""What must always hold: SQL that returns no row, run after every integration test and by `shundan check`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """A promise and the query whose rows would break it."""

    code: str
    promise: str
    sql: str


INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "I36",
        "One idempotency key, one request, and it has its answer",
        "select user_id, endpoint, key from kernel_answeredrequest group by 1, 2, 3 having count(*) > 1"
        " union all select user_id, endpoint, key from kernel_answeredrequest"
        " where status is null and created_at < now() - interval '5 minutes'",
    ),
    Invariant(
        "I38",
        "Each subscriber has the effect of an event once",
        "select subscriber, event_id from kernel_eventreceipt group by 1, 2 having count(*) > 1",
    ),
)
