"""What can be asked of settlement."""

from shundan.settlement.models import BankEntry, BankStatement, SettlementTerms
from shundan.settlement.queries.bank import (
    BANK_VIEWS,
    bank_entry_of_payment,
    get_bank_entry,
    list_bank_entries,
    list_bank_statements,
)
from shundan.settlement.queries.matching import Suggestion, choose_shares, suggestions_for
from shundan.settlement.queries.terms import settlement_terms

__all__ = [
    "BANK_VIEWS",
    "BankEntry",
    "BankStatement",
    "SettlementTerms",
    "Suggestion",
    "bank_entry_of_payment",
    "choose_shares",
    "get_bank_entry",
    "list_bank_entries",
    "list_bank_statements",
    "settlement_terms",
    "suggestions_for",
]
