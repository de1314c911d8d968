"""What is kept of settlement: statements of banks, payment gateways, and the terms on which it goes."""

from shundan.settlement.models.bank import BankEntry, BankStatement
from shundan.settlement.models.gateways import Charge, GatewayAccount, GatewayNotice
from shundan.settlement.models.terms import SettlementTerms

__all__ = ["BankEntry", "BankStatement", "Charge", "GatewayAccount", "GatewayNotice", "SettlementTerms"]
