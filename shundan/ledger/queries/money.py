"""What postings of money ask of the books: invoices, payments, allocations, refunds, drafts, bills, what pays them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial

from shundan.billing.models import (
    Allocation,
    Bill,
    BillLine,
    Disbursement,
    Invoice,
    InvoiceLine,
    Payment,
    Prepayment,
    Refund,
)
from shundan.billing.queries import COMPENSATION, FORFEITED, WRITE_OFF, worth_of_difference
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.kernel.days import company_day
from shundan.kernel.money import ZERO, part_of, round_amount
from shundan.ledger.rules.choosing import CREDIT, DEBIT, Part, Posting
from shundan.orders.queries import is_direct_purchase
from shundan.settlement.models import DraftEntry

DRAFT_TEXTS = {"collected": "票据托收到账", "discounted": "票据贴现", "recourse": "票据被追索"}


def postings_of_invoices(invoices: Sequence[Invoice]) -> list[Posting]:
    """Return what invoices and credit notes post; a note's amounts are negative, so its journal is a red one."""
    lines = defaultdict(list)
    rows = InvoiceLine.objects.filter(invoice__in=invoices).order_by("id")
    for row in rows.values(
        "invoice_id",
        "gross",
        "net",
        "company_gross",
        "company_net",
        "order_line__tax_code",
        "order_line__product__category_id",
        "order_line__order__department_id",
    ):
        lines[row["invoice_id"]].append(row)
    found = []
    for one in invoices:
        parts = []
        for row in lines[one.pk]:
            gross, net = row["company_gross"], row["company_net"]
            claim = Part(
                role="receivable",
                side=DEBIT,
                amount=gross,
                document_amount=row["gross"],
                customer_id=one.customer_id,
                customer_kind=one.customer.kind,
                department_id=row["order_line__order__department_id"],
                tax_code=row["order_line__tax_code"],
            )
            parts += [
                claim,
                replace(
                    claim,
                    role="revenue",
                    side=CREDIT,
                    amount=net,
                    document_amount=row["net"],
                    category_id=row["order_line__product__category_id"],
                ),
                Part(
                    role="output_tax",
                    side=CREDIT,
                    amount=gross - net,
                    document_amount=row["gross"] - row["net"],
                    tax_code=row["order_line__tax_code"],
                ),
            ]
        word = "红字发票" if one.kind == "credit" else "销售发票"
        found.append(
            Posting(
                source=("invoice", one.pk),
                on=one.issued_on,
                number=one.number,
                subject=("invoice", one.number),
                currency=one.currency,
                exchange_rate=one.exchange_rate,
                text=f"{word} {one.number} {one.customer.name}",
                parts=parts,
            )
        )
    return found


def postings_of_payments(payments: Sequence[Payment]) -> list[Posting]:
    """Return what money that came in posts: it is the customer's until it pays an invoice."""
    return [_of_payment(one, "payment", one.received_on, 1, "收款") for one in payments]


def postings_of_reversals(payments: Sequence[Payment]) -> list[Posting]:
    """Return what takes reversed payments back, in red, on the day they were reversed."""
    return [
        _of_payment(one, "payment_reversal", company_day(one.reversed_at), -1, "冲回收款")
        for one in payments
        if one.reversed_at is not None
    ]


def _of_payment(one: Payment, kind: str, on: date, sign: int, word: str) -> Posting:
    # What we owe beside a deposit that we return twofold is no money: it is a loss of ours on the customer's account.
    is_ours = one.method == COMPENSATION
    worth = sign * round_amount(one.amount * one.exchange_rate, currency=COMPANY_CURRENCY)
    amount = sign * one.amount
    return Posting(
        source=(kind, one.pk),
        on=on,
        number=one.number,
        subject=("payment", one.number),
        currency=one.currency,
        exchange_rate=one.exchange_rate,
        text=f"{'双倍返还定金' if is_ours else word} {one.number} {one.customer.name}",
        parts=[
            Part(
                role="compensation" if is_ours else "money",
                side=DEBIT,
                amount=worth,
                document_amount=amount,
                method=one.method,
            ),
            _of_customer("advance", CREDIT, worth, amount, one),
        ],
    )


