"""Promises of purchasing: what is decided has been asked, and requests are worth what their lines are."""

from shundan.kernel.invariants import Invariant

INVARIANTS = (
    Invariant(
        "I50",
        "A purchase request is worth what its lines are",
        "select r.id from purchasing_purchaserequest r left join (select request_id,"
        " sum(quantity * coalesce(expected_price, 0)) q from purchasing_purchaserequestline group by 1) x"
        " on x.request_id = r.id where r.company_amount <> round(coalesce(x.q, 0), 2)",
    ),
    Invariant(
        "I50b",
        "What an order buys for requests is a purchase",
        "select s.id from purchasing_requestsupply s join orders_order o on o.id = s.order_id"
        " where o.kind <> 'purchase'",
    ),
)
