"""What can be done with e-invoices: set up the gateway, send, look, correct by red letter, keep the file."""

from shundan.einvoices.actions.accounts import TaxGatewayInput, save_category_tax_codes, save_tax_gateway
from shundan.einvoices.actions.sending import look_again, revoke_red_letter, send_einvoice
from shundan.einvoices.actions.speaking import ask_due_einvoices, speak_of_einvoice

__all__ = [
    "TaxGatewayInput",
    "ask_due_einvoices",
    "look_again",
    "revoke_red_letter",
    "save_category_tax_codes",
    "save_tax_gateway",
    "send_einvoice",
    "speak_of_einvoice",
]
