"""One person of each role, one who sells elsewhere, three who may not enter, and records in every state."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from shundan.accounts.actions import issue_api_token, revoke_api_token
from shundan.accounts.models import ApiToken, User
from shundan.accounts.rules import ROLES
from shundan.billing.actions import allocate_payment, register_bill, register_payment, request_bill_payment
from shundan.catalog.models import Product
from shundan.exchange.actions import upload_masters, upload_orders
from shundan.fulfilment.actions import (
    CarrierAccountInput,
    ChargeInput,
    Finding,
    ParcelInput,
    ReceivingRuleInput,
    WaybillInput,
    ask_costs,
    ask_waybill,
    decide_inspection,
    gather_round,
    pack_parcel,
    plan_shipment,
    post_landed_cost,
    receive_goods,
    save_carrier_account,
    save_receiving_rule,
    ship_order,
)
from shundan.fulfilment.models import Shipment
from shundan.inventory.actions import (
    ReorderInput,
    create_warehouse,
    finish_counting,
    plan_count,
    save_reorder_rule,
    scan_count,
)
from shundan.inventory.models import Warehouse
from shundan.kernel.actor import Actor, system_actor
from shundan.orders.actions import (
    ChangeWish,
    LineInput,
    LineWish,
    OrderInput,
    Question,
    ViewInput,
    amend_order,
    ask_what_if,
    create_order,
    keep_migration_plan,
    place_order,
    save_view,
    upload_order_file,
)
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.parties.models import Customer
from shundan.pricing.actions import PriceListInput, PromotionInput, add_coupon, save_price_list, save_promotion
from shundan.purchasing.actions import (
    InquiryInput,
    OrderAnswer,
    PurchaseRequestInput,
    Quotation,
    RequestedLine,
    answer_order,
    open_inquiry,
    record_quotation,
    request_purchase,
)
from shundan.purchasing.queries import token_of_order
from shundan.workflow.actions import delegate_approvals, publish_definition
from shundan.workflow.models import WorkflowVersion
from shundan.workflow.queries import list_inbox
from tests import make

STRANGERS = ("anonymous", "expired", "revoked")
# A rep of another team and department: holds every right of a rep, owns nothing of this world.
OTHER = "other_rep"
# By kind of record: who uploads a file of the world, and its heading.
MASTER_FILES = {
    "product": ("sales_manager", "sku"),
    "customer": ("rep", "customer name"),
    "supplier": ("purchasing", "supplier name"),
}
PRINCIPALS = (*ROLES, OTHER, *STRANGERS)


@dataclass(frozen=True)
class World:
    """Tokens by principal (None: no token), and the numbers that paths and bodies name."""

    tokens: dict[str, str | None]
    names: dict[str, str]
    users: dict[str, User]
    sessions: dict[str, str] = field(default_factory=dict)


def build() -> World:
    """Make the world; everything belongs to the rep, in the manager's department."""
    make.shipped()
    users = _people()
    owned = {"owner_id": users["rep"].pk}
    customer = make.customer("上海博远科技有限公司", **owned)
    product = make.product("SCREW", price="10.00", stock=1000)
    rep = make.actor("rep", user=users["rep"])
    names = {"customer": customer.number, "sku": product.sku, "user": str(users["rep"].pk)}
    for state in ("draft", "approved", "confirmed", "shipped", "invoiced"):
        names[state] = make.order(state=state, of=customer, products=[product], by=rep, quantity=5).number
    dear = make.product("PUMP", price="60000.00", stock=1)
    names["submitted"] = make.order(state="submitted", of=customer, products=[dear], by=rep, quantity=1).number
    manager = make.actor("sales_manager", user=users["sales_manager"])
    names["approval"] = str(list_inbox(by=manager).items[0].run.pk)
    days = {"from_on": rep.today, "until_on": rep.today}
    names["view"] = str(save_view(ViewInput("Kept", "view=overdue"), kind="sale", by=rep).pk)
    names["delegation"] = str(delegate_approvals(to_id=users["finance"].pk, by=rep, **days).pk)
    part = make.order(of=customer, products=[product], by=rep, quantity=5).number
    names["picking"] = plan_shipment(part, by=make.boss(), quantities={1: Decimal(2)}).number
    asked = ask_costs(names["picking"], WaybillInput(account="fleet"), by=make.boss())
    names["cost_question"] = str(asked.pk)
    names["gone"] = ship_order(part, by=make.boss()).number
    pack_parcel(names["gone"], ParcelInput(weight=Decimal(2)), by=make.boss())
    walked = make.order(of=customer, products=[product], by=rep, quantity=5).number
    names["round"] = gather_round([plan_shipment(walked, by=make.boss()).number], by=make.boss()).number
    names["waybill"] = _given_to_a_carrier(names["gone"])
    names["invoice"] = make.invoice(make.fresh(names["shipped"])).number
    names["to_invoice"] = make.order(state="shipped", of=customer, products=[product], by=rep, quantity=5).number
    names["dock"] = Shipment.objects.get(order__number=names["to_invoice"]).number
    paid = make.invoice(make.order(state="shipped", of=customer, products=[product], by=rep, quantity=5))
    names["paid_invoice"] = paid.number
    names["payment"] = make.payment(customer, "500.00", allocations={}).number
    names["allocated"] = register_payment(
        customer=customer.number, amount=Decimal(10), method="cash", by=make.boss(), allocations={}
    ).number
    allocate_payment(names["allocated"], {paid.number: Decimal(10)}, by=make.boss())
    names["type"] = make.order_type("consignment").code
    names |= _amended(customer, product, rep)
    names["file"] = _filed(customer.number, product.sku, rep)
    table = f"customer,sku,quantity\n{customer.number},{product.sku},1\n".encode()
    names["import"] = str(upload_orders("orders.csv", table, type_code="sales", until="draft", by=rep).pk)
    for kind, (role, head) in MASTER_FILES.items():
        person, content = make.actor(role, user=users[role]), f"{head}\nA\n".encode()
        names[f"{kind}_import"] = str(upload_masters(kind, "records.csv", content, by=person).pk)
    names |= _bought(product.sku, rep) | _governed()
    tokens = _tokens(users)
    names["token"] = str(ApiToken.objects.get(user=users["rep"], name="live").pk)
    return World(tokens, names, users)


