"""What is kept of settlement: statements of banks, and on which terms differences are written off."""

from shundan.settlement.models.bank import BankEntry, BankStatement
from shundan.settlement.models.terms import SettlementTerms

__all__ = ["BankEntry", "BankStatement", "SettlementTerms"]
