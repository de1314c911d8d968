"""What the demo company's bank said yesterday, its letters to late payers, and a customer's statement of account."""

from datetime import datetime, timedelta

from shundan.billing.models import Disbursement, Invoice
from shundan.billing.queries import OPEN
from shundan.kernel.actor import Actor, system_actor
from shundan.settlement.actions import (
    LevelInput,
    book_bank_entry,
    ignore_bank_entry,
    import_bank_statement,
    make_statement,
    match_bank_entry,
    propose_reminders,
    save_dunning_levels,
)
from shundan.settlement.models import BankEntry

ACCOUNT = "工商银行 6688"


# What letters to late payers say, the mildest first.
LEVELS = (
    LevelInput(
        days=7,
        text_zh="贵司以下发票已过付款期限，可能是疏忽所致，请核对后安排付款。如已付款，请忽略本函。",
        text_en="The invoices below are past their due day. Please check them and arrange the payment."
        " If you have paid already, please disregard this letter.",
    ),
    LevelInput(
        days=30,
        text_zh="以下发票已逾期超过 30 天，我司此前已发函提醒。请于收到本函后 7 日内付清，或联系我们说明原因。",
        text_en="The invoices below are more than 30 days late, and we have reminded you before."
        " Please pay within 7 days, or tell us why you cannot.",
    ),
    LevelInput(
        days=60,
        text_zh="以下发票逾期已超过 60 天。如 7 日内仍未付清，我司将暂停发货，并保留依法追偿的权利。",
        text_en="The invoices below are more than 60 days late. If they are not paid within 7 days, we stop deliveries"
        " and reserve the right to claim them by law.",
    ),
)


def take_in_statements(*, now: datetime) -> None:
    """Take in a file of the bank as finance would upload it; of its entries three are decided, the others wait."""
    by = system_actor(now, door="demo")
    rows = Invoice.objects.filter(OPEN, currency="CNY").select_related("customer", "order")
    due: dict[int, list[Invoice]] = {}
    for one in rows.order_by("due_on", "pk")[:200]:
        due.setdefault(one.customer_id, []).append(one)
    payers = [found for found in due.values() if found[0].open_amount > 100][:6]
    day = (by.today - timedelta(days=1)).isoformat()
    lines = ["交易日期,收入金额,支出金额,对方户名,对方账号,摘要,交易流水号"]
    texts = ("货款 {}", "支付发票 {} 货款", "{}", "", "往来款", "")
    for at, (found, text) in enumerate(zip(payers, texts, strict=False)):
        invoice = found[0]
        # The fourth pays a little less than it should, the last names neither invoice nor amount that fits.
        came = {3: invoice.open_amount - 5, 5: invoice.open_amount / 2}.get(at, invoice.open_amount)
        said = text.format(invoice.number)
        lines.append(f"{day},{came:.2f},,{invoice.customer.name},{invoice.customer.bank_account},{said},ICBC{at:04d}")
    lines.append(f"{day},23.17,,,,活期利息,ICBC9001")
    lines.append(f"{day},,15.00,,,网银手续费,ICBC9002")
    sent = Disbursement.objects.filter(
        method="bank_transfer", bill__currency="CNY", prepayment=None, reversed_at=None
    ).select_related("bill__supplier")
    outgoing = list(sent.order_by("-pk")[:2])
    for at, paid in enumerate(outgoing):
        supplier = paid.bill.supplier
        said = f"货款 {paid.number}" if at == 0 else "货款"
        lines.append(f"{day},,{paid.amount:.2f},{supplier.name},{supplier.bank_account},{said},ICBC80{at:02d}")
    import_bank_statement(f"工行流水-{day}.csv", "\n".join(lines).encode("gb18030"), account=ACCOUNT, by=by)
    _decide([one.number for one in outgoing], payers, by=by)
    save_dunning_levels(LEVELS, by=by)
    propose_reminders(by=by)
    month_end = by.today.replace(day=1) - timedelta(days=1)
    if payers:
        make_statement(payers[0][0].customer.number, until=month_end, by=by)


def _decide(paid: list[str], payers: list[list[Invoice]], *, by: Actor) -> None:
    """Book the money of the second payer, match what the first payment to a supplier was, set the fee aside."""
    entries = {one.reference: one for one in BankEntry.objects.all()}
    if len(payers) > 1:
        invoice = payers[1][0]
        allocations = {invoice.number: invoice.open_amount}
        book_bank_entry(entries["ICBC0001"].pk, customer=invoice.customer.number, allocations=allocations, by=by)
    if paid:
        match_bank_entry(entries["ICBC8000"].pk, kind="disbursement", number=paid[0], by=by)
    ignore_bank_entry(entries["ICBC9002"].pk, reason="网银手续费", by=by)
