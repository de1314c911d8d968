"""Pure rules: a decision table of 50 rows for one document, and the replay of recorded documents through two tables."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from shundan.workflow.rules import ApprovalTable, Recorded, RecordedStep, Row, replay_tables, steps_for

ROWS = 50
DOCUMENTS = 100_000


def measure_rules() -> dict[str, float]:
    """Return microseconds for a table and for a row, and documents replayed a second."""
    table = make_table(ROWS)
    documents = [record.facts for record in make_history(5_000)]
    table_us = min(_microseconds(table, documents) for _try in range(3))
    start, worked = time.perf_counter(), time.process_time()
    replay = replay_tables(make_history(DOCUMENTS), table, _changed(table))
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    assert replay.documents == DOCUMENTS
    assert replay.differences
    return {
        "table_50_rows_us": table_us,
        "table_row_us": table_us / ROWS,
        "replay_documents_per_s": DOCUMENTS / seconds,
        "replay_100k_seconds": seconds,
        # On a busy machine the clock counts what others do.
        "replay_100k_cpu_seconds": worked,
    }


def make_table(rows: int) -> ApprovalTable:
    """Return a table as companies write them: amounts, discount, margin, class, tags, credit, type."""
    conditions = (
        "company_total > {n}000 and department == 'sales_{m}'",
        "discount_rate > 0.{n:02} and customer_class in ['A', 'B']",
        "margin < 0.{m} and company_total > {n}00",
        "'vip' in customer_tags and credit_left < {n}00",
        "type == 'type_{m}' and (is_overdue or company_total > {n}0000)",
    )
    people = ("role:sales_manager", "manager:2", "role:finance", "role:executive", "field:owner")
    return ApprovalTable(
        code="order",
        policy="collect",
        rows=tuple(
            Row(conditions[i % 5].format(n=i + 1, m=i % 7 + 1), level=i % 3 + 1, who=people[i % 5]) for i in range(rows)
        ),
        automatic="company_total <= 100 and credit_left >= 0",
    )


def make_history(count: int) -> Iterator[Recorded]:
    """Yield submissions that differ in every fact; always the same ones."""
    for i in range(count):
        facts = {
            "company_total": Decimal(i * 7919 % 1_000_000) / 10,
            "discount_rate": Decimal(i % 60) / 100,
            "margin": Decimal(i % 90) / 100 if i % 10 else None,
            "credit_left": Decimal(i * 31 % 20_000 - 5_000),
            "customer_class": "ABCD"[i % 4],
            "customer_tags": ("vip", "east") if i % 3 == 0 else ("west",),
            "department": f"sales_{i % 9}",
            "type": f"type_{i % 11}",
            "is_overdue": i % 13 == 0,
            "owner": i % 40,
        }
        yield Recorded(i, facts, i % 40, (RecordedStep("role:sales_manager", timedelta(minutes=i % 500)),))


def _changed(table: ApprovalTable) -> ApprovalTable:
    first = replace(table.rows[0], when="company_total > 5000")
    return replace(table, rows=(first, *table.rows[1:]))


def _microseconds(table: ApprovalTable, documents: list[dict[str, object]]) -> float:
    start = time.perf_counter()
    for facts in documents:
        steps_for(table, facts)
    return (time.perf_counter() - start) / len(documents) * 1e6
