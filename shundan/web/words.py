"""Words for codes: doors, methods, reasons, kinds and events, in the reader's language."""

from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from shundan.billing.queries import METHOD_WORDS
from shundan.orders.queries import CUSTOMER_KINDS as CUSTOMER_KINDS
from shundan.orders.queries import DOORS as DOORS
from shundan.orders.queries import ORDER_KINDS as ORDER_KINDS
from shundan.ui.names import is_english as is_english
from shundan.ui.names import name_of as name_of
from shundan.ui.names import unit_words as unit_words
from shundan.web.buying_words import PURCHASE_EVENTS
from shundan.web.ledger_words import LEDGER_EVENTS
from shundan.web.money_words import MONEY_EVENTS
from shundan.web.price_words import PRICE_EVENTS, PRICE_PLACES
from shundan.web.receiving_words import RECEIVING_EVENTS
from shundan.web.warehouse_words import RECORD_PLACES, WAREHOUSE_EVENTS

Word = str | Promise
METHODS: dict[str, Word] = METHOD_WORDS
# How papers of payments say it: a write-off is no way to pay.
PAID_BY: dict[str, Word] = METHOD_WORDS | {"write_off": _("Write-off"), "prepayment": _("Prepayment")}


class Labelled(Protocol):
    """A part of a definition with a label in both languages."""

    @property
    def label_zh(self) -> str: ...

    @property
    def label_en(self) -> str: ...


def label_of(thing: Labelled) -> str:
    """Return a definition's label in the reader's language."""
    return thing.label_en if is_english() else thing.label_zh


RECEIPT_REASONS: dict[str, Word] = {
    "purchase": _("Purchase"),
    "production": _("Production"),
    "opening": _("Opening stock"),
    "found": _("Found"),
}

ADJUSTMENT_REASONS: dict[str, Word] = {
    "count": _("Stock count"),
    "damaged": _("Damaged"),
    "expired": _("Expired"),
    "lost": _("Lost"),
    "found": _("Found"),
    "sample": _("Sample"),
    "correction": _("Correction"),
}
# Goods that stay a supplier's come in by a page of their own, so nobody chooses that reason.
STOCK_REASONS: dict[str, Word] = RECEIPT_REASONS | ADJUSTMENT_REASONS | {"consigned": _("Consigned")}

CARRIERS: dict[str, Word] = {
    "sf": _("SF Express"),
    "deppon": _("Deppon"),
    "zto": _("ZTO"),
    "yto": _("YTO"),
    "sto": _("STO"),
    "yunda": _("Yunda"),
    "jd": _("JD Logistics"),
    "ems": _("EMS"),
    "dhl": _("DHL"),
    "ups": _("UPS"),
    "fedex": _("FedEx"),
}

SINGLE_PRODUCTS: dict[str, Word] = {"goods": _("Goods"), "service": _("Service"), "charge": _("Charge")}
PRODUCT_KINDS: dict[str, Word] = SINGLE_PRODUCTS | {"kit": _("Kit")}
ADDRESS_KINDS: dict[str, Word] = {"ship": _("Delivery"), "bill": _("Billing")}

