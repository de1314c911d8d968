"""What can be done in settlement."""

from shundan.settlement.actions.automatic import allocate_automatically
from shundan.settlement.actions.bank import (
    book_bank_entry,
    ignore_bank_entry,
    import_bank_statement,
    link_bank_entry,
    reopen_bank_entry,
)
from shundan.settlement.actions.terms import save_settlement_terms
from shundan.settlement.actions.write_off import write_off_invoice, write_off_rest

__all__ = [
    "allocate_automatically",
    "book_bank_entry",
    "ignore_bank_entry",
    "import_bank_statement",
    "link_bank_entry",
    "reopen_bank_entry",
    "save_settlement_terms",
    "write_off_invoice",
    "write_off_rest",
]
