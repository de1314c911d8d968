"""Asking what would have been: recorded orders judged by another text. The replay itself writes nothing."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, require
from shundan.orders.actions.migrate import sentence_of
from shundan.orders.models import WhatIf
from shundan.orders.queries.migrations import RIGHT
from shundan.orders.queries.recorded import Gaps, count_recorded, recorded_submissions, recorded_ways
from shundan.orders.queries.types import tables_of_types_unscoped
from shundan.workflow.queries import (
    ApprovalTable,
    Definition,
    Departure,
    Difference,
    Recorded,
    Replay,
    VersionLine,
    Wanted,
    check_approval_table,
    check_workflow,
    conditions_of,
    current_table_id,
    definition_of,
    facts_named,
    read_definition,
    read_table,
    replay_paths,
    replay_tables,
    subject_of_table,
    table_of,
    versions_of_table,
    versions_of_workflow,
)

JOB = "orders.answer_what_if"
SUBJECTS = ("table", "workflow")
# Whose submissions are kept with the facts they were judged by.
SUBJECT = "order"
# As many are answered in about two seconds; more become a job with progress.
AT_ONCE = 5_000
MOST_DAYS = 3660
LONGEST_CANDIDATE = 300_000
# The effect that asks the table of an order's type for approval.
ASKING = ("request_order_approval",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which version stands against which: `after` is a version number, or None with the `text` of a candidate."""

    subject: str
    code: str
    before: int
    after: int | None = None
    text: str = ""
    days: int = 30


def ask_what_if(question: Question, *, by: Actor) -> WhatIf:
    """Replay the last days by two versions: at once when they are few, else as a job that tells its progress.

    Raises: NotPermitted, NotFound for an unknown code, Malformed for unknown versions and for each error of the text.
    """
    kept, is_small = _keep_question(question, by=by)
    if is_small:
        answer_what_if(kept.pk, by=by)
        kept.refresh_from_db()
    return kept