def postings_of_allocations(rows: Sequence[Allocation]) -> list[Posting]:
    """Return what allocations post: money on account, or a write-off, against the invoice; exchange is between."""
    found = []
    for one in rows:
        payment, is_write_off = one.payment, one.payment.method == WRITE_OFF
        role, word = ("write_off", "核销差额") if is_write_off else ("advance", "核销")
        found.append(
            Posting(
                source=("allocation", one.pk),
                on=company_day(one.at),
                number=payment.number,
                subject=("payment", payment.number),
                currency=payment.currency,
                exchange_rate=payment.exchange_rate,
                text=f"{word if one.amount > 0 else '冲回' + word} {payment.number} → {one.invoice.number}",
                parts=[
                    _of_customer(role, DEBIT, one.received, one.amount, payment),
                    _of_customer("receivable", CREDIT, one.settled, one.amount, payment),
                    *exchange_parts(one.received - one.settled, is_red=one.amount < 0),
                ],
            )
        )
    return found


def postings_of_refunds(refunds: Sequence[Refund]) -> list[Posting]:
    """Return what paying back posts, at the rate the money came in with; a rest that is kept is income."""
    found, worths = [], _worths_of_refunds({one.payment_id: one.payment for one in refunds})
    for one in refunds:
        payment, is_kept = one.payment, one.method in (WRITE_OFF, FORFEITED)
        word = {WRITE_OFF: "余款转收入", FORFEITED: "没收定金"}.get(one.method, "退款")
        worth = worths[one.pk]
        other = Part(
            role="rest_income" if is_kept else "money",
            side=CREDIT,
            amount=worth,
            document_amount=one.amount,
            method=one.method,
        )
        found.append(
            Posting(
                source=("refund", one.pk),
                on=one.refunded_on,
                number=one.number,
                subject=("payment", payment.number),
                currency=payment.currency,
                exchange_rate=payment.exchange_rate,
                text=f"{word} {one.number} {payment.customer.name}",
                parts=[_of_customer("advance", DEBIT, worth, one.amount, payment), other],
            )
        )
    return found


def _worths_of_refunds(payments: Mapping[int, Payment]) -> dict[int, Decimal]:
    """Return what each refund of payments is worth by its id: shares of what came in, counted from its end.

    Allocations take theirs from the beginning (docs/adr/0050), so together they make exactly what the payment was
    worth, in however many parts it went.
    """
    found, left = {}, {pk: one.amount for pk, one in payments.items()}
    for pk, payment_id, amount in (
        Refund.objects.filter(payment_id__in=payments).order_by("pk").values_list("pk", "payment_id", "amount")
    ):
        payment = payments[payment_id]
        whole = round_amount(payment.amount * payment.exchange_rate, currency=COMPANY_CURRENCY)

        def worth_of(upto: Decimal, whole: Decimal = whole, of: Decimal = payment.amount) -> Decimal:
            return part_of(whole, upto=upto, of=of, currency=COMPANY_CURRENCY)

        before, left[payment_id] = left[payment_id], left[payment_id] - amount
        found[pk] = worth_of(before) - worth_of(left[payment_id])
    return found


def _parts_of_difference(one: Bill) -> list[Part]:
    """Return what a bill posts that differs from order and receipt; on a debit note in red, on the same sides."""
    is_more = (one.difference > 0) == (one.kind == "normal")
    sign = 1 if is_more else -1
    part = partial(
        Part,
        amount=sign * worth_of_difference(one),
        document_amount=sign * one.difference,
        department_id=one.order.department_id,
    )
    sides = (DEBIT, CREDIT) if is_more else (CREDIT, DEBIT)
    return [
        part(role="cost_variance", side=sides[0]),
        part(role="payable", side=sides[1], supplier_id=one.supplier_id),
    ]


def postings_of_bills(bills: Sequence[Bill]) -> list[Posting]:
    """Return what suppliers' bills and debit notes post; goods were counted as received, services are cost."""
    lines = defaultdict(list)
    rows = BillLine.objects.filter(bill__in=bills).order_by("id")
    for row in rows.values(
        "bill_id",
        "gross",
        "net",
        "company_gross",
        "company_net",
        "order_line__tax_code",
        "order_line__product__kind",
        "order_line__product__category_id",
    ):
        lines[row["bill_id"]].append(row)
    found = []
    for one in bills:
        parts = []
        # What a supplier sends straight to our customer never was our stock.
        goods_role = "cost_of_goods" if is_direct_purchase(one.order) else "received_goods"
        for row in lines[one.pk]:
            gross, net, tax_code = row["company_gross"], row["company_net"], row["order_line__tax_code"]
            department = one.order.department_id
            parts += [
                Part(
                    role=goods_role if row["order_line__product__kind"] == "goods" else "purchased_service",
                    side=DEBIT,
                    amount=net,
                    document_amount=row["net"],
                    supplier_id=one.supplier_id,
                    department_id=department,
                    category_id=row["order_line__product__category_id"],
                    tax_code=tax_code,
                ),
                Part(
                    role="input_tax",
                    side=DEBIT,
                    amount=gross - net,
                    document_amount=row["gross"] - row["net"],
                    tax_code=tax_code,
                ),
                Part(
                    role="payable",
                    side=CREDIT,
                    amount=gross,
                    document_amount=row["gross"],
                    supplier_id=one.supplier_id,
                    department_id=department,
                ),
            ]
        if one.difference:
            parts += _parts_of_difference(one)
        word = "红字采购发票" if one.kind == "debit" else "采购发票"
        found.append(
            Posting(
                source=("bill", one.pk),
                on=one.billed_on,
                number=one.number,
                subject=("bill", one.number),
                currency=one.currency,
                exchange_rate=one.exchange_rate,
                text=f"{word} {one.number} {one.supplier.name}",
                parts=parts,
            )
        )
    return found


