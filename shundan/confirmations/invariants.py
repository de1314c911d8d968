"""Promises of confirmations: what was answered is about the file that was sent."""

from shundan.kernel.invariants import Invariant

INVARIANTS = (
    Invariant(
        "I105c",
        "What a customer was asked to confirm is the file whose hash is kept, of a revision that the order has had",
        "select c.id from confirmations_confirmation c join orders_order o on o.id = c.order_id"
        " where c.digest <> encode(sha256(c.content), 'hex') or c.revision > o.revision",
    ),
)
