"""What can be done with the ledger: journals, accounts and rules, opening balances, periods, hand-overs, proofs."""

from shundan.ledger.actions.accounts import (
    AccountInput,
    RuleInput,
    remove_posting_rule,
    save_ledger_account,
    save_posting_rule,
    ship_chart,
)
from shundan.ledger.actions.hand_over import hand_over_journals, take_hand_over_back, write_hand_over
from shundan.ledger.actions.opening import enter_opening_balances, take_opening_balances_back
from shundan.ledger.actions.periods import close_period, reopen_period
from shundan.ledger.actions.posting import post_journals_of, post_missing_journals
from shundan.ledger.actions.proof import prove_ledger
from shundan.ledger.actions.revaluation import revalue_month
from shundan.ledger.rules.opening import OpeningLine

__all__ = [
    "AccountInput",
    "OpeningLine",
    "RuleInput",
    "close_period",
    "enter_opening_balances",
    "hand_over_journals",
    "post_journals_of",
    "post_missing_journals",
    "prove_ledger",
    "remove_posting_rule",
    "reopen_period",
    "revalue_month",
    "save_ledger_account",
    "save_posting_rule",
    "ship_chart",
    "take_hand_over_back",
    "take_opening_balances_back",
    "write_hand_over",
]