def _given_to_a_carrier(shipment: str) -> str:
    """A waybill of our own fleet; one with a pick-up code is no use here, since it is not known beforehand."""
    given = CarrierAccountInput(code="fleet", carrier="fleet", name="自有车队")
    save_carrier_account(given, by=make.boss(), is_new=True)
    return ask_waybill(shipment, WaybillInput(account="fleet"), by=make.boss()).order_key


def _amended(customer: Customer, product: Product, rep: Actor) -> dict[str, str]:
    """An order with a change that waits for its approval, and one with two versions."""
    names = {
        name: make.order(state="confirmed", of=customer, products=[product], by=rep, quantity=5).number
        for name in ("asked", "amended")
    }
    cheaper = ChangeWish(lines=(LineWish(position=1, unit_price=Decimal(9)),))
    amend_order(names["asked"], cheaper, by=rep, reason_code="price_agreed")
    more = ChangeWish(lines=(LineWish(position=1, quantity=Decimal(6)),))
    amend_order(names["amended"], more, by=rep, reason_code="customer_wish")
    return names


def _filed(customer: str, sku: str, rep: Actor) -> str:
    """A draft of the rep with a file as an attribute; the file's key."""
    make.order_type("drawn", attributes=(make.attribute("drawing", "file"),))
    file = upload_order_file("drawing.pdf", b"%PDF-", by=rep)
    lines = (LineInput(sku=sku, quantity=Decimal(1)),)
    given = OrderInput(customer=customer, type="drawn", lines=lines, attributes={"drawing": file.key})
    create_order(given, by=rep)
    return file.key