def answer_what_if(question_id: int, *, by: Actor) -> None:
    """Replay for a kept question and keep the answer beside it; answering again changes nothing."""
    asked = WhatIf.objects.get(pk=question_id)
    if asked.state != "running":
        return
    since = asked.asked_at - timedelta(days=asked.days)
    start, gaps = time.perf_counter(), Gaps()
    total = max(1, count_recorded(asked.subject, asked.code, since))

    def tell(read: int) -> None:
        WhatIf.objects.filter(pk=asked.pk).update(percent=min(99, read * 100 // total))

    replay = _replayed(asked, lambda names, code: _records(asked, code, names, gaps, tell))
    _keep_answer(asked, replay, gaps, seconds=time.perf_counter() - start, by=by)


@action
def _keep_question(question: Question, *, by: Actor) -> tuple[WhatIf, bool]:
    require(by, RIGHT)
    lines = _lines(question)
    ids = {one.number: one.id for one in lines}
    wrong = [
        Detail(name, "unknown", _("Choose one of the offered values."))
        for name, number in (("before", question.before), ("after", question.after))
        if number is not None and number not in ids
    ]
    if not 1 <= question.days <= MOST_DAYS:
        wrong.append(Detail("days", "out_of_range", _("Use a number from 1 to 3660.")))
    if question.after is None:
        wrong += _candidate_problems(question)
    if wrong:
        raise Malformed(details=wrong)
    kept = WhatIf.objects.create(
        subject=question.subject,
        code=question.code,
        before_id=ids[question.before],
        after_id=ids[question.after] if question.after is not None else None,
        text=question.text if question.after is None else "",
        days=question.days,
        by_name=by.name,
        asked_at=by.at,
    )
    is_small = count_recorded(kept.subject, kept.code, by.at - timedelta(days=kept.days)) <= AT_ONCE
    if not is_small:
        app.configure_task(JOB).defer(question_id=kept.pk)
    return kept, is_small


def _lines(question: Question) -> list[VersionLine]:
    if question.subject not in SUBJECTS:
        raise Malformed(details=[Detail("subject", "unknown", _("Choose one of the offered values."))])
    if question.subject == "table" and versions_of_table(question.code) and subject_of_table(question.code) != SUBJECT:
        sentence = _("Only tables that judge orders can be replayed.")
        raise Malformed(details=[Detail("code", "not_replayable", sentence)])
    found = (versions_of_table if question.subject == "table" else versions_of_workflow)(question.code)
    if not found:
        raise NotFound(what="workflow" if question.subject == "workflow" else "approval table", key=question.code[:100])
    return found


def _candidate_problems(question: Question) -> Iterator[Detail]:
    if not question.text.strip() or len(question.text) > LONGEST_CANDIDATE:
        yield Detail("text", "required", _("Choose a version, or paste the text of a candidate."))
        return
    check = check_approval_table if question.subject == "table" else check_workflow
    problems = [one for one in check(question.text, subject_kind=SUBJECT) if one.is_error]
    for one in problems:
        yield Detail(f"text.{one.place}", one.code, sentence_of(one))
    if not problems:
        read: Callable[[str], ApprovalTable | Definition] = (
            read_table if question.subject == "table" else read_definition
        )
        if read(question.text).code != question.code:
            yield Detail(
                "text.code", "other_code", _("The text has another code than the version it is compared with.")
            )


def _records(
    asked: WhatIf, code: str, names: frozenset[str], gaps: Gaps, tell: Callable[[int], None]
) -> Iterator[Recorded]:
    since = asked.asked_at - timedelta(days=asked.days)
    if asked.subject == "table":
        return recorded_submissions(code, since, names=names, gaps=gaps, tell=tell)
    return recorded_ways(code, since, names=names, gaps=gaps, tell=tell)


def _replayed(asked: WhatIf, records: Callable[[frozenset[str], str], Iterator[Recorded]]) -> Replay:
    if asked.subject == "table":
        before = table_of(asked.before_id)
        after = table_of(asked.after_id) if asked.after_id is not None else read_table(asked.text)
        names = facts_named(*conditions_of(before), *conditions_of(after))
        return replay_tables(records(names, asked.code), before, after)
    old = definition_of(asked.before_id)
    new = definition_of(asked.after_id) if asked.after_id is not None else read_definition(asked.text)
    ways = (*old.transitions, *new.transitions)
    codes = tables_of_types_unscoped() | {one.approval for one in ways if one.approval}
    tables = {code: table_of(current_table_id(code)) for code in codes if versions_of_table(code)}
    versions: list[Definition | ApprovalTable] = [old, new, *tables.values()]
    texts = [text for version in versions for text in conditions_of(version)]
    return replay_paths(records(facts_named(*texts), asked.code), old, new, tables=tables, asking=ASKING)


@action
def _keep_answer(asked: WhatIf, replay: Replay, gaps: Gaps, *, seconds: float, by: Actor) -> None:
    asked.result = {
        "documents": replay.documents,
        "different": len(replay.differences),
        "newly_automatic": replay.newly_automatic,
        "no_longer_automatic": replay.no_longer_automatic,
        "asked": [[who, before, after] for who, (before, after) in replay.asked.items()],
        "waiting_before": replay.waiting_before.total_seconds() / max(1, replay.documents),
        "waiting_after": replay.waiting_after.total_seconds() / max(1, replay.documents),
        "guessed": list(replay.guessed),
        "missing": gaps.missing,
        "from_present": gaps.from_present,
        "seconds": round(seconds, 2),
    }
    asked.differences = [_difference(one) for one in replay.differences]
    asked.state, asked.percent, asked.answered_at = "done", 100, by.at
    asked.save(update_fields=["result", "differences", "state", "percent", "answered_at"])


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "number": one.key,
        "before": _asks(one.before),
        "after": _asks(one.after),
        "leaves_before": _leaves(one.leaves_before),
        "leaves_after": _leaves(one.leaves_after),
    }


def _asks(steps: tuple[Wanted, ...]) -> list[str]:
    return [step.who for step in steps]


def _leaves(one: Departure | None) -> list[str] | None:
    return None if one is None else [one.state, one.transition, one.why, one.instead]
