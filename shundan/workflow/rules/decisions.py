"""When a step is decided: by all, by any one, in turn, or by n of m, and what added signers change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

UNDECIDED = ("waiting", "open")
DECIDED = ("approved", "rejected", "sent_back")
RUN_STATES = ("pending", "approved", "rejected", "withdrawn", "stale", "sent_back")
STEP_STATES = ("waiting", "open", "approved", "rejected", "sent_back", "withdrawn")
TASK_STATES = ("waiting", "open", "approved", "rejected", "sent_back", "transferred", "skipped", "withdrawn")

# Reminders come at most so often.
NUDGE_PAUSE = timedelta(minutes=30)
LONGEST_DELEGATION_DAYS = 30
LONGEST_REMARK = 1000
MOST_AT_ONCE = 50


def nudge_again_at(moments: Iterable[datetime | None]) -> datetime | None:
    """Return from when on those whose turn it is may be reminded again; None for steps never reminded of."""
    last = max((one for one in moments if one is not None), default=None)
    return None if last is None else last + NUDGE_PAUSE


@dataclass(frozen=True, slots=True)
class Vote:
    """What one signer of a step has said so far; added signers are needed whatever the mode."""

    state: str
    is_added: bool = False


def outcome_of(mode: str, need: int, votes: Iterable[Vote]) -> str:
    """Return what the votes make of a step: open, approved or rejected.

    Who handed the task on, or was withdrawn, counts no more: somebody else stands in their place. With `any` the first
    word decides; with `n_of_m` a refusal ends the step only when too few are left.
    """
    counted = [one for one in votes if one.state in (*UNDECIDED, *DECIDED)]
    added = [one.state for one in counted if one.is_added]
    asked = [one.state for one in counted if not one.is_added]
    if "rejected" in added:
        return "rejected"
    said_yes, said_no = asked.count("approved"), asked.count("rejected")
    if mode == "n_of_m":
        wanted = min(max(need, 1), len(asked)) if asked else 0
        is_satisfied, is_lost = said_yes >= wanted, len(asked) - said_no < wanted
    elif mode == "any":
        is_satisfied, is_lost = said_yes > 0 or not asked, said_no > 0
    else:
        is_satisfied, is_lost = said_yes == len(asked), said_no > 0
    if is_lost:
        return "rejected"
    return "approved" if is_satisfied and not any(state in UNDECIDED for state in added) else "open"


def is_satisfied_without_added(mode: str, need: int, votes: Iterable[Vote]) -> bool:
    """Tell whether those whom the table asked are done, so that only added signers are waited for."""
    return outcome_of(mode, need, [one for one in votes if not one.is_added]) == "approved"