# What a timeline says: icon, tone and words after the person's name.
EVENTS: dict[str, tuple[str, str, Word]] = {
    "order.created": ("plus", "quiet", _("created the order")),
    "order.edited": ("pencil", "quiet", _("changed the order")),
    "order.noted": ("message", "quiet", _("added a note")),
    "order.submitted": ("send", "info", _("submitted the order for approval")),
    "order.approved": ("check", "good", _("approved the order")),
    "order.rejected": ("x", "bad", _("rejected the order")),
    "order.withdrawn": ("arrow-back-up", "warn", _("withdrew the order")),
    "order.revoked": ("arrow-back-up", "warn", _("revoked the approval")),
    "order.confirmed": ("circle-check", "accent", _("confirmed the order and reserved stock")),
    "order.confirmed purchase": ("send", "accent", _("issued the order to the supplier")),
    "order.confirmed return": ("circle-check", "accent", _("agreed to the return")),
    "order.confirmed service": ("circle-check", "accent", _("confirmed the scope")),
    "order.confirmed transfer": ("circle-check", "accent", _("planned the transfer and reserved stock")),
    "order.started purchase": ("package-import", "accent", _("began to receive goods")),
    "order.started return": ("package-import", "accent", _("began to receive goods")),
    "order.started service": ("tool", "accent", _("began the work")),
    "order.started transfer": ("truck-delivery", "accent", _("sent goods on their way")),
    "order.unconfirmed": ("arrow-back-up", "warn", _("reverted the confirmation")),
    "order.started": ("arrow-right", "accent", _("started processing")),
    "order.completed": ("circle-check", "good", _("completed the order")),
    "order.resumed": ("history", "warn", _("resumed the order")),
    "order.cancelled": ("x", "bad", _("cancelled the order")),
    "order.closed": ("lock", "warn", _("closed the remainder")),
    "order.held": ("player-pause", "warn", _("put the order on hold")),
    "order.credit_released": ("circle-check", "good", _("let the order pass despite its credit")),
    "order.credit_blocked": ("player-pause", "warn", _("blocked the order for its credit")),
    "order.credit_freed": ("circle-check", "good", _("let the order go: credit suffices again")),
    "order.released": ("circle-check", "good", _("released the hold")),
    "order.sourced": ("building-store", "info", _("chose the supplier")),
    "order.recalled": ("arrow-back-up", "warn", _("recalled the order")),
    "order.acknowledged": ("check", "good", _("recorded the agreement of the supplier")),
    "order.unstarted": ("arrow-back-up", "warn", _("all receipts are reversed")),
    "order.planned": ("calendar", "info", _("planned the work")),
    "order.replanned": ("arrow-back-up", "warn", _("reverted the plan")),
    "order.paused": ("player-pause", "warn", _("paused the work")),
    "order.performed": ("circle-check", "good", _("finished the work")),
    "order.reopened": ("history", "warn", _("reopened the order")),
    "order.amended": ("pencil", "accent", _("changed the order with %(amendment)s, now R%(revision)s")),
    "order.amendment_asked": ("send", "info", _("asked for the change %(amendment)s")),
    "order.amendment_rejected": ("x", "bad", _("rejected the change %(amendment)s")),
    "order.amendment_withdrawn": ("arrow-back-up", "warn", _("withdrew the change %(amendment)s")),
    "order.line_closed": ("lock", "warn", _("closed a line")),
    "order.line_reopened": ("history", "warn", _("reopened a line")),
    "order.revived": ("history", "warn", _("restored the order as a draft")),
    "order.migrated": ("transfer", "quiet", _("moved the order to another version of its workflow")),
    "order.migrated_back": ("arrow-back-up", "quiet", _("moved the order back to its earlier workflow version")),
    "order.difference_signed": ("adjustments", "warn", _("signed the difference for the receiving side")),
    "order.difference_settled": ("circle-check", "warn", _("accepted the difference for the sending side")),
    **RECEIVING_EVENTS,
    **WAREHOUSE_EVENTS,
    "receipt.posted": ("package-import", "accent", _("received goods with %(number)s")),
    "receipt.reversed": ("arrow-back-up", "warn", _("reversed receipt %(number)s")),
    **PURCHASE_EVENTS,
    **PRICE_EVENTS,
    "supplier.created": ("plus", "quiet", _("added the supplier")),
    "supplier.changed": ("pencil", "quiet", _("changed the record")),
    "waybill.asked": ("send", "info", _("gave %(number)s to a carrier")),
    "waybill.booked": ("check", "good", _("got a waybill for %(number)s")),
    "waybill.cancelled": ("x", "warn", _("cancelled waybill %(number)s")),
    "waybill.freight_corrected": ("coin", "warn", _("put the freight of %(number)s right")),
    "waybill.tracked": ("truck-delivery", "info", _("heard news of %(number)s")),
    "waybill.problem": ("alert-triangle", "bad", _("opened a problem of %(number)s")),
    "waybill.problem_resolved": ("circle-check", "good", _("resolved a problem of %(number)s")),
    "shipment.planned": ("clipboard-list", "info", _("created pick list %(number)s")),
    "shipment.scanned": ("barcode", "quiet", _("picked %(quantity)s × %(sku)s %(lot)s")),
    "shipment.lot_swapped": (
        "replace",
        "warn",
        _("took lot %(lot)s instead of %(instead_of)s: %(quantity)s × %(sku)s"),
    ),
    "count_plan.set": ("adjustments", "accent", _("set how often each class is counted")),
    "products.classified": ("tags", "quiet", _("classed the products anew")),
    "shipment.scans_forgotten": ("arrow-back-up", "warn", _("took scans back")),
    "shipment.shortened": ("adjustments", "warn", _("left %(left)s units for a later shipment")),
    "shipment.packed": ("package", "info", _("packed parcel %(parcel)s")),
    "shipment.unpacked": ("package-off", "warn", _("took parcel %(parcel)s apart")),
    "shipment.shipped": ("truck-delivery", "accent", _("shipped %(number)s")),
    "shipment.delivered": ("circle-check", "good", _("recorded the delivery of %(number)s")),
    "shipment.recalled": ("arrow-back-up", "warn", _("called %(number)s back before it left")),
    "shipment.cancelled": ("x", "warn", _("cancelled pick list %(number)s")),
    "customer.created": ("plus", "quiet", _("added the customer")),
    "customer.changed": ("pencil", "quiet", _("changed the record")),
    "customer.closed": ("lock", "warn", _("closed the customer for new orders")),
    "customer.opened": ("circle-check", "good", _("reopened the customer")),
    "bill.payment_taken_back": ("arrow-back-up", "bad", _("took the payment back")),
    "customer.credit_limit_set": ("credit-card", "info", _("set the credit limit")),
    "customer.credit_raised": ("credit-card", "info", _("raised the credit limit for a time")),
    "customer.credit_raise_ended": ("credit-card", "info", _("ended the raise of the credit limit")),
    "product.created": ("plus", "quiet", _("added the product")),
    "product.cost_set": ("receipt", "info", _("set the cost")),
    "product.changed": ("pencil", "quiet", _("changed the record")),
    "stock.received": ("package", "good", _("received goods")),
    "stock.adjusted": ("adjustments", "warn", _("adjusted the stock")),
    "stock.moved": ("transfer", "accent", _("put stock elsewhere")),
    "stock.expired": ("clock", "bad", _("blocked what has expired")),
    "stock.lot_corrected": ("pencil", "warn", _("corrected the days of lot %(lot)s of %(sku)s")),
    "stock.handed_back": ("arrow-back-up", "warn", _("gave consigned goods back")),
    "stock.scrapped": ("trash", "bad", _("scrapped stock")),
    "order.lines_divided": ("transfer", "info", _("divided lines over warehouses: %(lines)s")),
    "order.lines_joined": ("transfer", "quiet", _("joined divided lines again: %(lines)s")),
    "order.stock_given": ("transfer", "warn", _("handed its stock over")),
    "order.stock_taken": ("transfer", "good", _("got stock of another order")),
    "order.reservation_limited": ("clock", "warn", _("limited its reservations")),
    "order.reservation_expired": ("clock", "bad", _("its reservations expired")),
    "order.reservation_released": ("clock", "warn", _("gave its reservations back")),
    "order.promise_slipped": ("alert-triangle", "bad", _("will be later than promised")),
    "order.promise_made": ("calendar", "good", _("can be promised for %(day)s now")),
    "order.promise_recovered": ("circle-check", "good", _("can keep its promised day again")),
    "order.backorder_filled": ("package", "good", _("got stock that came in")),
    "order.transfer_planned": ("calendar", "accent", _("planned when the goods leave")),
    "order.lot_changed": ("repeat", "warn", _("changed the lot of %(sku)s")),
    "order.backorders_allowed": ("package", "accent", _("lets available goods ship first")),
    "order.backorders_ended": ("package", "info", _("lets the order be delivered complete only")),
    "order.prioritised": ("flag", "accent", _("changed its priority")),
    "user.created": ("plus", "quiet", _("added the user")),
    "user.changed": ("pencil", "quiet", _("changed the user")),
    "user.password_changed": ("key", "warn", _("changed the password")),
    "token.issued": ("key", "info", _("created an API token")),
    "token.revoked": ("key", "warn", _("revoked an API token")),
    "workflow.published": ("send", "good", _("published version %(version)s of the workflow %(code)s")),
    "approval_table.published": ("send", "good", _("published version %(version)s of the approval table %(code)s")),
    "order_type.workflow_changed": ("adjustments", "info", _("changed the workflow of the order type %(code)s")),
    "orders.exported": ("download", "info", _("exported orders")),
    "reason.added": ("plus", "quiet", _("added the reason “%(name)s”")),
    "reason.changed": ("pencil", "quiet", _("changed the reason “%(name)s”")),
    "view.saved": ("bookmark", "quiet", _("saved the view “%(name)s”")),
    "view.changed": ("bookmark", "quiet", _("changed the view “%(name)s”")),
    "view.deleted": ("bookmark", "warn", _("deleted the view “%(name)s”")),
    **MONEY_EVENTS,
    **LEDGER_EVENTS,
}

