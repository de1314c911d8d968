"""What can be done with customers and suppliers."""

from shundan.parties.actions.company import TEXTS as COMPANY_TEXTS
from shundan.parties.actions.company import CompanyInput, save_company
from shundan.parties.actions.customers import (
    AddressInput,
    ContactInput,
    CustomerInput,
    change_customer,
    create_customer,
    lock_customer,
    note_customer_ordered,
    remove_customer,
    set_credit_limit,
    set_customer_status,
    try_customer,
)
from shundan.parties.actions.suppliers import (
    SupplierInput,
    change_supplier,
    create_supplier,
    remove_supplier,
    try_supplier,
)

__all__ = [
    "COMPANY_TEXTS",
    "AddressInput",
    "CompanyInput",
    "ContactInput",
    "CustomerInput",
    "SupplierInput",
    "change_customer",
    "change_supplier",
    "create_customer",
    "create_supplier",
    "lock_customer",
    "note_customer_ordered",
    "remove_customer",
    "remove_supplier",
    "save_company",
    "set_credit_limit",
    "set_customer_status",
    "try_customer",
    "try_supplier",
]