def _governed() -> dict[str, str]:
    """A second version of the workflow of sales with a plan to move there, and a question about the past."""
    definition = WorkflowVersion.objects.get(code="sale", version=1).content
    publish_definition(definition.replace('en = "Approved"', 'en = "Checked"', 1), by=make.boss())
    question = Question(subject="table", code="order", before=1, after=1)
    return {
        "migration": str(keep_migration_plan("sale", target=2, by=make.boss()).pk),
        "question": str(ask_what_if(question, by=make.boss()).pk),
    }


def _bought(sku: str, rep: Actor) -> dict[str, str]:
    """Purchases that wait for goods, for a bill, and for nothing; another warehouse."""
    supplier = create_supplier(
        SupplierInput(name="无锡泵业有限公司", email="sales@pumps.example"), by=make.boss()
    ).number
    line = LineInput(sku=sku, quantity=Decimal(5), unit_price=Decimal(1))

    def bought() -> str:
        return place_order(OrderInput(type="purchase", supplier=supplier, lines=(line,)), by=make.boss()).number

    names = {"supplier": supplier, "to_receive": bought(), "to_bill": bought()}
    names["receipt"] = receive_goods(bought(), by=make.boss(), quantities={1: Decimal(1)}).number
    receive_goods(names["to_bill"], by=make.boss())
    billed = bought()
    receive_goods(billed, by=make.boss())
    names["bill"] = register_bill(billed, by=make.boss()).number
    names |= _asked_for(names["bill"])
    names |= _counted(sku)
    names |= _inspected(supplier)
    names |= _wanted(sku, supplier, rep)
    names["warehouse"] = create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss()).code
    return names


def _inspected(supplier: str) -> dict[str, str]:
    """Goods that wait to be inspected, for agreement to a concession, and that were rejected; a landed cost."""
    made = make.product("CHECKED", price="1.00")
    save_receiving_rule(ReceivingRuleInput(sku=made.sku, examined="all"), by=make.boss())
    line = LineInput(sku=made.sku, quantity=Decimal(2), unit_price=Decimal(1))
    names, lines = {}, {}
    for name in ("inspection", "waiting_inspection", "decided_inspection"):
        bought = place_order(OrderInput(type="purchase", supplier=supplier, lines=(line,)), by=make.boss())
        receipt = receive_goods(bought.number, by=make.boss())
        found = receipt.inspections.get()
        names[name], lines[name] = found.number, found.lines.get().pk
    faulty = Finding(line_id=lines["waiting_inspection"], conceded=Decimal(2), reason="x")
    decide_inspection(names["waiting_inspection"], [faulty], by=make.boss())
    bad = Finding(line_id=lines["decided_inspection"], accepted=Decimal(1), rejected=Decimal(1), reason="x")
    decide_inspection(names["decided_inspection"], [bad], by=make.boss())
    cost = post_landed_cost([receipt.number], [ChargeInput(kind="freight", amount=Decimal(1))], by=make.boss())
    return names | {"inspection_line": str(lines["inspection"]), "landed_cost": cost.number}


def _counted(sku: str) -> dict[str, str]:
    """A count that has begun, and one whose difference waits for somebody else."""
    main = Warehouse.objects.get(code="MAIN").pk
    names = {name: plan_count(warehouse_id=main, by=make.boss()).number for name in ("count", "judged")}
    for _round in range(2):
        scan_count(names["judged"], sku, location="STOCK", quantity=Decimal(5000), by=make.boss())
        finish_counting(names["judged"], rest_is_empty=True, by=make.boss())
        # What was said to be missing is found when it is looked for again.
        if _round == 0:
            scan_count(names["judged"], "PUMP", location="STOCK", quantity=Decimal(1), by=make.boss())
    return names


