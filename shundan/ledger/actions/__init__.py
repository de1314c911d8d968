"""What can be done with the ledger: journals, accounts and rules, periods, hand-overs, proofs."""

from shundan.ledger.actions.accounts import (
    AccountInput,
    RuleInput,
    remove_posting_rule,
    save_ledger_account,
    save_posting_rule,
    ship_chart,
)
from shundan.ledger.actions.hand_over import hand_over_journals, write_hand_over
from shundan.ledger.actions.periods import close_period, reopen_period
from shundan.ledger.actions.posting import post_journals_of, post_missing_journals
from shundan.ledger.actions.proof import prove_ledger

__all__ = [
    "AccountInput",
    "RuleInput",
    "close_period",
    "hand_over_journals",
    "post_journals_of",
    "post_missing_journals",
    "prove_ledger",
    "remove_posting_rule",
    "reopen_period",
    "save_ledger_account",
    "save_posting_rule",
    "ship_chart",
    "write_hand_over",
]
