"""What can be asked of the ledger."""

from shundan.ledger.models import (
    AccountingPeriod,
    HandOver,
    Journal,
    JournalLine,
    LedgerAccount,
    LedgerProof,
    OpeningBalances,
    PostingRule,
    Revaluation,
)
from shundan.ledger.queries.accounts import get_ledger_account, list_ledger_accounts, list_posting_rules
from shundan.ledger.queries.hand_over import (
    batches_of_journal,
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
from shundan.ledger.queries.opening import (
    details_of_accounts,
    first_month_of_books,
    journal_of_opening,
    list_opening_balances,
)
from shundan.ledger.queries.proof import latest_proofs, ledger_waiting
from shundan.ledger.queries.revaluation import OpenForeign, last_day_of, list_revaluations, preview_revaluation
from shundan.ledger.rules.chart import ACCOUNT_KINDS, DEBIT_KINDS, ROLES
from shundan.ledger.rules.formats import FORMATS, SUFFIXES
from shundan.ledger.rules.opening import LONGEST_FILE, MOST_LINES, OPENING_COLUMNS, rows_of_file, sums_of

__all__ = [
    "ACCOUNT_KINDS",
    "DEBIT_KINDS",
    "FORMATS",
    "LONGEST_FILE",
    "MOST_LINES",
    "OPENING_COLUMNS",
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
    "OpenForeign",
    "OpeningBalances",
    "PostingRule",
    "Revaluation",
    "batches_of_journal",
    "details_of_accounts",
    "file_of_hand_over",
    "first_month_of_books",
    "get_hand_over",
    "get_journal",
    "get_ledger_account",
    "journal_of_opening",
    "journals_of_document",
    "journals_of_hand_over",
    "last_day_of",
    "latest_proofs",
    "ledger_waiting",
    "list_hand_overs",
    "list_journals",
    "list_ledger_accounts",
    "list_opening_balances",
    "list_posting_rules",
    "list_revaluations",
    "months_of_books",
    "not_handed_over",
    "parse_month",
    "preview_revaluation",
    "rows_of_file",
    "sums_of",
    "trial_balance",
]