# Labels of the places in an order that an edit or a conflict names.
PLACES: dict[str, Word] = {
    "customer": _("Customer"),
    "supplier": _("Supplier"),
    "origin": _("Comes from"),
    "warehouse": _("Warehouse"),
    "target_warehouse": _("To warehouse"),
    "source_department": _("Performing department"),
    "target_department": _("Receiving department"),
    "customer_reference": _("Customer PO"),
    "requested_on": _("Requested on"),
    "currency": _("Currency"),
    "freight": _("Freight"),
    "includes_tax": _("Prices include tax"),
    "payment_method": _("Payment method"),
    "allows_backorder": _("Ship available goods first"),
    "remark": _("Note"),
    "ship_to.street": _("Street"),
    "ship_to.contact": _("Contact"),
    "ship_to.phone": _("Phone"),
    "sku": _("SKU"),
    "quantity": _("Quantity"),
    "unit_price": _("Unit price"),
    **PRICE_PLACES,
    **RECORD_PLACES,
}


CUSTOMER_FIELDS: dict[str, Word] = {
    "name": _("Name"),
    "short_name": _("Short name"),
    "kind": _("Kind"),
    "currency": _("Currency"),
    "includes_tax": _("Prices include tax"),
    "credit_limit": _("Credit limit"),
    "owner_id": _("Owner"),
    "language": _("Language"),
    "country": _("Country"),
    "region": _("Region"),
    "payment_term": _("Payment terms"),
    "tags": _("Tags"),
    "tax_title": _("Invoice title"),
    "tax_number": _("Tax number"),
    "tax_status": _("Taxed as"),
    "bank_name": _("Bank"),
    "bank_account": _("Bank account"),
    "preferences": _("Delivery preferences"),
    "remark": _("Note"),
}

