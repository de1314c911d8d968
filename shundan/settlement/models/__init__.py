"""What is kept of settlement: statements of banks, payment gateways, statements of account, and the terms."""

from shundan.settlement.models.ages import AgedAccount
from shundan.settlement.models.bank import BankEntry, BankStatement
from shundan.settlement.models.drafts import AcceptanceDraft, DraftEntry
from shundan.settlement.models.dunning import DunningItem, DunningLetter, DunningLevel
from shundan.settlement.models.gateways import Charge, GatewayAccount, GatewayNotice, GatewayRefund
from shundan.settlement.models.statements import AccountStatement, StatementLine
from shundan.settlement.models.terms import SettlementTerms, WriteOffLimit

__all__ = [
    "AcceptanceDraft",
    "AccountStatement",
    "AgedAccount",
    "BankEntry",
    "BankStatement",
    "Charge",
    "DraftEntry",
    "DunningItem",
    "DunningLetter",
    "DunningLevel",
    "GatewayAccount",
    "GatewayNotice",
    "GatewayRefund",
    "SettlementTerms",
    "StatementLine",
    "WriteOffLimit",
]
