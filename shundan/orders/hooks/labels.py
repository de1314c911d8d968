"""What the guards, effects, facts and fields of orders are called on screen, for people who write no code."""

from django.utils.translation import gettext_lazy as _

from shundan.workflow.registries import FACT_RIGHTS, HINTS, LOCK_RANKS, OWN_GUARDS, PARTNERS, name_things

# Whoever asks for approval must be able to hear yes, no and "never mind".
PARTNERS["request_order_approval"] = ("record_order_approval", "record_order_rejection", "withdraw_order_approval")

# Credit before stock, always (docs/adr/0007).
STOCK = 2
LOCK_RANKS.update(
    dict.fromkeys(["reserve_order_stock", "release_order_stock", "close_open_quantities", "issue_order_parts"], STOCK)
)

HINTS["discount_rate"] = _("as a part of 1: 0.15 is 15 %")
HINTS["margin_rate"] = _("in percent: 10 is 10 %")
# Conditions may name it for everybody; its value is for those who may know what goods cost.
FACT_RIGHTS["margin_rate"] = "product.cost"
# All but those that ask for customers, products, credit.
OWN_GUARDS.update(
    (
        "order_has_lines approval_not_needed not_own_order approval_is_current no_level_decided no_hold_on_confirm"
        " is_on_hold nothing_picked nothing_shipped nothing_invoiced work_has_begun something_shipped"
        " everything_shipped everything_invoiced something_left_to_invoice nothing_received something_received"
        " everything_received something_left_to_receive_or_invoice everything_arrived something_has_not_arrived"
        " something_left_to_close something_closed differences_are_accepted is_no_history"
    ).split()
)

name_things(
    "guard",
    {
        "order_has_lines": _("The order has lines"),
        "customer_is_active": _("The customer is active"),
        "products_are_active": _("All products are still sold"),
        "approval_not_needed": _("Nobody must approve"),
        "not_own_order": _("Not one's own order"),
        "approval_is_current": _("Approval is asked for and up to date"),
        "no_level_decided": _("No approval level has decided"),
        "no_hold_on_confirm": _("No hold is open"),
        "is_on_hold": _("The order is on hold"),
        "nothing_picked": _("Nothing is picked"),
        "nothing_shipped": _("Nothing is shipped"),
        "nothing_invoiced": _("Nothing is invoiced"),
        "work_has_begun": _("Something is picked, shipped or invoiced"),
        "something_shipped": _("Something is shipped"),
        "everything_shipped": _("Everything is shipped"),
        "everything_invoiced": _("Everything is invoiced"),
        "something_left_to_invoice": _("Something is left to invoice"),
    },
)
name_things(
    "guard",
    {
        "nothing_received": _("Nothing has come in"),
        "something_received": _("Something has come in"),
        "everything_received": _("Everything has come in"),
        "something_left_to_receive_or_invoice": _("Something is left to receive or bill"),
    },
    serves="purchase return transfer",
)
name_things("guard", {"returns_what_was_shipped": _("Returns no more than was shipped")}, serves="return")
name_things(
    "guard",
    {
        "has_two_warehouses": _("From one warehouse to another"),
        "has_two_departments": _("From one department to another"),
        "has_no_goods": _("Only work, no goods"),
        "by_the_performing_department": _("By the department that does the work"),
        "by_the_receiving_department": _("By the department that receives the work"),
        "confirmed_by_another_person": _("Confirmed by another person than did the work"),
        "everything_arrived": _("Everything that left has arrived"),
        "something_left_to_close": _("Something is left to close"),
        "something_has_not_arrived": _("Goods are on their way"),
    },
    serves="transfer",
)
name_things(
    "effect",
    {
        "request_order_approval": _("Ask for approval where the table wants it"),
        "record_order_approval": _("Note the approval"),
        "record_order_rejection": _("Note the rejection"),
        "withdraw_order_approval": _("End the approval"),
        "place_order_hold": _("Put the order on hold"),
        "lift_order_holds": _("Lift all holds"),
    },
)
name_things(
    "effect",
    {
        "reserve_order_stock": _("Reserve stock"),
        "release_order_stock": _("Release reserved stock"),
        "close_open_quantities": _("Drop the quantities that are not shipped"),
    },
    serves="sale service return transfer",
)
name_things(
    "effect",
    {"close_unreceived_quantities": _("Drop the quantities that have not come in")},
    serves="purchase return",
)
name_things("effect", {"issue_order_parts": _("Take the parts out of stock")}, serves="service")
name_things(
    "effect",
    {
        "close_unshipped_quantities": _("Drop the quantities that have not left"),
        "write_off_transit": _("Settle what never arrived"),
    },
    serves="transfer",
)
name_things(
    "fact",
    {
        "number": _("Order number"),
        "company_total": _("Total in company currency"),
        "total": _("Total in the order's currency"),
        "currency": _("Currency"),
        "type": _("Order type"),
        "kind": _("Kind of order"),
        "department": _("Department"),
        "owner": _("Owner"),
        "giving_keeper": _("Keeper of the giving warehouse"),
        "customer": _("Customer number"),
        "customer_class": _("Kind of customer"),
        "customer_country": _("Country of the customer"),
        "customer_tags": _("Tags of the customer"),
        "supplier": _("Supplier number"),
        "line_count": _("Number of lines"),
        "discount_rate": _("Discount against list prices"),
        "margin_rate": _("Margin"),
        "over_limit": _("Beyond the seller’s limits"),
        "payment_term": _("Payment term"),
        "ship_province": _("Province of delivery"),
        "allows_backorder": _("Ships available goods first"),
        "stock_short": _("Stock is short"),
        "requested_in_days": _("Days until the requested date"),
        "source": _("Source"),
    },
)
name_things(
    "field",
    {
        "customer_reference": _("Customer PO"),
        "requested_on": _("Requested on"),
        "promised_on": _("Promised on"),
        "payment_method": _("Payment method"),
        "payment_term_id": _("Payment term"),
        "warehouse_id": _("Warehouse"),
        "target_warehouse_id": _("To warehouse"),
        "ship_contact": _("Contact"),
        "ship_phone": _("Phone"),
        "ship_province": _("Province"),
        "ship_city": _("City"),
        "ship_street": _("Street"),
        "remark": _("Note"),
    },
)
name_things(
    "occasion",
    {"fulfilled": _("Fulfilment is complete"), "paid": _("It is paid"), "invoiced": _("It is invoiced in full")},
)
name_things(
    "guard",
    {
        "is_no_history": _("The order is no imported history"),
        "something_closed": _("Something of it was closed"),
    },
)
name_things(
    "effect",
    {
        "apply_order_amendment": _("Carry out the approved change"),
        "withdraw_order_amendments": _("End changes awaiting approval"),
        "close_order_line": _("Close what is open of a line"),
        "reopen_order_line": _("Reopen what was closed of a line"),
        "reopen_order_quantities": _("Reopen what was closed"),
        "reset_order_approval": _("Ask for approval anew"),
        "release_order_holds": _("Release the holds that one may release"),
    },
)
name_things(
    "fact",
    {
        "amount_before": _("Worth before"),
        "amount_after": _("Worth after"),
        "amount_up": _("Increase"),
        "amount_down": _("Decrease"),
        "price_lowered": _("Price lowered"),
        "price_raised": _("Price raised"),
        "lines_added": _("Lines added"),
        "lines_cancelled": _("Lines taken off"),
        "date_changed": _("Date changed"),
        "address_changed": _("Address changed"),
        "quantity_changed": _("Quantity changed"),
        "initiator": _("Who wants the change"),
        "reason": _("Reason"),
    },
)