CONTACT_FIELDS: dict[str, Word] = {
    "name": _("Name"),
    "title": pgettext_lazy("contact", "Role"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "is_main": pgettext_lazy("contact", "Default"),
}

ADDRESS_FIELDS: dict[str, Word] = {
    "kind": _("For"),
    "contact_name": _("Contact"),
    "phone": _("Phone"),
    "country": _("Country"),
    "province": _("Province"),
    "city": _("City"),
    "district": _("District"),
    "street": _("Street and number"),
    "postal_code": _("Postcode"),
    "is_main": pgettext_lazy("contact", "Default"),
}


SUPPLIER_FIELDS: dict[str, Word] = {
    "name": _("Name"),
    "contact_name": _("Contact"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "country": _("Country"),
    "address": _("Address"),
    "currency": _("Currency"),
    "payment_term": _("Payment terms"),
    "tax_number": _("Tax number"),
    "bank_name": _("Bank"),
    "bank_account": _("Bank account"),
}


PRODUCT_FIELDS: dict[str, Word] = {
    "name_zh": _("Name"),
    "name_en": _("English name"),
    "barcode": _("Barcode"),
    "spec": _("Specification"),
    "kind": _("Kind"),
    "status": _("Status"),
    "tax_category_code": _("Tax code"),
    "reorder_point": _("Reorder point"),
    "tracking": _("Tracked by"),
    "has_expiry": _("Expires"),
}


def purchase_order(number: str) -> str | None:
    """Return a customer's own order number with what it is; a number that begins with PO says so itself."""
    if not number:
        return None
    return number if number[:2].upper() == "PO" else gettext("PO %(number)s") % {"number": number}


def options(words: dict[str, Word]) -> list[tuple[str, str]]:
    """Return codes and words for a select."""
    return [(code, str(word)) for code, word in words.items()]


# Why a migration, or its undoing, left an order where it was.
MIGRATION_REASONS: dict[str, Word] = {
    "moved_on": _("It has moved on meanwhile."),
    "ended": _("It has ended meanwhile."),
    "other_version": _("It follows another version already."),
    "coupon_given_back": _("The migration gave the use of its coupon back; whoever submits it takes it anew."),
    "approval_withdrawn": _("The migration withdrew its approval; whoever submits it asks anew."),
}

# Where a version would have led a recorded order off its way.
WHYS: dict[str, Word] = {
    "no_state": _("In “%(state)s”: there is no such state"),
    "no_way": _("In “%(state)s”: “%(transition)s” does not exist"),
    "closed": _("In “%(state)s”: the condition of “%(transition)s” does not hold"),
    "elsewhere": _("In “%(state)s”: “%(transition)s” leads to “%(instead)s”"),
    "by_itself": _("In “%(state)s”: “%(instead)s” is taken automatically instead of “%(transition)s”"),
}