def postings_of_disbursements(rows: Sequence[Disbursement]) -> list[Posting]:
    """Return what money to suppliers posts; what exchange made of the bill since is between."""
    return [_of_disbursement(one, "disbursement", one.paid_on, 1, "付款") for one in rows]


def postings_of_taken_back(rows: Sequence[Disbursement]) -> list[Posting]:
    """Return what takes payments to suppliers back, in red, on the day they were taken back."""
    return [
        _of_disbursement(one, "disbursement_reversal", company_day(one.reversed_at), -1, "冲回付款")
        for one in rows
        if one.reversed_at is not None
    ]


def _of_disbursement(one: Disbursement, kind: str, on: date, sign: int, word: str) -> Posting:
    settled, paid_out, amount = sign * one.settled, sign * one.paid_out, sign * one.amount
    source, number = Part(role="money", side=CREDIT, amount=paid_out, document_amount=amount, method=one.method), ""
    if one.prepayment is not None:
        # The supplier has the money already: what stands there is taken off, at the rate it went out with.
        source = of_supplier_prepaid(CREDIT, paid_out, amount, one.prepayment)
        word, number = ("预付款核销" if sign > 0 else "冲回预付款核销"), f" {one.prepayment.number}"
    return Posting(
        source=(kind, one.pk),
        on=on,
        number=one.number,
        subject=("bill", one.bill.number),
        currency=one.bill.currency,
        exchange_rate=one.exchange_rate,
        text=f"{word} {one.number}{number} {one.bill.supplier.name}",
        parts=[
            Part(
                role="payable",
                side=DEBIT,
                amount=settled,
                document_amount=amount,
                supplier_id=one.bill.supplier_id,
                department_id=one.bill.order.department_id,
            ),
            source,
            *exchange_parts(settled - paid_out, is_red=sign < 0),
        ],
    )


def postings_of_drafts(rows: Sequence[DraftEntry]) -> list[Posting]:
    """Return what drafts post when money comes for them, or goes back to the bank: bank and cost against the draft."""
    return [
        Posting(
            source=("draft", one.pk),
            on=one.on,
            number=one.draft.number,
            subject=("acceptance_draft", one.draft.number),
            currency=one.draft.currency,
            exchange_rate=Decimal(1),
            text=f"{DRAFT_TEXTS[one.kind]} {one.draft.number} {one.draft.draft_number}",
            parts=[
                Part(role="money", side=DEBIT, amount=one.money, document_amount=one.money, method="bank_transfer"),
                Part(role="discount_cost", side=DEBIT, amount=one.cost, document_amount=one.cost),
                Part(
                    role="money",
                    side=CREDIT,
                    amount=one.money + one.cost,
                    document_amount=one.money + one.cost,
                    method="acceptance_draft",
                ),
            ],
        )
        for one in rows
    ]


def _of_customer(role: str, side: str, amount: Decimal, document_amount: Decimal, payment: Payment) -> Part:
    return Part(
        role=role,
        side=side,
        amount=amount,
        document_amount=document_amount,
        customer_id=payment.customer_id,
        customer_kind=payment.customer.kind,
        department_id=payment.customer.department_id,
    )


def of_supplier_prepaid(side: str, amount: Decimal, document_amount: Decimal, prepayment: Prepayment) -> Part:
    """Return the part of a posting that changes what a supplier holds of ours."""
    return Part(
        role="prepaid",
        side=side,
        amount=amount,
        document_amount=document_amount,
        supplier_id=prepayment.supplier_id,
        department_id=prepayment.department_id,
    )


def exchange_parts(gain: Decimal, *, is_red: bool = False) -> list[Part]:
    """Return the exchange difference: a gain on the credit side, a loss on the debit side; red on that of its first."""
    if gain == ZERO:
        return []
    is_credit = (gain > 0) is not is_red
    return [Part(role="exchange", side=CREDIT if is_credit else DEBIT, amount=gain if is_credit else -gain)]