def _kept_prices() -> None:
    """A price list and a promotion that are for nobody yet: prices stay what they are."""
    save_price_list(PriceListInput(code="KEPT", name_zh="价格表", status="retired"), version=None, by=make.boss())
    offer = PromotionInput(code="KEPT", name_zh="促销", status="retired", kind="percent", percent=Decimal(5))
    save_promotion(offer, version=None, by=make.boss())
    coded = PromotionInput(code="CODED", name_zh="券", kind="percent", percent=Decimal(5), needs_code=True)
    save_promotion(coded, version=None, by=make.boss())
    add_coupon("CODED", "TEN", by=make.boss())


def _wanted(sku: str, supplier: str, rep: Actor) -> dict[str, str]:
    """A reorder rule, requests of the rep, one to be ordered, one to be withdrawn, and two calls for quotations."""
    rule = ReorderInput(sku=sku, warehouse="MAIN", reorder_point=Decimal(10**6), target=Decimal(10**6))
    save_reorder_rule(rule, by=make.boss())
    _kept_prices()
    wish = RequestedLine(sku=sku, quantity=Decimal(2), expected_price=Decimal(1))
    one, other = (request_purchase(PurchaseRequestInput(lines=(wish,)), by=rep) for _each in range(2))
    third, fourth = (request_purchase(PurchaseRequestInput(lines=(wish,)), by=rep).lines.get().pk for _each in range(2))
    asked, cancelled = (
        open_inquiry(InquiryInput(lines={pk: Decimal(2)}, suppliers=[supplier]), by=make.boss())
        for pk in (third, fourth)
    )
    record_quotation(asked.number, supplier, Quotation(prices={1: Decimal(1)}), by=make.boss())
    line = LineInput(sku=sku, quantity=Decimal(5), unit_price=Decimal(1))
    answered = place_order(OrderInput(type="purchase", supplier=supplier, lines=(line,)), by=make.boss())
    answer = answer_order(token_of_order(answered), OrderAnswer(prices={1: Decimal(2)}), at=make.AT)
    return {
        "answered": answered.number,
        "answer": str(answer.pk),
        "inquiry": asked.number,
        "other_inquiry": cancelled.number,
        "purchase_request": one.number,
        "purchase_line": str(one.lines.get().pk),
        "other_purchase_request": other.number,
    }


def _asked_for(bill: str) -> dict[str, str]:
    """Two requests to pay parts of a bill, approved since nobody must be asked, one of them to be withdrawn."""
    known = {"method": "bank_transfer", "by": make.boss()}
    return {
        "request": request_bill_payment(bill, amount=Decimal("0.50"), **known).number,
        "other_request": request_bill_payment(bill, amount=Decimal("0.25"), **known).number,
    }


def _people() -> dict[str, User]:
    sales = make.department("SALES")
    east, south = make.department("EAST", parent=sales), make.department("SOUTH", parent=make.department("OTHER"))
    places = {
        "rep": {"department": east, "team": make.team(east, "EAST-1")},
        "sales_manager": {"department": sales},
    }
    users = {role: make.user(role, email=f"{role}@example.com", **places.get(role, {})) for role in ROLES}
    users[OTHER] = make.user("rep", email="other@example.com", department=south, team=make.team(south, "SOUTH-1"))
    return users


def _tokens(users: dict[str, User]) -> dict[str, str | None]:
    now = timezone.now()
    tokens: dict[str, str | None] = {
        name: issue_api_token(user, name="live", by=system_actor(now)) for name, user in users.items()
    }
    rep = users["rep"]
    tokens["anonymous"] = None
    tokens["expired"] = issue_api_token(rep, name="old", days=1, by=system_actor(now - timedelta(days=2)))
    tokens["revoked"] = issue_api_token(rep, name="revoked", by=system_actor(now))
    revoke_api_token(ApiToken.objects.get(user=rep, name="revoked").pk, by=system_actor(now))
    return tokens
