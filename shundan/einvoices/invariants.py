"""Promises of e-invoices: one of each invoice, and a red one only where there is a blue one."""

from shundan.kernel.invariants import Invariant

INVARIANTS = (
    Invariant(
        "I90",
        "An e-invoice is of its invoice's kind, and a red one corrects an issued one",
        "select e.id from einvoices_einvoice e join billing_invoice i on i.id = e.invoice_id"
        " left join einvoices_einvoice o on o.invoice_id = i.corrects_id"
        " where (e.kind = 'red') <> (i.kind = 'credit') or (e.kind = 'red' and o.state is distinct from 'issued')",
    ),
    Invariant(
        "I91",
        "What is under way at the tax bureau is asked for again, and what has ended is not",
        "select id from einvoices_einvoice where (state in ('asked', 'requested', 'waiting', 'confirmed'))"
        " and asks_at is null or state in ('refused', 'revoked') and asks_at is not null",
    ),
)
