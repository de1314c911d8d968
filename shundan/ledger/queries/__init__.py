"""What can be asked of the ledger."""

from shundan.ledger.models import (
    AccountingPeriod,
    HandOver,
    Journal,
    JournalLine,
    LedgerAccount,
    LedgerProof,
    PostingRule,
)
from shundan.ledger.queries.accounts import get_ledger_account, list_ledger_accounts, list_posting_rules
from shundan.ledger.queries.hand_over import (
    file_of_hand_over,
    get_hand_over,
    journals_of_hand_over,
    list_hand_overs,
    not_handed_over,
)
from shundan.ledger.queries.journals import (
    AccountTotals,
    MonthOfBooks,
    get_journal,
    journals_of_document,
    list_journals,
    months_of_books,
    parse_month,
    trial_balance,
)
from shundan.ledger.queries.proof import latest_proofs, ledger_waiting
from shundan.ledger.rules.chart import ACCOUNT_KINDS, DEBIT_KINDS, ROLES
from shundan.ledger.rules.formats import FORMATS, SUFFIXES

__all__ = [
    "ACCOUNT_KINDS",
    "DEBIT_KINDS",
    "FORMATS",
    "ROLES",
    "SUFFIXES",
    "AccountTotals",
    "AccountingPeriod",
    "HandOver",
    "Journal",
    "JournalLine",
    "LedgerAccount",
    "LedgerProof",
    "MonthOfBooks",
    "PostingRule",
    "file_of_hand_over",
    "get_hand_over",
    "get_journal",
    "get_ledger_account",
    "journals_of_document",
    "journals_of_hand_over",
    "latest_proofs",
    "ledger_waiting",
    "list_hand_overs",
    "list_journals",
    "list_ledger_accounts",
    "list_posting_rules",
    "months_of_books",
    "not_handed_over",
    "parse_month",
    "trial_balance",
]
