"""What can be asked of settlement."""

from shundan.settlement.models import BankEntry, BankStatement, Charge, GatewayAccount, SettlementTerms
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
from shundan.settlement.queries.terms import settlement_terms

__all__ = [
    "BANK_VIEWS",
    "BankEntry",
    "BankStatement",
    "Charge",
    "GatewayAccount",
    "SettlementTerms",
    "Suggestion",
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
    "list_bank_entries",
    "list_bank_statements",
    "list_gateway_accounts",
    "settlement_terms",
    "suggestions_for",
]
