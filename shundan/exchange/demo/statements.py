"""What the demo company's bank said yesterday, and last month's statement of account for one of its customers."""

from datetime import datetime, timedelta

from shundan.billing.models import Invoice
from shundan.billing.queries import OPEN
from shundan.kernel.actor import system_actor
from shundan.settlement.actions import import_bank_statement, make_statement

ACCOUNT = "工商银行 6688"


def take_in_statements(*, now: datetime) -> None:
    """Take in a file of the bank as finance would upload it; nobody has assigned its entries yet."""
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
        paid = {3: invoice.open_amount - 5, 5: invoice.open_amount / 2}.get(at, invoice.open_amount)
        said = text.format(invoice.number)
        lines.append(f"{day},{paid:.2f},,{invoice.customer.name},{invoice.customer.bank_account},{said},ICBC{at:04d}")
    lines.append(f"{day},23.17,,,,活期利息,ICBC9001")
    lines.append(f"{day},,15.00,,,网银手续费,ICBC9002")
    import_bank_statement(f"工行流水-{day}.csv", "\n".join(lines).encode("gb18030"), account=ACCOUNT, by=by)
    month_end = by.today.replace(day=1) - timedelta(days=1)
    if payers:
        make_statement(payers[0][0].customer.number, until=month_end, by=by)
