"""What can be asked of settlement."""

from shundan.settlement.models import (
    AccountStatement,
    BankEntry,
    BankStatement,
    Charge,
    GatewayAccount,
    SettlementTerms,
)
from shundan.settlement.queries.ageing import AgedDebt, aged_debts, aged_sums
from shundan.settlement.queries.bank import (
    BANK_VIEWS,
    bank_entry_of_payment,
    get_bank_entry,
    list_bank_entries,
    list_bank_statements,
)
from shundan.settlement.queries.gateways import (
    all_gateways,
    charges_of,
    gateway_opened,
    gateway_secrets_known,
    gateways_for,
    get_charge,
    get_gateway_account,
    list_gateway_accounts,
)
from shundan.settlement.queries.matching import Suggestion, choose_shares, suggestions_for
from shundan.settlement.queries.statements import (
    LINE_WORDS,
    get_statement,
    lines_of_statement,
    link_of_statement,
    list_statements,
    mail_address_of,
    movements_of,
    paper_of_statement,
    statement_of_token,
    token_of_statement,
)
from shundan.settlement.queries.terms import settlement_terms

__all__ = [
    "BANK_VIEWS",
    "LINE_WORDS",
    "AccountStatement",
    "AgedDebt",
    "BankEntry",
    "BankStatement",
    "Charge",
    "GatewayAccount",
    "SettlementTerms",
    "Suggestion",
    "aged_debts",
    "aged_sums",
    "all_gateways",
    "bank_entry_of_payment",
    "charges_of",
    "choose_shares",
    "gateway_opened",
    "gateway_secrets_known",
    "gateways_for",
    "get_bank_entry",
    "get_charge",
    "get_gateway_account",
    "get_statement",
    "lines_of_statement",
    "link_of_statement",
    "list_bank_entries",
    "list_bank_statements",
    "list_gateway_accounts",
    "list_statements",
    "mail_address_of",
    "movements_of",
    "paper_of_statement",
    "settlement_terms",
    "statement_of_token",
    "suggestions_for",
    "token_of_statement",
]
