"""What settlement hangs into the rooms below."""

from shundan.billing.registries import REVERSAL_FOLLOWERS
from shundan.settlement.actions.bank import reopen_entry_of_payment

REVERSAL_FOLLOWERS.append(reopen_entry_of_payment)
