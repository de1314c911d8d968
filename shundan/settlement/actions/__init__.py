"""What can be done in settlement."""

from shundan.settlement.actions.ages import keep_ages
from shundan.settlement.actions.automatic import allocate_automatically
from shundan.settlement.actions.bank import (
    book_bank_entry,
    ignore_bank_entry,
    import_bank_statement,
    link_bank_entry,
    match_bank_entry,
    reopen_bank_entry,
)
from shundan.settlement.actions.drafts import (
    DraftInput,
    collect_draft,
    discount_draft,
    dishonour_draft,
    endorse_draft,
    present_draft,
    return_draft,
    take_draft,
    tell_due_drafts,
)
from shundan.settlement.actions.dunning import (
    LevelInput,
    drop_reminder,
    propose_reminders,
    save_dunning_levels,
    send_reminder,
)
from shundan.settlement.actions.gateways import (
    GatewayAccountInput,
    NoticeUnknown,
    ask_charge,
    ask_charge_again,
    ask_deposit_charge,
    save_gateway_account,
    take_gateway_notice,
)
from shundan.settlement.actions.refunds import (
    ask_gateway_refund,
    send_gateway_refund,
    settle_gateway_refund,
    settle_open_refunds,
)
from shundan.settlement.actions.statements import (
    answer_statement,
    make_statement,
    note_statement_answer,
    send_statement,
    void_statement,
)
from shundan.settlement.actions.terms import save_settlement_terms
from shundan.settlement.actions.write_off import write_off_invoice, write_off_rest

__all__ = [
    "DraftInput",
    "GatewayAccountInput",
    "LevelInput",
    "NoticeUnknown",
    "allocate_automatically",
    "answer_statement",
    "ask_charge",
    "ask_charge_again",
    "ask_deposit_charge",
    "ask_gateway_refund",
    "book_bank_entry",
    "collect_draft",
    "discount_draft",
    "dishonour_draft",
    "drop_reminder",
    "endorse_draft",
    "ignore_bank_entry",
    "import_bank_statement",
    "keep_ages",
    "link_bank_entry",
    "make_statement",
    "match_bank_entry",
    "note_statement_answer",
    "present_draft",
    "propose_reminders",
    "reopen_bank_entry",
    "return_draft",
    "save_dunning_levels",
    "save_gateway_account",
    "save_settlement_terms",
    "send_gateway_refund",
    "send_reminder",
    "send_statement",
    "settle_gateway_refund",
    "settle_open_refunds",
    "take_draft",
    "take_gateway_notice",
    "tell_due_drafts",
    "void_statement",
    "write_off_invoice",
    "write_off_rest",
]
