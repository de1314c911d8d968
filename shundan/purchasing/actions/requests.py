"""Purchase requests (请购): asked for by any department, approved by whom the table names, then ordered."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import Product
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.inventory.queries import Warehouse, default_warehouse_unscoped, get_open_warehouse
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotPermitted, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import (
    LARGEST_PRICE,
    LARGEST_QUANTITY,
    PRICE_DECIMALS,
    ZERO,
    decimal_places,
    round_amount,
)
from shundan.kernel.numbering import next_number
from shundan.parties.models import Supplier
from shundan.purchasing.models import PurchaseRequest, PurchaseRequestLine
from shundan.purchasing.queries.demand import purchase_demand
from shundan.purchasing.queries.requests import get_purchase_request, last_prices_unscoped, ordered_of
from shundan.purchasing.rules import LONGEST_TEXT, MOST_LINES, SOURCES
from shundan.workflow.actions import Request, end_approvals, start_approval, withdraw_approval
from shundan.workflow.queries import (
    LiveFacts,
    current_table_id,
    latest_run_of,
    needs_nobody,
    recorded,
    route_of,
    table_of,
)
from shundan.workflow.registries import Locked

SUBJECT = "purchase_request"
RIGHT = "purchase_request.approve"
LARGEST_WORTH = Decimal(10) ** 15


class PurchaseRequestNotPending(Refused):
    """Only what is not decided or not ordered can be taken back."""

    code = "purchase_request_not_pending"
    sentence = _("%(number)s cannot be withdrawn any more: it is %(state)s, or a part of it is ordered.")


class PurchaseRequestNotApproved(Refused):
    """Only what is approved and open is ordered or closed."""

    code = "purchase_request_not_approved"
    sentence = _("%(number)s is not open for ordering: it is %(state)s.")


class DemandMet(Refused):
    """Somebody asked for it meanwhile, or the goods came."""

    code = "demand_met"
    sentence = _("%(sku)s is no longer needed in %(warehouse)s: it came in, or was requested meanwhile. Load anew.")


STATES = {
    "pending": _("waiting for approval"),
    "approved": _("approved"),
    "rejected": _("rejected"),
    "withdrawn": _("withdrawn"),
    "closed": _("closed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedLine:
    """So much of a product, in its unit; without a price what it last cost is expected, in company currency."""

    sku: str
    quantity: Decimal
    expected_price: Decimal | None = None
    supplier: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRequestInput:
    """What is asked to be bought, for which warehouse (none: the default one), by when and why."""

    lines: tuple[RequestedLine, ...]
    warehouse: str = ""
    needed_on: date | None = None
    reason: str = ""
    source: str = "person"


@action
def request_purchase(given: PurchaseRequestInput, *, by: Actor) -> PurchaseRequest:
    """Ask for goods to be bought; what the table asks nobody about is approved at once.

    Raises: NotPermitted, NotFound (warehouse), Malformed.
    """
    require(by, "purchase_request.create")
    warehouse = get_open_warehouse(given.warehouse, by=by) if given.warehouse else default_warehouse_unscoped()
    one, lines = _compose(given, warehouse, by)
    return _submit(one, lines, by=by)


@action
def request_demand(wanted: Sequence[tuple[str, str, Decimal]], *, by: Actor, reason: str = "") -> list[PurchaseRequest]:
    """Ask for what the demand proposes, by (SKU, warehouse, quantity): one request for each warehouse.

    Of two who ask for the same at once the later one is refused. Raises: NotPermitted, Malformed, DemandMet.
    """
    require(by, "purchase_request.create")
    if not wanted:
        raise Malformed(details=[Detail("lines", "required", _("Choose at least one line."))])
    _lock_demand()
    known = {(one.sku, one.warehouse): one for one in purchase_demand(by=by, limit=100_000)}
    by_place: dict[str, list[tuple[str, Decimal]]] = {}
    for sku, warehouse, quantity in wanted:
        if (sku, warehouse) not in known:
            raise DemandMet(sku=sku[:60], warehouse=warehouse[:60])
        by_place.setdefault(warehouse, []).append((sku, quantity))
    made = []
    for warehouse, rows in by_place.items():
        needs = [known[sku, warehouse] for sku, _quantity in rows]
        lines = tuple(
            RequestedLine(sku=sku, quantity=quantity, supplier=need.supplier or "")
            for (sku, quantity), need in zip(rows, needs, strict=True)
        )
        source = "backorder" if any(one.backordered > 0 for one in needs) else "reorder"
        needed_on = min(one.needed_on for one in needs)
        given = PurchaseRequestInput(
            lines=lines, warehouse=warehouse, needed_on=needed_on, reason=reason, source=source
        )
        made.append(request_purchase(given, by=by))
    return made


@action
def withdraw_purchase_request(number: str, *, by: Actor, remark: str = "") -> PurchaseRequest:
    """Take back one's request: while nobody has decided, or approved and nothing of it ordered.

    Raises: NotPermitted, NotFound, PurchaseRequestNotPending, NotYourRequest, LevelDecided.
    """
    known = get_purchase_request(number, by=by, permission="purchase_request.create")
    one = _lock(known)
    if one.state == "pending":
        run = latest_run_of(one.subject)
        assert run is not None
        withdraw_approval(run.pk, by=by, remark=remark)
    elif one.state == "approved" and not _is_ordered(number, by=by):
        if by.id is not None and by.id != one.owner_id:
            raise NotPermitted(permission="purchase_request.create")
        end_approvals(subject=one.subject, state="withdrawn", by=by)
        _end(one, "withdrawn", by)
    else:
        raise PurchaseRequestNotPending(number=one.number, state=str(STATES[one.state]))
    return get_purchase_request(number, by=by, permission="purchase_request.create")


@action
def close_purchase_request(number: str, *, by: Actor, reason: str = "") -> PurchaseRequest:
    """Buy no more for an approved request: what is not ordered is dropped.

    Raises: NotPermitted, NotFound, PurchaseRequestNotApproved.
    """
    one = _lock(get_purchase_request(number, by=by, permission="purchase_request.source"))
    if one.state != "approved":
        raise PurchaseRequestNotApproved(number=one.number, state=str(STATES[one.state]))
    _end(one, "closed", by, reason=reason[:LONGEST_TEXT].replace("\x00", ""))
    return get_purchase_request(number, by=by, permission="purchase_request.source")


def lock_purchase_request(request_id: int) -> Locked:
    """Lock a request, which is never changed, only made anew."""
    one = PurchaseRequest.objects.select_for_update().get(pk=request_id)
    return Locked(one, one.content_hash, 1)


def take_on_decided_purchase(one: PurchaseRequest, outcome: str, by: Actor, *, remark: str) -> None:
    """Note what became of a request when its approval has ended; sent back to the applicant, it is made anew."""
    _end(one, {"approved": "approved", "withdrawn": "withdrawn"}.get(outcome, "rejected"), by)


def _lock_demand() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('purchasing.demand'))")


def _lock(known: PurchaseRequest) -> PurchaseRequest:
    return PurchaseRequest.objects.select_for_update().get(pk=known.pk)


def _is_ordered(number: str, *, by: Actor) -> bool:
    found = get_purchase_request(number, by=by, permission="purchase_request.create")
    return any(ordered_of(line) > 0 for line in found.lines.all())


def _compose(
    given: PurchaseRequestInput, warehouse: Warehouse | None, by: Actor
) -> tuple[PurchaseRequest, list[PurchaseRequestLine]]:
    products = {
        one.sku: one
        for one in Product.objects.select_related("unit").filter(
            sku__in=[line.sku.replace("\x00", "") for line in given.lines], status="active"
        )
    }
    numbers = {line.supplier.replace("\x00", "") for line in given.lines if line.supplier}
    suppliers = {one.number: one for one in Supplier.objects.filter(number__in=numbers)}
    _check(given, products=products, suppliers=suppliers, warehouse=warehouse)
    assert warehouse is not None
    last = last_prices_unscoped(products[line.sku].pk for line in given.lines)
    lines = []
    for position, line in enumerate(given.lines, start=1):
        product = products[line.sku]
        expected = line.expected_price
        if expected is None:
            expected = last.get(product.pk, product.standard_cost)
        lines.append(
            PurchaseRequestLine(
                position=position,
                product=product,
                quantity=line.quantity,
                expected_price=expected,
                supplier=suppliers.get(line.supplier),
                remark=line.remark.strip(),
            )
        )
    worth = sum((line.quantity * line.expected_price for line in lines if line.expected_price is not None), ZERO)
    if worth >= LARGEST_WORTH:
        raise Malformed(details=[Detail("lines", "out_of_range", _("The amount is too large to be kept."))])
    one = PurchaseRequest(
        source=given.source,
        warehouse=warehouse,
        needed_on=given.needed_on,
        reason=given.reason.strip(),
        company_amount=round_amount(worth, currency=COMPANY_CURRENCY),
        owner_id=by.id,
        team_id=by.team_id,
        department_id=by.department_id,
        requested_by_name=by.name,
        created_at=by.at,
    )
    content = [warehouse.code, str(given.needed_on), one.reason]
    content += [f"{line.product.sku} {line.quantity} {line.expected_price} {line.supplier_id}" for line in lines]
    one.content_hash = hashlib.sha256("\n".join(content).encode()).hexdigest()
    return one, lines


def _submit(one: PurchaseRequest, lines: list[PurchaseRequestLine], *, by: Actor) -> PurchaseRequest:
    one.number = next_number("purchase_request", prefix="RQ", on=by.today)
    one.__dict__["price_unknown"] = any(line.expected_price is None for line in lines)
    table_id, facts = current_table_id(SUBJECT), LiveFacts(SUBJECT, one, by)
    is_free = needs_nobody(table_id, facts)
    one.state = "approved" if is_free else "pending"
    one.save()
    for line in lines:
        line.request = one
    PurchaseRequestLine.objects.bulk_create(lines)
    record("purchase_request.made", subject=one.subject, by=by, data=_facts(one))
    if is_free:
        record("purchase_request.approved", subject=one.subject, by=by.as_system(), data=_facts(one))
        return one
    way = route_of(table_id, facts, applicant_id=by.id, owner_id=one.owner_id)
    start_approval(_asked(one, table_id, facts), way, by=by)
    return one


def _asked(one: PurchaseRequest, table_id: int, facts: LiveFacts) -> Request:
    return Request(
        subject=one.subject,
        content_hash=one.content_hash,
        version=1,
        right=RIGHT,
        title=one.number,
        party=one.reason or one.requested_by_name,
        amount=one.company_amount,
        currency=COMPANY_CURRENCY,
        owner_id=one.owner_id,
        team_id=one.team_id,
        department_id=one.department_id,
        allows_own=table_of(table_id).allows_own,
        table_id=table_id,
        facts=recorded(facts),
    )


def _end(one: PurchaseRequest, state: str, by: Actor, *, reason: str = "") -> None:
    one.state = state
    one.save(update_fields=["state"])
    record(f"purchase_request.{state}", subject=one.subject, by=by, data=_facts(one) | {"reason": reason})


def _facts(one: PurchaseRequest) -> dict[str, object]:
    return {"number": one.number, "amount": str(one.company_amount), "currency": COMPANY_CURRENCY}


def _check(
    given: PurchaseRequestInput,
    *,
    products: dict[str, Product],
    suppliers: dict[str, Supplier],
    warehouse: Warehouse | None,
) -> None:
    wrong = []
    if warehouse is None or not warehouse.is_active:
        wrong.append(Detail("warehouse", "unknown", _("There is no such warehouse.")))
    if not 1 <= len(given.lines) <= MOST_LINES:
        wrong.append(Detail("lines", "required", _("A request has 1 to 500 lines.")))
    if given.source not in SOURCES:
        wrong.append(Detail("source", "unknown", _("Choose one of the offered values.")))
    texts = {"reason": given.reason} | {f"lines[{at}].remark": line.remark for at, line in enumerate(given.lines)}
    for path, text in texts.items():
        if "\x00" in text or len(text) > LONGEST_TEXT:
            sentence = _("This text is too long or contains characters that cannot be stored.")
            wrong.append(Detail(path, "invalid_text", sentence))
    for at, line in enumerate(given.lines):
        wrong += _faults_of_line(f"lines[{at}]", line, products.get(line.sku), suppliers)
    if wrong:
        raise Malformed(details=wrong)


def _faults_of_line(
    path: str, line: RequestedLine, product: Product | None, suppliers: dict[str, Supplier]
) -> list[Detail]:
    if product is None:
        sentence = _("There is no product with the SKU “%(sku)s”.") % {"sku": line.sku[:60].replace("\x00", "")}
        return [Detail(f"{path}.sku", "unknown_sku", sentence)]
    faults = []
    if not ZERO < line.quantity <= LARGEST_QUANTITY:
        faults.append(Detail(f"{path}.quantity", "out_of_range", _("Enter a quantity above 0, at most 12 digits.")))
    elif decimal_places(line.quantity) > product.unit.decimals:
        fewer = _("The unit of this product takes fewer decimals.")
        faults.append(Detail(f"{path}.quantity", "too_many_decimals", fewer))
    price = line.expected_price
    if price is not None and not (ZERO <= price <= LARGEST_PRICE and decimal_places(price) <= PRICE_DECIMALS):
        faults.append(Detail(f"{path}.expected_price", "out_of_range", _("Enter a price of 0 or more.")))
    if line.supplier and line.supplier not in suppliers:
        faults.append(Detail(f"{path}.supplier", "unknown", _("There is no such supplier.")))
    return faults
