"""Numbers and people of the demo company that the pages of the album are about."""

from typing import TYPE_CHECKING

from tools.posing import REP

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from shundan.orders.models import Order

INSPECTED = ("open", "waiting", "decided")
# Orders of the other kinds: by which type and state each is found.
OTHER_KINDS = {
    "purchase_requested": ("purchase", "requested"),
    "purchase_submitted": ("purchase", "submitted"),
    "purchase_receiving": ("purchase", "receiving"),
    "purchase_completed": ("purchase", "completed"),
    "return_awaited": ("sales_return", "in_return"),
    "return_received": ("sales_return", "received"),
    "return_completed": ("sales_return", "completed"),
    "service_working": ("service", "working"),
    "service_completed": ("service", "completed"),
    "transfer_planned": ("transfer", "planned"),
    "transfer_in_transit": ("transfer", "in_transit"),
    "inner_work": ("service_transfer", "performed"),
}


def facts_of_the_company() -> dict[str, str]:
    """Return numbers and people of the demo company that the pages of SHOTS are about."""
    from django.db.models import F

    from shundan.accounts.models import User
    from shundan.billing.models import Bill, Invoice, Payment
    from shundan.exchange.demo.people import MANAGERS
    from shundan.exchange.demo.present import FATES
    from shundan.fulfilment.models import (
        DeliveryProblem,
        DirectDelivery,
        Inspection,
        LandedCost,
        Parcel,
        Receipt,
        Shipment,
        Waybill,
    )
    from shundan.inventory.models import StockLevel
    from shundan.orders.models import Order, Promise, TransferDifference
    from shundan.parties.models import Customer
    from shundan.purchasing.models import Inquiry, Invitation, SupplierAnswer
    from shundan.purchasing.queries import token_of_invitation, token_of_order
    from shundan.workflow.models import ApprovalRun

    sales = Order.objects.filter(kind="sale")
    orders = sales.select_related("owner", "department").order_by("-line_count", "-id")
    # The company's last two days were lived by the product's own actions.
    fresh = orders.filter(id__gt=sales.order_by("-id")[sum(number for _fate, number in FATES)].pk)

    def one(among: "QuerySet[Order]", **wanted: object) -> dict[str, str]:
        """Return an order like that with its people, one of the first sales department if it has any."""
        found = (among.filter(department__code="sales-1", **wanted) or among.filter(**wanted))[0]
        assert found.owner
        assert found.department
        return {"": found.number, "_owner": found.owner.email, "_manager": MANAGERS[found.department.code]}

    def other(code: str, state: str) -> str:
        return Order.objects.filter(type__code=code, state=state).order_by("-line_count", "-id")[0].number

    under_way = orders.filter(category="in_progress", fulfilment__in=["partly_shipped", "shipped", "delivered"])
    # The more papers it has, the more its page shows.
    under_way = (
        under_way.filter(invoicing="part", line_count__gte=3)
        or under_way.filter(fulfilment="partly_shipped")
        or under_way
    )
    wanted = {
        "part_shipped": one(under_way),
        "completed": one(orders, category="completed", payment="paid"),
        "draft": one(fresh, category="draft"),
        "submitted": one(fresh, category="submitted"),
        "approved": one(fresh, category="approved"),
        "held": one(fresh, holds__len__gt=0),
        "backordered": one(fresh, pk__in=Promise.objects.order_by("-slipped_at").values("order_id")),
        "cancelled": one(orders, category="cancelled"),
        "to_ship": one(fresh, category="confirmed", holds__len=0),
        "to_invoice": one(fresh, invoicing="to_invoice"),
        "priced": one(orders, discount_percent__isnull=False),
        "coupon": one(orders, coupon_code__gt="", category__in=["submitted", "approved"]),
        "coupon_draft": one(orders, coupon_code__gt="", category="draft"),
    }
    lot_list = Shipment.objects.filter(
        state="picking", order__kind="transfer", lines__order_line__product__tracking="lot"
    ).select_related("order")[0]
    open_invoice = Invoice.objects.filter(kind="normal", total__gt=F("credited") + F("allocated")).order_by("-id")[0]
    direct = DirectDelivery.objects.filter(state="delivered").latest("id")
    assert direct.order.owner
    assert direct.purchase.supplier
    return {
        **{f"{name}{part}": text for name, parts in wanted.items() for part, text in parts.items()},
        "direct_sale": direct.order.number,
        "direct_sale_owner": direct.order.owner.email,
        "direct_purchase": direct.purchase.number,
        "direct_supplier": direct.purchase.supplier.number,
        "direct_sku": direct.lines.all()[0].order_line.sku,
        "parcel": Parcel.objects.order_by("id")[0].shipment.number,
        "shipment": Shipment.objects.filter(state="delivered").order_by("-id")[0].number,
        "approval": str(ApprovalRun.objects.get(title=wanted["submitted"][""], state="pending").pk),
        "waybill": Waybill.objects.filter(tracking="delivered", account__code="sf").latest("id").order_key,
        "troubled": DeliveryProblem.objects.filter(resolved_at=None).latest("opened_at").waybill.order_key,
        "differing": TransferDifference.objects.latest("id").order.number,
        "picking": Shipment.objects.filter(state="picking").order_by("-id")[0].number,
        "invoice": Invoice.objects.filter(kind="normal", total=F("allocated")).order_by("-id")[0].number,
        "open_invoice": open_invoice.number,
        "payment": Payment.objects.order_by("-id")[0].number,
        "debtor": Customer.objects.get(pk=open_invoice.customer_id).number,
        "customer": Customer.objects.filter(owner__email=REP).order_by("id")[0].number,
        "lot_list": lot_list.number,
        "lot_order": lot_list.order.number,
        "sku": StockLevel.objects.filter(reserved__gt=0).order_by("-reserved")[0].product.sku,
        "short_sku": Order.objects.get(number=wanted["backordered"][""]).lines.order_by("reserved")[0].sku,
        "user": str(User.objects.get(email=REP).pk),
        "purchase_request": Inquiry.objects.get(state="awarded").lines.all()[0].request_line.request.number,
        "inquiry_open": Inquiry.objects.get(state="open").number,
        "inquiry_awarded": Inquiry.objects.get(state="awarded").number,
        "answered": SupplierAnswer.objects.latest("id").order.number,
        "supply": token_of_order(SupplierAnswer.objects.latest("id").order),
        "quotation": token_of_invitation(Invitation.objects.filter(inquiry__state="open", state="invited")[0]),
        "supplier": Bill.objects.latest("id").supplier.number,
        "bill": Bill.objects.filter(paid=0).latest("id").number,
        **{f"inspection_{one}": Inspection.objects.filter(state=one).earliest("id").number for one in INSPECTED},
        "landed_cost": LandedCost.objects.latest("id").number,
        "receipt": Receipt.objects.filter(order__kind="purchase").latest("id").number,
        **{name: other(*wanted) for name, wanted in OTHER_KINDS.items()},
        **facts_of_consigned(),
        **facts_of_money(),
        **facts_of_kits(),
    }


def facts_of_consigned() -> dict[str, str]:
    """Return facts about goods that lie in the company and are a supplier's."""
    from shundan.inventory.models import StockPosition
    from shundan.orders.models import OrderLine

    theirs = StockPosition.objects.exclude(owner=None).select_related("product").earliest("id")
    bought = OrderLine.objects.filter(order__supplier=theirs.owner_id, product=theirs.product_id).latest("id")
    return {
        "consigned_position": str(theirs.pk),
        "consigned_sku": theirs.product.sku,
        "consigned_order": bought.order.number,
    }


def facts_of_money() -> dict[str, str]:
    """Return facts about deposits, plans, prepayments, drafts, the bank, refunds, letters, and what customers read."""
    from shundan.billing.models import Deposit, PaymentRequest, PlannedPart, Prepayment
    from shundan.papers.models import PrintRun
    from shundan.settlement.models import AcceptanceDraft, AccountStatement, BankEntry, GatewayRefund
    from shundan.settlement.queries import token_of_statement

    deposits = Deposit.objects.order_by("id")
    drafts = AcceptanceDraft.objects.order_by("id")
    return {
        "deposit": next(one.number for one in deposits if one.held),
        "deposit_part": next(one.number for one in deposits if 0 < one.received < one.amount),
        "deposit_open": next(one.number for one in deposits if not one.received and not one.outcome),
        "deposit_offset": next(one.number for one in deposits if one.offset),
        "deposit_order": deposits[0].order.number,
        "planned": PlannedPart.objects.filter(invoice__isnull=False).earliest("id").order.number,
        "prepayment": Prepayment.objects.earliest("id").number,
        "prepayment_offset": next(one.number for one in Prepayment.objects.order_by("id") if one.offset),
        "prepayment_returned": next(one.number for one in Prepayment.objects.order_by("id") if one.returned),
        "prepayment_asked": PaymentRequest.objects.filter(kind="prepayment", state="pending").latest("id").number,
        **{f"draft_{state}": drafts.get(state=state).number for state in ("endorsed", "discounted", "dishonoured")},
        "draft_received": drafts.filter(state="received")[0].number,
        "bank_matched": str(BankEntry.objects.filter(state="matched").latest("id").pk),
        "bank_booked": str(BankEntry.objects.filter(state="booked").latest("id").pk),
        "bank_outgoing": str(BankEntry.objects.filter(state="outgoing").earliest("id").pk),
        "refunded_request": GatewayRefund.objects.latest("id").request.number,
        "refunded_payment": GatewayRefund.objects.latest("id").payment.number,
        "print_run": str(PrintRun.objects.earliest("id").pk),
        "statement_token": token_of_statement(AccountStatement.objects.earliest("id")),
    }


def facts_of_kits() -> dict[str, str]:
    """Return facts about kits, the orders with them, and what customers were asked to confirm."""
    from shundan.billing.models import InvoiceLine
    from shundan.confirmations.models import Confirmation
    from shundan.confirmations.queries import token_of_confirmation
    from shundan.orders.models import Order

    sold = Order.objects.filter(lines__kit__isnull=False).distinct().order_by("id")
    found = {"draft": sold.filter(state="draft")[0], "shipped": sold.filter(fulfilment="partly_shipped")[0]}
    asked = {state: Confirmation.objects.filter(state=state).earliest("id") for state in ("sent", "confirmed", "wrong")}
    owners = {f"kit_{name}_owner": one.owner.email for name, one in found.items() if one.owner}
    return {
        **owners,
        **{f"kit_{name}": one.number for name, one in found.items()},
        "kit_invoice": InvoiceLine.objects.filter(order_line__kit__isnull=False).earliest("id").invoice.number,
        **{f"confirm_{state}": one.order.number for state, one in asked.items()},
        **{f"confirm_{state}_token": token_of_confirmation(one) for state, one in asked.items()},
    }
